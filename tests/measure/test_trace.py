"""A trace is replayed as it was recorded: times, lengths, and what prompts share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isoline.errors import InputError, UsageError
from isoline.measure.compose import ListedComposer
from isoline.measure.fleet import run_load
from isoline.measure.listed import Listed, write_plan
from isoline.measure.sink import ListSink
from isoline.measure.target import CHAT, COMPLETIONS, Target
from isoline.measure.trace import read_trace
from tests.measure.servers import running_mock

LINES = [
    {"timestamp": 1000, "input_length": 1100, "output_length": 5, "hash_ids": [0, 1, 2]},
    {"timestamp": 1300, "input_length": 700, "output_length": 3, "hash_ids": [0, 7]},
    {"timestamp": 1100, "input_length": 30, "output_length": 4},
]


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    file = tmp_path / "trace.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return file


def test_times_and_lengths_are_the_trace_s(trace: Path, tmp_path: Path) -> None:
    planned, load = read_trace(trace)
    assert load.times == pytest.approx((0.0, 0.1, 0.3))
    assert [(one.isl, one.osl) for one in planned] == [(1100, 5), (30, 4), (700, 3)]
    assert read_trace(trace, speed=2.0)[1].times == pytest.approx((0.0, 0.05, 0.15))
    assert len(read_trace(trace, requests=2)[0]) == 2
    assert len(read_trace(trace, duration=0.2)[0]) == 2


def test_equal_hash_ids_are_equal_tokens(trace: Path, tmp_path: Path) -> None:
    workload = write_plan(tmp_path / "plan", read_trace(trace)[0])
    composer = ListedComposer(workload, COMPLETIONS)
    first, other, third = (json.loads(composer.compose(index)[0]) for index in range(3))
    assert [len(prompt) for prompt in (first, other, third)] == [1100, 30, 700]
    assert first[:512] == third[:512]
    assert first[512:528] != third[512:528]
    assert other[:16] != first[:16]
    salted = ListedComposer(Listed(workload.path, salt=1), COMPLETIONS)
    assert json.loads(salted.compose(0)[0])[:16] != first[:16]
    (message,) = json.loads(ListedComposer(workload, CHAT).compose(0)[0])
    assert len(message["content"].split()) == 1100


def test_a_replay_sends_what_is_due(mock_binary: Path, trace: Path, tmp_path: Path) -> None:
    planned, load = read_trace(trace)
    workload = write_plan(tmp_path / "plan", planned)
    sink = ListSink()
    with running_mock(mock_binary, "--ttft-ms", "4", "--itl-ms", "1") as url:
        report = run_load(Target(url, "mock"), workload, load, sink, 2)
    records = sorted(sink.records, key=lambda record: record.index)
    assert [(record.tokens_in, record.tokens_out) for record in records] == workload.plan(3)
    gaps = [(record.scheduled - records[0].scheduled) / 1e9 for record in records]
    assert gaps == pytest.approx([0.0, 0.1, 0.3], abs=1e-6)
    assert report.conditions is not None
    assert report.conditions.workload == workload.id


def test_a_bad_trace_names_its_line(trace: Path, tmp_path: Path) -> None:
    trace.write_text(trace.read_text() + '{"timestamp": 1}\n')
    with pytest.raises(InputError, match=r"trace\.jsonl, line 4"):
        read_trace(trace)
    trace.write_text('{"timestamp": 1, "input_length": 0, "output_length": 4}\n')
    with pytest.raises(InputError, match="line 1: lengths"):
        read_trace(trace)
    trace.write_text("\n")
    with pytest.raises(InputError, match="holds no request"):
        read_trace(trace)
    with pytest.raises(UsageError, match="speed"):
        read_trace(trace, speed=0)
