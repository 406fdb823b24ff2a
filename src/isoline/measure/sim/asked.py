"""The body of a request -> what is asked of the engine, or why it cannot be answered."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from isoline.measure.sim.labels import PREFIX

CHAT_PATH, COMPLETIONS_PATH = "/v1/chat/completions", "/v1/completions"
_DEFAULT_TOKENS = 16  # OpenAI's default of /v1/completions


class Refusal(Exception):
    """A request that gets an error response: HTTP status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Part(msgspec.Struct):
    text: str | None = None


class _Message(msgspec.Struct):
    role: str
    content: str | list[_Part] | None = None


class _StreamOptions(msgspec.Struct):
    include_usage: bool = False


class _Body(msgspec.Struct):
    """The keys that matter here; sampling parameters change nothing and are skipped unread."""

    model: str
    prompt: str | list[int | str | list[int]] | None = None
    messages: list[_Message] | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int | None = 1
    stream: bool | None = False
    stream_options: _StreamOptions | None = None


_decode = msgspec.json.Decoder(_Body).decode


@dataclass(frozen=True, slots=True)
class Asked:
    """One completion: its lengths in tokens and the form of its answer."""

    chat: bool
    tokens_in: int
    tokens_out: int
    stream: bool
    include_usage: bool


def read_request(path: str, body: bytes, model: str) -> Asked:
    """Parse a request to one of the two endpoints; `Refusal` says what is wrong with it.

    Token ids count as themselves. Text counts a token per word: there is no tokenizer here.
    """
    try:
        asked = _decode(body)
    except msgspec.DecodeError as error:
        raise Refusal(400, f"the body is not a valid request: {error}") from None
    if asked.model not in (model, PREFIX + model):
        raise Refusal(404, f"the model {asked.model!r} does not exist; this server has {PREFIX + model}")
    if asked.n not in (None, 1):
        raise Refusal(400, "n must be 1: the simulated engine gives one completion a request")
    chat = path == CHAT_PATH
    tokens_in = _chat_tokens(asked.messages) if chat else _prompt_tokens(asked.prompt)
    tokens_out = next((n for n in (asked.max_completion_tokens, asked.max_tokens) if n is not None), None)
    tokens_out = _DEFAULT_TOKENS if tokens_out is None else tokens_out
    if tokens_out < 1:
        raise Refusal(400, f"max_tokens must be at least 1, not {tokens_out}")
    usage = asked.stream_options is not None and asked.stream_options.include_usage
    return Asked(chat, tokens_in, tokens_out, bool(asked.stream), usage)


def _prompt_tokens(prompt: str | list[int | str | list[int]] | None) -> int:
    only = prompt[0] if isinstance(prompt, list) and len(prompt) == 1 else None
    if isinstance(only, (str, list)):  # a batch of one
        return _prompt_tokens(only if isinstance(only, str) else [*only])
    if isinstance(prompt, str):
        return max(1, len(prompt.split()))
    if not prompt:
        raise Refusal(400, "prompt is missing or empty")
    if not all(isinstance(token, int) for token in prompt):
        raise Refusal(400, "prompt must be one text or one list of token ids")
    return len(prompt)


def _chat_tokens(messages: list[_Message] | None) -> int:
    if not messages:
        raise Refusal(400, "messages is missing or empty")
    texts = (_text(message.content) for message in messages)
    return max(1, sum(len(text.split()) for text in texts))


def _text(content: str | list[_Part] | None) -> str:
    if isinstance(content, list):
        return " ".join(part.text or "" for part in content)
    return content or ""
