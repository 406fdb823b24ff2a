"""What a matrix came to: a table a configuration, the comparisons, or all of it as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from isoline.bench.kept.hiding import Hider
from isoline.bench.matrix.compared import Comparisons, print_comparisons
from isoline.bench.running import kept_words
from isoline.bench.shown.view import document, print_table, to_json
from isoline.bench.telemetry import doubts
from isoline.measure.sweep.plan import Plan
from isoline.measure.sweep.sweep import SweepResult


@dataclass(frozen=True, slots=True)
class Measured:
    """One configuration; `sweep` is its id in the store."""

    name: str
    plan: Plan
    sweep: str
    result: SweepResult


@dataclass(frozen=True, slots=True)
class Shown:
    """All of it, in the order of the spec. `began`: ISO 8601, UTC."""

    began: str
    measured: Sequence[Measured]
    comparisons: Comparisons

    def json(self, hider: Hider) -> str:
        """One document, without secrets."""
        configurations = [
            {"name": one.name, **document(one.result, one.plan, one.sweep)} for one in self.measured
        ]
        whole = {
            "began": self.began,
            "configurations": configurations,
            "comparisons": self.comparisons.documents(),
        }
        return to_json(whole, hider)

    def print_tables(self) -> None:
        """A table a configuration, then each comparison."""
        for one in self.measured:
            print(f"\n{one.name}")
            if one.result.points:
                print_table(one.result)
        print_comparisons(self.comparisons)

    def words(self, where: str) -> Iterator[str]:
        """For stderr: doubts of telemetry, how much is measured, and what to do about the rest."""
        for one in self.measured:
            for point in one.result.points:
                yield from doubts(point)
        points = [point for one in self.measured for point in one.result.points]
        yield from kept_words(points, sum(one.result.planned for one in self.measured), where)
        if points:
            yield "isoline runs lists its sweeps, one a configuration"
