"""Comparisons on hand-made points: winners, ratios, differences, prices, words."""

from __future__ import annotations

import math
import re

import pytest
from msgspec.structs import replace

from isoline.analyse.caveats import caveats
from isoline.analyse.compare import compare
from isoline.analyse.comparison import Comparison
from isoline.analyse.rates import PriceTerms
from isoline.analyse.repeats import pool_repeats
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


def test_lengths_that_are_drawn_otherwise_differ_and_are_noted() -> None:
    uniform = [replace(p, workload=replace(p.workload, kind="uniform")) for p in FP4]
    found = {d.field: (d.a, d.b) for d in compared(SLUG, [*uniform, *BF16]).differences}
    assert found["lengths"] == ("uniform", "fixed")
    assert caveats([*uniform, *BF16]) == ("Lengths are not drawn alike at all points: fixed, uniform",)


def test_a_checkpoint_of_another_precision_is_listed_but_is_what_is_compared() -> None:
    fp4, bf16 = (
        [replace(p, recipe=replace(p.recipe, checkpoint=name, engine_version=version)) for p in side]
        for side, name, version in ((FP4, "Qwen-FP4", "0.5.11"), (BF16, "Qwen", "0.5.12"))
    )
    found = compared(SLUG, [*fp4, *bf16], targets=(100.0,))
    assert {d.field: d.compared for d in found.differences} == {
        "checkpoint": True, "engine_version": False, "kv_format": False, "concurrency": False,
    }  # fmt: skip
    # The engine's version: the KV format one side does not record, and loads are no part of what is served.
    assert "; 1 other field differs" in found.narrative[0]
    engines = [replace(p, recipe=replace(p.recipe, precision="fp4", engine="vllm")) for p in bf16]
    other = compared("qwen-3-5-b300-fp4-sglang-vs-vllm", [*fp4, *engines], targets=(100.0,))
    assert {d.field: d.compared for d in other.differences}["checkpoint"] is False


def test_speculative_decoding_is_a_caveat_only_where_a_side_has_any() -> None:
    drafting = [replace(p, recipe=replace(p.recipe, spec_method="mtp")) for p in FP4]
    assert "speculative decoding" not in compared(SLUG, [*FP4, *BF16]).narrative[-1]
    assert "may include speculative decoding" in compared(SLUG, [*drafting, *BF16]).narrative[-1]


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
    url = f"https://github.com/o/r/actions/runs/{number}/attempts/1"
    return [replace(p, date=date, run_url=url, key=f"{p.key}/{number}") for p in points]


def test_the_newest_run_of_a_line_counts_whole_and_what_it_hides_is_said() -> None:
    old, new = run(FP4, "2026-01-01", 10), run(FP4[:1], "2026-02-01", 11)
    chosen = latest_run_per_line([*new, *old])
    assert chosen.points == tuple(new)
    assert "(2026-02-01) covers 1 concurrency, an older one (2026-01-01) 3" in chosen.notes[0]


def test_of_two_runs_of_a_day_the_higher_run_id_counts() -> None:
    nine, ten = run(FP4, "2026-01-01", 9), run(FP4, "2026-01-01", 10)
    assert latest_run_per_line([*ten, *nine]).points == tuple(ten)


SWEEPS = ("2026-11-23T08:00:00", "2026-11-24T08:00:00", "2026-11-25T08:00:00")
KNOTS = ((80, 5200.0, 64), (100, 4000.0, 32), (120, 3000.0, 16))


def repeats(precision: str, level: float, spread: tuple[float, ...], status: str = "measured") -> list[Point]:
    """A curve measured in sweeps that were faster or slower as a whole: (1 + spread) in throughput."""
    return [
        replace(
            point(x, y * level * (1 + off), load, precision=precision, status=status),
            repeat=0,
            run_started_at=began,
            date=began[:10],
            key=f"{precision}/{load}/{began}",
        )
        for x, y, load in KNOTS
        for off, began in zip(spread, SWEEPS, strict=False)
    ]


def of_repeats(*sides: list[Point], **terms: object) -> Comparison:
    return compared(SLUG, pool_repeats([p for side in sides for p in side]), **terms)


def test_a_side_wins_where_the_interval_excludes_one() -> None:
    fp4, bf16 = repeats("fp4", 1.3, (-0.01, 0.0, 0.01)), repeats("bf16", 1.0, (0.01, -0.01, 0.0))
    found = of_repeats(fp4, bf16, targets=(100.0, 90.0))
    target = found.targets[0]
    assert target.winner == "FP4"
    # Both sides: s = 0.01 on the log scale, 3 sweeps, 2 df each; t(4 df) = 2.776.
    half = 2.776 * math.sqrt(2) * 0.01 / math.sqrt(3)
    assert target.interval is not None
    assert math.log(target.interval.high / target.interval.low) / 2 == pytest.approx(half, rel=1e-3)
    assert target.interval.freedom == pytest.approx(4, rel=1e-3)
    assert (target.interval.runs, target.interval.starts) == ((3, 3), (3, 3))
    # What shifts all loads of a sweep alike does not average out between knots.
    between = found.targets[1].interval
    assert between is not None
    assert between.high / between.low == pytest.approx(target.interval.high / target.interval.low, rel=1e-6)
    assert target.winner_reason == "interval of the ratio 1.27–1.33 excludes 1, 3 runs a side"
    assert "FP4 is higher by 1.30× [1.27–1.33] in tokens per GPU" in found.narrative[0]
    cost = target.cost_interval
    assert cost is not None
    assert cost.low == pytest.approx(1 / target.interval.high)


