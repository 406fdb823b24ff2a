"""What a server says it is: one file an engine, `identify` asks all of them, `verify` checks a recipe."""
