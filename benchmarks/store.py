"""The store at size: query, memory, reindexing and adding, each beside its target and a floor.

    .venv/bin/python benchmarks/store.py [--points 1000000] [--runs 10000]

Points are simulated and written by the store's own writer (without fsync) into a temporary
folder, which is deleted at the end. Floors are measured in the same run: DuckDB alone on one
sorted Parquet file, and pyarrow alone writing one file. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from isoline.domain.point import SIMULATED, Dataset, Point, Selection, Workload
from isoline.domain.recipe import Recipe
from isoline.store.importers.batch import ImportBatch
from isoline.store.store import Store
from isoline.store.write import RunWriter

DATASET = Dataset("simulated-history", "simulated", source="benchmarks/store.py")
MODELS, HARDWARE, PRECISIONS = 40, 12, ("fp4", "fp8", "bf16", "int4")
SEQUENCES = ((1024, 1024), (1024, 8192), (8192, 1024))
QUERIES = 60


def simulated_points(run: int, count: int) -> list[Point]:
    """One night's sweep: one model on one GPU, every precision and sequence."""
    model, hardware, night = run % MODELS, run // MODELS % HARDWARE, run // (MODELS * HARDWARE)
    recipes = [
        Recipe(
            f"model-{model:02}", f"gpu-{hardware:02}", "vllm", precision, decode_tp=8, decode_gpus=8,
            engine_version=f"0.{night // 4}", flags="--simulated",
        )
        for precision in PRECISIONS
    ]  # fmt: skip
    return [simulated_point(run, night, number, recipes) for number in range(count)]


