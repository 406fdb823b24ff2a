"""Where the loads of two runs moved, a sentence for all that moved alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isoline.analyse.moves import BETTER, FASTER, LESS, MORE, SAME, SLOWER, TRADED, WORSE, Move
from isoline.analyse.words import join
from isoline.present.run_text import load_words

_ALONE = {
    FASTER: "faster per user, no measurable difference in tok/s/GPU",
    SLOWER: "slower per user, no measurable difference in tok/s/GPU",
    MORE: "more tok/s/GPU, no measurable difference in speed per user",
    LESS: "less tok/s/GPU, no measurable difference in speed per user",
}
_TOGETHER = {
    BETTER: "better in both",
    WORSE: "worse in both",
    TRADED: "a move along the frontier, not off it, cannot be excluded",
}


def moved(moves: Sequence[Move]) -> Iterator[str]:
    """`At 1 and 4 streams: no measurable difference in speed per user and tok/s/GPU.` …"""
    same = [one for one in moves if one.kind == SAME]
    if same:
        yield f"At {_places(same, moves)}: no measurable difference in speed per user and in tok/s/GPU."
    for one in moves:
        if one.kind != SAME:
            yield f"At {_places([one], moves)}: {_words(one)}."


def _words(one: Move) -> str:
    if one.kind in _ALONE:
        change = one.speed if one.kind in (FASTER, SLOWER) else one.throughput
        return f"{_percent(change)} {_ALONE[one.kind]}"
    user = f"{_percent(one.speed)} {'faster' if one.speed > 0 else 'slower'} per user"
    total = f"{_percent(one.throughput)} {'more' if one.throughput > 0 else 'less'} tok/s/GPU"
    return f"{user} and {total}: {_TOGETHER[one.kind]}"


def _percent(change: float) -> str:
    share = abs(change) * 100
    return f"{share:.0f} %" if share >= 2 else f"{share:.1f} %"


def _places(told: Sequence[Move], every: Sequence[Move]) -> str:
    """`1, 4 and 16 streams` where the loads of all of them differ in nothing else."""
    for field, one, many in (
        ("concurrency", "stream", "streams"),
        ("request_rate", "requests/s", "requests/s"),
    ):
        rest = {tuple(pair for pair in move.load if pair[0] != field) for move in every}
        values = [value for move in told if isinstance(value := dict(move.load).get(field), int | float)]
        if len(rest) == 1 and len(values) == len(told):
            return f"{join([f'{value:g}' for value in values])} {one if values == [1] else many}"
    return "; ".join(load_words(move.load) for move in told)
