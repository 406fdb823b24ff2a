"""`isoline bench` with prompts of files, conversations, ramps and traces, against the simulated engine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from isoline.bench.asked.workload import kind_of
from isoline.bench.shown.view import print_table
from isoline.domain.point import Selection
from isoline.measure.sweep.report import PointReport
from isoline.measure.sweep.sweep import SweepResult
from isoline.store.store import Store
from tests.cli.process import isoline
from tests.cli.test_bench import run
from tests.measure.sim.running import MODEL, threaded
from tests.measure.test_texts import vocabulary as vocabulary

TRACE = [
    {"timestamp": 40 * n, "input_length": 530 + n, "output_length": 4 + n % 3, "hash_ids": [1, n]}
    for n in range(12)
]
CHAT = {
    "conversations": [{"value": "How is the weather on the coast of Norway?"}, {"value": "Wet and mild."}]
}


@pytest.fixture
def server() -> Iterator[str]:
    with threaded(speed=20.0) as url:
        yield url


def lines(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(map(json.dumps, records)))
    return path


def test_a_trace_is_replayed_and_its_requests_are_stored(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lines(tmp_path / "trace.jsonl", TRACE)
    store = tmp_path / "store"
    found, _ = run(store, server, "--model", MODEL, "--prompts", str(path), "--speed", "2")
    (point,) = found["points"]  # type: ignore[misc]
    assert (point["slot"], point["concurrency"], point["rate"], point["requests"]) == (
        "trace-r0",
        None,
        None,
        12,
    )
    assert point["load"].startswith("trace, ")
    with Store(store) as opened:
        listed = gzip.decompress(opened.file(point["run"], "workload.jsonl.gz") or b"").splitlines()
        rows = opened.records(point["run"], "requests")
        (stored,) = opened.points(Selection(), include_invalid=True)
        ((_, details),) = opened.details("local-simulated")
        report = msgspec.json.decode(opened.file(point["run"], "report.json") or b"", type=PointReport)
    print_table(SweepResult([report]))
    assert "trace, " in capsys.readouterr().out
    assert [json.loads(line)["isl"] for line in listed] == [row["input_length"] for row in TRACE]
    assert [json.loads(line)["blocks"] for line in listed] == [row["hash_ids"] for row in TRACE]
    assert sorted((r["input_tokens"], r["output_tokens"]) for r in rows) == sorted(
        (row["input_length"], row["output_length"]) for row in TRACE
    )
    assert stored.workload.kind.startswith("list ")
    assert details["workload"]["source"] == str(path)  # type: ignore[index]


def test_text_is_cut_to_the_lengths_that_were_asked(server: str, vocabulary: Path, tmp_path: Path) -> None:
    text = tmp_path / "book.txt"
    text.write_text("The quick brown fox jumps over the lazy dog. " * 200)
    options = ("--isl", "40", "--osl", "5", "--concurrency", "2", "--requests", "10", "--prompts-count", "6")
    arguments = ("--prompts", str(text), "--tokenizer", str(vocabulary), *options)
    found, _ = run(tmp_path / "store", server, "--model", MODEL, *arguments)
    (point,) = found["points"]  # type: ignore[misc]
    with Store(tmp_path / "store") as opened:
        listed = gzip.decompress(opened.file(point["run"], "workload.jsonl.gz") or b"").splitlines()
        rows = opened.records(point["run"], "requests")
        (stored,) = opened.points(Selection(), include_invalid=True)
    assert len(listed) == 6
    assert {(row["input_tokens"], row["output_tokens"]) for row in rows} == {(40, 5)}
    assert stored.workload.kind == "text"


def test_points_say_how_their_lengths_were_drawn(server: str, tmp_path: Path) -> None:
    for lengths in ("uniform", "fixed"):
        shape = ("--isl", "40", "--osl", "5", "--lengths", lengths, "--concurrency", "2", "--requests", "10")
        run(tmp_path, server, "--model", MODEL, *shape)
    with Store(tmp_path) as opened:
        stored = opened.points(Selection(), include_invalid=True)
    assert {point.workload.kind for point in stored} == {"uniform", "fixed"}
    assert {(point.workload.isl, point.workload.osl) for point in stored} == {(40, 5)}


def test_conversations_grow_turn_by_turn(server: str, tmp_path: Path) -> None:
    shape = ("--isl", "10", "--osl", "4", "--turns", "3", "--first-isl", "50", "--think", "0.02")
    options = ("--concurrency", "2", "--requests", "12")
    found, _ = run(tmp_path, server, "--model", MODEL, *shape, *options)
    (point,) = found["points"]  # type: ignore[misc]
    with Store(tmp_path) as opened:
        rows = opened.records(point["run"], "requests")
    assert {row["input_tokens"] for row in rows} == {50, 64, 78}


def test_a_ramp_is_named_by_both_rates(server: str, tmp_path: Path) -> None:
    shape = ("--isl", "10", "--osl", "4", "--rate", "10", "--ramp-to", "40", "--duration", "1")
    found, _ = run(tmp_path, server, "--model", MODEL, *shape)
    (point,) = found["points"]  # type: ignore[misc]
    assert (point["slot"], point["load"], point["rate"]) == ("q10to40-r0", "10 to 40 requests/s", 10.0)
    assert found["loads"][0]["load"] == point["load"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (json.dumps(TRACE[0]), "trace"),
        (json.dumps([CHAT]), "sharegpt"),
        (json.dumps(CHAT), "sharegpt"),
        (json.dumps([CHAT])[:40], "sharegpt"),
        (json.dumps({"text": "some words"}), "text"),
        ("Once upon a time", "text"),
        ("[1, 2]", "text"),
        ("", "text"),
    ],
)
def test_a_file_of_prompts_is_recognised(content: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "prompts"
    path.write_text(content)
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--prompts", "/no/such"), "--prompts: /no/such: No such file"),
        (("--prompts", "TEXT", "--isl", "8", "--osl", "8"), "--prompts: text needs the model's tokenizer"),
        (("--prompts", "TRACE", "--isl", "8"), "--isl: is not for a trace"),
        (("--tokenizer", "/no/such", "--isl", "8", "--osl", "8"), "--tokenizer: /no/such: no such file"),
        (("--isl", "8"), "--osl is missing"),
        (("--isl", "8", "--osl", "8", "--think", "3"), "--think: is for conversations; give turns, too"),
        (("--isl", "8", "--osl", "8", "--concurrency", "1", "--ramp-to", "3"), "--ramp-to: changes a rate"),
        (("--isl", "8", "--osl", "8", "--rate", "1", "--ramp-to", "3"), "--ramp-to: needs a duration"),
    ],
)
def test_what_does_not_fit_together_is_told_by_its_flag(
    options: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    trace = lines(tmp_path / "trace.jsonl", TRACE)
    text = tmp_path / "text.txt"
    text.write_text("words")
    named = [option.replace("TRACE", str(trace)).replace("TEXT", str(text)) for option in options]
    code = 1 if "/no/such" in options else 2  # a missing file, a wrong use
    command = ["bench", "http://127.0.0.1:9", "--model", "m", *named]
    said = isoline(tmp_path / "store", *command, code=code).stderr
    assert words in said
    assert not (tmp_path / "store").exists()
