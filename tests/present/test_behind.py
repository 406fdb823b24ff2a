"""The recipes beside the target that the verdict is read at."""

from __future__ import annotations

from isoline.domain.point import PUBLISHED, Point
from isoline.present.behind import behind
from tests.analyse.test_compare import SLUG, compared
from tests.points import point

FAST = {"precision": "bf16", "engine": "vllm", "engine_version": "0.22.1", "spec_method": "mtp"}
SPLIT = {"disaggregated": True, "decode_dp_attention": True, "decode_ep": 8, "decode_gpus": 8}
FP4 = [point(100, 4000, 64, engine_version="0.5.9"), point(140, 1500, 16, engine_version="0.5.8")]
BF16 = [point(x, y, load, **FAST, **SPLIT) for x, y, load in ((110, 2000, 1024), (150, 500, None))]


def rows(points: list[Point], targets: tuple[float, ...]) -> dict[str, tuple[tuple[str, str], bool]]:
    found = behind(compared(SLUG, points, targets=targets)).rows
    return {row.name: (row.sides, row.strong) for row in found}


def test_fields_of_both_sides_stand_beside_each_other_slower_speed_first() -> None:
    found = behind(compared(SLUG, [*FP4, *BF16], targets=(90.0, 120.0, 200.0)))
    assert found.title == "Recipes beside 120 tok/s/user"
    assert rows([*FP4, *BF16], (120.0,)) == {
        "Points beside": (("100 · 140", "110 · 150"), False),
        "Concurrency": (("64 · 16", "1,024 · —"), False),
        "Engine": (("sglang 0.5.9 · sglang 0.5.8", "vllm 0.22.1"), True),
        "Spec decoding": (("without", "MTP"), True),
        "Serving": (("aggregated", "disaggregated"), True),
        "GPUs": (("4", "12"), True),
        "Parallelism": (("TP4", "—"), False),  # what the other side has no word for is no difference
        "Prefill": (("—", "TP4"), False),
        "Decode": (("—", "TP4 EP8 DP attention"), False),
        "Date": (("2026-11-01", "2026-11-01"), False),
    }


def test_what_is_compared_is_no_other_difference() -> None:
    engines = [*FP4, *(point(x, y, engine="vllm", engine_version="1") for x, y in ((110, 900), (150, 500)))]
    found = behind(compared("qwen-3-5-b300-fp4-sglang-vs-vllm", engines, targets=(120.0,)))
    assert [row.strong for row in found.rows if row.name == "Engine"] == [False]


def test_a_side_that_is_not_known_there_says_so() -> None:
    found = rows([*FP4, *BF16], (150.0,))
    assert found["Points beside"] == (("not measured here", "150"), False)
    assert found["Engine"] == (("not measured here", "vllm 0.22.1"), False)
    assert rows([*FP4, *BF16], (300.0,)) == {}


def test_a_printed_reading_says_that_its_recipe_is_not_known() -> None:
    printed = [point(x, y, 8, precision="bf16", status=PUBLISHED) for x, y in ((100, 900), (140, 500))]
    found = behind(compared(SLUG, [*FP4, *printed], targets=(120.0,)))
    assert found.note == "BF16: published readings do not say which recipe gave them."
    assert rows([*FP4, *printed], (120.0,))["Engine"] == (("sglang 0.5.9 · sglang 0.5.8", "—"), False)