def simulated_point(run: int, night: int, number: int, recipes: list[Recipe]) -> Point:
    """A point whose figures follow no server; only their shape matters here."""
    recipe = recipes[number % 4]
    sequence = SEQUENCES[number // 4 % 3]
    concurrency = 2 ** (number // 12 % 9)
    tpot = 0.004 + concurrency / 20_000 + run % 7 / 1e4
    metrics = {f"p{q}_{name}": tpot * q for q in (90, 95, 99) for name in ("ttft", "tpot", "e2el", "itl")}
    metrics |= {"median_ttft": tpot * 9, "median_e2el": tpot * 999, "median_tpot": tpot, "avg_power_w": 900.0}
    return Point(
        key=f"{run}-{number}", recipe=recipe, workload=Workload(*sequence), interactivity=1 / tpot,
        throughput=concurrency / tpot / 8, output_throughput=concurrency / tpot / 16,
        input_throughput=concurrency / tpot / 16, concurrency=concurrency, dataset=DATASET.name,
        status=SIMULATED, date=f"2026-{night % 12 + 1:02}-{night % 28 + 1:02}",
        run_url=f"https://example.invalid/runs/{run}", metrics=metrics,
    )  # fmt: skip


def generate(root: Path, runs: range, per_run: int) -> None:
    """Writes run folders as the store does."""
    for run in runs:
        with RunWriter(root, DATASET, "simulated", durable=False) as writer:
            writer.points(simulated_points(run, per_run))
            writer.commit({"simulated": True})


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def resident_mb(pid: str = "self") -> float:
    """Memory of a process now, in MB."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def line(what: str, value: str, target: str, floor: str = "") -> None:
    """One row of the report."""
    print(f"{what:<46}{value:>14}{target:>16}   {floor}", flush=True)


def questions(number: int) -> tuple[Selection, Selection]:
    """What a comparison asks: what is there, and the points of both sides."""
    model, hardware = f"model-{number % MODELS:02}", (f"gpu-{number * 7 % HARDWARE:02}",)
    isl, osl = SEQUENCES[number % 3]
    return Selection(model, hardware), Selection(model, hardware, PRECISIONS[:2], isl=isl, osl=osl)


def query_figures(root: Path, label: str) -> None:
    """Medians over different questions in one warm process."""
    with Store(root) as store:
        opening = seconds(lambda: store.points(questions(0)[1]))
        coverage, points, sizes = [], [], []
        for number in range(-20, QUERIES):
            first, second = questions(number)
            coverage.append(seconds(lambda first=first: store.coverage(first)))
            points.append(seconds(lambda second=second: sizes.append(len(store.points(second)))))
        c, p = (statistics.median(times[20:]) * 1e3 for times in (coverage, points))
        line(f"{label}: coverage, warm", f"{c:.2f} ms", "")
        line(f"{label}: points, warm ({statistics.median(sizes):.0f} points)", f"{p:.2f} ms", "")
        line(f"{label}: the pair", f"{c + p:.2f} ms", "<= 12 ms", floor_of_pair(root))
        line(f"{label}: first query of a process", f"{opening * 1e3:.0f} ms", "")
        line(f"{label}: memory of the process now", f"{resident_mb():.0f} MB", "<= 400 MB")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        line(f"{label}: its highest", f"{peak:.0f} MB", "<= 400 MB")


def simulated_catalog(folder: Path) -> Path:
    """The names that simulated points use, as a catalog file."""
    entries = [f'[models.model-{n:02}]\nlabel = "Model {n}"\n' for n in range(MODELS)]
    entries += [
        f'[hardware.gpu-{n:02}]\nlabel = "GPU {n}"\nvendor = "none"\narchitecture = "none"\n'
        f"sort = {100 + n}\n"
        f'[[prices]]\nhardware = "gpu-{n:02}"\ntier = "hyperscaler"\nusd_per_gpu_hour = 1.0\n'
        'date = "2026-01"\nsource = "simulated"\n'
        for n in range(HARDWARE)
    ]
    file = folder / "catalog.toml"
    file.write_text("\n".join(entries))
    return file


def comparison_figures(root: Path) -> None:
    """A whole comparison in a warm process: datasets, coverage, points, analysis."""
    from isoline.ask.answer import answer
    from isoline.ask.question import Question
    from isoline.domain.catalog import load_catalog
    from isoline.domain.slugs import parse_slug
    from isoline.store.sources import Sources

    file = simulated_catalog(root.parent)
    catalog = load_catalog((file,), user_dirs=())
    with Store(root) as store:
        sources = Sources(lambda: store)
        times = []
        for number in range(-20, QUERIES):
            slug = f"model-{number % MODELS:02}-gpu-{number * 7 % HARDWARE:02}-fp4-vs-fp8"
            question = Question(parse_slug(slug, catalog))
            times.append(seconds(lambda question=question: answer(question, sources, catalog)))
        line(
            "a comparison, warm",
            f"{statistics.median(times[20:]) * 1e3:.2f} ms",
            "<= 25 ms",
            floor_of_pair(root),
        )
        line("  memory of the process now", f"{resident_mb():.0f} MB", "<= 400 MB")


def floor_of_pair(root: Path) -> str:
    """The same two questions to DuckDB alone on one sorted file, rows as tuples."""
    import duckdb

    file = root.parent / "floor.parquet"
    if not file.exists():
        return ""
    connection = duckdb.connect(":memory:", config={"threads": "1", "memory_limit": "160MB"})
    connection.execute("SET parquet_metadata_cache = true")
    times = []
    for number in range(-5, 20):
        first, second = questions(number)
        a = [str(file), first.model, *(first.hardware or ())]
        b = [str(file), second.model, *(second.hardware or ()), *PRECISIONS[:2], second.isl, second.osl]
        times.append(
            seconds(
                lambda a=a: connection.execute(
                    "SELECT precision, isl, osl, concurrency, count(*), min(date), max(date) "
                    "FROM read_parquet(?) WHERE model = ? AND hardware = ? GROUP BY ALL",
                    a,
                ).fetchall()
            )
            + seconds(
                lambda b=b: connection.execute(
                    "SELECT key, recipe_id, interactivity, throughput, concurrency, date, run_url "
                    "FROM read_parquet(?) WHERE model = ? AND hardware = ? AND precision IN (?, ?) "
                    "AND isl = ? AND osl = ?",
                    b,
                ).fetchall()
            )
        )
    return f"DuckDB alone, one sorted file, 7 columns: {statistics.median(times[5:]) * 1e3:.2f} ms"


def write_floor_file(root: Path) -> None:
    """One sorted Parquet file of all points in the index."""
    import duckdb

    files = str(root / "index" / "seg-*" / "points-*.parquet")
    connection = duckdb.connect(":memory:", config={"threads": "2", "memory_limit": "1GB"})
    connection.execute(
        f"COPY (SELECT * FROM read_parquet('{files}') ORDER BY model, hardware, precision, isl, osl) "
        f"TO '{root.parent / 'floor.parquet'}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)"
    )
    connection.close()


def reindex_figures(root: Path) -> None:
    """Reindexing, with the memory it needs."""
    with Store(root) as store:
        report = store.reindex()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    words = f"{report.runs} runs, {report.points} points, highest memory {peak:.0f} MB"
    line("reindex", f"{report.seconds:.1f} s", "<= 60 s", words)


def add_figures(root: Path, runs: int, per_run: int) -> None:
    """Adding one run at a time, index maintenance included."""
    with Store(root) as store:
        times = []
        for number in range(60):
            points = simulated_points(runs + number, per_run)
            times.append(
                seconds(lambda points=points: store.add([ImportBatch(DATASET, points)], importer="simulated"))
            )
    line("add one run: median of 60", f"{statistics.median(times) * 1e3:.0f} ms", "<= 1 s", write_floor(root))
    line("add one run: slowest of 60", f"{max(times) * 1e3:.0f} ms", "<= 1 s")


def write_floor(root: Path) -> str:
    """pyarrow alone: one file of as many numbers, and fsync."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({f"c{number}": [float(number)] * 100 for number in range(60)})

    def write() -> None:
        with (root.parent / "write-floor.parquet").open("wb") as file:
            pq.write_table(table, file)
            os.fsync(file.fileno())

    return (
        f"pyarrow alone, 100 x 60, fsync: {statistics.median(seconds(write) for _ in range(20)) * 1e3:.0f} ms"
    )


def cold_figures() -> None:
    """CPU time of a whole process that asks one question of a small store."""
    with tempfile.TemporaryDirectory(prefix="isoline-bench-") as folder:
        root = Path(folder) / "small"
        generate(root, range(20), 100)
        code = (
            "import sys, time; from pathlib import Path\n"
            "from isoline.store.store import Store\nfrom isoline.domain.point import Selection\n"
            "s = Store(Path(sys.argv[1])); s.coverage(Selection()); s.points(Selection('model-03'))\n"
            "print(time.process_time())"
        )
        costs = []
        for script in (code, "import time, duckdb; duckdb.connect(':memory:'); print(time.process_time())"):
            runs = [
                subprocess.run(
                    [sys.executable, "-c", script, str(root)], capture_output=True, text=True, check=True
                )
                for _ in range(7)
            ]
            costs.append(statistics.median(float(run.stdout) for run in runs))
    line(
        "CPU of a process: small store, two queries",
        f"{costs[0]:.3f} s",
        "<= 0.25 s",
        f"import duckdb: {costs[1]:.3f} s",
    )


def in_process(work: Callable[..., None], *arguments: object) -> None:
    """Runs in a fresh process, so that memory figures are its own."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(f"{work.__name__} failed")


def main() -> None:
    """Generates, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=10_000)
    options = parser.parse_args()
    per_run = max(1, options.points // options.runs)
    with tempfile.TemporaryDirectory(prefix="isoline-bench-") as folder:
        root = Path(folder) / "store"
        half = options.runs // 2
        started = time.perf_counter()
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            pool.starmap(generate, [(root, range(half), per_run), (root, range(half, options.runs), per_run)])
        spent = time.perf_counter() - started
        cores, load = os.cpu_count(), os.getloadavg()[0]
        print(f"{cores} cores, load average {load:.1f}: on a busy machine figures and floors rise together")
        line("", "measured", "target", "floor")
        line(f"generate {options.runs} runs of {per_run}, 2 processes", f"{spent:.0f} s", "<= 180 s")
        in_process(reindex_figures, root)
        in_process(write_floor_file, root)
        in_process(query_figures, root, "indexed")
        in_process(comparison_figures, root)
        in_process(add_figures, root, options.runs, per_run)
        in_process(query_figures, root, "with 60 adds")
        in_process(comparison_figures, root)
        in_process(cold_figures)


if __name__ == "__main__":
    main()
