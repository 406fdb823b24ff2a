"""An option whose values are names: a wrong one is answered like any other unknown name."""

from __future__ import annotations

from collections.abc import Iterable

import click

from isoline.errors import UsageError, unknown


class Choice(click.Choice[str]):
    """One of `names`; the error says the flag and the closest names."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(tuple(names))

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.choices:
            flag = param.opts[0] if param else "value"
            raise UsageError(*unknown(flag, value, self.choices))
        return value
