"""Bands in a chart: the axis holds them unless they are too wide, and one that is cut ends open."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.analyse.comparison import Band
from isoline.analyse.terms import View
from isoline.ask.answer import answer
from isoline.ask.question import Question
from isoline.domain.catalog import load_catalog
from isoline.domain.slugs import parse_slug
from isoline.present.chart_bands import FADE, cut_rows, reach
from isoline.present.chart_scale import linear, scale_for
from isoline.present.charts import comparison_chart
from isoline.present.render import to_svg
from isoline.store.sources import Sources
from isoline.store.store import Store

CATALOG = load_catalog(user_dirs=())
RATES = st.floats(1, 1e5)


def chart(root: Path, **view: object) -> dict[str, Any]:
    """Of our own data: FP8 rests on few server starts, so its band is wide."""
    slug = parse_slug("qwen-3-8b-h100-fp8-vs-bf16", CATALOG)
    question = Question(slug, sequence="1k/1k", view=View(**view))  # type: ignore[arg-type]
    return comparison_chart(answer(question, Sources(lambda: Store(root)), CATALOG, draw=True))


def domain(spec: dict[str, Any]) -> tuple[float, float]:
    low, high = next(row["value"] for row in spec["params"] if row["name"] == "y_domain")
    return low, high


def test_the_axis_holds_whole_bands(tmp_path: Path) -> None:
    spec = chart(tmp_path)
    low, high = domain(spec)
    bands, points = spec["datasets"]["bands"], spec["datasets"]["points"]
    most = max(row["y2"] for row in bands)
    assert most > 1.25 * max(row["y"] for row in points)  # beyond what the points alone would show
    assert all(low <= row["y"] < row["y2"] <= high for row in bands)
    assert spec["datasets"]["cuts"] == []
    assert "linearGradient" not in to_svg(spec)


@pytest.mark.parametrize(("view", "edge"), [({"metric": "cost_per_mtok"}, "top"), ({"log": True}, "bottom")])
def test_a_band_that_is_cut_fades_at_that_edge(tmp_path: Path, view: dict[str, object], edge: str) -> None:
    spec = chart(tmp_path, **view)
    low, high = domain(spec)
    bands, cuts = spec["datasets"]["bands"], spec["datasets"]["cuts"]
    beyond = {row["side"] for row in bands if (row["y2"] > high if edge == "top" else row["y"] < low)}
    assert {row["side"] for row in cuts} == beyond == {"FP8", "BF16"}
    assert {row["edge"] for row in cuts} == {edge}
    assert to_svg(spec).count("<linearGradient") >= 1
    ends = [row["y2" if edge == "top" else "y"] for row in cuts]
    assert (max(ends) if edge == "top" else min(ends)) == pytest.approx(high if edge == "top" else low)


@given(st.lists(st.tuples(RATES, st.floats(1, 1e4)), min_size=2, max_size=9), st.booleans())
def test_wide_bands_do_not_press_the_curves_flat(around: list[tuple[float, float]], log: bool) -> None:
    ys = [y for y, _ in around]
    band = Band(tuple((float(x), y / wide, y * wide) for x, (y, wide) in enumerate(around)), "one")
    more = reach(ys, [band], log=log)
    held = scale_for([*ys, *more], 6, from_zero=True, log=log)
    assert all(held.low <= y <= held.high for y in ys)
    if log:  # a quarter more of the length that ys have, then the margin and the next of 1, 2, 5
        room = (max(ys) / min(ys)) ** 0.125 * 1.06 * 2.5
        assert held.low >= min(ys) / room
        assert held.high <= max(ys) * room
    else:
        assert max(more) <= 1.25 * max(ys)
        assert held.high <= 1.25 * max(ys) * 1.7  # margin and half a tick
    if all(y * wide <= 1.25 * max(ys) for y, wide in around) and not log:
        assert max(high for _, _, high in band.samples) <= held.high
    assert reach(ys, [], log=log) == ()


@given(st.lists(st.tuples(RATES, st.floats(1.01, 50)), min_size=2, max_size=12), st.floats(10, 1e5))
def test_what_fades_is_what_the_edge_cuts(band: list[tuple[float, float]], most: float) -> None:
    y = linear([most], 6, from_zero=True)
    rows: list[dict[str, object]] = [
        {"side": "a", "series": "one", "path": "a 0", "x": float(x), "y": low, "y2": low * wide}
        for x, (low, wide) in enumerate(band)
    ]
    cuts = cut_rows(rows, y)
    cut = [x for x, (low, wide) in enumerate(band) if low * wide > y.high * (1 + 1e-6)]
    assert bool(cuts) >= bool(cut)
    near = y.value(1 - FADE)
    for _, own in groupby(cuts, key=lambda row: row["path"]):
        part: list[Any] = list(own)
        assert all(near * (1 - 1e-6) <= row["y"] <= row["y2"] <= y.high * (1 + 1e-6) for row in part)
        assert max(row["y2"] for row in part) == pytest.approx(y.high)
    covered = [(min(xs), max(xs)) for xs in _stretches(cuts)]
    assert all(any(a - 1e-6 <= x <= b + 1e-6 for a, b in covered) for x in cut)


def _stretches(cuts: list[Any]) -> list[list[float]]:
    return [[row["x"] for row in own] for _, own in groupby(cuts, key=lambda row: row["path"])]
