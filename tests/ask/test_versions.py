"""Versions of an engine as the sides of a comparison: which runs count, their names, what is listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from isoline.analyse.comparison import Comparison
from isoline.ask.answer import answer
from isoline.ask.asked import Asked, question
from isoline.ask.pairs import comparable_pairs
from isoline.ask.recipe_slugs import slugs_between
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Dataset, Point, Workload
from isoline.domain.slugs import parse_slug
from isoline.present.around import title
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.points import point

CATALOG = load_catalog(())
SLUG = "qwen-3-5-b300-fp8-vllm-0.9.2-vs-0.10.0"


def sweep(scale: float, engine: str, version: str | None, day: str, precision: str = "fp8") -> list[Point]:
    """On one line, so that of its runs the newest counts where versions are not compared."""
    recipe = {"engine": engine, "engine_version": version, "precision": precision, "image": f"{engine}:{day}"}
    return [
        structs.replace(point(x, scale * (400 - x), load, **recipe), key=f"{day}/{load}", date=day)
        for x, load in ((100.0, 64), (140.0, 32), (200.0, 16))
    ]


RUNS = [
    sweep(10, "vllm", "0.9.2", "2026-01-05"),
    sweep(14, "vllm", "0.10.0", "2026-03-05"),
    sweep(20, "sglang", "0.5.9", "2026-03-06"),
    sweep(30, "vllm", None, "2026-02-01"),
    sweep(5, "vllm", "0.10.0", "2026-03-07", "bf16"),
]


@pytest.fixture(params=["run folders", "index"])
def data(tmp_path: Path, request: pytest.FixtureRequest) -> Sources:
    store = Store(tmp_path)
    for points in RUNS:
        store.write_run(Dataset("test", "runs", "latest-run"), "import", points=points)
    if request.param == "index":
        store.reindex()
    return Sources(lambda: store)


def asked(data: Sources, slug: str, **texts: object) -> Comparison:
    return answer(question(parse_slug(slug, CATALOG), Asked(**texts), CATALOG), data, CATALOG)  # type: ignore[arg-type]


def test_each_version_has_its_newest_run(data: Sources) -> None:
    found = asked(data, SLUG, at="150")
    assert [(side.label, len(side.points)) for side in found.sides] == [("v0.9.2", 3), ("v0.10.0", 3)]
    assert found.targets[0].throughput_ratio == pytest.approx(10 / 14)
    assert title(found) == "Qwen 3.5 397B-A17B on B300, vLLM: v0.9.2 vs v0.10.0"
    assert found.narrative[0].startswith(
        "Qwen 3.5 397B-A17B in FP8 on B300 with vLLM, at 150 tok/s/user: v0.10.0 is higher by 1.4×"
    )
    assert any("points). v0.10.0 is higher by 1.4×" in sentence for sentence in found.narrative)
    # The image goes with the version; the day is told.
    assert [one.field for one in found.differences] == ["date"]


def test_elsewhere_the_newest_version_takes_the_place_of_the_others(data: Sources) -> None:
    found = asked(data, "qwen-3-5-b300-fp8-vs-bf16", at="150")
    versions = {point.recipe.engine_version for side in found.sides for point in side.points}
    assert versions == {"0.10.0", "0.5.9"}


def test_versions_of_two_engines_can_be_asked_for(data: Sources) -> None:
    found = asked(data, "qwen-3-5-b300-fp8-vllm-0.10.0-vs-sglang-0.5.9", at="150")
    assert [side.label for side in found.sides] == ["SGLang 0.5.9", "vLLM 0.10.0"]
    assert found.targets[0].throughput_ratio == pytest.approx(20 / 14)


def test_a_version_that_is_not_there_is_told_with_those_that_are(data: Sources) -> None:
    found = asked(data, "qwen-3-5-b300-fp8-vllm-0.9.2-vs-0.11.0")
    assert not found.has_both
    assert "No points of v0.11.0 here; there is vLLM 0.9.2 and vLLM 0.10.0" in found.notes


def test_each_version_is_listed_with_the_one_before(data: Sources) -> None:
    def listed() -> list[tuple[str, tuple[int, int]]]:
        pairs = [pair for pair in comparable_pairs(data, CATALOG, "qwen-3-5") if pair.kind == "version"]
        return [(pair.slug, pair.points) for pair in pairs if pair.datasets == ("test",)]

    assert listed() == [(SLUG, (3, 3))]
    for version, day in (("0.11.0rc1", "2026-03-08"), ("0.11.0", "2026-03-09")):
        points = sweep(15, "vllm", version, day)
        data.store.write_run(Dataset("test", "runs", "latest-run"), "import", points=points)
    elsewhere = structs.replace(sweep(16, "vllm", "0.10.5", "2026-03-10")[0], workload=Workload(8192, 1024))
    data.store.write_run(Dataset("test", "runs", "latest-run"), "import", points=[elsewhere])
    place = "qwen-3-5-b300-fp8-vllm-"
    assert [slug.removeprefix(place) for slug, _ in listed()] == [
        "0.10.0-vs-0.11.0rc1",  # over 0.10.5, of which there is nothing at these lengths
        "0.11.0rc1-vs-0.11.0",
        "0.9.2-vs-0.10.0",
    ]


def test_recipes_that_differ_in_their_version_alone_are_sides(data: Sources) -> None:
    old, new, other = (points[0].recipe for points in RUNS[:3])
    assert [slug.canonical for slug in slugs_between([old], [new], CATALOG)] == [SLUG]
    assert [slug.kind for slug in slugs_between([old], [other], CATALOG)] == ["engine"]
    assert slugs_between([old], [old], CATALOG) == []


def test_two_ways_to_write_a_version_are_told_apart(data: Sources) -> None:
    found = asked(data, "qwen-3-5-b300-fp8-vllm-v0.9.2-vs-0.9.2")
    assert {side.label for side in found.sides} == {"0.9.2", "v0.9.2"}
