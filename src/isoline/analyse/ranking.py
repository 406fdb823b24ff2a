"""All configurations of a model at the same speeds: each read there, the best known first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

import msgspec
from msgspec.structs import replace

from isoline.analyse import words
from isoline.analyse.built import Built
from isoline.analyse.comparison import Interval, Reading, Source, Target
from isoline.analyse.gain import gained
from isoline.analyse.matched import target as matched
from isoline.analyse.quantities import Quantity
from isoline.analyse.told import footing

TIERS = (30.0, 50.0, 75.0, 100.0, 150.0, 200.0)
"""Speeds read by default, tok/s/user: the service tiers of InferenceX's overview (feature map a.4)."""
USUAL = 50.0  # of them the one that is read first where several know as many configurations
UNKNOWN = ("outside", "wide gap")  # statuses of readings that nothing may be claimed of
BOUND = "dominated"  # of those that say at least so much


class Ranked(msgspec.Struct, frozen=True):
    """One configuration. `readings`: one per speed, with intervals where its points were repeated.

    `ratio` is its metric ÷ that of the first, at the speed that they are ordered by, with its interval;
    `None` where either is not really known there. `behind`: that interval keeps it apart from the first.
    """

    key: str
    label: str
    hardware: str
    precision: str
    points: int
    last_date: str | None
    readings: tuple[Reading, ...]
    ratio: float | None = None
    interval: Interval | None = None
    behind: bool = False
    reason: str | None = None  # why there is no ratio, or nobody ahead


class Ranking(msgspec.Struct, frozen=True):
    """Configurations in order of what they are known to do at `by` (tok/s/user), one of `targets`.

    Behind those known there come those across a wide gap, by what the curve would say, then those that do not
    report the metric and, by how near they come, those that were not measured there.
    """

    model: str
    model_label: str
    where: str
    sequence: str | None
    metric: str
    targets: tuple[float, ...]
    by: float
    rows: tuple[Ranked, ...]
    sentence: str
    tier: str
    own_prices: tuple[str, ...]  # hardware keys whose price is the user's
    price: Mapping[str, float]  # $/GPU-hour by hardware key
    price_date: str | None
    power: Mapping[str, float]  # all-in kW per GPU by hardware key
    scope: tuple[str, ...] = ()  # the filters in words
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> int:
        """How many are known at the speed that they are ordered by."""
        return sum(is_known(row.readings[self.place]) for row in self.rows)

    @property
    def place(self) -> int:
        """Of the speed that they are ordered by, among the targets."""
        return self.targets.index(self.by)


def is_known(reading: Reading) -> bool:
    """Whether a reading has a value that may be held against others; it may be a bound."""
    return reading.status not in UNKNOWN and reading.value is not None


def _is_firm(reading: Reading) -> bool:
    return is_known(reading) and reading.status != BOUND


def speeds(built: Sequence[Built], quantity: Quantity) -> tuple[tuple[float, ...], float]:
    """The default speeds and the one to order by: those tiers at which two configurations are known, by more
    than a bound, or, where there are none, one is; of them the one that knows most, and of equals the nearest
    to 50 tok/s/user.

    Models that are served slower or faster than any tier are read where their points lie.
    """
    known = {x: sum(_is_firm(one.read(x, quantity)) for one in built) for x in TIERS}
    least = min(max(known.values()), 2)
    found = {x: count for x, count in known.items() if least and count >= least}
    if not found:
        found = _most_points(built)
    by = max(found, key=lambda x: (found[x], -abs(log(x / USUAL))))
    return tuple(found), by


def _most_points(built: Sequence[Built]) -> dict[float, int]:
    """The middle point of each configuration's best line, at most as many as there are tiers."""
    middles = [line.points[len(line.points) // 2].interactivity for one in built for line in one.lines[:1]]
    counts = Counter(float(f"{x:.3g}") for x in middles)
    return dict(sorted(counts.most_common(len(TIERS))))


def rank(
    built: Sequence[Built], targets: Sequence[float], by: float, quantity: Quantity
) -> tuple[tuple[Ranked, ...], Target | None]:
    """The rows in order, and the first held against the second where both are known."""
    held = [(one, tuple(_read(one, x, quantity) for x in targets)) for one in built]
    place = list(targets).index(by)
    held.sort(key=lambda pair: (*_order(pair[1][place], quantity), pair[0].side.label))
    first = held[0][0]
    rows, told = [], None
    for i, (one, readings) in enumerate(held):
        side = one.side
        row = Ranked(
            key=side.key,
            label=side.label,
            hardware=side.hardware,
            precision=side.precision or "",
            points=len(side.points),
            last_date=max((p.date for p in side.points if p.date), default=None),
            readings=readings,
        )
        if i and is_known(readings[place]):
            found = matched(by, (one, first), quantity)
            told = told or matched(by, (first, one), quantity)
            row = replace(
                row,
                ratio=found.ratio,
                interval=found.interval,
                behind=found.winner == first.side.label,
                reason=found.winner_reason,
            )
        rows.append(row)
    return tuple(rows), told


def sentence(
    rows: Sequence[Ranked], place: int, told: Target | None, built: Sequence[Built], quantity: Quantity
) -> str:
    """Who is first, and by how much before whom; without the place and speed it is said of.

    One comes first where repeated runs keep all others apart from it. Otherwise it only reads so: one run
    says nothing of the next, and a configuration that is faster than asked may give more than its bound.
    """
    statuses = [row.readings[place].status for row in rows]
    guesses = statuses.count("wide gap")
    lie = "lies across a wide gap" if guesses == 1 else "lie across wide gaps"
    more = f"; {guesses} more {lie}" if guesses else ""
    if told is None:
        return f"{rows[0].label} alone is known{more}"
    known = [row for row in rows if is_known(row.readings[place])]
    bounds = sum(row.readings[place].status == BOUND for row in known)
    beyond = f", {bounds} of them only by a bound" if bounds else ""
    first, second, *_ = known
    reads = "reads lowest" if quantity.lower_is_better else "reads highest"
    verb = "comes first" if all(row.behind for row in known[1:]) else reads
    sides = {one.side.key: one.side for one in built}
    pair = (sides[first.key], sides[second.key])
    if told.ratio is None:
        gain, how = told.winner_reason, ""
    else:
        gain = gained(quantity, pair, told) or "the two are about equal"
        how = footing([side.label for side in pair], told)
    return (
        f"{first.label} {verb} of {len(known)} known{beyond}, {second.label} next; "
        f"{gain}{f', {how}' if how else ''}{more}"
    )


def _read(one: Built, x: float, quantity: Quantity) -> Reading:
    reading = one.read(x, quantity)
    if reading.value is None or not is_known(reading):
        return reading
    return replace(reading, interval=one.interval(x, reading.value, quantity))


def _order(reading: Reading, quantity: Quantity) -> tuple[int, float]:
    """Smaller comes first."""
    if reading.value is not None:
        better = reading.value if quantity.lower_is_better else -reading.value
        return (0 if is_known(reading) else 1), better
    bound = reading.bound
    return (3 if bound else 2), -bound.interactivity if bound and bound.edge == "last" else 0.0


def at(x: float) -> str:
    """`at 50 tok/s/user`."""
    return f"at {words.interactivity(x)} tok/s/user"
