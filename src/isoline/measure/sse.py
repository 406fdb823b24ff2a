"""Server-sent events from bytes that may be split anywhere."""

from __future__ import annotations

from isoline.measure.failures import Failure

MAX_EVENT_BYTES = 1 << 20  # a token's event is a few hundred bytes; logprobs make it some thousands


class StreamFault(Exception):
    """What a server sent cannot be read as a stream of tokens."""

    def __init__(self, kind: Failure, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


def is_one_event(piece: bytes) -> bool:
    """The piece is `data: …` and an empty line, nothing else: how most servers write a token."""
    return piece.startswith(b"data: ") and piece.find(b"\n") == len(piece) - 2 and b"\r" not in piece


class EventSplitter:
    """Splits a byte stream into the payloads of its `data:` fields, one per event.

    Lines end in LF, CRLF or CR. Comments and the other fields are skipped. Any split of the same
    bytes gives the same events.
    """

    __slots__ = ("_carry", "_data", "_held", "_started")

    def __init__(self) -> None:
        self._carry: list[bytes] = []  # the unfinished last line, in pieces
        self._held = 0  # bytes in _carry and _data
        self._data: list[bytes] = []  # data lines of the event not yet ended
        self._started = False

    @property
    def idle(self) -> bool:
        """Nothing of an unfinished event is held: the next byte starts an event."""
        return self._held == 0 and not self._data

    def feed(self, piece: bytes) -> list[bytes]:
        """The payloads of the events that `piece` completes."""
        if not self._started:
            self._started = True
            piece = piece.removeprefix(b"\xef\xbb\xbf")
        if b"\n" not in piece and b"\r" not in piece and not self._ends_in_cr():
            self._carry.append(piece)
            self._hold(len(piece))
            return []
        text = b"".join((*self._carry, piece))
        tail = b""
        if b"\r" in text:
            if text.endswith(b"\r"):  # a LF may follow in the next piece
                text, tail = text[:-1], b"\r"
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, last = text.split(b"\n")
        rest = last + tail
        self._carry = [rest] if rest else []
        payloads: list[bytes] = []
        for line in lines:
            self._line(line, payloads)
        self._held = sum(map(len, self._data)) + len(rest)
        self._hold(0)
        return payloads

    def finish(self) -> list[bytes]:
        """What the end of the stream completes: many servers leave out the last empty line."""
        payloads: list[bytes] = []
        line = b"".join(self._carry).rstrip(b"\r")
        if line:
            self._line(line, payloads)
        self._line(b"", payloads)
        self._carry, self._held = [], 0
        return payloads

    def _ends_in_cr(self) -> bool:
        return bool(self._carry) and self._carry[-1].endswith(b"\r")

    def _hold(self, more: int) -> None:
        self._held += more
        if self._held > MAX_EVENT_BYTES:
            raise StreamFault(Failure.EVENT_TOO_LONG, f"an event of more than {MAX_EVENT_BYTES} bytes")

    def _line(self, line: bytes, payloads: list[bytes]) -> None:
        if not line:
            if self._data:
                payloads.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
                self._data = []
        elif line.startswith(b"data:"):
            self._data.append(line[6:] if line[5:6] == b" " else line[5:])
