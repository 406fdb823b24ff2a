"""Slugs against the reference's parser, and our own kind, errors and suggestions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from isoline.analyse.dimensions import side_label
from isoline.domain.catalog import Catalog, load_catalog
from isoline.domain.slugs import MAX_LENGTH, build_slug, parse_slug
from isoline.errors import UsageError
from tests.shared import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

ORACLE_KINDS = {"precision": "precision", "specDecode": "spec-decode", "gpu": "gpu"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(user_dirs=())


def oracle() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SHARED / "oracle" / "slugs.json").read_text())
    return document


@needs_shared
def test_parses_what_the_reference_parses_and_nothing_else(catalog: Catalog) -> None:
    """With the kind given and without it. Sides differ on purpose: ours are in canonical order."""
    for name, kind in ORACLE_KINDS.items():
        for case in oracle()[name]:
            for asked in (kind, None):
                if case["parsed"] is None:
                    with pytest.raises(UsageError) as caught:
                        parse_slug(case["slug"], catalog, asked)
                    assert str(caught.value)
                    for suggestion in caught.value.suggestions:
                        assert not parse_slug(suggestion, catalog, asked).redirect
                    continue
                slug = parse_slug(case["slug"], catalog, asked)
                parsed = case["parsed"]
                assert (slug.kind, slug.canonical, slug.redirect) == (
                    kind,
                    case["canonical"],
                    case["redirect"],
                )
                assert slug.model == parsed["model"]
                if kind == "gpu":
                    assert slug.hardware == slug.sides == tuple(sorted((parsed["a"], parsed["b"])))
                    continue
                assert slug.hardware == (parsed["gpu"],)
                assert slug.precision == parsed.get("precision")
                names = (
                    {parsed["precA"], parsed["precB"]} if kind == "precision" else {parsed["method"], "none"}
                )
                assert set(slug.sides) == names


@needs_shared
def test_orders_precisions_as_the_reference_does(catalog: Catalog) -> None:
    for case in oracle()["orderPrecisionPair"]:
        assert sorted((case["a"], case["b"]), key=catalog.precision_rank) == case["out"]


@needs_shared
def test_every_available_comparison_has_a_slug_that_comes_back(catalog: Catalog) -> None:
    available = json.loads((SHARED / "oracle" / "availability.json").read_text())
    built = []
    for model, rows in available["precision"].items():
        for row in rows:
            slug = build_slug("precision", model, row["gpu"], None, (row["precB"], row["precA"]), catalog)
            built.append(slug.canonical)
            assert parse_slug(slug.canonical, catalog).redirect is False
    assert built == available["precisionSlugs"]
    for model, rows in available["specDecode"].items():
        for row in rows:
            slug = build_slug(
                "spec-decode", model, (row["gpu"],), row["precision"], ("none", row["method"]), catalog
            )
            assert slug.sides == (row["method"], "none")
    for model, rows in available["gpuPairs"].items():
        for row in rows:
            slug = build_slug("gpu", model, None, None, (row["b"], row["a"]), catalog)
            assert slug.sides == slug.hardware == (row["a"], row["b"])


@pytest.mark.parametrize(
    ("text", "canonical", "redirect"),
    [
        (
            "deepseek-r1-b200-fp8-dynamo-sglang-vs-sglang",
            "deepseek-r1-b200-fp8-dynamo-sglang-vs-sglang",
            False,
        ),
        (
            "deepseek-r1-b200-fp8-sglang-vs-dynamo-sglang",
            "deepseek-r1-b200-fp8-dynamo-sglang-vs-sglang",
            True,
        ),
        ("DeepSeek-R1-B200-FP8-SGLang-vs-TRT", "deepseek-r1-b200-fp8-sglang-vs-trt", False),
        ("deepseek-b200-fp8-trtllm-vs-vllm", "deepseek-r1-b200-fp8-trt-vs-vllm", True),
        ("glm-5-mi355x-fp8-vllm-vs-sglang", "glm-5-1-mi355x-fp8-sglang-vs-vllm", True),
    ],
)
def test_engine_slugs(catalog: Catalog, text: str, canonical: str, redirect: bool) -> None:
    slug = parse_slug(text, catalog)
    assert (slug.kind, slug.canonical, slug.redirect) == ("engine", canonical, redirect)
    assert parse_slug(canonical, catalog, "engine").sides == slug.sides


@pytest.mark.parametrize(
    ("text", "kind", "canonical", "redirect"),
    [
        ("qwen-3-5-b300-fp4-vs-h200-fp8", "gpu-precision", "qwen-3-5-b300-fp4-vs-h200-fp8", False),
        ("Qwen-h200-FP8-vs-b300-fp4", "gpu-precision", "qwen-3-5-b300-fp4-vs-h200-fp8", True),
        ("qwen-3-5-b300-fp8-vs-h200-fp8", "gpu-precision", "qwen-3-5-b300-fp8-vs-h200-fp8", False),
        # On one GPU it is a comparison of precisions.
        ("qwen-3-5-b300-bf16-vs-b300-fp4", "precision", "qwen-3-5-b300-fp4-vs-bf16", True),
    ],
)
def test_gpus_at_precisions_of_their_own(
    catalog: Catalog, text: str, kind: str, canonical: str, redirect: bool
) -> None:
    slug = parse_slug(text, catalog)
    assert (slug.kind, slug.canonical, slug.redirect) == (kind, canonical, redirect)
    if kind == "gpu-precision":
        assert slug.across
        assert slug.precision is None
        assert slug.precisions is not None
        assert slug.sides == tuple(map("-".join, zip(slug.hardware, slug.precisions, strict=True)))
        assert build_slug(kind, slug.model, None, None, slug.sides[::-1], catalog).canonical == canonical


PLACE = "qwen-3-5-b200-fp8-"


@pytest.mark.parametrize(
    ("text", "canonical", "engine"),
    [
        ("vllm-0.10.0-vs-0.9.2", "vllm-0.9.2-vs-0.10.0", "vllm"),
        ("vllm-0.9.2-vs-vllm-0.10.0", "vllm-0.9.2-vs-0.10.0", "vllm"),
        ("trtllm-1.3.0-vs-1.3.0RC14", "trt-1.3.0rc14-vs-1.3.0", "trt"),
        ("vllm-0.11.1-vs-0.11.1rc2.dev12+g1a2b", "vllm-0.11.1rc2.dev12+g1a2b-vs-0.11.1", "vllm"),
        ("sglang-0.5.9.post1-vs-0.5.9", "sglang-0.5.9-vs-0.5.9.post1", "sglang"),
        ("sglang-0.5.9-vs-0.5.9-dev", "sglang-0.5.9-dev-vs-0.5.9", "sglang"),
        ("dynamo-trt-0.5.1-rc0.pre3-vs-0.8.1", "dynamo-trt-0.5.1-rc0.pre3-vs-0.8.1", "dynamo-trt"),
        ("llama-cpp-b4321-vs-b5000", "llama-cpp-b4321-vs-b5000", "llama-cpp"),
    ],
)
def test_versions_of_an_engine(catalog: Catalog, text: str, canonical: str, engine: str) -> None:
    slug = parse_slug(PLACE + text, catalog)
    assert (slug.kind, slug.engines) == ("version", (engine, engine))
    assert (slug.canonical, slug.redirect) == (PLACE + canonical, text != canonical)
    assert all(side.startswith(f"{engine}-") for side in slug.sides)
    again = build_slug("version", slug.model, slug.hardware, slug.precision, slug.sides[::-1], catalog)
    assert (again.canonical, again.sides) == (slug.canonical, slug.sides)


def test_versions_of_two_engines_name_both(catalog: Catalog) -> None:
    slug = parse_slug("qwen-3-5-b200-fp8-vllm-0.10.0-vs-sglang-0.5.9", catalog)
    assert slug.canonical == "qwen-3-5-b200-fp8-sglang-0.5.9-vs-vllm-0.10.0"
    assert slug.engines == ("sglang", "vllm")


def test_an_engine_is_not_compared_with_itself_under_another_name(catalog: Catalog) -> None:
    with pytest.raises(UsageError, match="two different sides"):
        parse_slug("deepseek-r1-b200-fp8-trt-vs-trtllm", catalog)


@pytest.mark.parametrize(
    ("text", "message", "suggestion"),
    [
        ("qwn-3-5-b300-fp4-vs-bf16", "unknown model 'qwn-3-5'", "qwen-3-5-b300-fp4-vs-bf16"),
        ("deepseek-r9-b200-fp4-vs-fp8", "unknown model 'deepseek-r9'", "deepseek-r1-b200-fp4-vs-fp8"),
        ("qwen-3-5-b30-fp4-vs-bf16", "unknown hardware 'b30'", "qwen-3-5-b300-fp4-vs-bf16"),
        ("qwen-3-5-b300-fp4-vs-bf61", "unknown precision 'bf61'", "qwen-3-5-b300-fp4-vs-bf16"),
        ("qwen-3-5-b200-vs-b3000", "unknown hardware 'b3000'", "qwen-3-5-b200-vs-b300"),
        ("b200-vs-h20", "unknown hardware 'h20'", "deepseek-r1-b200-vs-h200"),
        ("qwen-b200-fp8-vllm-vs-sglnag", "unknown engine 'sglnag'", "qwen-3-5-b200-fp8-sglang-vs-vllm"),
        ("deepseek-r1-b200-mtp-vs-none", "the precision is missing", None),
        ("b200-fp4-vs-fp8", "the model is missing", None),
        ("deepseek-r1-b200-fp8-mtp-vs-mtp", "must compare a method and none", None),
        ("qwen-3-5-h200-fp8-vs-b300-fp9", "unknown precision 'fp9'", "qwen-3-5-b300-fp4-vs-h200-fp8"),
        ("qwen-3-5-h200-fp8-vs-b30-fp4", "unknown hardware 'b30'", "qwen-3-5-b300-fp4-vs-h200-fp8"),
        ("qwen-3-5-h20-fp8-vs-b300-fp4", "unknown hardware 'h20'", "qwen-3-5-b300-fp4-vs-h200-fp8"),
        ("qwen-3-5-h200-fp8-vs-h200-fp8", "must compare two different sides", None),
        ("qwen-3-5-h200-fp8-vlm-0.9-vs-0.10", "unknown engine 'vlm'", "qwen-3-5-h200-fp8-vllm-0.9-vs-0.10"),
        ("qwen-3-5-h200-fp8-vllm-vs-0.10", "the version is missing", None),
        ("qwen-3-5-h200-fp8-vllm-0.9-vs-main", "unknown version 'main'", None),
        ("qwen-3-5-h200-fp8-vllm-0.9-vs-h100", "unknown hardware 'h200-fp8-vllm-0.9'", None),
        ("qwen-3-5-h200-fp8-vllm-0.9-vs-\u0663", "unknown version", None),
        ("qwen-3-5-h200-fp8-vllm-0.9-vs-0.9", "must compare two different sides", None),
        ("qwen-3-5", "has no '-vs-'; write for example qwen-3-5-b300-fp4-vs-bf16", None),
        ("a-" * MAX_LENGTH, "at most 256 characters", None),
    ],
)
def test_an_error_names_the_wrong_part(
    catalog: Catalog, text: str, message: str, suggestion: str | None
) -> None:
    with pytest.raises(UsageError) as caught:
        parse_slug(text, catalog)
    assert message in str(caught.value)
    assert (suggestion in caught.value.suggestions) == (suggestion is not None)


def test_an_unknown_kind_is_refused(catalog: Catalog) -> None:
    with pytest.raises(UsageError, match="'colour'; there is precision, gpu, spec-decode, engine"):
        parse_slug("b200-vs-h200", catalog, "colour")


def test_user_entries_work_in_slugs(tmp_path: Path) -> None:
    """Names with dashes, one the beginning of another, of every kind of word."""
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[models.qwen-3-5-b300]\nlabel = "A trap"\naliases = ["trap"]\n'
        '[hardware.rtx-5090]\nlabel = "Mine"\nvendor = "N"\narchitecture = "B"\n'
        '[hardware.rtx-5090-d]\nlabel = "Mine D"\nvendor = "N"\narchitecture = "B"\n'
        '[precisions.w4a16]\nlabel = "W4A16"\n'
        '[precisions.w4a8]\nlabel = "W4A8"\n'
        '[spec_methods.eagle]\nlabel = "EAGLE"\n'
    )
    catalog = load_catalog([mine], ())
    # A longer name that leaves no sense is given up for a shorter one.
    assert parse_slug("qwen-3-5-b300-fp4-vs-bf16", catalog).model == "qwen-3-5"
    assert parse_slug("qwen-3-5-b300-b300-fp4-vs-bf16", catalog).model == "qwen-3-5-b300"
    slug = parse_slug("trap-rtx-5090-d-w4a8-vs-rtx-5090-w4a16", catalog)
    assert slug.sides == ("rtx-5090-w4a16", "rtx-5090-d-w4a8")
    labels = [side_label(slug.kind, side, slug.model, catalog) for side in slug.sides]
    assert labels == ["Mine W4A16", "Mine D W4A8"]
    slug = parse_slug("trap-rtx-5090-d-vs-rtx-5090", catalog)
    assert slug.canonical == "qwen-3-5-b300-rtx-5090-vs-rtx-5090-d"
    # Precisions of one's own come after the packaged ones, among themselves by name.
    assert parse_slug("qwen-rtx-5090-w4a8-vs-fp8", catalog).sides == ("fp8", "w4a8")
    assert parse_slug("qwen-rtx-5090-w4a8-vs-w4a16", catalog).sides == ("w4a16", "w4a8")
    # The reference refuses methods other than mtp; a catalog that knows one accepts it.
    assert parse_slug("qwen-b300-fp4-none-vs-eagle", catalog).sides == ("eagle", "none")
