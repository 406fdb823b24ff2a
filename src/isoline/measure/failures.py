"""Why a request failed, as one word per cause, and what a user can do about each."""

from __future__ import annotations

from enum import StrEnum

from isoline.errors import IsolineError


class Failure(StrEnum):
    """The error kind of a request record; a record without one succeeded."""

    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    CONNECT_TIMEOUT = "connect_timeout"
    TIMEOUT = "timeout"
    SILENT = "silent"
    STATUS_3XX = "status_3xx"
    STATUS_4XX = "status_4xx"
    STATUS_429 = "status_429"
    STATUS_5XX = "status_5xx"
    HTML = "html"
    NOT_SSE = "not_sse"
    RESET = "reset"
    TRUNCATED = "truncated"
    PROTOCOL = "protocol"
    BAD_EVENT = "bad_event"
    EVENT_TOO_LONG = "event_too_long"
    SERVER_ERROR = "server_error"
    NO_TOKENS = "no_tokens"
    CANCELLED = "cancelled"


ADVICE: dict[Failure, str] = {
    Failure.DNS: "the host name does not resolve; check the URL",
    Failure.REFUSED: "nothing listens there; start the server or fix host and port",
    Failure.UNREACHABLE: "no route to the host, or the connection broke while it was opened",
    Failure.TLS: "the certificate or TLS handshake was refused; use --insecure only for a server you own",
    Failure.CONNECT_TIMEOUT: "the host does not answer; check firewall and address",
    Failure.TIMEOUT: "the server took longer than --timeout; raise it or lower the load",
    Failure.SILENT: "the answer stalled; read the server's log, or raise --silence if it pauses so long",
    Failure.STATUS_3XX: "the server redirects; give the final URL",
    Failure.STATUS_4XX: "the server refuses the request; its message says why (model name, length, API key)",
    Failure.STATUS_429: "the server limits the rate; lower the load or raise its limit",
    Failure.STATUS_5XX: "the server failed; read its log",
    Failure.HTML: "a web page answered, not an inference server; check the URL",
    Failure.NOT_SSE: "the answer is not an event stream; check that the endpoint can stream",
    Failure.RESET: "the server or a proxy cut the connection mid-answer; read its log",
    Failure.TRUNCATED: "the answer ended before it was finished; read the server's log",
    Failure.PROTOCOL: "the answer is not valid HTTP/1.1; check for a proxy or a wrong port",
    Failure.BAD_EVENT: "an event is not the JSON the API promises; check the endpoint",
    Failure.EVENT_TOO_LONG: "one event is larger than any token can be; check the endpoint",
    Failure.SERVER_ERROR: "the server reported an error inside the stream; its message says why",
    Failure.NO_TOKENS: "the server answered without a single token; check model and prompt",
    Failure.CANCELLED: "the run ended before the answer did",
}


class TargetError(IsolineError):
    """The server cannot be measured at all; `kind` says why, `message` what happened, without advice."""

    def __init__(self, kind: Failure, message: str) -> None:
        super().__init__(f"{message}: {ADVICE[kind]}")
        self.kind, self.message = kind, message


def status_failure(status: int) -> Failure | None:
    """The error kind of an HTTP status; `None` for 2xx."""
    if 200 <= status < 300:
        return None
    if status == 429:
        return Failure.STATUS_429
    if status >= 500:
        return Failure.STATUS_5XX
    return Failure.STATUS_4XX if status >= 400 else Failure.STATUS_3XX
