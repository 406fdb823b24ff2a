"""Faults a server can have, drawn per request from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from isoline.errors import UsageError

FAULTS: Mapping[str, str] = {
    "5xx": "answers 503 with a JSON error",
    "429": "answers 429 with a JSON error",
    "html": "answers 200 with a web page",
    "empty": "ends the stream without a token",
    "reset": "breaks the connection after a few tokens (TCP reset)",
    "truncate": "closes the connection after a few tokens",
    "stall": "sends nothing more after a few tokens, and keeps the connection",
    "bad-event": "sends an event that is not JSON after a few tokens",
    "error-event": "sends an error event after a few tokens",
    "drip": "sends each event in two halves, the second a step later",
    "wrong-usage": "counts twice the tokens it sent",
    "no-usage": "leaves out the usage that was asked for",
    "no-done": "leaves out [DONE]",
}
"""Name -> what the server does instead of answering well."""

AFTER_TOKENS = 3  # where faults in mid-stream strike, if the answer is that long


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each fault strikes, as a fraction of requests; at most one strikes a request."""

    rates: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0

    def of(self, number: int) -> str | None:
        """The fault of the request with this number: the same for the same seed."""
        if not self.rates:
            return None
        drawn = random.Random(f"fault/{self.seed}/{number}").random()
        for kind, rate in self.rates.items():
            if drawn < rate:
                return kind
            drawn -= rate
        return None


def read_faults(texts: Iterable[str], seed: int) -> Faults:
    """`["5xx=0.1", "stall=0.02"]` -> faults; `UsageError` names the one that is wrong."""
    rates: dict[str, float] = {}
    for text in texts:
        kind, _, value = text.partition("=")
        if kind not in FAULTS:
            raise UsageError(f"there is no fault {kind!r}; there is {', '.join(FAULTS)}", tuple(FAULTS))
        try:
            rates[kind] = float(value or 1)
        except ValueError:
            raise UsageError(f"the rate of fault {text!r} is not a number; write {kind}=0.1") from None
        if not 0 <= rates[kind] <= 1:
            raise UsageError(f"the rate of fault {text!r} is not between 0 and 1")
    if sum(rates.values()) > 1 + 1e-9:
        raise UsageError(f"the rates of all faults add up to {sum(rates.values()):g}; at most 1 makes sense")
    return Faults(rates, seed)
