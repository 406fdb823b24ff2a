"""A recorded trace (Mooncake's JSONL): when requests came, how long they were, what they had in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from isoline.errors import InputError, UsageError
from isoline.measure.listed import Planned
from isoline.measure.loads import Load

BLOCK = 512  # tokens that one of Mooncake's hash ids stands for


class Arrival(msgspec.Struct):
    """One line; `timestamp` is milliseconds since the trace began."""

    timestamp: float
    input_length: int
    output_length: int
    hash_ids: list[int] | None = None


def read_trace(
    path: Path, speed: float = 1.0, requests: int | None = None, duration: float | None = None
) -> tuple[list[Planned], Load]:
    """The trace's requests in order of arrival, and the load that replays them.

    `speed` 2 halves all gaps; `requests` and `duration` (seconds of replay) end it earlier. Prompts
    with equal hash ids share that many blocks of tokens, as the recorded ones did.
    """
    if speed <= 0:
        raise UsageError(f"a trace's speed must be above 0, not {speed}")
    arrivals = sorted(_read(path), key=lambda arrival: arrival.timestamp)
    first = arrivals[0].timestamp
    times = tuple((arrival.timestamp - first) / 1e3 / speed for arrival in arrivals)
    load = Load(times=times, requests=requests, duration=duration)
    return [_planned(arrival) for arrival in arrivals[: load.requests]], load


def _planned(arrival: Arrival) -> Planned:
    return Planned(arrival.input_length, arrival.output_length, blocks=arrival.hash_ids, block=BLOCK)


def _read(path: Path) -> list[Arrival]:
    decode = msgspec.json.Decoder(Arrival).decode
    found: list[Arrival] = []
    try:
        lines = path.read_bytes().splitlines()
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            found.append(_checked(decode, line, path, number))
    if not found:
        raise InputError(f"{path} holds no request")
    return found


def _checked(decode: Callable[[bytes], Arrival], line: bytes, path: Path, number: int) -> Arrival:
    try:
        arrival = decode(line)
    except (msgspec.DecodeError, UnicodeError) as problem:
        raise InputError(f"{path}, line {number}: {problem}") from None
    if arrival.input_length < 1 or arrival.output_length < 1:
        raise InputError(f"{path}, line {number}: lengths must be at least 1 token")
    return arrival
