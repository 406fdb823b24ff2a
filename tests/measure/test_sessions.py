"""Conversations grow, keep their order and their pauses, and end with the load."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from pathlib import Path

import pytest

from isoline.errors import UsageError
from isoline.measure.fleet import run_load
from isoline.measure.loads import Load
from isoline.measure.records import RequestRecord
from isoline.measure.sessions import Sessions
from isoline.measure.sink import ListSink
from isoline.measure.summary import summarise
from isoline.measure.supply import source_for
from isoline.measure.target import CHAT, Target
from tests.measure.servers import END, HEAD, chunk, read_request, running_mock, scripted

TALK = Sessions(turns=3, first_isl=40, isl=10, osl=5)


def test_lengths_grow_by_question_and_answer() -> None:
    assert TALK.plan(4) == [(40, 5), (55, 5), (70, 5), (40, 5)]
    drawn = Sessions(turns=3, first_isl=400, isl=100, osl=50, lengths="uniform", seed=2)
    for first in range(0, 30, 3):
        lengths = drawn.plan(3, first)
        for index, ((isl, osl), (after, _)) in enumerate(pairwise(lengths), first):
            assert after == isl + osl + drawn.added(index + 1)[0]
            assert 80 <= drawn.added(index + 1)[0] <= 100


@pytest.mark.parametrize("endpoint", ["completions", "chat"])
@pytest.mark.parametrize("processes", [0, 2])
def test_every_turn_is_sent_after_the_one_before(mock_binary: Path, processes: int, endpoint: str) -> None:
    sink = ListSink()
    load = Load(concurrency=3, requests=20)
    with running_mock(mock_binary, "--ttft-ms", "4", "--itl-ms", "1") as url:
        report = run_load(Target(url, "mock", endpoint), TALK, load, sink, processes)
    records = sorted(sink.records, key=lambda record: record.index)
    assert [record.index for record in records] == list(range(20))
    assert all(record.ok for record in records)
    for before, after in pairwise(records):
        if after.index % 3:
            assert (before.done or 0) <= after.scheduled <= (after.sent or 0)
            assert before.process == after.process
    if endpoint == "completions":
        assert [record.tokens_in for record in records] == [isl for isl, _ in TALK.plan(20)]
    assert report.conditions is not None
    assert report.conditions.chat_template == (endpoint == "chat")


def test_a_pause_is_counted_as_wanted_not_as_missing_load(mock_binary: Path) -> None:
    talk = Sessions(turns=4, first_isl=8, isl=8, osl=4, think=0.04, steady_think=True)
    sink = ListSink()
    load = Load(concurrency=4, requests=80)
    with running_mock(mock_binary, "--ttft-ms", "4", "--itl-ms", "1") as url:
        report = run_load(Target(url, "mock"), talk, load, sink, 0)
    summary = summarise(sink.records, report, load)
    assert {record.think_ns for record in sink.records} == {0, 40_000_000}
    followers = [record for record in sink.records if record.think_ns]
    assert all((record.sent or 0) >= record.scheduled for record in followers)
    assert summary.main is not None
    assert summary.main.streams + summary.main.thinking == pytest.approx(4, rel=0.25)
    assert summary.main.thinking > 1


@pytest.mark.parametrize("load", [Load(rate=100.0, requests=20), Load(concurrency=2, duration=0.3)])
def test_sessions_run_under_any_load(mock_binary: Path, load: Load) -> None:
    talk = Sessions(turns=4, first_isl=8, isl=8, osl=4, think=0.01)
    sink = ListSink()
    with running_mock(mock_binary, "--ttft-ms", "2", "--itl-ms", "1") as url:
        report = run_load(Target(url, "mock"), talk, load, sink, 0)
    assert report.stopped is None
    assert all(record.ok for record in sink.records)
    if load.requests:
        assert sorted(record.index for record in sink.records) == list(range(20))


def test_a_chat_repeats_the_server_s_own_words() -> None:
    bodies: list[list[dict[str, str]]] = []

    async def numbered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_request(reader):
            bodies.append(json.loads(request.partition(b"\r\n\r\n")[2])["messages"])
            event = {"choices": [{"delta": {"content": f"answer {len(bodies)}"}, "finish_reason": "stop"}]}
            writer.write(HEAD + chunk(b"data: " + json.dumps(event).encode() + b"\n\n") + END)
        writer.close()

    with scripted(numbered) as url:
        run_load(Target(url, "m", CHAT), TALK, Load(concurrency=1, requests=6), ListSink(), 0)
    for turn in (1, 2):
        roles = [message["role"] for message in bodies[turn]]
        assert roles == ["user", "assistant"] * turn + ["user"]
        assert bodies[turn][:-2] == bodies[turn - 1]
        assert bodies[turn][-2]["content"] == f"answer {turn}"
    assert len(bodies[3]) == 1
    assert bodies[3] != bodies[0]


def test_a_prompt_begins_with_the_whole_of_the_one_before() -> None:
    """What a prefix cache is to find; other sessions share nothing with it."""
    source = source_for(Target("http://h:1", "m"), TALK, Load(concurrency=1, requests=6), 0, 1)
    prompts = []
    request = source.next()
    while request is not None:
        prompts.append(json.loads(request.payload.partition(b"\r\n\r\n")[2])["prompt"])
        following = source.follow(RequestRecord(request.number, 0))
        request = following[0] if following else source.next()
    assert [len(prompt) for prompt in prompts] == [isl for isl, _ in TALK.plan(6)]
    assert prompts[1][:40] == prompts[0]
    assert prompts[2][:55] == prompts[1]
    assert prompts[3][:16] != prompts[0][:16]


def test_what_is_no_session_is_refused() -> None:
    with pytest.raises(UsageError):
        Sessions(turns=0, first_isl=1, isl=1, osl=1)
    with pytest.raises(UsageError):
        Sessions(turns=1, first_isl=1, isl=0, osl=1)
    with pytest.raises(UsageError):
        Sessions(turns=1, first_isl=1, isl=1, osl=1, think=-1.0)
