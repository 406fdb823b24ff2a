"""Pages of simulated data: the first sentence, the table, the chart and the lists all say what it is."""

from __future__ import annotations

import html
import re

from starlette.testclient import TestClient

from tests.web.test_routes import SEED

PAGE = "/compare-precision/llama-3-3-70b-b300-fp4-vs-fp8"


def test_a_page_says_that_it_is_simulated(packaged: TestClient) -> None:
    text = html.unescape(packaged.get(PAGE).text)
    verdict = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    assert verdict
    assert "(simulated)" in verdict[1]
    assert "s simulated: computed, not measured" in text
    assert "simulated, not measured" in packaged.get(f"{PAGE}.svg").text
    spec = packaged.get(f"{PAGE}.chart.json?width=800&height=500").json()
    points = next(rows for name, rows in spec["datasets"].items() if name.startswith("points"))
    assert points
    assert {row["role"] for row in points} == {row["status"] for row in points} == {"simulated"}
    assert packaged.get(f"{PAGE}.json").json()["sources"][0]["kind"] == "simulated"


def test_lists_put_it_last_and_mark_its_ratios(packaged: TestClient) -> None:
    listed = html.unescape(packaged.get("/compare-precision").text)
    assert listed.index(SEED) < listed.index(PAGE)
    row = next(part for part in listed.split("<tr")[1:] if PAGE in part)
    assert "simulated</abbr>" in row
    start = packaged.get("/").text
    assert start.index(SEED) < start.index("llama-3-3-70b")
