"""Simulated data in every form that leaves the program: it says so, whatever the reading."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import jsonschema

from tests.cli.process import isoline
from tests.cli.test_compare import SCHEMA

SLUG = "llama-3-3-70b-b300-fp4-vs-fp8"
# simulated, between knots; faster than asked; beyond the last point
TARGETS = ("--at", "100,5,1000")


def test_the_table_marks_every_value(tmp_path: Path) -> None:
    text = isoline(tmp_path, "compare", SLUG, *TARGETS).stdout
    assert "Llama 3.3 70B on B300 (simulated)" in text
    values = [line for line in text.splitlines() if re.match(r"  FP[48]  .*\d", line)]
    known = [line for line in values if "known" not in line and "simulated" not in line]
    for line in known:
        cells = re.findall(r"[~$]?[\d,.]+(?: [≥≤?])?( s)?", line.split("  FP", 1)[1][2:])
        assert cells, line
        assert all(cells), line
    assert "s simulated: computed, not measured" in text
    assert "dominated, simulated" in text
    assert "outside (simulated to" in text
    assert "not simulated there (only up to" in text
    assert "(reached by a faster point, simulated)" in text.replace("\n", " ")
    assert "Source: simulated (" in text


def test_documents_and_lists_say_it(tmp_path: Path) -> None:
    found = json.loads(isoline(tmp_path, "compare", SLUG, *TARGETS, "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    assert {reading["basis"] for t in found["targets"] for reading in t["readings"]} == {"simulated"}
    assert {"simulated" in s["label"].lower() for side in found["sides"] for s in side["series"]} == {True}
    assert {source["kind"] for source in found["sources"]} == {"simulated"}
    rows = csv.DictReader(io.StringIO(isoline(tmp_path, "compare", SLUG, "--format", "csv").stdout))
    assert {row["basis"] for row in rows} == {"simulated"}
    pairs = json.loads(isoline(tmp_path, "list", "--format", "json").stdout)
    assert {pair["slug"]: pair["datasets"] for pair in pairs}[SLUG] == ["simulated"]


def test_the_chart_says_it(tmp_path: Path) -> None:
    isoline(tmp_path, "compare", SLUG, "--svg", str(tmp_path / "chart.svg"))
    drawn = (tmp_path / "chart.svg").read_text()
    assert "simulated, not measured" in drawn
