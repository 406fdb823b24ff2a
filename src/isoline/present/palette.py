"""Colours and marks of the charts: two sides, neutral inks, light and dark.

Blue and vermilion stay apart under protanopia, deuteranopia and tritanopia, and in grey by the
mark. Each side colour is also the colour of its labels, so it has a contrast of at least 4.5 : 1
on its background.
"""

from __future__ import annotations

from dataclasses import dataclass

from isoline.errors import UsageError

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
SHAPES = ("circle", "diamond")


@dataclass(frozen=True, slots=True)
class Theme:
    """`ink` is for titles, `muted` for axes and notes, `rule` for hairlines, `grid` for the grid."""

    background: str
    ink: str
    muted: str
    rule: str
    grid: str
    sides: tuple[str, str]


THEMES = {
    "light": Theme("#ffffff", "#16191d", "#5b6470", "#8b949e", "#eceef1", ("#0b62b8", "#bf4708")),
    "dark": Theme("#14171a", "#eceff2", "#9aa4af", "#6b7580", "#262b30", ("#62b1f6", "#f5914a")),
}


def theme_named(name: str) -> Theme:
    """The theme called `name`, or a `UsageError` that lists those there are."""
    try:
        return THEMES[name]
    except KeyError:
        raise UsageError(f"theme {name!r} is not one of {', '.join(THEMES)}", tuple(THEMES)) from None
