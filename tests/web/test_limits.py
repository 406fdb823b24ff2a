"""Latency limits as a reader sets them: both sides are read from the points that keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import CHROMIUM, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from starlette.testclient import TestClient

PATH = "/compare-precision/qwen-3-8b-h100-fp4-vs-fp8"


def test_no_point_beside_a_reading_breaks_the_limit(packaged: TestClient) -> None:
    free = packaged.get(f"{PATH}.json?at=100").json()
    assert max(n["ttft"] for r in free["targets"][0]["readings"] for n in r["neighbours"]) > 0.06
    held = packaged.get(f"{PATH}.json?at=100&max_ttft=0.06").json()
    near = [n for reading in held["targets"][0]["readings"] for n in reading["neighbours"]]
    assert near
    assert all(n["ttft"] <= 0.06 for n in near)
    # FP4 breaks it from 16 streams on: what it gives at 100 tok/s/user is what its last good point gives.
    assert held["targets"][0]["readings"][0]["status"] == "dominated"
    assert [side["points"] for side in held["sides"]] == [3, 6]  # FP8 at 64 streams: 57 and 80 ms
    assert "median TTFT at most 0.06 s" in held["narrative"][0]
    assert held["filters"]["max_ttft"] == 0.06


def test_a_limit_that_nobody_keeps_is_said(packaged: TestClient) -> None:
    answer = packaged.get(f"{PATH}?max_ttft=0.001")
    assert answer.status_code == 404
    assert "median TTFT at most 0.001 s" in answer.text
    one = packaged.get(f"{PATH}.json?max_ttft=0.045").json()  # FP8 alone
    assert "no data for FP4" in one["narrative"][0]


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
def test_it_is_a_field_of_one_number(base: str, page: Page) -> None:
    page.goto(f"{base}{PATH}?at=150")
    settled(page, "?at=150")
    page.get_by_text("Prices, filters and data").click()
    field = page.get_by_label("TTFT at most, s")
    field.fill("0,06")  # as many keyboards have it
    settled(page, "?at=150&max_ttft=0.06")
    assert "median TTFT at most 0.06 s" in page.locator("h1").inner_text()
    assert "--max-ttft 0.06" in page.locator(".command").inner_text()
    field.fill("")
    settled(page, "?at=150")
    assert "median TTFT" not in page.locator("h1").inner_text()
