"""The page in a real browser: nothing our policy forbids, nothing sticks out, all parts agree."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
PATH = "/compare-precision/qwen-3-5-b300-fp4-vs-bf16"
DRAWN = "#live svg"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`isoline serve` as its own process; its first line is the address to open."""
    store = tmp_path_factory.mktemp("served") / "store"
    command = [sys.executable, "-m", "isoline", "serve", "--port", "0", "--store", str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        assert address.endswith(PATH)
        yield address.removesuffix(PATH)
        server.terminate()


def twin(address: str) -> dict[str, Any]:
    path, _, query = address.partition("?")
    with urllib.request.urlopen(f"{path}.json?{query}") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def throughputs(page: Page) -> list[str]:
    rows = page.locator(".readings tbody").first.locator("tr.value")
    return [text.strip() for text in rows.locator("td:not(.add)").all_inner_texts()]


def expected(found: dict[str, Any]) -> list[str]:
    values = [[t["readings"][i]["throughput_per_gpu"] for t in found["targets"]] for i in (0, 1)]
    return ["—" if value is None else f"{value:,.1f}" for side in values for value in side]


def settled(page: Page, query: str) -> None:
    """Until address and chart are those of `query`."""
    page.wait_for_function(
        "q => location.search === q && document.getElementById('chart').dataset.drawn === (q || '?')",
        arg=query,
    )


def test_an_edited_target_changes_table_verdict_chart_and_address_together(base: str, page: Page) -> None:
    page.goto(base + PATH)
    page.wait_for_selector(DRAWN)
    assert throughputs(page) == expected(twin(base + PATH))
    field = page.locator("thead input").nth(1)
    field.fill("130")
    settled(page, "?at=102,130,218")
    found = twin(page.url)
    assert throughputs(page) == expected(found)
    assert page.locator("h1").inner_text() == found["narrative"][0]
    assert "130" in (page.locator(DRAWN).text_content() or "")
    assert page.evaluate("document.activeElement.value") == "130"
    page.locator("thead .add input").fill("300")
    page.keyboard.press("Enter")
    settled(page, "?at=102,130,218,300")
    assert throughputs(page)[3] == "—"
    page.reload()
    assert throughputs(page) == expected(twin(page.url))


def test_controls_and_reset(base: str, page: Page) -> None:
    page.goto(base + PATH)
    page.wait_for_selector(DRAWN)
    page.locator("[name='price.b300']").fill("3.1")
    settled(page, "?price=b300=3.1")
    assert "B300 $3.10/GPU-hour (your price)" in page.locator("#verdict").inner_text()
    page.select_option("[name=method]", "pooled")
    settled(page, "?method=pooled&price=b300=3.1")
    page.locator("#reset").click()
    settled(page, "")
    assert "as published" in page.locator("#verdict").inner_text()


def test_a_wrong_target_is_said_and_changes_nothing(base: str, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(base + PATH)
    page.wait_for_selector(DRAWN)
    before = throughputs(page)
    page.locator("thead input").first.fill("abc")
    page.wait_for_selector("#problem:not([hidden])")
    assert "abc" in page.locator("#problem").inner_text()
    assert throughputs(page) == before
    context.close()


@pytest.mark.parametrize(
    "path", [PATH, f"{PATH}?at=10,60,102,160,218,300,1000000", "/", "/compare-precision"]
)
def test_nothing_sticks_out_on_a_phone(base: str, page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(base + path)
    if "vs" in path:
        page.wait_for_selector(DRAWN)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_whole_without_javascript(base: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + PATH)
    assert throughputs(page) == expected(twin(base + PATH))
    assert page.locator("#still img").is_visible()
    page.locator("thead input").nth(0).fill("110")
    page.get_by_role("button", name="Apply").click()
    assert page.url == f"{base}{PATH}?at=110,160,218"
    assert throughputs(page) == expected(twin(page.url))
    context.close()


def test_target_lines_move_by_mouse_and_keys(base: str, page: Page) -> None:
    page.goto(base + PATH)
    page.wait_for_selector(DRAWN)
    handle = page.get_by_role("slider").nth(1)
    handle.focus()
    page.keyboard.press("ArrowLeft")
    settled(page, "?at=102,159,218")
    page.keyboard.press("Shift+ArrowRight")
    settled(page, "?at=102,169,218")
    assert throughputs(page) == expected(twin(page.url))
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"]  # the grip is at the upper end
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=6)
    page.mouse.move(x - 120, y, steps=6)
    page.mouse.up()
    page.wait_for_url(lambda url: "169" not in url)
    page.wait_for_load_state("networkidle")
    target = int(page.get_by_role("slider").nth(1).get_attribute("aria-valuenow") or 0)
    assert target < 160
    settled(page, f"?at=102,{target},218")
    assert throughputs(page) == expected(twin(page.url))
