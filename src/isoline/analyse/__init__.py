"""Rows to conclusions, pure: takes typed rows, never a connection."""
