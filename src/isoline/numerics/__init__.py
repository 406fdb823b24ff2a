"""Pure numbers under everything: frontier and curve."""
