"""Small comparisons written out by hand."""

from __future__ import annotations

from isoline.analyse.comparison import (
    Comparison,
    Series,
    Side,
    Source,
    Target,
)
from isoline.analyse.line import Line
from isoline.analyse.plotting import Lines, plot
from isoline.analyse.quantities import Rates
from isoline.analyse.read import read_envelope
from isoline.analyse.terms import View
from isoline.domain.point import MEASURED, PUBLISHED, Point, Workload
from isoline.domain.recipe import Recipe
from isoline.numerics.frontier import frontier

Pair = tuple[float, float]


def point(key: str, precision: str, at: Pair, *, engine: str = "vllm", status: str = MEASURED) -> Point:
    recipe = Recipe(
        "qwen-3-5", "b300", engine, precision, decode_tp=8, decode_gpus=8, engine_version="0.22.1"
    )
    return Point(
        key, recipe, Workload(1024, 1024), at[0], at[1], None, None, 16, "sample", status, date="2026-06-11"
    )


def series(label: str, points: list[Point]) -> Series:
    xs, ys = [p.interactivity for p in points], [p.throughput for p in points]
    best = tuple(points[i] for i in frontier(xs, ys))
    return Series(label, tuple(points), best)


def side(label: str, lines: tuple[Series, ...] = ()) -> Side:
    """A side with the line that `analyse` draws through its series."""
    points = tuple(p for line in lines for p in line.points)
    known = (min(p.interactivity for p in points), max(p.interactivity for p in points)) if points else None
    drawn = tuple(knots_of(lines))
    shown = plot(lines, Lines(drawn, drawn), Rates(2.3, 2.17), View())
    return Side(label.lower(), label, "b300", label.lower(), points, lines, known, shown)


def knots_of(lines: tuple[Series, ...]) -> list[Line]:
    found = (Line.of(line.points, line.label, pooled=False) for line in lines)
    return [line for line in found if line is not None]


def compare(a: Side, b: Side, targets: tuple[Target, ...] = (), *, kind: str = "measured") -> Comparison:
    source = Source(
        "InferenceX",
        "published" if kind == PUBLISHED else "benchmarks",
        "InferenceX",
        6,
        "2026-05-01",
        "2026-06-11",
    )
    return Comparison(
        kind="precision",
        slug="qwen-3-5-b300-fp4-vs-bf16",
        model="qwen-3-5",
        model_label="Qwen 3.5 397B-A17B",
        hardware=("b300",),
        hardware_labels=("B300",),
        sequence="1k/1k",
        precision=None,
        method="envelope",
        tier="hyperscaler",
        price={"b300": 2.3},
        own_prices=(),
        price_date=None,
        power={"b300": 2.17},
        common_range=None,
        sides=(a, b),
        targets=targets,
        within=(),
        differences=(),
        narrative=(),
        sources=(source,),
    )


def target(x: float, a: Side, b: Side) -> Target:
    rates = Rates(2.3, 2.17)
    first, second = (read_envelope(knots_of(each.series), x, rates) for each in (a, b))
    known = "outside" not in (first.status, second.status) and "wide gap" not in (first.status, second.status)
    ratio = first.value / second.value if known and first.value and second.value else None
    return Target(x, (first, second), ratio, None, None, None, ratio)


SLOW = ((20.0, 9000.0), (28.0, 7400.0), (40.0, 5600.0), (55.0, 3900.0), (44.0, 4300.0), (30.0, 6100.0))
FAST = ((105.0, 2300.0), (140.0, 1650.0), (190.0, 980.0), (230.0, 610.0), (148.0, 1350.0))
STEADY = ((25.0, 3600.0), (36.0, 3050.0), (50.0, 2450.0), (70.0, 1900.0), (100.0, 1270.0), (140.0, 700.0))


def measured() -> Comparison:
    """Two series a side; FP4 has nothing between 55 and 105 tok/s/user."""
    slower = tuple((x, 0.62 * y) for x, y in SLOW)
    sides = []
    for label, slow, fast in (("FP4", SLOW, FAST), ("FP8", slower, STEADY)):
        lines = tuple(
            series(name, [point(f"{label}-{name}-{i}", label.lower(), at) for i, at in enumerate(pairs)])
            for name, pairs in (("vllm", slow), ("sglang, MTP", fast))
        )
        sides.append(side(label, lines))
    a, b = sides
    return compare(a, b, tuple(target(x, a, b) for x in (35.0, 80.0, 120.0)))


def published() -> Comparison:
    """The three readings a side that the seed page prints."""
    xs = (102.0, 160.0, 218.0)
    printed = {"FP4": (4219.8, 2057.5, 1242.4), "BF16": (1365.6, 712.0, 466.0)}
    a, b = (
        side(
            label,
            (
                series(
                    "published",
                    [
                        point(f"{label}-{x:g}", label.lower(), (x, y), status=PUBLISHED)
                        for x, y in zip(xs, ys, strict=True)
                    ],
                ),
            ),
        )
        for label, ys in printed.items()
    )
    return compare(a, b, tuple(target(x, a, b) for x in xs), kind=PUBLISHED)


def one_sided() -> Comparison:
    """Nothing for FP8."""
    a, b = measured().sides[0], side("FP8")
    return compare(a, b, (target(35.0, a, b),))


def single_point() -> Comparison:
    """One point a side: nothing to join."""
    a, b = (
        side(label, (series("vllm", [point(label, label.lower(), (80.0, y))]),))
        for label, y in (("FP4", 2000.0), ("FP8", 1200.0))
    )
    return compare(a, b)


def empty() -> Comparison:
    """Nothing on either side."""
    return compare(side("FP4"), side("FP8"))


def crowded(n: int = 2000) -> Comparison:
    """Many points and two curves that nearly touch."""
    sides = []
    for label, scale in (("FP4", 1.0), ("FP8", 0.97)):
        at = [
            (20 + 180 * i / (n // 2), scale * 9000 * (1 - 0.45 * (i * 7919 % 101) / 101) / (1 + i / (n / 20)))
            for i in range(n // 2)
        ]
        sides.append(
            side(
                label, (series("vllm", [point(f"{label}{i}", label.lower(), xy) for i, xy in enumerate(at)]),)
            )
        )
    a, b = sides
    return compare(a, b, tuple(target(x, a, b) for x in (50.0, 60.0, 120.0)))


def hostile() -> Comparison:
    """Labels that would be markup, an expression, a broken SVG or a reordered line."""
    label = '<script>alert("x")</script>'
    points = [
        point("h1", label, (50.0, 900.0), engine="a\x00b\u202e'; evil('"),
        point("h2", label, (70.0, 500.0)),
    ]
    a = side(label, (series("</text><script>", points), series("${datum} \ud800", points[:1])))
    return compare(a, side("'; alert(1) //"), (target(60.0, a, a),))
