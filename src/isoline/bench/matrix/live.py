"""What the page of running sweeps shows of a matrix: one progress file for all its configurations."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from isoline.bench.asked.spec import Spec
from isoline.bench.kept.hiding import Hider
from isoline.bench.matrix.view import Measured
from isoline.measure.live.file import live_path, remove_stale_live
from isoline.measure.live.state import LiveSweep
from isoline.measure.live.watch import LiveWatch, live_point


def matrix_watch(
    root: Path, matrix: str, spec: Spec, lengths: tuple[int | None, int | None],
    measured: Iterable[Measured], hider: Hider,
) -> LiveWatch:  # fmt: skip
    """The progress file of a matrix, beginning with what is measured; `matrix` names it."""
    assert spec.engine is not None
    remove_stale_live(root)
    now, configurations = time.time(), list(measured)
    sweep = LiveSweep(
        sweep=matrix,
        place=f"{spec.engine.name}, started for it",
        model=", ".join(dict.fromkeys(one.plan.target.model for one in configurations)),
        dataset=spec.dataset,
        isl=lengths[0],
        osl=lengths[1],
        simulated=False,
        began=now,
        updated=now,
        points=[
            live_point(report, hider.text, one.name) for one in configurations for report in one.result.points
        ],
    )
    watch = LiveWatch(live_path(root, matrix), sweep, hide=hider.text)
    for one in configurations:
        watch.count(one.name, one.result.planned, len(one.result.points))
    return watch
