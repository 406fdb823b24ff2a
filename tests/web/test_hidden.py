"""What the legend hides is part of addresses, pictures and saved files, and is read all the same."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from isoline.ask.answer import ready
from isoline.ask.asked import Asked, question
from isoline.cli.main import main
from isoline.domain.catalog import load_catalog
from isoline.domain.slugs import parse_slug
from isoline.present.palette import THEMES
from isoline.present.web.query import Query
from isoline.present.web.saved import saved
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.shared import SHARED
from tests.web.conftest import CHROMIUM, settled

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from starlette.testclient import TestClient

in_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
SLUG = "qwen-3-8b-h100-fp4-vs-bf16"
PATH = f"/compare-precision/{SLUG}"
MANY = "/compare-precision/deepseek-r1-b200-fp4-vs-fp8"


def drawn(page: Page, of: str = "p.side") -> Any:
    """Sides (or else) of the points in the chart."""
    points = f"c.view().data('points').map(p => {of})"
    return page.evaluate(f"Promise.resolve(modules['chart.js']).then(c => [...new Set({points})].sort())")


def pressed(page: Page) -> dict[str, str]:
    keys = page.locator("#keys [data-name] > button:not(.only)").all()
    return {key.inner_text(): key.get_attribute("aria-pressed") or "" for key in keys}


@in_browser
def test_what_is_hidden_is_in_the_address(base: str, page: Page) -> None:
    page.goto(base + PATH)
    settled(page, "")
    read = page.locator(".readings").inner_text(), page.locator("h1").inner_text()
    axes = page.locator("#live .role-axis-label").all_inner_texts()
    page.get_by_role("button", name="BF16", exact=True).focus()
    page.keyboard.press("Enter")
    settled(page, "?hide=bf16")
    assert drawn(page) == ["FP4"]
    assert page.locator("#hidden").inner_text().startswith("Not drawn: BF16.")
    assert (page.locator(".readings").inner_text(), page.locator("h1").inner_text()) == read
    assert page.locator("#live .role-axis-label").all_inner_texts() == axes
    page.reload()
    settled(page, "?hide=bf16")
    assert drawn(page) == ["FP4"]
    assert pressed(page) == {"FP4": "true", "BF16": "false"}
    assert "hide=bf16" in (page.locator(".take a").first.get_attribute("href") or "")
    page.locator("thead input").first.fill("90")
    settled(page, "?at=90,111,128&hide=bf16")
    page.get_by_role("button", name="BF16", exact=True).focus()
    page.keyboard.press("Enter")
    settled(page, "?at=90,111,128")
    assert drawn(page) == ["BF16", "FP4"]
    assert page.locator("#hidden").is_hidden()
    assert page.evaluate("document.activeElement.textContent.trim()") == "BF16"  # ready for the next press
    page.get_by_role("button", name="Show only BF16").focus()
    page.keyboard.press("Enter")
    settled(page, "?at=90,111,128&hide=fp4")
    assert drawn(page) == ["BF16"]
    page.keyboard.press("Enter")
    settled(page, "?at=90,111,128")


@in_browser
@pytest.mark.skipif(not SHARED.exists(), reason=f"no shared data at {SHARED}")
def test_what_is_gone_with_another_choice_is_hidden_no_longer(served: str, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served}{MANY}?hide=fp4:dynamo-sglang-disaggregated")
    settled(page, "?hide=fp4:dynamo-sglang-disaggregated")
    series = drawn(page, "`${p.side} ${p.series}`")
    assert "FP8 Dynamo SGLang, disaggregated" in series
    assert "FP4 Dynamo SGLang, disaggregated" not in series
    page.locator("#more summary").click()
    page.select_option("[name=aggregation]", "aggregated")
    settled(page, "?aggregation=aggregated")
    page.locator("#series summary").click()
    alone = page.locator("[data-name='fp4:sglang-mtp'] > .only")
    alone.focus()
    page.keyboard.press("Enter")
    settled(page, "?aggregation=aggregated&hide=fp8,fp4:sglang,fp4:trtllm,fp4:trtllm-mtp")
    assert drawn(page, "`${p.side} ${p.series}`") == ["FP4 SGLang, MTP"]
    page.keyboard.press("Enter")
    settled(page, "?aggregation=aggregated")
    context.close()


@in_browser
def test_a_saved_file_starts_with_what_was_hidden_and_keeps_what_is(tmp_path: Path, page: Page) -> None:
    catalog, asked = load_catalog(()), Asked(hide=("bf16",))
    slug, sources = parse_slug(SLUG, catalog), Sources(lambda: Store(tmp_path / "none"))
    held = ready(asking := question(slug, asked, catalog), sources, catalog)
    text = saved(
        *(held.to(asking, draw=True), held.prepared.built, slug, Query.of_asked(asked), sources),
        cache=tmp_path.parent / "library",
        today=date(2026, 11, 24),
    )
    file = tmp_path / "page.html"
    file.write_text(text)
    page.goto(file.as_uri())
    page.wait_for_selector("#chart[data-drawn]")
    assert (drawn(page), page.locator("#hidden span").inner_text()) == (["FP4"], "BF16")
    page.get_by_role("button", name="BF16", exact=True).click()
    page.wait_for_function("location.hash.endsWith('&hide=')")
    page.reload()
    page.wait_for_selector("#chart[data-drawn]")
    assert drawn(page) == ["BF16", "FP4"]
    assert page.locator("#hidden").is_hidden()
    page.get_by_role("button", name="FP4", exact=True).click()
    page.wait_for_function("location.hash.endsWith('&hide=fp4')")
    assert (drawn(page), page.locator("#hidden span").inner_text()) == (["BF16"], "FP4")


def marks(svg: str, colour: str) -> int:
    return len(re.findall(rf'<path[^>]*(?:fill|stroke)="{colour}"', svg))


def test_pictures_leave_out_and_say_so(packaged: TestClient) -> None:
    whole, less = (packaged.get(f"{PATH}.svg{query}").text for query in ("", "?hide=bf16"))
    fp4, bf16 = THEMES["light"].sides
    assert marks(whole, bf16) > 10
    assert marks(less, bf16) == 1  # its key in the legend
    assert marks(less, fp4) == marks(whole, fp4) > 10
    assert "not drawn: BF16" in less
    assert "not drawn" not in whole


def test_the_command_line_hides_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chart = tmp_path / "chart.svg"
    asked = ["compare", SLUG, "--format", "json", "--svg", str(chart)]
    store = tmp_path / "store"
    store.mkdir()
    assert main([*asked, "--hide", "bf16", "--store", str(store)]) == 0
    assert '"bf16"' in capsys.readouterr().out.partition('"hide"')[2].partition("]")[0]
    assert "not drawn: BF16" in chart.read_text()
    assert main([*asked, "--hide", "bf17", "--store", str(store)]) == 2
    assert "bf16" in capsys.readouterr().err


def test_documents_read_what_is_hidden(packaged: TestClient) -> None:
    document, whole = (packaged.get(f"{PATH}.json{query}").json() for query in ("?hide=BF16", ""))
    assert document.pop("view")["hide"] == ["bf16"]
    assert whole.pop("view")["hide"] == []
    assert document == whole
    assert packaged.get(f"{PATH}.csv?hide=bf16").text == packaged.get(f"{PATH}.csv").text


def test_without_javascript_the_page_hides_as_well(packaged: TestClient) -> None:
    page = html.unescape(packaged.get(f"{PATH}?tier=rental&hide=bf16").text)
    assert f'href="{PATH}?tier=rental">Draw all</a>' in page
    assert re.search(rf'<img src="{re.escape(PATH)}\.svg\?tier=rental&hide=bf16&', page)
    assert '<input type="hidden" name="hide" value="bf16">' in page  # what the form sends again


def test_an_unknown_name_is_refused_and_the_rest_kept(packaged: TestClient) -> None:
    answer = packaged.get(f"{PATH}?tier=rental&hide=fp8")
    assert answer.status_code == 400
    text = html.unescape(answer.text)
    assert f'href="{PATH}?tier=rental"' in text
    assert "fp4" in text
    moved = packaged.get(f"{PATH}?tier=rental&hide=bf16&to.b=fp8")
    assert moved.headers["location"] == "/compare-precision/qwen-3-8b-h100-fp4-vs-fp8?tier=rental"
