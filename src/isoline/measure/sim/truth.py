"""What the server itself saw itself do: the figures a client must agree with."""

from __future__ import annotations

from array import array
from typing import Any

from isoline.measure.statistics import describe


class Truth:
    """Times between reads and writes of this process, in nanoseconds.

    TTFT: from the read that completed a request to the write of its first token. A gap: between
    two writes of tokens of one stream. TPOT: first to last write, by tokens after the first.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything but the streams that are open."""
        self.ttft, self.gaps, self.tpot = array("q"), array("q"), array("q")
        self.requests = self.answered = self.tokens = 0
        self.peak = 0
        self.faults: dict[str, int] = {}
        self.late_ns = 0  # the latest that a step was delivered after it was due

    def ended(self, tokens: int, first: int, last: int) -> None:
        """A request was answered in full."""
        self.answered += 1
        if tokens > 1:
            self.tpot.append((last - first) // (tokens - 1))

    def document(self) -> dict[str, Any]:
        """Everything, in seconds; a percentile is absent where too few requests support it."""
        import msgspec

        return {
            "simulated": True,
            "requests": self.requests,
            "answered": self.answered,
            "tokens": self.tokens,
            "peak_streams": self.peak,
            "faults": self.faults,
            "behind_s": self.late_ns / 1e9,
            **{
                name: msgspec.to_builtins(describe(values))
                for name, values in (("ttft", self.ttft), ("itl", self.gaps), ("tpot", self.tpot))
            },
        }
