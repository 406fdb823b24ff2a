"""Records of runs that never took place: exact times, so that every figure is known."""

from __future__ import annotations

from array import array

from isoline.measure.records import FROM_PROMPT, FROM_USAGE, RequestRecord

MS = 1_000_000  # ns


def record(
    index: int, sent: int, ttft: int = 20, tpot: float = 5.0, tokens: int = 9, error: str | None = None
) -> RequestRecord:
    """A request sent `sent` ms after the origin; `ttft` and `tpot` in ms."""
    start = 1_000_000 * MS + sent * MS
    if error:
        return RequestRecord(
            index, start, sent=start, done=start + MS, error=error, detail="HTTP 500: key sk-42"
        )
    times = array("q", [start + int((ttft + tpot * n) * MS) for n in range(tokens)])
    return RequestRecord(
        index, start, sent=start, first_byte=times[0], first_token=times[0], first_visible=times[0],
        last_token=times[-1], done=times[-1], tokens_in=64, tokens_in_source=FROM_PROMPT, tokens_out=tokens,
        tokens_out_source=FROM_USAGE, chunks=tokens, chunk_times=times.tobytes(), finish_reason="length",
    )  # fmt: skip


def closed_loop(streams: int, rounds: int, ttft: int = 20, tpot: float = 5.0) -> list[RequestRecord]:
    """`streams` users without think time, `rounds` requests each, a millisecond apart at the start."""
    span = int(ttft + tpot * 8)
    return [
        record(turn * streams + stream, stream + turn * span, ttft, tpot)
        for turn in range(rounds)
        for stream in range(streams)
    ]
