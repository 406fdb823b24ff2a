"""Labels of charts in a real browser: none covers anything, and each target has its number."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from tests.shared import SHARED
from tests.web.conftest import CHROMIUM, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
OWN = "/compare-precision/qwen-3-8b-h100-fp4-vs-bf16"
SHOWN = (
    f"{OWN}?at=98,100,102",
    f"{OWN}?metric=cost_per_mtok",
    "/compare-precision/qwen-3-8b-h200-fp4-vs-fp8?metric=cost_per_mtok",
    "/compare-precision/qwen-3-8b-b300-fp4-vs-fp8?metric=cost_per_mtok",
    f"{OWN}?metric=tokens_per_s_per_mw&at=75,140,239",
)
CROWDED = (
    "/compare/deepseek-r1-b300-vs-gb200",
    "/compare-gpu-precision/deepseek-r1-gb200-fp4-vs-gb300-fp8",
    "/compare/deepseek-r1-h100-vs-mi355x",
    "/compare-precision/deepseek-r1-gb200-fp4-vs-fp8",
    "/compare/deepseek-r1-b300-vs-h100?metric=cost_per_mtok",
    "/compare-spec-decode/deepseek-r1-h100-fp8-mtp-vs-none",
)
TEXTS = """root => {
  const frame = root.getBoundingClientRect();
  return [...root.querySelectorAll('.mark-text text')]
    .filter(t => t.textContent.trim() && t.getAttribute('opacity') !== '0' && t.getBoundingClientRect().width)
    .map(t => [t, t.getBoundingClientRect()])
    .map(([t, b]) => [
      t.textContent, Boolean(t.closest('.role-axis')), t.getAttribute('font-weight') === '700',
      b.left - frame.left, b.top - frame.top, b.right - frame.left, b.bottom - frame.top]);
}"""
POINTS = """root => {
  const frame = root.getBoundingClientRect();
  return [...root.querySelectorAll('.mark-symbol.role-mark path')].map(p => p.getBoundingClientRect())
    .map(b => [(b.left + b.right) / 2 - frame.left, (b.top + b.bottom) / 2 - frame.top]);
}"""


def texts(page: Page, root: str) -> list[tuple[Any, ...]]:
    """Text, whether it belongs to an axis, whether bold, box without the room above and below letters."""
    rows = {tuple(row) for row in page.locator(root).evaluate(TEXTS)}  # those in a halo are drawn twice
    return sorted((*row[:4], row[4] + 2, row[5], row[6] - 2) for row in rows)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
@pytest.mark.parametrize("path", [*SHOWN, *(CROWDED if SHARED.exists() else ())])
def test_no_label_covers_anything(served: str, browser: Browser, path: str, width: int, height: int) -> None:
    """Of the live chart and of the picture that stands there without JavaScript."""
    with opened(browser, width, height) as page:
        page.goto(served + path)
        page.wait_for_selector("#live svg")
        targets = page.locator(".readings thead th:not(.add) input").evaluate_all(
            "all => all.map(one => one.value)"
        )
        live = check(page, "#live svg", targets)
        kind = "narrow" if width < 640 else "wide"
        address, _, query = path.partition("?")
        picture = page.request.get(f"{served}{address}.svg?{query}&size={kind}&legend=0").text()
        page.goto("about:blank")
        page.set_content(picture)
        assert check(page, "body > svg", targets) == live


def check(page: Page, root: str, targets: list[str]) -> list[str]:
    """The labels, once it is sure that none covers another, a point or the frame."""
    found = texts(page, root)
    frame = page.locator(root).bounding_box()
    assert frame is not None
    for text, _, _, left, top, right, bottom in found:
        assert 0 <= left <= right <= frame["width"], text
        assert -2 <= top <= bottom <= frame["height"] + 2, text
    labels = [row for row in found if not row[1]]
    for a, b in itertools.combinations(found, 2):
        apart = a[5] <= b[3] or b[5] <= a[3] or a[6] <= b[4] or b[6] <= a[4]
        assert apart or (a[1] and b[1]), (a, b)
    names = [row for row in labels if row[0] != row[0].lower()]
    for x, y in page.locator(root).evaluate(POINTS):
        for text, _, _, left, top, right, bottom in names:
            assert not (left <= x <= right and top <= y <= bottom), (text, x, y)
    assert sorted(row[0] for row in labels if row[0] in targets and not row[2]) == sorted(targets)
    return [row[0] for row in labels]
