"""Jinja for values that are plain dicts."""

from __future__ import annotations

from jinja2 import Environment


class DictEnvironment(Environment):
    """`row.name` means `row["name"]` first: Jinja would try an attribute and catch its absence each time."""

    def getattr(self, obj: object, attribute: str) -> object:
        """The value of a key, or else what Jinja finds."""
        if type(obj) is dict and attribute in obj:
            value: object = obj[attribute]
            return value
        found: object = super().getattr(obj, attribute)
        return found
