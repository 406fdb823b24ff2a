"""Isoline: measure LLM inference servers and compare them at matched interactivity."""

__version__ = "0.1.0"
