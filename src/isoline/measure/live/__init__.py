"""A running sweep, for those who watch: a small file that one process writes and any reads."""
