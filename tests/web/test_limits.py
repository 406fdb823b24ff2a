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


def test_limits_hold_the_percentile_that_is_asked_for(packaged: TestClient) -> None:
    def latencies(query: str) -> list[float | None]:
        rows = packaged.get(f"{PATH}.points.json{query}").json()["points"]
        return [row["metrics"].get("p90_ttft") for row in rows]

    every, kept = latencies(""), latencies("?max_ttft=0.1&limit_on=p90")
    assert sorted(filter(None, kept)) == sorted(x for x in every if x and x <= 0.1)
    assert None in every  # too few requests to know it
    assert 0 < len(kept) < len([x for x in every if x])
    held = packaged.get(f"{PATH}.json?max_ttft=0.1&limit_on=p90").json()
    assert (held["filters"]["limit_on"], held["filters"]["max_ttft"]) == ("p90", 0.1)
    assert "p90 TTFT at most 0.1 s" in held["narrative"][0]
    assert (
        f"{every.count(None)} of {len(every)} points report no p90 TTFT and keep no limit of it"
        in held["notes"]
    )
    answer = packaged.get(f"{PATH}?max_e2e=20&limit_on=p99")
    assert answer.status_code == 404
    assert "reports a p99 E2E" in answer.text


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
    page.get_by_label("Limits on").select_option("p90")
    settled(page, "?at=150&max_ttft=0.06&limit_on=p90")
    page.get_by_label("Limits on").select_option("medians")
    field.fill("")
    settled(page, "?at=150")
    assert "median TTFT" not in page.locator("h1").inner_text()
