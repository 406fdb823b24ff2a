"""Where finished records go: the loop knows this protocol, never a store."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
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
    """Appends records to a file: a worker process holds none of them.

    The first error of the file ends the writing and is kept in `problem`: the load goes on without.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.problem: OSError | None = None

    def write(self, record: RequestRecord) -> None:
        data = encode_record(record)
        self._do(lambda: self._file.write(_LENGTH.pack(len(data)) + data))

    def flush(self) -> None:
        """Whole records to the file, for those who read along."""
        self._do(self._file.flush)

    def close(self) -> None:
        """The rest to the file, and its end."""
        self.flush()
        with suppress(OSError):  # a file that could not be written cannot be finished either
            self._file.close()

    def _do(self, work: Callable[[], object]) -> None:
        if self.problem is None:
            try:
                work()
            except OSError as problem:
                self.problem = problem


class SpoolReader:
    """Reads a spool file while it grows; a record cut short waits for its rest."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._place = 0

    def read(self) -> Iterator[RequestRecord]:
        """The whole records that are new since the last call."""
        return (decode_record(data) for data in self.read_encoded())

    def read_encoded(self) -> Iterator[bytes]:
        """The same, each as the bytes that `decode_record` takes."""
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
                yield data
