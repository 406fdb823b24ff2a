"""The load generator on several hosts of a Ray cluster. Nothing here is imported before it is asked for."""
