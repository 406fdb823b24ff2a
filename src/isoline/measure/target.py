"""The server to measure: where it is, what a request to it looks like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec

from isoline.errors import UsageError

COMPLETIONS, CHAT = "completions", "chat"
_PATHS = {COMPLETIONS: "/completions", CHAT: "/chat/completions"}


@dataclass(frozen=True, slots=True)
class Target:
    """One endpoint of one server. Timeouts are seconds; `headers` may hold secrets: never stored."""

    url: str
    model: str
    endpoint: str = COMPLETIONS
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    extra_body: dict[str, Any] = field(default_factory=dict)
    ignore_eos: bool = True
    temperature: float | None = 0.0
    insecure: bool = False
    timeout: float = 600.0  # from sent to the last byte
    silence: float = 60.0  # without a byte, once a token has come
    connect_timeout: float = 10.0
    keep_text: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{self.url!r} is not a server URL; write for example http://127.0.0.1:8000")
        if self.endpoint not in _PATHS:
            raise UsageError(f"endpoint {self.endpoint!r} is unknown; use completions or chat")
        for name, value in self.headers.items():
            if any(mark in name + value for mark in "\r\n\0") or not name.strip():
                raise UsageError(f"header {name!r} holds a line break or has no name")
        try:
            _ = self.port
        except ValueError:
            raise UsageError(f"{self.url!r} has a port that is no number from 1 to 65535") from None

    @property
    def tls(self) -> bool:
        return self.url.startswith("https:")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (443 if self.tls else 80)

    @property
    def path(self) -> str:
        """Request path: `/v1/completions` under the URL's own path, `/v1` not repeated."""
        base = urlsplit(self.url).path.rstrip("/")
        tail = _PATHS[self.endpoint]
        if base.endswith(tail):
            return base
        return f"{base}{tail}" if base.endswith("/v1") else f"{base}/v1{tail}"

    def head(self) -> bytes:
        """Everything of a request before the value of Content-Length."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.tls else 80
        authority = host if self.port == default else f"{host}:{self.port}"
        own = {"host": authority, "content-type": "application/json", "accept": "text/event-stream"}
        lines = {**own, **{name.strip().lower(): value.strip() for name, value in self.headers.items()}}
        rows = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"POST {self.path} HTTP/1.1\r\n{rows}content-length: ".encode("latin-1")

    def body_parts(self) -> tuple[bytes, bytes]:
        """The JSON body around the prompt's value and after it, up to the number of output tokens.

        A body is `before + prompt + between + osl + b"}"`, so that encoding a request is one join.
        """
        fields: dict[str, Any] = {
            "model": self.model,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self.temperature is not None:
            fields["temperature"] = self.temperature
        if self.ignore_eos:
            fields["ignore_eos"] = True
        fields.update(self.extra_body)
        start = msgspec.json.encode(fields)[:-1]
        name = b'"prompt"' if self.endpoint == COMPLETIONS else b'"messages"'
        return start + b"," + name + b":", b',"max_tokens":'
