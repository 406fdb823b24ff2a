"""Where finished records go: the loop knows this protocol, never a store."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from isoline.measure.records import RequestRecord, decode_record, encode_record

_LENGTH = struct.Struct("<I")


class Sink(Protocol):
    """Takes records one at a time, in order of completion."""

    def write(self, record: RequestRecord) -> None: ...


class ListSink:
    """Keeps records in memory."""

    def __init__(self) -> None:
        self.records: list[RequestRecord] = []

    def write(self, record: RequestRecord) -> None:
        self.records.append(record)


class SpoolSink:
    """Appends records to a file: a worker process holds none of them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, record: RequestRecord) -> None:
        data = encode_record(record)
        self._file.write(_LENGTH.pack(len(data)))
        self._file.write(data)


class SpoolReader:
    """Reads a spool file while it grows; a record cut short waits for its rest."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._place = 0

    def read(self) -> Iterator[RequestRecord]:
        """The whole records that are new since the last call."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._place)
            while len(head := file.read(4)) == 4:
                (size,) = _LENGTH.unpack(head)
                data = file.read(size)
                if len(data) < size:
                    return
                self._place += 4 + size
                yield decode_record(data)
