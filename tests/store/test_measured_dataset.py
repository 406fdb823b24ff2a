"""The packaged measurements: what their run folders hold, whole, and found like any other run."""

from __future__ import annotations

from pathlib import Path

from scripts.measured_dataset import text

from isoline.ask.answer import answer
from isoline.ask.question import Question
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Dataset, Selection
from isoline.domain.slugs import parse_slug
from isoline.store.find_run import find_run
from isoline.store.packaged.measured import FILE, FOLDER
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.points import point

CATALOG = load_catalog(())
SIZE_LIMIT = 15_000_000


def test_the_file_holds_the_points_of_the_run_folders() -> None:
    assert FILE.read_text() == text()


def test_it_stays_small_and_whole() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < SIZE_LIMIT
    for run in (FOLDER / "runs").iterdir():
        assert {"manifest.json", "points.parquet", "requests.parquet", "telemetry.parquet"} <= {
            path.name for path in run.iterdir()
        }


def test_it_stands_before_what_is_simulated_and_behind_the_reader_s_own_runs(tmp_path: Path) -> None:
    store = Store(tmp_path)
    own = [
        point(x, y, 8, model="qwen-3-8b", hardware="h100", precision=precision)
        for precision in ("fp8", "bf16")
        for x, y in ((100.0, 500.0), (120.0, 400.0))
    ]
    store.write_run(Dataset("test", "runs"), "import", points=own)
    slug = parse_slug("qwen-3-8b-h100-fp4-vs-bf16", CATALOG, "precision")
    found = answer(Question(slug), Sources(lambda: Store(tmp_path)), CATALOG)
    assert {source.dataset for source in found.sources} == {"hopper"}
    slug = parse_slug("qwen-3-8b-h100-fp8-vs-bf16", CATALOG, "precision")
    found = answer(Question(slug), Sources(lambda: store), CATALOG)
    assert {source.dataset for source in found.sources} == {"test"}


def test_what_was_not_measured_yet_on_a_day_is_left_out(tmp_path: Path) -> None:
    data = Sources(lambda: Store(tmp_path))
    # H100: three formats at seven loads; fifteen of the 36 runs are second ones of a load. H200: three
    # formats at five loads of 1k/1k and four of 8k/1k; a day later twelve second starts of such loads, three
    # loads of their own, three over two GPUs, on another host twelve third starts and one second, and on a
    # fourth five second starts and three loads of their own.
    for day, runs, loads in (
        ("2026-11-23", 0, 0),
        ("2026-11-24", 36, 21),
        ("2026-11-27", 36, 21),
        ("2026-11-28", 63, 48),
        ("2026-11-29", 102, 57),
    ):
        asked = Selection(datasets=("hopper",), until=day)
        assert len(data.points(asked)) == runs
        assert sum(row.points for row in data.coverage(asked)) == loads


def test_its_runs_are_found_from_any_store(tmp_path: Path) -> None:
    run = find_run(tmp_path, "2881601b")
    assert run.id == "20261124T093714604216Z-2881601b"
    sweep = run.details["sweep"]
    assert isinstance(sweep, dict)
    whole = find_run(tmp_path, str(sweep["id"]))
    assert run.points[0] in whole.points
