"""One answer under way: tokens from the engine -> bytes to the client, with the fault that befell it."""

from __future__ import annotations

from time import perf_counter_ns
from typing import Protocol

from isoline.measure.sim.asked import Asked
from isoline.measure.sim.events import DONE, Answer
from isoline.measure.sim.faults import AFTER_TOKENS
from isoline.measure.sim.truth import Truth

_MID_STREAM = frozenset({"reset", "truncate", "stall", "bad-event", "error-event"})


class Wire(Protocol):
    """The connection an answer goes to."""

    def open_stream(self) -> None: ...
    def send(self, event: bytes) -> None: ...
    def end_stream(self) -> None: ...
    def reply(self, status: int, kind: str, body: bytes) -> None: ...
    def hang_up(self, *, reset: bool) -> None: ...


class Stream:
    """The answer to one request. `over`: the engine need not go on with it."""

    __slots__ = (
        "_answer", "_asked", "_fault", "_first", "_half", "_last", "_received", "_truth", "_wire",
        "delivered", "over",
    )  # fmt: skip

    def __init__(
        self, wire: Wire, asked: Asked, answer: Answer, truth: Truth, received: int, fault: str | None
    ) -> None:
        self._wire, self._asked, self._answer = wire, asked, answer
        self._truth, self._received, self._fault = truth, received, fault
        self.delivered = 0
        self.over = False
        self._first = self._last = 0
        self._half = b""  # what a dripping server still owes

    def take(self, emitted: int) -> int:
        """The request now has `emitted` tokens; returns how many of them are new."""
        new = emitted - self.delivered
        if new <= 0 or self.over:
            return 0
        self._stamp(new)
        if self._asked.stream:
            self._write(new, emitted)
        elif emitted >= self._strikes_at() and self._fault in ("reset", "truncate", "stall"):
            self._strike()
        elif emitted == self._asked.tokens_out:
            self._wire.reply(200, "application/json", self._answer.whole(emitted, self._counted()))
            self._end()
        self.delivered = emitted
        return new

    def _strikes_at(self) -> int:
        return min(AFTER_TOKENS, self._asked.tokens_out)

    def _write(self, new: int, emitted: int) -> None:
        ends = emitted == self._asked.tokens_out
        if not self.delivered:
            self._wire.open_stream()
        head = b"" if self.delivered else self._answer.first()
        if self._fault in _MID_STREAM and emitted >= self._strikes_at():
            self._send(head + self._answer.tokens(self.delivered, new))
            self._strike()
        elif ends:
            self._send(head + self._answer.last(self.delivered, new))
            self._close()
        else:
            self._send(head + self._answer.tokens(self.delivered, new))

    def _send(self, event: bytes) -> None:
        if self._fault == "drip":
            owed, self._half = self._half, event[len(event) // 2 :]
            event = owed + event[: len(event) // 2]
        self._wire.send(event)

    def _close(self) -> None:
        tail = self._half
        if self._asked.include_usage and self._fault != "no-usage":
            tail += self._answer.usage(self._counted())
        if self._fault != "no-done":
            tail += DONE
        if tail:
            self._wire.send(tail)
        self._wire.end_stream()
        self._end()

    def _strike(self) -> None:
        """The fault that ends the answer before its time."""
        self.over = True
        if self._fault == "bad-event":
            self._wire.send(b'data: {"choices": [{"index": 0, "text\n\n')
            self._wire.end_stream()
        elif self._fault == "error-event":
            self._wire.send(b'data: {"error": {"message": "out of KV cache (simulated)"}}\n\n')
            self._wire.end_stream()
        elif self._fault != "stall":
            self._wire.hang_up(reset=self._fault == "reset")

    def _counted(self) -> int:
        return self._asked.tokens_out * (2 if self._fault == "wrong-usage" else 1)

    def _stamp(self, new: int) -> None:
        now = perf_counter_ns()
        self._truth.tokens += new
        if not self._first:
            self._first = now
            self._truth.ttft.append(now - self._received)
        else:
            self._truth.gaps.append(now - self._last)
        self._last = now

    def _end(self) -> None:
        self.over = True
        self._truth.ended(self._asked.tokens_out, self._first, self._last)
