"""Metrics: the same at a knot of a line as at its point; charts over latency show every point where it is."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.analyse.comparison import Series
from isoline.analyse.filters import keep, offers, scope, unreported
from isoline.analyse.line import Line
from isoline.analyse.plotting import Lines, plot
from isoline.analyse.quantities import QUANTITIES, Rates
from isoline.analyse.targets import chosen
from isoline.analyse.terms import Filters, View
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Point
from tests.analyse.test_compare import SLUG, compared
from tests.points import point

CATALOG = load_catalog(user_dirs=())
RATES = Rates(2.0, 1.5)
STORED = {key: 3.0 for key in QUANTITIES if "power_w" in key or key.startswith("joules")}


def told(x: float, y: float, latency: float = 1.0, **recipe: object) -> Point:
    metrics = {**STORED, "median_e2el": latency, "median_ttft": latency / 10}
    return msgspec.structs.replace(point(x, y, 8, **recipe), metrics=metrics)


def series(points: list[Point]) -> tuple[Series, Line]:
    line = Line.of(points, "one", pooled=False)
    assert line is not None
    return Series("one", tuple(points), line.points), line


@pytest.mark.parametrize("key", QUANTITIES)
def test_a_metric_at_a_knot_is_that_of_its_point(key: str) -> None:
    _, line = series([told(40, 900), told(50, 700), told(60, 300)])
    for knot in line.points:
        value = line.value(QUANTITIES[key], knot.interactivity, RATES, (knot,))
        assert value == pytest.approx(QUANTITIES[key].of(knot, RATES))


@pytest.mark.parametrize("key", QUANTITIES)
def test_a_metric_is_proportional_to_its_base_or_inverse(key: str) -> None:
    one, three = (QUANTITIES[key].convert(value, RATES) for value in (1.0, 3.0))
    assert one is not None
    assert three is not None
    assert three / one == pytest.approx(1 / 3 if QUANTITIES[key].inverse else 3)


def test_metrics_by_hand() -> None:
    one = told(40, 1000)  # half of its tokens are output
    worth = {key: QUANTITIES[key].of(one, RATES) for key in QUANTITIES}
    assert worth["cost_per_mtok"] == pytest.approx(2.0 / 3.6)
    assert worth["cost_per_mtok_output"] == pytest.approx(2.0 / 1.8)
    assert worth["provisioned_j_per_token"] == pytest.approx(1.5)
    assert worth["output_tokens_per_s_per_mw"] == pytest.approx(500 / 0.0015)
    assert worth["joules_per_total_token"] == 3.0


clouds = st.lists(
    st.tuples(st.floats(10, 300), st.floats(1, 9000), st.floats(0.05, 400)),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[2],
)


@given(clouds, st.sampled_from(["e2e", "ttft"]))
def test_over_latency_every_point_stands_at_its_latency(
    cloud: list[tuple[float, float, float]], axis: str
) -> None:
    own, line = series([told(*row) for row in cloud])
    shown = plot([own], Lines((line,), (line,)), RATES, View(x=axis))
    share = 1 if axis == "e2e" else 10
    drawn = sorted((p.x, p.y) for p in shown.points)
    given_points = sorted((latency / share, y) for _, y, latency in cloud)
    assert [x for x, _ in drawn] == pytest.approx([x for x, _ in given_points])
    assert sorted(y for _, y in drawn) == sorted(y for _, y in given_points)
    for segment in shown.line:
        xs = [x for x, _ in segment.samples]
        ys = [y for _, y in segment.samples]
        assert xs == sorted(xs)
        assert all(b >= a * (1 - 1e-9) for a, b in pairwise(ys))  # more time, never less


def test_optimal_leaves_the_frontier() -> None:
    own, line = series([told(40, 900), told(50, 700), told(45, 100)])
    shown = plot([own], Lines((line,), (line,)), RATES, View(optimal=True))
    assert [p.x for p in shown.points] == [40, 50]
    assert shown.untold == 0


def test_points_that_do_not_report_the_axis_are_counted() -> None:
    own, line = series([told(40, 900), point(50, 700)])
    shown = plot([own], Lines((line,), (line,)), RATES, View(x="ttft"))
    assert (len(shown.points), shown.untold) == (1, 1)


def test_filters_keep_what_they_say_and_published_readings_say_nothing() -> None:
    points = [
        told(40, 900),
        told(41, 900, spec_method="mtp"),
        told(42, 900, disaggregated=True),
        told(43, 900, status="published"),
        told(44, 900, hardware="mi355x"),
    ]

    def kept(**filters: object) -> list[float]:
        return [p.interactivity for p in keep(points, Filters(**filters), CATALOG)]  # type: ignore[arg-type]

    assert kept() == [40, 41, 42, 43, 44]
    assert kept(vendor=("amd",)) == [44]
    assert kept(aggregation="disaggregated") == [42]
    assert kept(aggregation="aggregated") == [40, 41, 44]
    assert kept(spec_decode=("mtp",)) == [41]
    offered = offers(points, ("b300", "mi355x"), CATALOG)
    assert (offered.vendor, offered.aggregation) == (("amd", "nvidia"), ("aggregated", "disaggregated"))
    assert offered.spec_decode == ("mtp", "none")


def test_a_latency_limit_keeps_the_points_that_report_no_more() -> None:
    points = [
        msgspec.structs.replace(point(x, 900), metrics=metrics)
        for x, metrics in (
            (40.0, {"median_ttft": 0.5, "median_e2el": 20.0}),
            (41.0, {"median_ttft": 0.6, "median_e2el": 10.0}),
            (42.0, {"median_ttft": 0.4, "p99_ttft": 0.9}),
            (43.0, {}),
        )
    ]

    def kept(**limits: object) -> list[float]:
        return [p.interactivity for p in keep(points, Filters(**limits), CATALOG)]  # type: ignore[arg-type]

    assert kept(max_ttft=0.5) == [40, 42]
    assert kept(max_e2e=20) == [40, 41]
    assert kept(max_ttft=0.55, max_e2e=15) == []
    assert (kept(max_ttft=0.9), kept(max_ttft=0.9, limit_on="p99")) == ([40, 41, 42], [42])
    assert kept(max_ttft=0.8, limit_on="p99") == []
    assert unreported(points, Filters(max_ttft=0.8, max_e2e=30, limit_on="p99")) == {
        "p99 TTFT": 3,
        "p99 E2E": 4,
    }
    assert scope(Filters(max_ttft=0.5, limit_on="p90"), CATALOG) == ("p90 TTFT at most 0.5 s",)
    assert scope(Filters(max_ttft=0.5, max_e2e=20), CATALOG) == (
        "median TTFT at most 0.5 s",
        "median E2E at most 20 s",
    )


def test_default_targets_leave_gaps_for_speeds_that_are_known() -> None:
    groups = ([point(10, 9)], [point(110, 1)])
    known = {20.0, 35.0, 80.0, 85.0}
    at, notes = chosen((10, 110), groups, lambda: sorted(known), known.__contains__)
    assert at == (35.0, 80.0, 85.0)  # quarters: 35, 60 and 85
    assert "35, 60, 85" in notes[0]
    assert chosen((10, 110), groups, lambda: sorted(known), None) == ((35.0, 60.0, 85.0), ())
    assert chosen((10, 110), groups, list, lambda _: False) == ((35.0, 60.0, 85.0), ())


def test_default_targets_are_numbers_that_a_person_would_type() -> None:
    """Both sides have a lone point at nearly one speed; 84 and 26.5 are as good as at them."""
    for alone, expected in (
        ([(20.0, 4000.0), (84.1163, 900.0), (200.0, 100.0)], (20.0, 84.0, 200.0)),
        ([(5.0, 4000.0), (26.584838, 900.0)], (5.0, 26.5)),  # beyond its last point nothing is known
    ):
        sides = (("fp4", 2), ("bf16", 1))
        points = [point(x, y * level, 8, precision=key) for key, level in sides for x, y in alone]
        targets = compared(SLUG, points).targets
        assert tuple(target.interactivity for target in targets) == expected
        assert all(target.ratio for target in targets)


def test_default_targets_lie_within_a_range_too_narrow_for_whole_numbers() -> None:
    """One speed of both sides, half a number from the next whole one, and a range between two of them."""
    for speeds, expected in (
        ([97.7], (97.7,)),
        ([97.7128], (97.7128,)),  # 97.71 is outside
        ([34.62, 34.9], (34.7, 34.8)),  # quarters 34.69, 34.76 and 34.83
        ([61.5, 63.4], (62.0, 63.0)),  # 61.975, 62.45 and 62.925
    ):
        points = [point(x, 900.0 - x, 8, precision=key) for key in ("fp4", "bf16") for x in speeds]
        targets = compared(SLUG, points).targets
        assert tuple(target.interactivity for target in targets) == expected
        assert all(target.ratio == 1 for target in targets)
