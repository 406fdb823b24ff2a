"""The requests of conversations: each is built when the answer before it has come."""

from __future__ import annotations

from typing import Protocol

import msgspec

from isoline.measure.prompts import Prompts
from isoline.measure.records import FROM_PROMPT, RequestRecord
from isoline.measure.sessions import Sessions
from isoline.measure.source import Ahead, Envelope, Request
from isoline.measure.target import COMPLETIONS, Target

_ANSWERS = 1 << 23  # added to a request's number: the tokens that stand for its answer
_ENDLESS = 1 << 40


class Context(Protocol):
    """What was said so far, by session."""

    def ask(self, index: int) -> bytes:
        """Add what the request says; the value of the whole prompt, as JSON."""

    def answer(self, session: int, record: RequestRecord) -> None:
        """Add what was answered."""

    def forget(self, session: int) -> None:
        """The session is over."""


class SessionSource(Ahead):
    """First turns are encoded ahead of need, the others when their session has got so far.

    Whole sessions belong to one process: session s to process s modulo `workers`. Of the last
    session only so many turns are asked that there are `requests` in all.
    """

    def __init__(
        self,
        target: Target,
        workload: Sessions,
        requests: int | None,
        worker: int,
        workers: int,
        ahead: int = 1_024,
    ) -> None:
        self._workload, self._envelope = workload, Envelope(target)
        self._end = requests if requests is not None else _ENDLESS
        ids = target.endpoint == COMPLETIONS
        self._context: Context = TokenContext(workload) if ids else ChatContext(workload)
        self.counts = FROM_PROMPT if ids else None
        self.needs_answers = not ids
        sessions = range(worker, -(-self._end // workload.turns), workers)
        super().__init__((self._request(session * workload.turns) for session in sessions), ahead)

    def follow(self, record: RequestRecord) -> tuple[Request, float] | None:
        session, turn = divmod(record.index, self._workload.turns)
        if turn + 1 == self._workload.turns or record.index + 1 >= self._end:
            self._context.forget(session)
            return None
        self._context.answer(session, record)
        index = record.index + 1
        return self._request(index), self._workload.think_before(index)

    def _request(self, index: int) -> Request:
        prompt = self._context.ask(index)
        isl, osl = self._workload.lengths_of(index)
        return Request(index, self._envelope.wrap(prompt, osl), isl, osl)


class TokenContext:
    """What each session has said so far, as token ids; answers are random tokens of full length."""

    def __init__(self, workload: Sessions) -> None:
        self._workload = workload
        self._opening, self._later = Prompts(workload.opening), Prompts(workload.later)
        self._said: dict[int, list[bytes]] = {}

    def ask(self, index: int) -> bytes:
        session, turn = divmod(index, self._workload.turns)
        added, _ = self._workload.added(index)
        own = self._later.encoded_ids(index, added) if turn else self._opening.encoded_ids(session, added)
        said = self._said.setdefault(session, [])
        said.append(own[1:-1])
        return b"[" + b",".join(said) + b"]"

    def answer(self, session: int, record: RequestRecord) -> None:
        _, osl = self._workload.added(record.index)
        self._said[session].append(self._later.encoded_ids(record.index + _ANSWERS, osl)[1:-1])

    def forget(self, session: int) -> None:
        self._said.pop(session, None)


class ChatContext:
    """What each session has said so far, as messages; answers are the server's own words."""

    def __init__(self, workload: Sessions) -> None:
        self._workload = workload
        self._opening, self._later = Prompts(workload.opening), Prompts(workload.later)
        self._said: dict[int, list[dict[str, str]]] = {}

    def ask(self, index: int) -> bytes:
        session, turn = divmod(index, self._workload.turns)
        added, _ = self._workload.added(index)
        words = self._later.words(index, added) if turn else self._opening.words(session, added)
        said = self._said.setdefault(session, [])
        said.append({"role": "user", "content": words})
        return msgspec.json.encode(said)

    def answer(self, session: int, record: RequestRecord) -> None:
        """A request that failed leaves an empty answer: roles must alternate."""
        self._said[session].append({"role": "assistant", "content": record.text or ""})

    def forget(self, session: int) -> None:
        self._said.pop(session, None)
