"""Rankings: the order of configurations, what may be claimed of them, and that comparisons say the same."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from msgspec import structs

from isoline.analyse.ranking import Ranking
from isoline.analyse.terms import Filters
from isoline.ask.answer import answer
from isoline.ask.asked import Asked, question
from isoline.ask.rank_asked import rank_question
from isoline.ask.ranked import RankQuestion, listed, ranking
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Dataset, Point
from isoline.domain.slugs import build_slug
from isoline.errors import NoDataError, UsageError
from isoline.present.ranking_view import conditions, legend, lines, to_csv
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.points import point

CATALOG = load_catalog(())
NEAR = (80.0, 100.0, 120.0)


def line(scale: float, hardware: str, precision: str, speeds: tuple[float, ...] = NEAR) -> list[Point]:
    """Throughput falls straight: `scale` × (400 − speed)."""
    return [
        point(x, scale * (400 - x), int(6400 / x), hardware=hardware, precision=precision) for x in speeds
    ]


POINTS = [
    *line(10, "b300", "fp8"),
    *line(20, "b300", "fp4"),
    *line(15, "h200", "fp8"),
    *line(40, "b200", "fp8", (50.0, 180.0)),  # the best, if what is drawn across its gap were known
    *line(30, "h100", "fp8", (40.0, 50.0, 60.0)),
    *line(90, "mi355x", "fp8", (20.0, 25.0)),
]
AT_100 = ["B300 FP4", "H200 FP8", "B300 FP8", "B200 FP8", "H100 FP8", "MI355X FP8"]


def sources(tmp_path: Path, points: list[Point], kind: str = "runs") -> Sources:
    store = Store(tmp_path)
    store.write_run(Dataset("test", kind), "import", points=points)
    return Sources(lambda: store)


@pytest.fixture
def data(tmp_path: Path) -> Sources:
    return sources(tmp_path, POINTS)


def ranked(data: Sources, by: str | None = None, model: str = "qwen-3-5", **texts: object) -> Ranking:
    return ranking(rank_question(model, by, Asked(**texts), CATALOG), data, CATALOG)  # type: ignore[arg-type]


def test_known_ones_come_first_then_guesses_then_those_that_do_not_reach(data: Sources) -> None:
    found = ranked(data, at="100")
    assert [row.label for row in found.rows] == AT_100
    readings = [row.readings[0] for row in found.rows]
    assert [one.status for one in readings] == [*["measured"] * 3, "wide gap", "outside", "outside"]
    assert [one.value for one in readings[:3]] == [6000, 4500, 3000]
    assert [row.ratio for row in found.rows] == [
        None,
        pytest.approx(0.75),
        pytest.approx(0.5),
        None,
        None,
        None,
    ]
    assert found.known == 3
    assert found.sentence == (
        "Qwen 3.5 397B-A17B, at 100 tok/s/user: B300 FP4 reads highest of 3 known, H200 FP8 next; "
        "B300 FP4 is higher by 1.3× in tokens per GPU and H200 FP8 costs 28 % less per token "
        "(1.4× the tokens per dollar), from single runs; 1 more lies across a wide gap."
    )
    shown = lines(found)
    assert [one.cells[0] for one in shown[-2:]] == ["— (to 60)", "— (to 25)"]
    assert [one.known for one in shown] == [True] * 3 + [False] * 3
    assert shown[0].recipe == "sglang, 4 GPUs, TP4, 64 streams"


def test_another_speed_another_order(data: Sources) -> None:
    found = ranked(data, at="100,50", by="50")
    assert [row.label for row in found.rows][:3] == ["B200 FP8", "H100 FP8", "B300 FP4"]
    assert [row.readings[1].status for row in found.rows][:3] == ["measured", "measured", "dominated"]
    assert lines(found)[2].ratio.startswith("≥ ")  # it is faster than asked, so this is a bound
    assert ranked(data, by="50", at="100").targets == (100.0, 50.0)


def test_less_is_better_where_it_is(data: Sources) -> None:
    found = ranked(data, at="100", metric="cost_per_mtok", price=("b300=1,h200=4,b200=1,h100=1,mi355x=1",))
    assert [row.label for row in found.rows][:3] == ["B300 FP4", "B300 FP8", "H200 FP8"]
    assert found.rows[1].ratio == pytest.approx(2)
    costs = [row.readings[0].value for row in found.rows[:3]]
    assert costs == [pytest.approx(1e6 / 3600 / rate) for rate in (6000, 3000, 4500 / 4)]


def test_by_default_it_is_read_where_most_is_known(data: Sources) -> None:
    found = ranked(data)
    assert (found.targets, found.by) == ((50.0, 100.0), 100.0)
    assert found.sequence == "1k/1k"


def test_a_model_slower_than_any_tier_is_read_where_its_points_lie(tmp_path: Path) -> None:
    slow = [*line(1, "b300", "fp8", (4.0, 5.0, 6.0)), *line(2, "h200", "fp8", (4.5, 5.5, 6.5))]
    found = ranked(sources(tmp_path, slow))
    assert found.targets == (5.0, 5.5)
    assert found.known == 2


def test_each_ratio_is_that_of_the_comparison(tmp_path: Path) -> None:
    data = Sources(lambda: Store(tmp_path))
    found = ranked(data, by="100", model="qwen-3-8b")
    first, *others = found.rows
    assert [row.key for row in found.rows[:2]] == ["h200-fp8", "h200-bf16"]
    assert len(others) == 5
    for row in others:
        slug = build_slug("gpu-precision", "qwen-3-8b", None, None, (first.key, row.key), CATALOG)
        compared = answer(question(slug, Asked(at="100", sequence="1k/1k"), CATALOG), data, CATALOG)
        target = compared.targets[0]
        assert target.ratio is not None
        place = [(side.hardware, side.precision) for side in compared.sides].index(
            (first.hardware, first.precision)
        )
        assert row.ratio == pytest.approx(target.ratio if place else 1 / target.ratio, rel=1e-12)
        assert row.behind == (target.winner == compared.sides[place].label)
        assert row.interval is not None
        assert target.interval is not None
        ends = (target.interval.low, target.interval.high)
        expected = ends if place else (1 / ends[1], 1 / ends[0])
        assert (row.interval.low, row.interval.high) == pytest.approx(expected, rel=1e-9)


def test_filters_and_precisions_narrow_it(data: Sources) -> None:
    assert {row.precision for row in ranked(data, precision="fp4").rows} == {"fp4"}
    found = ranked(data, vendor=("amd",))
    assert [row.label for row in found.rows] == ["MI355X FP8"]
    assert found.sentence.startswith("Qwen 3.5 397B-A17B, AMD only, at ")
    with pytest.raises(NoDataError, match="with MTP only"):
        ranked(data, spec_decode=("mtp",))


def test_measured_ones_are_not_mixed_with_published_or_simulated(tmp_path: Path) -> None:
    assert {source.dataset for source in ranked(sources(tmp_path / "a", POINTS)).sources} == {"test"}
    one = sources(tmp_path / "b", line(10, "b300", "fp8"))
    assert {source.dataset for source in ranked(one).sources} == {"published"}
    assert {s.dataset for s in ranked(one, model="llama-3-3-70b").sources} == {"simulated"}
    with pytest.raises(UsageError, match="nothing"):
        ranked(one, dataset=("nothing",))


def test_what_is_unknown_is_said(data: Sources) -> None:
    with pytest.raises(UsageError, match="there is no model 'qwen-35'"):
        ranked(data, model="qwen-35")
    with pytest.raises(UsageError, match="by 50,60: one speed"):
        ranked(data, by="50,60")
    with pytest.raises(UsageError, match="there is no GPU 'b3000'"):
        ranked(data, price=("b3000=1",))
    with pytest.raises(NoDataError, match=r"at 2k/3k in dataset test; there is .*16 points"):
        ranking(RankQuestion("qwen-3-5", sequence="2k/3k", datasets=("test",)), data, CATALOG)
    with pytest.raises(NoDataError, match="reports a median TTFT"):
        ranking(RankQuestion("qwen-3-5", filters=Filters(max_ttft=1e-9)), data, CATALOG)


def test_every_model_with_several_configurations_is_listed_from_counts(data: Sources) -> None:
    found = listed(data, CATALOG)
    assert [one.model for one in found][:2] == ["qwen-3-5", "qwen-3-8b"]
    assert (found[0].configurations, found[0].points, found[0].sequence) == (6, 16, "1k/1k")
    for one in found:
        told = ranked(data, model=one.model)
        assert len(told.rows) == one.configurations > 1
        assert tuple(source.dataset for source in told.sources) == one.datasets
        assert told.sequence == one.sequence


def test_a_bound_may_hide_more_so_nobody_comes_first(tmp_path: Path) -> None:
    """The second is faster than asked: what it gives at 75 tok/s/user is at least its slowest point."""
    data = Sources(lambda: Store(tmp_path))
    found = ranked(data, at="75", model="qwen-3-8b")
    assert [row.label for row in found.rows[:2]] == ["H200 BF16", "H100 FP8"]
    assert "H200 BF16 reads highest of 4 known, 2 of them only by a bound, H100 FP8 next;" in found.sentence
    assert "at most 1.29×" in found.sentence
    assert "comes first" in ranked(data, at="100", model="qwen-3-8b").sentence
    slow = ranked(data, at="5", model="qwen-3-8b")
    assert slow.sentence.endswith("both are faster than asked: a ratio of two bounds says nothing.")


def test_prices_that_cost_rests_on_are_told(data: Sources) -> None:
    told = conditions(ranked(data, at="100", price=("b300=3",)))
    assert told == "1k/1k · total tok/s/GPU · prices hyperscaler 2026-07 · B300 $3.00 (your price)"
    printed = ranked(data, at="110", dataset=("published",), price=("b300=9",), metric="cost_per_mtok")
    assert conditions(printed) == "1k/1k · $ per M tokens · B300 $9.00 (your price)"
    assert any(note.startswith("Costs are as printed, but at your prices on b300") for note in printed.notes)
    assert (printed.price, printed.price_date, printed.power) == ({"b300": 9}, None, {})


def test_what_does_not_report_the_metric_is_no_guess(tmp_path: Path) -> None:
    silent = [structs.replace(one, input_throughput=None) for one in line(15, "h200", "fp8")]
    data = sources(tmp_path, [*line(10, "b300", "fp8"), *line(20, "b300", "fp4"), *silent])
    found = ranked(data, at="100", metric="input_throughput_per_gpu")
    assert [row.label for row in found.rows] == ["B300 FP4", "B300 FP8", "H200 FP8"]
    assert found.known == 2
    assert "Of H200 FP8 input tokens per GPU are not reported" in found.notes
    assert not any("wide gap" in text for text in legend(found))


def test_the_csv_says_how_each_value_is_known(data: Sources) -> None:
    rows = list(
        csv.DictReader(io.StringIO(to_csv(ranked(data, at="100,50", by="100", model="llama-3-3-70b"))))
    )
    assert {row["basis"] for row in rows} == {"simulated"}
    assert {row["datasets"] for row in rows} == {"simulated"}
    assert [row["ratio"] != "" for row in rows[:4]] == [False, False, True, False]
    assert all(row["price_per_gpu_hour"] for row in rows)


def test_what_is_invalid_is_not_ranked(tmp_path: Path) -> None:
    bad = [structs.replace(one, valid=False) for one in line(50, "b300", "bf16")]
    found = ranked(sources(tmp_path / "a", [*POINTS, *bad]), at="100")
    assert [row.label for row in found.rows] == AT_100
    assert any("3 INVALID runs were left out" in note for note in found.notes)
    alone = sources(tmp_path / "b", [structs.replace(one, valid=False) for one in POINTS])
    with pytest.raises(NoDataError, match="in dataset test; there is"):
        ranked(alone, dataset=("test",))
