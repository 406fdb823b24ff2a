"""Comparisons on hand-made points: winners, ratios, differences, prices, words."""

from __future__ import annotations

import re

import pytest

from isoline.analyse.compare import compare
from isoline.analyse.comparison import Comparison
from isoline.analyse.rates import PriceTerms
from isoline.analyse.runs import latest_run_per_line
from isoline.analyse.terms import Terms
from isoline.analyse.words import percent_less, times, usd
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Point
from isoline.domain.slugs import parse_slug
from tests.points import point

CATALOG = load_catalog(user_dirs=())


def compared(slug: str, points: list[Point], **terms: object) -> Comparison:
    return compare(parse_slug(slug, CATALOG), points, Terms("1k/1k", **terms), CATALOG)  # type: ignore[arg-type]


FP4 = [point(100, 3000, 64), point(140, 2000, 16), point(200, 1000, 4)]
BF16 = [
    point(90, 1000, 64, precision="bf16", engine_version="0.5.12", kv_format="bf16"),
    point(130, 500, 16, precision="bf16", engine_version="0.5.12", kv_format="bf16"),
]
SLUG = "qwen-3-5-b300-fp4-vs-bf16"


def test_a_single_run_has_a_ratio_but_no_winner() -> None:
    found = compared(SLUG, [*FP4, *BF16], targets=(120.0, 100.0))
    assert [t.interactivity for t in found.targets] == [120.0, 100.0]  # as asked
    target = found.targets[1]
    assert target.throughput_ratio == pytest.approx(3000 / 875)
    assert target.cost_ratio == pytest.approx(875 / 3000)
    assert target.winner is None
    assert target.winner_reason == "single run, no interval"


def test_nothing_is_said_where_a_side_is_outside_or_guessed() -> None:
    found = compared(SLUG, [*FP4, *BF16], targets=(150.0,))
    target = found.targets[0]
    assert [r.status for r in target.readings] == ["interpolated", "outside"]
    assert target.throughput_ratio is target.cost_ratio is target.winner is None
    assert target.winner_reason == "BF16 not measured here"
    assert "BF16 is not measured there (only up to 130 tok/s/user)" in found.narrative[1]
    far = [point(100, 3000), point(200, 1000)]
    guess = compared(SLUG, [*far, *BF16], targets=(120.0,)).targets[0]
    assert guess.readings[0].status == "wide gap"
    assert guess.throughput_ratio is None


def test_a_side_without_points_is_said() -> None:
    found = compared(SLUG, FP4)
    assert found.narrative[0].endswith("no data for BF16, so there is nothing to compare.")
    assert found.differences == ()
    assert found.sides[1].measured_range is None


def test_what_differs_names_fields_once_and_leaves_out_the_compared_dimension() -> None:
    found = compared(SLUG, [*FP4, *BF16])
    assert {(d.field, d.a, d.b) for d in found.differences} == {
        ("engine_version", "not recorded", "0.5.12"),
        ("kv_format", "not recorded", "bf16"),
        ("concurrency", "4 to 64", "16 to 64"),
    }


def test_prices_and_power_are_the_readers_if_given() -> None:
    pricing = PriceTerms("rental", True, {"b300": 4.0}, {"b300": 2.5}, None)
    found = compared(SLUG, [*FP4, *BF16], targets=(100.0,), pricing=pricing)
    reading = found.targets[0].readings[0]
    assert reading.cost_per_mtok == pytest.approx(4.0 / (3000 * 3600) * 1e6)
    assert reading.tokens_per_s_per_mw == pytest.approx(3000 / 2.5 * 1000)
    assert (found.price, found.power, found.price_date) == ({"b300": 4.0}, {"b300": 2.5}, None)


def test_a_price_older_than_the_book_is_the_first_known_and_said() -> None:
    pricing = PriceTerms("hyperscaler", False, {}, {}, "2025-01-01")
    found = compared(SLUG, [*FP4, *BF16], pricing=pricing)
    assert found.price_date is not None
    assert any("2025-01-01" in note for note in found.notes)


def test_percentages_never_exceed_a_hundred_and_concurrency_has_no_winner() -> None:
    found = compared(SLUG, [*FP4, *BF16], targets=(100.0,))
    text = " ".join(found.narrative)
    assert "costs 71 % less per token (3.4× the tokens per dollar)" in text
    assert all(float(share) < 100 for share in re.findall(r"([\d.]+) %", text))
    assert "cheaper" not in text
    assert "concurrency" not in text.lower()


def test_words() -> None:
    assert (times(3.09), times(1.04), times(12.3)) == ("3.1×", "1.04×", "12×")
    assert (percent_less(3.1), percent_less(1000)) == ("68 %", "99.9 %")
    assert (usd(0.1532), usd(2.305), usd(12.34)) == ("$0.153", "$2.31", "$12.3")


def run(points: list[Point], date: str, number: int) -> list[Point]:
    import msgspec

    url = f"https://github.com/o/r/actions/runs/{number}/attempts/1"
    return [msgspec.structs.replace(p, date=date, run_url=url, key=f"{p.key}/{number}") for p in points]


def test_the_newest_run_of_a_line_counts_whole_and_what_it_hides_is_said() -> None:
    old, new = run(FP4, "2026-01-01", 10), run(FP4[:1], "2026-02-01", 11)
    chosen = latest_run_per_line([*new, *old])
    assert chosen.points == tuple(new)
    assert "(2026-02-01) covers 1 concurrency, an older one (2026-01-01) 3" in chosen.notes[0]


def test_of_two_runs_of_a_day_the_higher_run_id_counts() -> None:
    nine, ten = run(FP4, "2026-01-01", 9), run(FP4, "2026-01-01", 10)
    assert latest_run_per_line([*ten, *nine]).points == tuple(ten)
