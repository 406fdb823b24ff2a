"""For everyone: axe finds nothing serious in either theme, nothing sticks out, it prints, it keeps still."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.shared import SHARED
from tests.web.conftest import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SEED = "/compare-precision/qwen-3-5-b300-fp4-vs-bf16"
AXE = Path(sys.prefix) / "npm/node_modules/axe-core/axe.min.js"
PAGES = (
    SEED,
    f"{SEED}?at=10,60,102,160,218,300,1000000&price=b300=3.1",
    f"{SEED}.points",
    f"{SEED}?at=x&tier=rental",
    "/compare-precision/qwen-3-5-b300-fp4-vs-nothing",
    "/compare-precision",
    "/compare",
    "/",
    "/rank",
    "/rank/qwen-3-8b",
    "/nothing",
)
BUSY = (
    "/compare-precision/deepseek-r1-b200-fp4-vs-fp8",
    "/compare-engine/deepseek-r1-b200-fp8-sglang-vs-trt",
    "/rank/deepseek-r1",
)
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")


def pages() -> tuple[str, ...]:
    return (*PAGES, *(BUSY if SHARED.exists() else ()))


def opened(browser: Browser, address: str, **options: object) -> Page:
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    page.goto(address)
    if page.locator("#chart").count():
        page.wait_for_selector("#live svg")
    return page


@pytest.mark.skipif(not AXE.exists(), reason=f"no axe-core at {AXE}; `make test` fetches it with npm")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", pages())
def test_axe_finds_nothing_serious(served: str, browser: Browser, path: str, scheme: str) -> None:
    page = opened(browser, served + path, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (one["id"], node["html"][:160], node["failureSummary"])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical", "moderate")
        for node in one["nodes"][:3]
    ]
    page.context.close()
    assert serious == []


@pytest.mark.parametrize("path", pages())
def test_nothing_sticks_out_on_a_phone(served: str, browser: Browser, path: str) -> None:
    page = opened(browser, served + path, viewport={"width": 390, "height": 844}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.context.close()


def test_print_shows_the_readings_and_no_controls(served: str, browser: Browser) -> None:
    page = opened(browser, served + SEED, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for selector in ("#controls", ".top nav", ".take", "#handles"):
        assert not page.locator(selector).first.is_visible(), selector
    for selector in ("h1", ".readings td", "#narrative p", "#chart svg, #chart img", ".command"):
        assert page.locator(selector).first.is_visible(), selector
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    page.context.close()


def test_nothing_moves_for_readers_who_asked_for_that(served: str, browser: Browser) -> None:
    page = opened(browser, served + SEED, reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
        "return s.scrollBehavior === 'smooth' || parseFloat(s.transitionDuration) || "
        "s.animationName !== 'none'; }).length"
    )
    assert moving == 0
    page.context.close()


def test_the_link_button_copies_the_address(served: str, browser: Browser) -> None:
    page = opened(browser, f"{served}{SEED}?at=120", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("() => document.getElementById('copied').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == f"{served}{SEED}?at=120"
    page.locator("#more summary").click()
    page.locator("[name='price.b300']").fill("3.1")
    page.wait_for_function("() => location.search.includes('price')")
    assert page.get_by_role("button", name="Copy link").is_visible()
    page.context.close()
