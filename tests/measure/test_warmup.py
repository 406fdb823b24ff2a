"""The warm-up goes on until two rounds agree, and is told apart from what is measured."""

from __future__ import annotations

import asyncio
from pathlib import Path

from isoline.measure.fleet import Counts
from isoline.measure.loads import Load
from isoline.measure.sink import ListSink
from isoline.measure.target import Target
from isoline.measure.warmup import Round, _agree, warm_up
from isoline.measure.workloads import Synthetic
from tests.measure.servers import (
    END,
    HEAD,
    always,
    chunk,
    read_request,
    running_mock,
    scripted,
    text_event,
    tokens,
)


def test_two_rounds_that_agree_are_enough(mock_binary: Path) -> None:
    sink = ListSink()
    with running_mock(mock_binary, "--ttft-ms", "40", "--itl-ms", "10") as url:
        done = warm_up(Target(url, "m"), Synthetic(8, 4), Load(concurrency=4, requests=9), sink, 0, 5, 1e9)
    assert done.stable
    assert len(done.rounds) == 2
    assert done.tokens == 4 * len(sink.records)
    assert all(record.warmup for record in sink.records)


def test_no_two_rounds_send_the_same_prompt() -> None:
    bodies: list[bytes] = []

    async def remember(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while body := await read_request(reader):
            bodies.append(body)
            writer.write(HEAD + chunk(tokens(2)) + END)
        writer.close()

    with scripted(remember) as url:
        warm_up(Target(url, "m"), Synthetic(32, 2), Load(concurrency=2, requests=2), ListSink(), 0, 3, 0.0)
    assert len(set(bodies)) == len(bodies) >= 16


def test_a_server_that_answers_nothing_is_never_warm() -> None:
    with scripted(always(b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n")) as url:
        done = warm_up(Target(url, "m"), Synthetic(8, 4), Load(concurrency=2, requests=2), ListSink(), 0, 2)
    assert not done.stable
    assert [one.errors for one in done.rounds] == [8]  # a second round would only be another wait


def test_a_stalled_request_of_a_warm_up_is_seen_and_ends() -> None:
    asked = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while await read_request(reader):
            asked += 1
            writer.write(HEAD + chunk(text_event(" a")))
            await asyncio.sleep(30 if asked == 5 else 0)
            writer.write(chunk(tokens(2)) + END)

    seen: list[Counts] = []
    with scripted(handler) as url:
        target, sink = Target(url, "m", silence=1.0), ListSink()
        warm_up(target, Synthetic(8, 4), Load(concurrency=2, requests=2), sink, 1, 1, on_progress=seen.append)
    assert [record.error for record in sink.records if record.error] == ["silent"]
    waiting = [counts for counts in seen if counts.oldest is not None and counts.oldest > 1.0]
    assert waiting
    assert {counts.in_flight for counts in waiting} == {1}


def test_agreement() -> None:
    cold, warm, warmer = (Round(8, 0, 32, ttft, 0.01) for ttft in (0.5, 0.2, 0.195))
    assert not _agree(cold, warm, 0.05)
    assert _agree(warm, warmer, 0.05)
    assert not _agree(Round(8, 8, 0, None, None), warm, 0.05)
