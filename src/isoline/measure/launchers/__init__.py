"""Starting an engine, waiting until it serves, stopping it whole: one file an engine for its command."""
