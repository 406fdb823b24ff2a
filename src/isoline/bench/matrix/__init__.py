"""An engine and a matrix of its settings: each configuration started, measured, stopped, compared."""
