"""The packaged simulated dataset: what its script gives, labelled throughout, behind all other data."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from scripts.simulated_dataset import DEPLOYMENTS, WORKLOADS

from isoline.ask.answer import answer
from isoline.ask.choices import choices
from isoline.ask.pairs import comparable_pairs
from isoline.ask.question import Question
from isoline.domain.catalog import load_catalog
from isoline.domain.point import SIMULATED, Dataset, Point, Selection
from isoline.domain.slugs import parse_slug
from isoline.errors import NoDataError
from isoline.numerics.engine.deployment import deploy
from isoline.numerics.engine.points import simulated_points
from isoline.numerics.engine.speculation import NO_DRAFTS
from isoline.store.packaged import simulated
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.points import point

CATALOG = load_catalog(())
SLUG = "llama-3-3-70b-b300-fp4-vs-fp8"


def sources(folder: Path, *points: Point) -> Sources:
    store = Store(folder)
    if points:
        store.write_run(Dataset("test", "benchmarks"), "import", points=points)
    return Sources(lambda: store)


def test_the_file_holds_what_the_script_computes() -> None:
    """Every series by name; the figures of one series in seven, which takes seconds instead of minutes."""
    series = simulated.simulated().series
    at = 0
    for model, hardware, tp, precisions, drafts in DEPLOYMENTS:
        for precision in precisions:
            for speculation in (NO_DRAFTS, *([drafts] if drafts else [])):
                d = deploy(CATALOG, model, hardware, precision, tp, speculation=speculation)
                for (isl, osl), loads in WORKLOADS.items():
                    held = series[at]
                    assert (held.isl, held.osl, held.recipe["spec_method"]) == (isl, osl, speculation.method)
                    assert [row[0] for row in held.rows] == list(loads)
                    if at % 7 == 0:
                        again = simulated.packed("", "", simulated_points(d, isl, osl, loads))
                        assert again.series == [held]
                        assert again.columns == simulated.simulated().columns
                    at += 1
    assert at == len(series)


def test_every_point_is_labelled_and_plausible() -> None:
    for p in simulated.points():
        assert (p.status, p.dataset, p.recipe.engine) == (SIMULATED, "simulated", "simulated")
        assert p.recipe.gpus
        chip = CATALOG.hardware[p.recipe.hardware]
        assert chip.tdp_w is not None
        assert 0 < p.metrics["avg_power_w"] <= chip.tdp_w
        assert p.interactivity == pytest.approx(1 / p.metrics["median_tpot"], rel=1e-5)
    assert len({p.key for p in simulated.points()}) == len(simulated.points())


def test_the_file_is_small() -> None:
    assert len(msgspec.json.encode(simulated.simulated())) < 100_000


def test_simulated_data_answers_only_where_nothing_else_does(tmp_path: Path) -> None:
    """One measured point on one side is enough to put it aside; by name it still answers."""
    slug = parse_slug(SLUG, CATALOG)
    real = point(40.0, 900.0, 8, model="llama-3-3-70b", hardware="b300", precision="fp4")
    assert answer(Question(slug), sources(tmp_path / "a"), CATALOG).sources[0].dataset == "simulated"
    data = sources(tmp_path / "b", real)
    assert [s.dataset for s in answer(Question(slug), data, CATALOG).sources] == ["test"]
    with pytest.raises(NoDataError):
        answer(Question(slug, sequence="8k/1k"), data, CATALOG)
    asked = answer(Question(slug, datasets=("simulated",)), data, CATALOG)
    assert [s.dataset for s in asked.sources] == ["simulated"]
    assert SLUG not in {pair.slug for pair in comparable_pairs(data, CATALOG)}
    assert SLUG in {pair.slug for pair in comparable_pairs(sources(tmp_path / "a"), CATALOG)}
    assert choices(slug, data).datasets == ("simulated",)
    assert choices(slug, data).sequences == ()


def test_queries_of_packaged_data_agree_with_each_other(tmp_path: Path) -> None:
    data = sources(tmp_path)
    for selection in (
        Selection(),
        Selection(model="deepseek-r1", hardware=("b300", "h200")),
        Selection(precision=("fp8",), spec_method=("mtp",), isl=8192),
        Selection(datasets=("published",)),
        Selection(until="2026-01-01"),
    ):
        loads = {
            p.key if p.repeat is None else (p.recipe, p.workload, p.concurrency)
            for p in data.points(selection)
        }
        assert sum(row.points for row in data.coverage(selection)) == len(loads)
