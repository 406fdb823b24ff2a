"""DuckDB in process, and the conditions of a selection. Values are always bound, never pasted."""

from __future__ import annotations

import glob
import os
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isoline.domain.point import Selection
from isoline.store.rows import Row

if TYPE_CHECKING:
    import duckdb

READ_MEMORY = "160MB"
_SETS = ("hardware", "precision", "engine", "spec_method")


class Engine:
    """One DuckDB connection, opened at its first query: an empty store never pays for it."""

    def __init__(self, *, memory: str = READ_MEMORY, threads: int = 1, spill: Path | None = None) -> None:
        self._settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "threads": str(threads),
            "memory_limit": memory,
            "preserve_insertion_order": "false",
            "temp_directory": str(spill or Path(tempfile.gettempdir()) / f"isoline-{os.getpid()}"),
        }
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Runs one statement; duckdb.Error passes through."""
        with self._lock:
            return self._open().execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Closes the connection; the next query opens another."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            import duckdb

            self._connection = duckdb.connect(":memory:", config=self._settings)
            # Files here are never rewritten in place, so their footers stay true.
            self._connection.execute("SET parquet_metadata_cache = true")
        return self._connection


def parquet_names(paths: Sequence[Path]) -> list[str]:
    """Paths as a value for `read_parquet(?)`, which would take `*` or `[` for a pattern."""
    return [glob.escape(str(path)) for path in paths]


def conditions(selection: Selection, *, lengths: bool = True) -> tuple[str, list[object]]:
    """The selection as SQL after WHERE, and its parameters. `lengths`: isl and osl count, too.

    A row without a date is not "until" any date.
    """
    parts: list[str] = []
    values: list[object] = []
    scalars = [("model", selection.model)]
    if lengths:
        scalars += [("isl", selection.isl), ("osl", selection.osl)]  # type: ignore[list-item]
    for name, value in scalars:
        if value is not None:
            parts.append(f"{name} = ?")
            values.append(value)
    sets = [(name, getattr(selection, name)) for name in _SETS] + [("dataset", selection.datasets)]
    for name, chosen in sets:
        if chosen is not None:
            parts.append(f"{name} IN ({', '.join('?' * len(chosen))})" if chosen else "false")
            values += chosen
    if selection.until is not None:
        parts.append("date <= ?")
        values.append(selection.until)
    return " AND ".join(parts) or "true", values
