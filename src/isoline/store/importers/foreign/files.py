"""Locations -> sources: result files of other tools, opened without decoding what nobody asks for.

Such files may hold gigabytes of per-request lists beside a kilobyte of figures. A source splits its
document into the bytes of its fields; a large file is mapped, not read, so it costs no memory.
"""

from __future__ import annotations

import json
import mmap
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from isoline.errors import InputError
from isoline.store.importers.fields import BadRow, shown

MAX_FILE = 64 * 1024**3
MAPPED = 32 * 1024**2  # bytes from which a file is mapped
SMALL = 1024**2  # bytes of a field that is decoded when a whole document is looked through
KEPT = 16 * 1024  # bytes of a field that quarantine keeps
SUFFIXES = (".json", ".jsonl")

_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
_ANY = msgspec.json.Decoder()
_SECRET = re.compile(r"(?i)api_?key|secret|password|authorization|(?:auth|access|hf|bearer)_?token")
_PLACE = re.compile(r"\(byte (\d+)\)")
# Python's writer leaves NaN and Infinity bare; texts are matched first so that they stay as they are.
_BARE = re.compile(rb'"(?:[^"\\]|\\.)*"|NaN|-?Infinity')
_QUOTED = {b"NaN": b'"NaN"', b"Infinity": b'"inf"', b"-Infinity": b'"-inf"'}

Bytes = bytes | mmap.mmap | memoryview


@dataclass(frozen=True, slots=True)
class Source:
    """One JSON object of a file: its fields as stored. `position` is empty where it is the whole file."""

    path: str
    position: str
    fields: Mapping[str, msgspec.Raw]

    @property
    def name(self) -> str:
        return Path(self.path).name

    def value(self, *names: str) -> object:
        """The decoded value at a path of names, or `None`."""
        raw = self.fields.get(names[0])
        value: object = None if raw is None else _ANY.decode(raw)
        for name in names[1:]:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def mapping(self, name: str) -> Mapping[str, object]:
        """The object of a field; empty where it is none."""
        value = self.value(name)
        return value if isinstance(value, dict) else {}

    def items(self, name: str) -> Sequence[msgspec.Raw]:
        """The stored items of a field that is an array; none where it is no array."""
        raw = self.fields.get(name)
        return () if raw is None or _first(raw) != b"[" else _ITEMS.decode(raw)

    def scalars(self) -> dict[str, object]:
        """Every field that is neither an array nor an object; long texts are left out."""
        return {
            name: _ANY.decode(raw)
            for name, raw in self.fields.items()
            if _first(raw) not in (b"[", b"{") and _size(raw) <= SMALL
        }

    def reduced(self) -> str:
        """The document as JSON text without its long fields and secrets: what quarantine keeps of it."""
        kept = {name: _ANY.decode(raw) for name, raw in self.fields.items() if _size(raw) <= KEPT}
        return json.dumps(_without_secrets(kept))


@dataclass(frozen=True, slots=True)
class Broken:
    """A file, or a line of one, that gives no source; `start` is how it begins."""

    path: str
    position: str
    reason: str
    detail: str
    start: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file in a folder that is not read on purpose: its name says that it is no JSON."""

    path: str


def source_of(path: str, position: str, data: Bytes | msgspec.Raw) -> Source:
    """The fields of one JSON object; `BadRow` says what is wrong with it and where."""
    try:
        return Source(path, position, _FIELDS.decode(data))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        problem = error
    copy = bytes(data)
    if b"NaN" in copy or b"Infinity" in copy:
        quoted = _BARE.sub(lambda found: _QUOTED.get(found[0], found[0]), copy)
        try:
            return Source(path, position, _FIELDS.decode(quoted))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            problem, copy = error, quoted
    raise BadRow("malformed file", _words(problem, copy))


def check_locations(locations: Sequence[str]) -> None:
    """Refuse what cannot be opened before anything is read."""
    for location in locations:
        if "\x00" in location or not os.path.exists(location):
            raise InputError(f"{shown(location)[1:-1]} does not exist; give a result file or its folder")


def sources(location: str) -> Iterator[Source | Broken | LeftOut]:
    """The sources of a file, or of all JSON files below a folder, in name order."""
    if not os.path.isdir(location):
        yield from _file(location)
        return
    refused: list[OSError] = []
    walk = os.walk(location, onerror=refused.append)
    paths = sorted(os.path.join(folder, name) for folder, _, names in walk for name in names)
    for error in refused:
        yield Broken(str(error.filename), "", "unreadable file", error.strerror or "unreadable folder")
    for path in paths:
        if path.lower().endswith(SUFFIXES):
            yield from _file(path)
        else:
            yield LeftOut(path)


def _file(path: str) -> Iterator[Source | Broken]:
    if not os.path.isfile(path):
        yield Broken(path, "", "unsafe path", "not a regular file")
        return
    try:
        with open(path, "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > MAX_FILE:
                yield Broken(path, "", "file too large", f"more than {MAX_FILE:,} bytes")
                return
            yield from _documents(path, _content(stream, size))
    except OSError as error:
        yield Broken(path, "", "unreadable file", error.strerror or type(error).__name__)


def _content(stream: BinaryIO, size: int) -> Bytes:
    if size < MAPPED:
        return stream.read().removeprefix(b"\xef\xbb\xbf")
    return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _documents(path: str, data: Bytes) -> Iterator[Source | Broken]:
    if not path.lower().endswith(".jsonl"):
        try:
            yield source_of(path, "", data)
            return
        except BadRow as problem:
            if "trailing characters" not in problem.detail:  # else one object a line, whatever its name
                yield Broken(path, "", problem.reason, problem.detail, _start(data))
                return
    for number, line in enumerate(_lines(data), 1):
        if bytes(line[:64]).strip():
            try:
                yield source_of(path, f"line {number}", line)
            except BadRow as problem:
                yield Broken(path, f"line {number}", problem.reason, problem.detail, _start(line))


def _lines(data: Bytes) -> Iterator[memoryview]:
    view, begin = memoryview(data), 0
    while begin < len(view):
        end = data.find(b"\n", begin) if not isinstance(data, memoryview) else -1
        end = len(view) if end < 0 else end
        yield view[begin:end]
        begin = end + 1


def _start(data: Bytes) -> str:
    return bytes(data[:4096]).decode("utf-8", "backslashreplace")


def _words(error: Exception, data: bytes) -> str:
    text = str(error)
    head = data[:64].lstrip()
    if not head:
        return "an empty file"
    if head[:1] == b"<":
        return "HTML, not JSON"
    if head[:2] == b"PK":
        return "a zip archive; unpack it first"
    if "truncated" in text:
        return f"the JSON ends too early, in line {data.count(10) + 1}: the file was cut off"
    if place := _PLACE.search(text):
        before = data[: int(place[1])]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        return f"line {line}, column {column}: not JSON ({text.partition(' (byte')[0]})"
    if "Expected `object`" in text:
        return f"holds {text.rpartition('got ')[2]} where a result is an object"
    return f"not JSON ({text})"


def _without_secrets(value: object) -> object:
    """Servers and clients print their keys among their settings."""
    if isinstance(value, dict):
        return {
            name: "…" if isinstance(held, str) and _SECRET.search(str(name)) else _without_secrets(held)
            for name, held in value.items()
        }
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _first(raw: msgspec.Raw) -> bytes:
    return bytes(memoryview(raw)[:1])


def _size(raw: msgspec.Raw) -> int:
    return memoryview(raw).nbytes
