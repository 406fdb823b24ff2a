"""A plan of loads and repeats -> one report a point, each handed on as soon as it is measured."""