def test_no_side_wins_where_it_includes_one() -> None:
    found = of_repeats(repeats("fp4", 1.01, (-0.02, 0.0, 0.02)), repeats("bf16", 1.0, (0.02, -0.02, 0.0)))
    target = found.targets[0]
    assert target.winner is None
    assert str(target.winner_reason).startswith("no measurable difference: interval of the ratio 0.9")
    assert "no measurable difference in tokens per GPU, FP4 ÷ BF16 1.01× [0." in found.narrative[0]


def test_winners_say_what_they_rest_on() -> None:
    few = of_repeats(repeats("fp4", 3, (-0.001, 0.001)), repeats("bf16", 1, (-0.001, 0.0, 0.001))).targets[0]
    assert few.winner == "FP4"
    assert str(few.winner_reason).endswith("excludes 1, 2 and 3 runs")
    drawn = [repeats(p, level, (-0.01, 0, 0.01), "simulated") for p, level in (("fp4", 2), ("bf16", 1))]
    found = of_repeats(*drawn)
    assert found.targets[0].winner == "FP4"
    assert str(found.targets[0].winner_reason).endswith("excludes 1, 3 runs a side, simulated")
    assert "(simulated)" in found.narrative[0]


def test_one_side_without_repeats_gives_no_winner_but_the_other_keeps_its_interval() -> None:
    single = [point(x, y, load, precision="bf16") for x, y, load in KNOTS]
    target = of_repeats(repeats("fp4", 2, (-0.01, 0, 0.01)), single).targets[0]
    assert (target.winner, target.winner_reason, target.interval) == (None, "single run, no interval", None)
    assert target.readings[0].interval is not None
    assert target.readings[1].interval is None


def test_a_point_measured_once_has_an_interval_but_no_winner() -> None:
    fp4 = [
        p for p in repeats("fp4", 2, (-0.01, 0, 0.01)) if p.concurrency != 32 or p.run_started_at == SWEEPS[0]
    ]
    target = of_repeats(fp4, repeats("bf16", 1, (-0.01, 0, 0.01)), targets=(100.0,)).targets[0]
    assert target.interval is not None
    assert target.interval.runs == (1, 3)
    assert target.winner is None
    assert str(target.winner_reason).startswith(
        "a point beside it was measured once: interval of the ratio 1.9"
    )


def test_nobody_wins_by_the_bound_of_the_other() -> None:
    short = [p for p in repeats("bf16", 1, (-0.01, 0, 0.01)) if p.concurrency != 64]
    comparison = of_repeats(repeats("fp4", 1.2, (-0.01, 0, 0.01)), short, targets=(90.0,))
    target = comparison.targets[0]
    assert "FP4 is higher by at most 1." in comparison.narrative[0]
    assert target.winner is None
    assert target.winner_reason == "BF16 is faster than asked: its value is only a bound"


def test_two_bounds_have_no_ratio() -> None:
    found = compared(SLUG, [*FP4, *BF16], targets=(80.0, 95.0))
    slow, known = found.targets
    assert [reading.status for reading in slow.readings] == ["dominated", "dominated"]
    assert [reading.throughput_per_gpu for reading in slow.readings] == [3000, 1000]
    assert (slow.ratio, slow.throughput_ratio, slow.cost_ratio) == (None, None, None)
    assert slow.winner_reason == "both are faster than asked: a ratio of two bounds says nothing"
    assert "which gives more at this speed is not known" in found.narrative[1]
    assert known.readings[0].status == "dominated"
    assert known.ratio is not None


def test_speed_that_varies_with_throughput_widens_what_is_read_at_one_speed() -> None:
    """A run 1 % faster in both lies above the curve by 1 % and by what the curve falls over 1 % of speed."""
    steady = repeats("fp4", 1.3, (-0.01, 0.0, 0.01))
    moving = [replace(p, interactivity=p.interactivity * p.throughput / y / 1.3) for p, y in zip(
        steady, (y for _, y, _ in KNOTS for _ in SWEEPS), strict=True)]  # fmt: skip
    bf16 = repeats("bf16", 1.0, (-0.01, 0.0, 0.01))
    one, two = (of_repeats(side, bf16, targets=(100.0,)).targets[0].readings[0] for side in (steady, moving))
    assert one.interval is not None
    assert two.interval is not None
    slope = -55 * 100 / 4000  # Steffen's at the middle knot: twice half the mean of the secants -60 and -50
    wider = math.log(two.interval.high / two.interval.low) / math.log(one.interval.high / one.interval.low)
    assert wider == pytest.approx(1 - slope, rel=1e-2)
