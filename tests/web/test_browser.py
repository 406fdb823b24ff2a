"""The page in a real browser: nothing our policy forbids, nothing sticks out, all parts agree."""

from __future__ import annotations

import itertools
import json
import re
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from isoline.present.palette import THEMES
from tests.web.conftest import ARGUMENTS, CHROMIUM, PATIENCE, settled

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
PATH = "/compare-precision/qwen-3-5-b300-fp4-vs-bf16"
DRAWN = "#live svg"


def twin(address: str) -> dict[str, Any]:
    path, _, query = address.partition("?")
    with urllib.request.urlopen(f"{path}.json?{query}") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def throughputs(page: Page) -> list[str]:
    rows = page.locator(".readings tbody").first.locator("tr.value")
    return [text.strip() for text in rows.locator("td:not(.add)").all_inner_texts()]


def expected(found: dict[str, Any]) -> list[str]:
    """All digits of printed readings, three of those between them."""
    return [written(t["readings"][i]) for i in (0, 1) for t in found["targets"]]


def written(reading: dict[str, Any]) -> str:
    value = reading["throughput_per_gpu"]
    if value is None:
        return "—"
    return f"{value:,.10g}" if reading["status"] == "published" else f"{float(f'{value:.3g}'):,.10g}"


def at_rest(page: Page, but_not: str) -> str:
    """The address, once it, the chart and the sliders say the same, stay so, and no longer hold `but_not`."""
    page.wait_for_function(
        """but => {
          const { drawn, following } = document.getElementById('chart').dataset;
          const sliders = [...document.querySelectorAll('[role=slider]')];
          const values = sliders.map(slider => slider.getAttribute('aria-valuenow'));
          const asked = new URLSearchParams(location.search).get('at');
          const agree = following === undefined && drawn === location.search && asked === values.join(',')
            && !location.search.includes(but);
          window.restFor = agree && window.restOf === location.search ? (window.restFor ?? 0) + 1 : 0;
          window.restOf = location.search;
          return window.restFor > 4; // polled once a frame
        }""",
        arg=but_not,
    )
    return page.url


def agree(page: Page) -> None:
    """Table, verdict and address say what the JSON twin says."""
    found = twin(page.url)
    assert throughputs(page) == expected(found)
    assert page.locator("h1").inner_text() == found["narrative"][0]


def test_an_edited_target_changes_table_verdict_chart_and_address_together(base: str, page: Page) -> None:
    page.goto(base + PATH)
    settled(page, "")
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
    settled(page, "")
    page.locator("#more summary").click()
    page.locator("[name='price.b300']").fill("3.1")
    settled(page, "?price=b300=3.1")
    assert "B300 $3.10/GPU-hour (your price)" in page.locator("#verdict").inner_text()
    page.select_option("[name=method]", "pooled")
    settled(page, "?method=pooled&price=b300=3.1")
    assert page.locator("[name=vendor]").is_disabled()
    assert "all are NVIDIA" in page.locator("#more").inner_text()
    assert "published readings do not say" in page.locator("#more").inner_text()
    page.locator("#reset").click()
    settled(page, "")
    assert "as published" in page.locator("#verdict").inner_text()


def test_a_decimal_comma_is_no_other_target(base: str, page: Page) -> None:
    page.goto(base + PATH)
    settled(page, "")
    page.locator("thead input").nth(1).fill("118,5")
    settled(page, "?at=102,118.5,218")
    assert throughputs(page) == expected(twin(page.url))
    assert page.locator("thead input").nth(1).input_value() == "118,5"  # under the cursor as typed
    page.keyboard.press("Tab")
    assert page.locator("thead input").nth(1).input_value() == "118.5"
    page.locator("thead input").nth(2).fill("1,250")  # as pages write thousands
    settled(page, "?at=102,118.5,1250")
    page.locator("thead input").nth(2).fill("218")
    page.locator("#more summary").click()
    page.locator("[name='price.b300']").fill("3,1")
    settled(page, "?at=102,118.5,218&price=b300=3.1")
    assert "B300 $3.10/GPU-hour (your price)" in page.locator("#verdict").inner_text()
    budgets = page.locator("[name=within]:not([type=hidden])")
    budgets.first.fill("0,9")
    settled(page, "?at=102,118.5,218&within=0.9&price=b300=3.1")
    assert budgets.first.evaluate("field => field === document.activeElement && field.value") == "0,9"
    budgets.nth(1).fill("1,250")
    settled(page, "?at=102,118.5,218&within=0.9,1250&price=b300=3.1")
    assert [line.split(" per ")[0] for line in page.locator(".within b").all_inner_texts()] == [
        "Within $0.9",
        "Within $1250",
    ]
    budgets.first.fill("")
    page.keyboard.press("Tab")
    settled(page, "?at=102,118.5,218&within=1250&price=b300=3.1")
    assert [field.input_value() for field in budgets.all()] == ["1250", ""]


