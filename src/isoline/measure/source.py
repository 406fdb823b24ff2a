"""Requests as bytes, encoded before they are due."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from isoline.measure.compose import composer_for
from isoline.measure.listed import Listed
from isoline.measure.records import RequestRecord
from isoline.measure.target import Target
from isoline.measure.workloads import Synthetic

BUDGET = 64 << 20  # bytes of encoded requests a process holds


class Request(NamedTuple):
    """One request, encoded; lengths in tokens."""

    number: int
    payload: bytes
    isl: int
    osl: int


class Source(Protocol):
    """Where the loop gets its requests."""

    late: int  # requests encoded in the timed path
    counts: str | None  # where a prompt's length is known from before it is sent
    needs_answers: bool  # `follow` reads the record's text: it must have been decoded

    def fill(self) -> bool:
        """Encode one more request; `False` when enough are ready or none are left."""

    @property
    def spent(self) -> bool:
        """No request that follows on no other is left."""

    def next(self) -> Request | None:
        """A request that follows on no other, or `None` when all are sent."""

    def follow(self, record: RequestRecord) -> tuple[Request, float] | None:
        """The request that continues an answered one, and after how many seconds."""


class Envelope:
    """Everything of a request's bytes but its prompt and number of output tokens."""

    def __init__(self, target: Target) -> None:
        self._head = target.head()
        self._before, self._between = target.body_parts()

    def wrap(self, prompt: bytes, osl: int) -> bytes:
        body = b"".join((self._before, prompt, self._between, b"%d}" % osl))
        return b"%s%d\r\n\r\n%s" % (self._head, len(body), body)


class Ahead:
    """Requests encoded ahead of need, so that sending one is a single write.

    Holds up to `most` encoded requests and BUDGET bytes of them; `requests` encodes one each time it is
    asked.
    """

    def __init__(self, requests: Iterator[Request], most: int) -> None:
        self._requests, self._most = requests, most
        self._ready: deque[Request] = deque()
        self._bytes = 0
        self._more = True
        self.late = 0

    def fill(self) -> bool:
        if not self._more or len(self._ready) >= self._most or self._bytes >= BUDGET:
            return False
        request = next(self._requests, None)
        if request is None:
            self._more = False
            return False
        self._ready.append(request)
        self._bytes += len(request.payload)
        return True

    @property
    def spent(self) -> bool:
        return not self._more and not self._ready

    def next(self) -> Request | None:
        if not self._ready:
            if not self.fill():
                return None
            self.late += 1
        request = self._ready.popleft()
        self._bytes -= len(request.payload)
        return request


class RequestSource(Ahead):
    """Requests that stand alone; `indices` are those of this process."""

    needs_answers = False

    def __init__(
        self, target: Target, workload: Synthetic | Listed, indices: range, ahead: int = 1_024
    ) -> None:
        self._envelope = Envelope(target)
        self._composer = composer_for(workload, target.endpoint)
        self.counts = self._composer.counts
        super().__init__(map(self._request, indices), ahead)

    def _request(self, index: int) -> Request:
        prompt, isl, osl = self._composer.compose(index)
        return Request(index, self._envelope.wrap(prompt, osl), isl, osl)

    def follow(self, record: RequestRecord) -> None:
        """None does: each request stands alone."""
