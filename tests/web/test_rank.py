"""`/rank`: the list of models, a model's page and its twins, what leads there and what is refused."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from isoline.present.web import rank
from tests.cli.process import isoline

OWN = "/rank/qwen-3-8b"


def words(text: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def test_a_page_and_its_twins_say_the_same(packaged: TestClient) -> None:
    document = packaged.get(f"{OWN}.json?at=100,150").json()
    assert [row["label"] for row in document["rows"]][:3] == ["H200 FP8", "H200 BF16", "H100 FP8"]
    assert document["rows"][0]["ratio"] is None
    first, second = (row["readings"][0]["value"] for row in document["rows"][:2])
    assert document["rows"][1]["ratio"] == pytest.approx(second / first)
    page = packaged.get(f"{OWN}?at=100,150").text
    assert document["sentence"] in words(page)
    for row in document["rows"]:
        value = row["readings"][0]["value"]
        assert f"{float(f'{value:.3g}'):,.0f}" in page
    rows = list(csv.DictReader(io.StringIO(packaged.get(f"{OWN}.csv?at=100,150").text)))
    assert len(rows) == 2 * len(document["rows"])
    assert float(rows[0]["value"]) == document["rows"][0]["readings"][0]["value"]


def test_the_page_asks_like_the_command(packaged: TestClient, tmp_path: Path) -> None:
    page = packaged.get(f"{OWN}?at=90,120&by=120&metric=cost_per_mtok").text
    command = re.search(r"<code>isoline (.+?)</code>", page)
    assert command is not None
    said = isoline(tmp_path, *html.unescape(command[1]).split(), "--format", "json").stdout
    told = packaged.get(f"{OWN}.json?at=90,120&by=120&metric=cost_per_mtok").text
    assert said.strip() == told.strip()


def test_each_row_leads_to_its_comparison_with_the_first(packaged: TestClient) -> None:
    page = packaged.get(f"{OWN}?at=100").text
    links = [html.unescape(link) for link in re.findall(r'<td><a href="(/compare[^"]+)"', page)]
    assert len(links) == 5
    kept = packaged.get(f"{OWN}?at=100&max_e2e=15&tier=neocloud&price=h100=2").text
    first = html.unescape(re.search(r'<td><a href="(/compare[^"]+)"', kept)[1])  # type: ignore[index]
    assert "max_e2e=15" in first
    assert "tier=neocloud" in first
    assert links[0].startswith("/compare-precision/qwen-3-8b-h200-fp8-vs-bf16?")
    for link in links:
        assert packaged.get(link).status_code == 200


def test_headings_order_by_their_speed(packaged: TestClient) -> None:
    page = packaged.get(f"{OWN}?at=100,150").text
    assert 'aria-sort="descending">100<' in page
    link = re.search(r'<a href="([^"]+)">150</a>', page)
    assert link is not None
    other = packaged.get(html.unescape(link[1])).text
    assert 'aria-sort="descending">150<' in other
    for typed, kept in (
        ("at=60,90&by=150", "?at=60,90"),  # a form whose speeds were edited
        ("at=60,90&by=90", "?at=60,90&by=90"),
        ("at=75,100,150,200&by=150&sequence=8k/1k", "?sequence=8k/1k&by=150"),  # the speeds were not chosen
    ):
        sent = packaged.get(f"{OWN}?{typed}&default_at=75,100,150,200")
        assert (sent.status_code, sent.headers["location"]) == (302, OWN + kept)
    asked = packaged.get(f"{OWN}.json?at=60,90&by=150").json()  # as the command line does
    assert (asked["targets"], asked["by"]) == ([60, 90, 150], 150)


def test_models_are_listed_and_led_to(packaged: TestClient) -> None:
    listed = packaged.get("/rank.json").json()["models"]
    assert listed[0]["model"] == "qwen-3-8b"
    assert listed[0]["first"]["label"] == "H200 FP8"
    assert listed[0]["next"]["firm"]
    for path in ("/", "/rank"):
        page = packaged.get(path).text
        assert all(f'href="/rank/{one["model"]}"' in page for one in listed)
    assert "/rank/qwen-3-8b</loc>" in packaged.get("/sitemap.xml").text
    assert "/rank.json" in packaged.get("/llms.txt").text


def test_what_is_wrong_is_refused(packaged: TestClient) -> None:
    for path, code in (
        ("/rank/nothing", 404),
        ("/rank/nothing.json", 404),
        (f"{OWN}?at=x", 400),
        (f"{OWN}?by=1,2", 400),
        (f"{OWN}?at=50&by=abc", 400),
        (f"{OWN}?speed=50", 400),
        (f"{OWN}?within=1", 400),  # which a ranking does not read
        (f"{OWN}?sequence=2k/3k", 404),
        ("/rank?q=x", 400),
    ):
        assert packaged.get(path).status_code == code, path
    page = packaged.get("/rank/nothing").text
    assert "There is no such ranking" in page
    assert f'href="{OWN}"' in page
    moved = packaged.get("/rank/DeepSeek-R1.json?at=50")
    assert moved.status_code == 308
    assert moved.headers["location"] == "/rank/deepseek-r1.json?at=50"
    assert packaged.get("/rank/").headers["location"] == "/rank"


def test_a_list_reads_no_model_of_very_many_points(
    packaged: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rank, "MOST", 50)
    held = {one["model"]: one for one in packaged.get("/rank.json").json()["models"]}
    assert held["qwen-3-8b"]["first"]
    assert held["llama-3-3-70b"]["first"] is None
    assert held["llama-3-3-70b"]["configurations"] == 10
    assert "Llama 3.3 70B" in packaged.get("/rank").text
