"""docs/formats.md names every table and column, with the meaning the schema gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from isoline.store.layout import MANIFEST
from isoline.store.schema import FORMAT_VERSION, RECIPE_COLUMNS, TABLES, arrow_schema, names

DOC = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_documented(table: str) -> None:
    assert f"\n### {table}\n" in DOC
    assert f"{table}.parquet" in DOC
    recipe = names(RECIPE_COLUMNS)
    for column in TABLES[table]:
        row = f"| `{column.name}` | {column.type} |"
        assert row if column.name in recipe else f"{row} {column.note} |" in DOC


@pytest.mark.parametrize("table", TABLES)
def test_tables_have_an_arrow_schema(table: str) -> None:
    assert tuple(arrow_schema(TABLES[table]).names) == names(TABLES[table])


def test_version_is_documented() -> None:
    assert f"`format_version` is {FORMAT_VERSION}." in DOC
    assert MANIFEST in DOC


def test_columns_of_version_1() -> None:
    """A change here is a new FORMAT_VERSION, and readers of the old one."""
    counts = {table: len(columns) for table, columns in TABLES.items()}
    assert counts == {
        "points": 58,
        "evaluations": 48,
        "requests": 15,
        "items": 8,
        "telemetry": 6,
        "availability": 10,
        "quarantine": 8,
        "resolved": 1,
    }
