"""The command line: one file per command, each builds objects and makes one call."""
