"""Jinja for values that are plain dicts."""

from __future__ import annotations

from typing import cast

from jinja2 import Environment


class DictEnvironment(Environment):
    """`row.name` means `row["name"]` first: Jinja would try an attribute and catch its absence each time."""

    def getattr(self, obj: object, attribute: str) -> object:
        """The value of a key, or else what Jinja finds."""
        if type(obj) is dict and attribute in obj:
            return cast(object, obj[attribute])
        return cast(object, super().getattr(obj, attribute))
