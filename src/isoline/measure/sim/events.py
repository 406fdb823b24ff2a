"""The JSON of answers: whole, and as the events of a stream."""

from __future__ import annotations

from typing import Any

import msgspec

from isoline.measure.sim.asked import Asked
from isoline.measure.sim.labels import FINGERPRINT, PREFIX
from isoline.measure.words import word_table

DONE = b"data: [DONE]\n\n"
encode = msgspec.json.encode


class Answer:
    """What one request is told, token by token; `model` is its name without the prefix."""

    __slots__ = ("_asked", "_common", "_prefix", "_suffix", "_words")

    def __init__(self, number: int, created: int, model: str, asked: Asked) -> None:
        kind = "chatcmpl" if asked.chat else "cmpl"
        self._asked = asked
        self._words = word_table()
        self._common: dict[str, Any] = {
            "id": f"{kind}-{FINGERPRINT}-{number}",
            "object": ("chat.completion.chunk" if asked.chat else "text_completion"),
            "created": created,
            "model": PREFIX + model,
            "system_fingerprint": FINGERPRINT,
        }
        whole = self._event(self._choice("\0", None))  # what stands around the text, encoded once
        self._prefix, self._suffix = whole.split(b"\\u0000")

    def first(self) -> bytes:
        """Chat streams open with the role."""
        if not self._asked.chat:
            return b""
        choice = {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}
        return self._event(choice)

    def tokens(self, at: int, count: int) -> bytes:
        """One event with tokens `at` … `at + count - 1`."""
        return self._prefix + self.text(at, count).encode() + self._suffix

    def last(self, at: int, count: int) -> bytes:
        """The event that ends the answer, with its last tokens."""
        return self._event(self._choice(self.text(at, count), "length"))

    def usage(self, tokens_out: int) -> bytes:
        """The usage event of a stream."""
        return b"data: " + encode({**self._common, "choices": [], "usage": self._usage(tokens_out)}) + b"\n\n"

    def whole(self, tokens_out: int, counted: int) -> bytes:
        """The answer as one JSON document; `counted` is what its usage says."""
        text = self.text(0, tokens_out)
        choice: dict[str, Any] = {"index": 0, "logprobs": None, "finish_reason": "length"}
        if self._asked.chat:
            choice["message"] = {"role": "assistant", "content": text}
        else:
            choice["text"] = text
        kind = "chat.completion" if self._asked.chat else "text_completion"
        return encode({**self._common, "object": kind, "choices": [choice], "usage": self._usage(counted)})

    def text(self, at: int, count: int) -> str:
        """Tokens as words; each is a space and a common word."""
        return "".join([" " + self._words[index & 255] for index in range(at, at + count)])

    def _choice(self, text: str, finish: str | None) -> dict[str, Any]:
        said = {"delta": {"content": text}} if self._asked.chat else {"text": text}
        return {"index": 0, **said, "logprobs": None, "finish_reason": finish}

    def _event(self, choice: dict[str, Any]) -> bytes:
        return b"data: " + encode({**self._common, "choices": [choice]}) + b"\n\n"

    def _usage(self, tokens_out: int) -> dict[str, int]:
        tokens_in = self._asked.tokens_in
        return {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        }


def error_body(message: str, kind: str) -> bytes:
    """An error as the OpenAI API words it."""
    return encode({"error": {"message": f"{message} (simulated)", "type": kind, "code": None}})