def test_a_wrong_target_is_said_and_the_others_are_read(base: str, page: Page) -> None:
    page.goto(base + PATH)
    settled(page, "")
    before = throughputs(page)
    fields = page.locator("thead input")
    fields.first.fill("abc")
    page.wait_for_selector("#problem:not([hidden])")
    assert throughputs(page) == ["", *before[1:3], "", *before[4:]]  # no cell under a head of another speed
    fields.nth(2).fill("140")
    settled(page, "?at=102,160,140")
    read = expected(twin(page.url))
    assert throughputs(page) == ["", *read[1:3], "", *read[4:]]
    assert fields.first.input_value() == "abc"
    for said in (
        page.locator("#problem"),
        page.locator(f"#{fields.first.get_attribute('aria-describedby')}"),
    ):
        assert "“abc” is not a number" in said.inner_text()
    assert page.locator("[aria-invalid=true]").count() == 1
    fields.first.fill("110")
    settled(page, "?at=110,160,140")
    assert throughputs(page) == expected(twin(page.url))
    assert page.locator("[aria-invalid], .wrong, #problem:not([hidden])").count() == 0


def test_an_emptied_target_leaves_the_others_their_columns(base: str, page: Page) -> None:
    page.goto(base + PATH)
    settled(page, "")
    page.locator("thead input").first.fill("")
    page.keyboard.press("Tab")  # the next one is held, its text selected, while the answer comes
    settled(page, "?at=160,218")
    assert [field.input_value() for field in page.locator("thead input").all()] == ["160", "218", ""]
    assert throughputs(page) == expected(twin(page.url))
    assert page.evaluate("document.activeElement.value") == "160"
    page.keyboard.type("150")
    settled(page, "?at=150,218")


@pytest.mark.parametrize("cached", [False, True])
def test_back_from_another_comparison_shows_this_one(base: str, browser: Browser, cached: bool) -> None:
    """Whether the browser kept the page as it was left or loads it anew and fills its fields in."""
    dropped = ["--disable-back-forward-cache"] if cached else []
    own = browser.browser_type.launch(
        executable_path=str(CHROMIUM), args=ARGUMENTS, ignore_default_args=dropped
    )
    page = own.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(base + PATH)
    settled(page, "")
    page.evaluate("window.addEventListener('pageshow', ({ persisted }) => { window.kept = persisted; })")
    page.select_option("[name='to.b']", "fp8")
    page.wait_for_url("**/qwen-3-5-b300-fp4-vs-fp8")
    page.wait_for_load_state()
    page.evaluate("setTimeout(() => history.back())")  # `go_back` waits for a load, which a kept page has not
    page.wait_for_url(base + PATH, wait_until="commit")
    page.wait_for_function("document.readyState === 'complete'")
    assert page.evaluate("window.kept ?? false") == cached
    assert page.input_value("[name='to.b']") == "bf16"
    assert "FP4 vs BF16" in page.locator(".subject").inner_text()
    own.close()


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
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(base + PATH)
    assert throughputs(page) == expected(twin(base + PATH))
    assert page.locator("#still img").is_visible()
    assert page.locator("#keys").inner_text().split() == ["FP4", "BF16", "between", "published"]
    assert page.locator("#keys button:enabled").count() == 0
    page.locator("thead input").nth(0).fill("110")
    page.get_by_role("button", name="Apply").click()
    assert page.url == f"{base}{PATH}?at=110,160,218"
    assert throughputs(page) == expected(twin(page.url))
    context.close()


SHIFTS = """new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.moved = (window.moved ?? 0) + entry.value;
}).observe({type: 'layout-shift', buffered: true});"""


