"""The captured API responses import whole."""

from __future__ import annotations

import json

import pytest

from isoline.store.importers.inferencex.documents import decode, row_value
from isoline.store.importers.inferencex.points import PointMapper
from tests.shared import SHARED, needs_shared
from tests.store.importers.helpers import CATALOG, readings

pytestmark = needs_shared
DATA = SHARED / "data" / "inferencex"


@pytest.mark.parametrize(
    ("file", "rows", "dataset", "selection"),
    [
        ("benchmarks.json", 435, "inferencex", "as-served"),
        ("benchmarks-history.json", 1462, "inferencex-history", "latest-run"),
        ("evaluations.json", 531, "inferencex-evaluations", "as-served"),
        ("availability.json", 689, "inferencex-availability", "as-served"),
    ],
)
def test_every_row_is_kept(file: str, rows: int, dataset: str, selection: str) -> None:
    found = readings(DATA / file)
    assert found.rows == rows
    assert not found.quarantined  # the catalog knows every model and accelerator of these
    assert found.datasets.keys() == {dataset}
    assert found.datasets[dataset].selection == selection
    assert found.notes == []


@pytest.mark.parametrize("file", ["overview-rows", "reliability", "submissions", "workflow-info"])
def test_responses_without_points_are_notes(file: str) -> None:
    found = readings(DATA / f"{file}.json")
    assert found.rows == 0
    assert len(found.notes) == 1
    assert found.notes[0].endswith("recognised, holds no points: skipped")


def test_a_folder_gives_all_datasets() -> None:
    found = readings(DATA)
    assert found.rows == 435 + 1462 + 531 + 689
    assert len(found.datasets) == 4
    assert len(found.notes) == 4


def test_a_history_is_known_by_its_runs(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("renamed")
    for name in ("benchmarks", "benchmarks-history"):
        renamed = folder / f"{name[-4:]}.json"
        renamed.write_bytes((DATA / f"{name}.json").read_bytes())
    assert readings(folder / "arks.json").datasets.keys() == {"inferencex"}
    assert readings(folder / "tory.json").datasets.keys() == {"inferencex-history"}
    assert readings(folder / "tory.json", kind="benchmarks").datasets.keys() == {"inferencex"}


def test_points_hold_what_the_rows_say() -> None:
    rows = json.loads((DATA / "benchmarks.json").read_text())
    points = readings(DATA / "benchmarks.json").points
    assert len({point.key for point in points}) == len(rows)
    for row, point in zip(rows, points, strict=True):
        metrics = row["metrics"]
        assert point.interactivity == metrics["median_intvty"]
        assert point.throughput == metrics["tput_per_gpu"]
        assert point.output_throughput == metrics.get("output_tput_per_gpu")
        assert point.input_throughput == metrics.get("input_tput_per_gpu")
        fields = ("median_intvty", "std_intvty", "tput_per_gpu", "output_tput_per_gpu", "input_tput_per_gpu")
        rest = {name: value for name, value in metrics.items() if name not in fields}
        assert {name: point.metrics[name] for name in rest} == rest
        recipe = point.recipe
        assert recipe.model == "deepseek-r1"
        assert recipe.checkpoint == row["model"]
        assert (recipe.hardware, recipe.engine, recipe.precision) == (
            *(row["hardware"], row["framework"], row["precision"]),
        )
        assert (recipe.prefill_gpus, recipe.decode_gpus) == (row["num_prefill_gpu"], row["num_decode_gpu"])


def test_the_fast_path_gives_what_the_general_path_gives() -> None:
    for file in ("benchmarks.json", "benchmarks-history.json"):
        stored = list(decode((DATA / file).read_bytes()).rows())
        mapper = PointMapper(CATALOG, "inferencex")
        general = [mapper.map(value) for value in map(row_value, stored) if isinstance(value, dict)]
        fast = [mapper.map_plain(row) for row in stored]
        assert sum(point is not None for point in fast) >= 0.99 * len(stored)
        assert [point for point in fast if point] == [
            known for known, point in zip(general, fast, strict=True) if point
        ]
