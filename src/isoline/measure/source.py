"""Requests as bytes, encoded before they are due."""

from __future__ import annotations

from collections import deque

import msgspec

from isoline.measure.prompts import Prompts
from isoline.measure.target import COMPLETIONS, Target
from isoline.measure.workloads import Synthetic

BUDGET = 64 << 20  # bytes of encoded requests a process holds


class RequestSource:
    """Encodes requests ahead of need, so that sending one is a single write.

    Holds up to `ahead` encoded requests and BUDGET bytes of them; `indices` are the requests of
    this process.
    """

    def __init__(self, target: Target, workload: Synthetic, indices: range, ahead: int = 1_024) -> None:
        self._target, self._workload, self._prompts = target, workload, Prompts(workload)
        self._head = target.head()
        self._before, self._between = target.body_parts()
        self._indices = iter(indices)
        self._ready: deque[tuple[int, bytes, int, int]] = deque()
        self._bytes = 0
        self._ahead = ahead
        self._more = True
        self.late = 0  # requests encoded in the timed path

    def fill(self) -> bool:
        """Encode one more request; `False` when enough are ready or none are left."""
        if not self._more or len(self._ready) >= self._ahead or self._bytes >= BUDGET:
            return False
        index = next(self._indices, None)
        if index is None:
            self._more = False
            return False
        request = self._encode(index)
        self._ready.append(request)
        self._bytes += len(request[1])
        return True

    def next(self) -> tuple[int, bytes, int, int] | None:
        """(index, bytes to send, input tokens, output tokens), or `None` when all are sent."""
        if not self._ready:
            if not self.fill():
                return None
            self.late += 1
        request = self._ready.popleft()
        self._bytes -= len(request[1])
        return request

    def _encode(self, index: int) -> tuple[int, bytes, int, int]:
        isl, osl = self._workload.lengths_of(index)
        if self._target.endpoint == COMPLETIONS:
            prompt = self._prompts.encoded_ids(index, isl)
        else:
            words = self._prompts.words(index, isl)
            prompt = msgspec.json.encode([{"role": "user", "content": words}])
        body = b"".join((self._before, prompt, self._between, b"%d}" % osl))
        return index, b"%s%d\r\n\r\n%s" % (self._head, len(body), body), isl, osl
