"""The page's switch between the best configuration of each side and the same one on both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import CHROMIUM, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from starlette.testclient import TestClient

in_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
# BF16 was measured over two GPUs as well, FP8 on one only.
PATH = "/compare-precision/qwen-3-8b-h200-fp8-vs-bf16"


def differs(page: Page) -> str:
    return page.locator("#differs").inner_text()


@in_browser
def test_both_ways_of_reading_are_a_click_apart(base: str, page: Page) -> None:
    page.goto(base + PATH + "?at=140")
    settled(page, "?at=140")
    mixed = page.locator("h1").inner_text()
    assert "with the best configuration of each side" in differs(page)
    page.get_by_label("The same on both sides").click()
    settled(page, "?at=140&match=all")
    assert "with equal topology and flags" in page.locator("h1").inner_text()
    assert page.locator("#differs .held").count() == 3
    assert page.get_by_label("The same on both sides").is_checked()
    page.get_by_label("Best of each side").click()
    settled(page, "?at=140")
    assert page.locator("h1").inner_text() == mixed


@in_browser
def test_single_fields_are_ticked_and_stay_on_the_page(base: str, page: Page) -> None:
    page.goto(base + PATH + "?at=140")
    settled(page, "?at=140")
    box = page.get_by_label("Hold both sides equal in TP")
    assert not box.is_checked()
    box.focus()
    page.keyboard.press("Space")
    settled(page, "?at=140&match=tp")
    assert page.get_by_label("Hold both sides equal in TP").is_checked()
    assert page.evaluate("document.activeElement.ariaLabel") == "Hold both sides equal in TP"
    assert page.locator("#differs .held").inner_text().split("\n")[0].startswith("TP\t1")
    page.get_by_label("Best of each side").click()  # of everything, so no field is ticked any more
    settled(page, "?at=140")
    assert not page.get_by_label("Hold both sides equal in TP").is_checked()


def test_it_is_a_form_without_scripts(packaged: TestClient) -> None:
    tidy = packaged.get(f"{PATH}?match=&match=gpus&match=tp&log=")
    assert (tidy.status_code, tidy.headers["location"]) == (302, f"{PATH}?match=gpus,tp")
    page = packaged.get(f"{PATH}?match=gpus,tp").text
    checked = re.findall(r'type="checkbox" name="match" value="(\w+)" form="controls"[^>]* checked', page)
    assert checked == ["gpus", "tp"]
    assert "isoline compare qwen-3-8b-h200-fp8-vs-bf16 --match gpus,tp" in page


def test_a_value_that_no_field_has_is_answered(packaged: TestClient) -> None:
    assert packaged.get(f"{PATH}?match=tpp").status_code == 400
    assert packaged.get(f"{PATH}?match=precision").status_code == 400
    nothing = packaged.get("/compare-precision/qwen-3-5-b300-fp4-vs-bf16?match=all")
    assert nothing.status_code == 404
    assert "published readings do not say how they were served" in nothing.text


def test_where_nothing_can_be_switched_there_is_no_switch(packaged: TestClient) -> None:
    page = packaged.get("/compare-precision/qwen-3-5-b300-fp4-vs-bf16").text
    assert 'name="match"' not in page
    assert "What else differs" in page


def test_a_saved_file_tells_it_without_controls(packaged: TestClient) -> None:
    saved = packaged.get(f"{PATH}.html?match=all").text
    assert "Held equal" not in saved  # words of the terminal
    assert "What is held equal, and what differs" in saved
    assert "with the best configuration of each side" in saved
    assert 'name="match"' not in saved