def places(svg: str) -> list[str]:
    """Where marks are, from the corner of the plot that they share."""
    return sorted(re.findall(r'<path[^>]* transform="(translate\([^"]+\))"', svg))


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_chart_takes_the_place_of_the_same_picture(
    base: str, page: Page, width: int, height: int
) -> None:
    page.add_init_script(SHIFTS)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(base + PATH)
    settled(page, "")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    (picture,) = (name for name in loaded if ".svg?" in name)
    with urllib.request.urlopen(picture) as answer:
        still = answer.read().decode()
    live = page.locator(DRAWN).evaluate("svg => svg.outerHTML")
    assert len(places(still)) == 6
    assert places(still) == places(live)
    corner = r'<g fill="none"[^>]* transform="(translate\([^"]+\))"'
    assert re.search(corner, still)[1] == re.search(corner, live)[1]  # type: ignore[index]
    assert page.evaluate("window.moved") is None


def test_target_lines_move_by_mouse_and_keys(base: str, page: Page) -> None:
    page.goto(base + PATH)
    settled(page, "")
    handle = page.get_by_role("slider").nth(1)
    handle.focus()
    assert handle.get_attribute("aria-valuetext") == "160 tok/s per user"
    page.keyboard.press("ArrowLeft")
    settled(page, "?at=102,159,218")
    assert handle.get_attribute("aria-valuetext") == "159 tok/s per user"
    page.keyboard.press("Shift+ArrowRight")
    settled(page, "?at=102,169,218")
    agree(page)
    page.keyboard.press("End")
    settled(page, "?at=102,218,218")
    page.keyboard.press("Home")
    settled(page, "?at=102,102,218")  # both sides are published from 102 to 218
    page.locator("thead input").nth(1).fill("169")
    settled(page, "?at=102,169,218")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"]  # the grip is at the upper end
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=6)
    page.mouse.move(x - 120, y, steps=6)
    page.mouse.up()
    where = at_rest(page, but_not="169")
    assert int(where.rpartition("=")[2].split(",")[1]) < 160
    agree(page)


CHART = "Promise.resolve(modules['chart.js'])"


def domains(page: Page) -> Any:
    return page.evaluate(f"{CHART}.then(c => [c.view().signal('x_domain'), c.view().signal('y_domain')])")


def test_zoom_pan_and_reset(base: str, page: Page) -> None:
    page.goto(base + PATH)
    settled(page, "")
    whole = domains(page)
    page.locator("#live").focus()
    page.keyboard.press("+")
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("document.querySelector('#live').classList.contains('zoomed')")
    near = domains(page)
    assert near[0][1] - near[0][0] < (whole[0][1] - whole[0][0]) / 2
    box = page.locator("#live").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 400, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=4)
    page.mouse.up()
    page.wait_for_function(f"x => {CHART}.then(c => c.view().signal('x_domain')[0] > x)", arg=near[0][0])
    page.get_by_role("button", name="Reset zoom").click()
    page.wait_for_function("!document.querySelector('#live').classList.contains('zoomed')")
    assert domains(page) == whole


def printed(page: Page, address: str) -> None:
    """On paper as wide as A4 without its margins, from a browser that is dark."""
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    page.wait_for_selector(DRAWN)
    page.set_viewport_size({"width": 760, "height": 900})
    page.emulate_media(media="print", color_scheme="dark")


def test_a_dark_chart_is_printed_in_the_light_colours(base: str, page: Page) -> None:
    printed(page, base + PATH)
    paints = page.eval_on_selector_all(
        "#live svg, #live svg *",
        """all => all.map(one => getComputedStyle(one))
          .flatMap(({ fill, stroke, backgroundColor }) => [fill, stroke, backgroundColor])""",
    )
    dark, light = (
        {"rgb({}, {}, {})".format(*bytes.fromhex(colour[1:])) for colour in (*theme.sides, theme.background)}
        for theme in (THEMES["dark"], THEMES["light"])
    )
    assert not dark & set(paints)
    assert light <= set(paints)
    svg = page.locator(DRAWN).bounding_box()
    assert svg is not None
    assert svg["x"] + svg["width"] <= 740


@pytest.mark.parametrize("count", [3, 8, 13, 25])
def test_all_targets_are_on_paper(base: str, page: Page, count: int) -> None:
    speeds = ",".join(str(76 + 2.5 * i) for i in range(count))
    printed(page, f"{base}/compare-precision/qwen-3-8b-h100-fp4-vs-bf16?at={speeds}")
    cells = page.locator(".readings :is(thead th:not(.add) input, tbody td:not(.add))")
    found: list[list[float]] = cells.evaluate_all(
        "all => all.map(c => [c.getBoundingClientRect().right, c.scrollWidth - c.clientWidth])"
    )
    assert len(found) % count == 0
    assert len(found) > 10 * count
    assert max(right for right, _ in found) <= 740
    assert max(over for _, over in found) <= 0


