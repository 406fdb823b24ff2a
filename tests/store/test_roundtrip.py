"""What goes in comes out, whole; importing twice adds nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from isoline.domain.point import Dataset, Point, Selection, Workload
from isoline.domain.recipe import Recipe
from isoline.errors import StoreError
from isoline.store.importers.batch import ImportBatch
from isoline.store.schema import HOT_METRICS, POINTS, names
from isoline.store.store import Store
from tests.store.fakes import AVAILABLE, FAKE, LATEST, RECIPE, batch, evaluation, point, quarantined

ANY = Selection()

FULL = Point(
    key="full",
    recipe=Recipe(
        *("m", "h", "e", "p", "s", True, True, 1, 2, 3, True, 4, 5, 6, 7, 8, False, 9, 10),
        *("c", "v", "i", "sha256:0", "w", "a", "k", 3, 2.5, "measured", "o", "--x=1"),
    ),
    workload=Workload(None, None, "agentic"),
    interactivity=0.1,
    throughput=1e300,
    output_throughput=0.0,
    input_throughput=2.0,
    concurrency=0,
    dataset="fake",
    status="published",
    date="2026-01-01",
    request_rate=0.5,
    run_url="https://example.invalid/'; DROP TABLE x; --",
    run_started_at="2026-01-01T00:00:00Z",
    run=None,
    repeat=0,
    valid=True,
    printed_cost=0.0,
    printed_tokens_per_mw=1.0,
    metrics={"median_ttft": 0.0, "median_e2el": 1.0, "median_tpot": 2.0, "avg_power_w": 3.0, "ü": 1 / 3},
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_every_field_comes_back(store: Store) -> None:
    given = [FULL, point("unknown", date=None, concurrency=None, metrics={})]
    run = store.write_run(FAKE, "published", points=given)
    expected = [replace(value, run=run) for value in given]
    assert store.points(ANY, all_metrics=True) == expected
    store.reindex()
    assert store.points(ANY, all_metrics=True) == expected
    hot = {key: value for key, value in FULL.metrics.items() if key in HOT_METRICS}
    assert store.points(ANY)[0].metrics == hot


def test_every_point_field_is_a_column() -> None:
    columns = set(names(POINTS)) | {"recipe", "workload", "runs"}  # `runs` is formed when points are pooled
    assert set(Point.__struct_fields__) <= columns
    assert set(Recipe.__struct_fields__) <= columns


def test_evaluations_come_back(store: Store) -> None:
    given = [evaluation("a"), evaluation("b", workload=Workload(8192, 1024), n=None, standard_error=0.0)]
    run = store.write_run(FAKE, "bench", evaluations=given)
    expected = [replace(value, run=run) for value in given]
    assert store.evaluations(Selection(isl=1)) == expected  # lengths don't select scores
    store.reindex()
    assert store.evaluations(Selection(model=RECIPE.model)) == expected
    assert store.evaluations(Selection(model="other")) == []


def test_records_and_files_come_back(store: Store) -> None:
    requests: list[dict[str, object]] = [
        {"request": 0, "sent_ns": 0, "error_kind": "timeout"},
        {"request": 1, "last_token_ns": 5},
    ]
    run = store.write_run(
        FAKE,
        "bench",
        points=[point()],
        requests=requests,
        items=[{"item": "7", "score": 0.0}],
        telemetry=[{"time_ns": 1, "name": "power", "unit": "W", "value": 900.0}],
        files={"logs/server.log": b"ready\n"},
    )
    back = store.records(run, "requests")
    assert [{k: v for k, v in row.items() if v is not None} for row in back] == requests
    assert store.records(run, "items")[0]["score"] == 0.0
    assert store.records(run, "telemetry")[0]["value"] == 900.0
    assert (store.root / "runs" / run / "logs" / "server.log").read_bytes() == b"ready\n"
    store.reindex()
    assert len(store.records(run, "requests")) == 2
    assert store.records("../../etc", "requests") == []
    with pytest.raises(StoreError, match="unknown column 'sent'"):
        store.write_run(FAKE, "bench", requests=[{"sent": 1}])


def test_importing_twice_adds_nothing(store: Store) -> None:
    batches = [
        batch(point("a"), point("b"), point("a", throughput=1.0)),
        batch(point("c")),
        ImportBatch(FAKE, evaluations=[evaluation()], availability=[AVAILABLE, AVAILABLE]),
        ImportBatch(FAKE, quarantined=[quarantined(), quarantined()], notes=["read 1 file"]),
    ]
    first = store.add(batches, importer="fake", details={"command": "isoline import"}).datasets["fake"]
    assert (first.points, first.duplicates, first.evaluations, first.availability) == (3, 1, 1, 1)
    assert (first.quarantined, first.quarantine_duplicates) == ({"unknown model": 1}, 1)
    assert first.notes == ["read 1 file"]
    assert [(p.key, p.throughput) for p in store.points(ANY)] == [("a", 1000.5), ("b", 1000.5), ("c", 1000.5)]
    for _ in range(2):
        again = store.add(batches, importer="fake").datasets["fake"]
        assert again.run is None
        assert (again.points, again.duplicates, again.evaluation_duplicates) == (0, 4, 1)
        assert (again.availability_duplicates, again.quarantine_duplicates, again.quarantined) == (2, 2, {})
        store.reindex()
    assert store.availability() == [("fake", AVAILABLE)]
    assert len(list((store.root / "runs").iterdir())) == 1


def test_one_run_folder_per_dataset_and_equal_keys_in_two(store: Store) -> None:
    other = Dataset("../../escape", "published")
    report = store.add([batch(point("a")), batch(point("a"), dataset=other)], importer="fake")
    assert len(report.runs) == report.points == 2
    assert [row.dataset for row in store.points(ANY)] == ["../../escape", "fake"]
    assert [row.dataset for row in store.points(Selection(datasets=("fake",)))] == ["fake"]
    assert sorted(path.name for path in store.root.parent.iterdir()) == ["store"]
    summary = {entry.dataset.name: entry for entry in store.datasets()}
    assert summary["../../escape"].dataset == other
    assert (summary["fake"].points, summary["fake"].first_date) == (1, "2026-03-01")


def test_selections(store: Store) -> None:
    other = replace(RECIPE, hardware="h200", precision="fp8", engine="sglang", spec_method="none")
    store.write_run(
        FAKE,
        "bench",
        points=[
            point("a", date="2026-01-01"),
            point("b", recipe=other),
            point("c", date=None),
            point("d", valid=False, workload=Workload(1024, 1024)),
        ],
    )

    def keys(**chosen: object) -> str:
        return "".join(row.key for row in store.points(Selection(**chosen)))  # type: ignore[arg-type]

    assert keys() == "abc"
    assert keys(hardware=("h200", "b300")) == "abc"
    assert keys(hardware=("h200",), engine=("sglang",), precision=("fp8",), spec_method=("none",)) == "b"
    assert keys(hardware=()) == ""
    assert keys(until="2026-01-31") == "a"
    assert keys(isl=1024) == ""
    assert [row.key for row in store.points(Selection(isl=1024), include_invalid=True)] == ["d"]
    counted = store.coverage(Selection(model=RECIPE.model))
    assert [(row.hardware, row.points, row.first_date) for row in counted] == [
        ("b300", 2, "2026-01-01"),
        ("h200", 1, "2026-03-01"),
    ]


def test_quarantine_resolved_and_quarantined_again(store: Store) -> None:
    rows = [quarantined('{"a": 1}'), quarantined('{"b": 2}'), quarantined("", position="8")]
    first = store.add([ImportBatch(FAKE, quarantined=rows)], importer="fake")
    stored = store.quarantine()
    assert [entry.row for entry in stored] == rows
    assert {entry.run for entry in stored} == set(first.runs)
    assert store.resolve_quarantine([stored[1].id, "unknown"]) == 1
    assert [entry.id for entry in store.quarantine()] == [stored[0].id, stored[2].id]
    store.reindex()
    assert len(Store(store.root).quarantine()) == 2
    again = store.add([ImportBatch(FAKE, quarantined=rows)], importer="fake")
    assert again.quarantined == 1  # open again: the retry did not help for good
    assert len(store.quarantine()) == 3


def test_a_newest_run_with_fewer_concurrencies_is_reported(store: Store) -> None:
    def sweep(date: str, *concurrencies: int) -> ImportBatch:
        rows = [point(f"{date}-{c}", concurrency=c, date=date, run_url=date) for c in concurrencies]
        return batch(*rows, dataset=LATEST)

    assert store.add([sweep("2026-01-01", 1, 2, 4)], importer="fake").datasets["latest"].narrower == []
    (line,) = store.add([sweep("2026-02-01", 1, 2)], importer="fake").datasets["latest"].narrower
    assert "has 2 concurrencies, an older one (2026-01-01) 3" in line
    assert store.add([sweep("2026-03-01", 1, 2, 8)], importer="fake").datasets["latest"].narrower == []


def test_an_import_that_fails_leaves_nothing(store: Store) -> None:
    def batches() -> object:
        yield batch(point("a"))
        yield ImportBatch(FAKE, [point("b", concurrency="many")])

    with pytest.raises(StoreError, match="points: a value does not fit"):
        store.add(batches(), importer="fake")  # type: ignore[arg-type]
    assert list((store.root / "runs").iterdir()) == []
    with pytest.raises(StoreError, match="of dataset 'fake', its run of 'latest'"):
        store.write_run(LATEST, "bench", points=[point()])
