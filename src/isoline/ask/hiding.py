"""Names by which a chart leaves out sides and series: of what is drawn, not of what is read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from isoline.analyse.comparison import Side
from isoline.errors import UsageError, unknown

SIGNS = re.compile(r"[^a-z0-9.]+")


def series_name(side: Side, label: str) -> str:
    """`fp4:trtllm-mtp` for the series `TRTLLM, MTP` of FP4."""
    return f"{side.key}:{SIGNS.sub('-', label.lower()).strip('-')}"


def check(asked: Sequence[str], sides: Sequence[Side]) -> None:
    """`UsageError` for what is neither a side nor one of its series."""
    if asked:
        known = [side.key for side in sides]
        known += [series_name(side, series.label) for side in sides for series in side.series]
        for name in asked:
            if name not in known:
                raise UsageError(*unknown("side or series to hide", name, known))
