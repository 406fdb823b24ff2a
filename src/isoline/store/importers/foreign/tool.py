"""What a foreign tool is: how its files are known, what its fields mean, and how a file becomes readings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from isoline.domain.recipe import Scalar

if TYPE_CHECKING:
    from isoline.store.importers.foreign.files import Source

_FACTORS = {"ms": 1e-3, "%": 0.01}  # to seconds and fractions; everything else is in our unit


@dataclass(frozen=True, slots=True)
class Quantity:
    """One field of a tool and what it becomes.

    A distribution gives `STATISTIC_metric` for each statistic the tool wrote; `meaning` is the
    tool's own definition where the name does not say it.
    """

    field: str
    metric: str
    unit: str
    distribution: bool
    meaning: str = ""

    @property
    def factor(self) -> float:
        """Turns the tool's unit into ours."""
        return _FACTORS.get(self.unit, 1.0)

    @property
    def row(self) -> str:
        """Its row in the documentation; `*` stands for the statistics."""
        metric = f"*_{self.metric}" if self.distribution else self.metric
        return f"| `{self.field}` | `{metric}` | {self.unit} | {self.meaning} |"


def table(declaration: str) -> tuple[Quantity, ...]:
    """One quantity a line: field, metric, unit, `each` (statistics) or `one` (a single number).

    A line that begins with `=` is the meaning of the quantity above it.
    """
    found: list[Quantity] = []
    for line in map(str.strip, declaration.strip().splitlines()):
        if line.startswith("="):
            found[-1] = replace(found[-1], meaning=line[1:].strip())
        else:
            name, metric, unit, kind = line.split()
            found.append(Quantity(name, metric, unit, kind == "each"))
    return tuple(found)


@dataclass(slots=True)
class Reading:
    """One operating point as its file has it, in base units; `None` is what the tool does not say.

    Rates are tok/s of the whole deployment. `tpot` is the median time per output token in seconds
    by the tool's own definition. `mean_isl` and `mean_osl` are what the requests had, `isl` and `osl`
    what was asked for, in tokens.
    """

    position: str
    metrics: dict[str, float]
    tpot: float | None
    input_rate: float | None = None
    output_rate: float | None = None
    total_rate: float | None = None
    mean_isl: float | None = None
    mean_osl: float | None = None
    isl: float | None = None
    osl: float | None = None
    concurrency: int | None = None
    request_rate: float | None = None
    started: str | None = None
    served_model: str | None = None
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    completed: float | None = None
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Tool:
    """A foreign tool. `name` is its importer, `dataset` where its points go.

    `recognise` says whether a source is a result of it; `readings` yields its operating points or
    raises `BadRow`. `companions` are names of files such runs leave that hold no results.
    """

    name: str
    title: str
    versions: str
    quantities: tuple[Quantity, ...]
    recognise: Callable[[Source], bool]
    readings: Callable[[Source], Iterator[Reading]]
    companions: tuple[str, ...] = ()

    @property
    def dataset(self) -> str:
        return self.name
