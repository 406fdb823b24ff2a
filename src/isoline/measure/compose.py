"""What a workload says about a request -> the JSON of its prompt."""

from __future__ import annotations

from typing import Protocol

import msgspec

from isoline.measure.listed import Listed, Planned
from isoline.measure.prompts import Prompts
from isoline.measure.records import FROM_PROMPT, FROM_TOKENIZER
from isoline.measure.target import COMPLETIONS
from isoline.measure.workloads import Synthetic

_APART = 1 << 23  # added to a number whose tokens must differ from those of the number itself


class Composer(Protocol):
    """Prompts by request number."""

    counts: str | None  # where a prompt's length is known from before it is sent

    def compose(self, index: int) -> tuple[bytes, int, int]:
        """The prompt's value in the request's JSON; input and output tokens."""


class SyntheticComposer:
    """Token ids or common words."""

    def __init__(self, workload: Synthetic, endpoint: str) -> None:
        self._workload, self._prompts = workload, Prompts(workload)
        self._ids = endpoint == COMPLETIONS
        self.counts = FROM_PROMPT if self._ids else None

    def compose(self, index: int) -> tuple[bytes, int, int]:
        isl, osl = self._workload.lengths_of(index)
        if self._ids:
            return self._prompts.encoded_ids(index, isl), isl, osl
        return one_message(self._prompts.words(index, isl)), isl, osl


class ListedComposer:
    """The prompts of a list, each behind the opening it asks for."""

    def __init__(self, workload: Listed, endpoint: str) -> None:
        self._workload, self._completions = workload, endpoint == COMPLETIONS
        low, high = workload.vocab_low, workload.vocab_high
        self._prompts = Prompts(Synthetic(1, 1, salt=workload.salt, vocab_low=low, vocab_high=high))
        if workload.planned(0).text is not None:
            self.counts: str | None = FROM_TOKENIZER
        else:
            self.counts = FROM_PROMPT if self._completions else None

    def compose(self, index: int) -> tuple[bytes, int, int]:
        one = self._workload.planned(index)
        if one.text is not None:
            text = self._prompts.opened(index, one.text, one.opening)
            prompt = msgspec.json.encode(text) if self._completions else one_message(text)
        elif self._completions:
            prompt = self._ids(index, one)
        else:
            prompt = one_message(self._prompts.as_words(msgspec.json.decode(self._ids(index, one))))
        return prompt, one.isl, one.osl

    def _ids(self, index: int, one: Planned) -> bytes:
        if one.blocks is not None:
            return self._of_blocks(index, one, one.blocks)
        if one.ids is None:
            return self._prompts.encoded_ids(index, one.isl)
        opening = self._prompts.token_ids(index, one.opening).tolist()
        return msgspec.json.encode(opening + one.ids)

    def _of_blocks(self, index: int, one: Planned, blocks: list[int]) -> bytes:
        """Block after block; what the blocks leave open is the request's own."""
        pieces: list[bytes] = []
        left = one.isl
        for block in blocks:
            size = min(one.block, left)
            if size:
                pieces.append(self._prompts.encoded_ids(block, size)[1:-1])
            left -= size
        if left:
            pieces.append(self._prompts.encoded_ids(index + _APART, left)[1:-1])
        return b"[" + b",".join(pieces) + b"]"


def composer_for(workload: Synthetic | Listed, endpoint: str) -> Composer:
    """The composer of a workload whose requests do not depend on each other."""
    if isinstance(workload, Listed):
        return ListedComposer(workload, endpoint)
    return SyntheticComposer(workload, endpoint)


def one_message(text: str) -> bytes:
    """A chat of one message, as JSON."""
    return msgspec.json.encode([{"role": "user", "content": text}])