def test_a_filter_that_matches_nothing_says_so(base: str, page: Page) -> None:
    page.goto(f"{base}/compare-precision?q=none+such")
    rows, words = page.locator(".pairs tbody tr:visible"), page.locator("#none")
    assert words.inner_text() == "No comparison matches “none such”."
    assert (rows.count(), page.locator(".pairs").is_visible()) == (0, False)
    page.locator("#find input").fill("h100")  # which the address has left out
    assert all("H100" in text for text in rows.all_inner_texts())
    assert rows.count() == int(page.locator("#shown").inner_text()) > 0
    assert not words.is_visible()
    page.locator("#find input").fill("h100 zz")
    assert words.inner_text() == "No comparison matches “h100 zz”."
    assert rows.count() == 0


def test_many_targets_have_the_width_and_no_label_covers_another(base: str, page: Page) -> None:
    speeds = ",".join(str(x) for x in range(80, 140, 4))
    page.goto(f"{base}/compare-precision/qwen-3-8b-h100-fp4-vs-bf16?at={speeds}")
    settled(page, f"?at={speeds}")
    width = page.locator("#readings").bounding_box()
    assert width is not None
    assert width["width"] > 1000
    assert page.evaluate("document.documentElement.scrollWidth") == 1440
    rows = page.evaluate(f"{CHART}.then(c => c.view().data('readings').map(row => row.text))")
    assert len(rows) == 30
    assert 0 < sum(not text for text in rows) < 30
    boxes = page.eval_on_selector_all(
        "#live .mark-text text",
        """all => all.filter(t => /^[\\d,]+$/.test(t.textContent) && t.getAttribute('font-weight') === '700')
          .map(t => t.getBoundingClientRect()).map(b => [b.left, b.top + 2, b.right, b.bottom - 2])""",
    )
    texts = {tuple(box) for box in boxes}  # each is drawn twice, over its halo
    overlaps = [
        (a, b) for a, b in itertools.combinations(sorted(texts), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]  # fmt: skip
    assert texts
    assert overlaps == []


def test_a_point_says_what_it_is(base: str, page: Page) -> None:
    page.goto(base + PATH)
    settled(page, "")
    page.locator("#live").focus()
    page.keyboard.press("ArrowRight")
    tip = page.locator("#tip")
    assert "4,219.8" in tip.inner_text()
    page.keyboard.press("Enter")
    assert str(page.evaluate("document.activeElement.href")).endswith(PATH)
    page.keyboard.press("Escape")
    assert tip.is_hidden()


def test_a_repeated_point_tells_its_runs_and_its_interval(base: str, page: Page) -> None:
    page.goto(f"{base}/compare-precision/qwen-3-8b-h100-fp4-vs-bf16")
    settled(page, "")
    page.locator("#live").focus()
    page.keyboard.press("ArrowRight")
    said = page.eval_on_selector_all(
        "#tip dt", "all => all.map(dt => [dt.textContent, dt.nextSibling.textContent])"
    )
    told = dict(said)
    assert told["Runs"] == "2 runs"
    assert told["Stands"] == "on the line"
    value = float(told["total tok/s/GPU"].replace(",", ""))
    low, high = (float(text.replace(",", "")) for text in told["95 % interval"].split("–"))
    assert low < value < high


def test_metric_and_scale_change_everything_at_once(base: str, page: Page) -> None:
    page.goto(base + PATH)
    settled(page, "")
    page.select_option("[name=metric]", "cost_per_mtok")
    settled(page, "?metric=cost_per_mtok")
    found = twin(page.url)
    assert page.locator("h1").inner_text() == found["narrative"][0]
    assert "FP4 costs 65 % less per token" in found["narrative"][0]
    assert page.locator(".readings .metric").first.inner_text().startswith("Cost")
    assert "Cost ($ per M tokens)" in (page.locator(DRAWN).text_content() or "")
    page.select_option("[name=log]", "1")
    settled(page, "?metric=cost_per_mtok&log=1")
    assert "isoline compare qwen-3-5-b300-fp4-vs-bf16 --metric cost_per_mtok --log" in page.inner_text(
        "#sources"
    )
    page.select_option("[name=log]", "0")
    settled(page, "?metric=cost_per_mtok&log=0")
    assert page.inner_text(".command").endswith(" --no-log")
    page.select_option("[name='to.b']", "fp8")
    page.wait_for_url("**/qwen-3-5-b300-fp4-vs-fp8?metric=cost_per_mtok&log=0")
