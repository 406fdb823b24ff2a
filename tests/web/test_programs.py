"""What programs read: linked data, sitemap, llms.txt, cards, digests, the table of points."""

from __future__ import annotations

import html
import json
import re
import struct
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from isoline.present.web.query import PARAMETERS
from isoline.present.web.robots import SITEMAP
from isoline.present.web.site import ROUTES
from tests.shared import needs_shared
from tests.web.conftest import HOSTILE
from tests.web.test_routes import DEEPSEEK, SEED

BASE = "http://testserver"


def linked(text: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    parsed: dict[str, Any] = json.loads(found)
    return parsed


def test_a_comparison_is_a_dataset(packaged: TestClient) -> None:
    found = linked(packaged.get(f"{SEED}?at=160").text)
    twin = packaged.get(f"{SEED}.json?at=160").json()
    assert (found["@type"], found["url"]) == ("Dataset", BASE + SEED)
    assert found["description"] == twin["narrative"][0]
    assert found["isBasedOn"] == twin["sources"][0]["source"].split(", ")
    for one in found["distribution"]:
        answer = packaged.get(one["contentUrl"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(one["encodingFormat"])


@needs_shared
def test_dates_of_the_rows_are_those_of_the_dataset(shared: TestClient) -> None:
    found = linked(shared.get(DEEPSEEK).text)
    source = shared.get(f"{DEEPSEEK}.json").json()["sources"][0]
    assert found["dateModified"] == source["last_date"]
    assert found["temporalCoverage"] == f"{source['first_date']}/{source['last_date']}"


def test_tables_of_pairs_are_item_lists(packaged: TestClient) -> None:
    for path in ("/", "/compare-precision"):
        found = linked(packaged.get(path).text)
        items = found["itemListElement"]
        assert found["@type"] == "ItemList"
        assert [item["position"] for item in items] == list(range(1, found["numberOfItems"] + 1))
        assert BASE + SEED in [item["url"] for item in items]
        assert f'rel="canonical" href="{BASE}{path}"' in packaged.get(path).text


def test_imported_texts_cannot_end_the_linked_data(hostile: TestClient) -> None:
    text = hostile.get(SEED).text
    assert linked(text)["@type"] == "Dataset"
    assert "<script>alert" not in text


def test_sitemap_and_robots(packaged: TestClient) -> None:
    robots = packaged.get("/robots.txt").text
    assert f"Sitemap: {BASE}/sitemap.xml" in robots
    tree = ElementTree.fromstring(packaged.get("/sitemap.xml").content)
    pages = [str(node.text) for node in tree.iter(f"{{{SITEMAP}}}loc")]
    assert {BASE + SEED, f"{BASE}/", *(BASE + path for path in ROUTES.values())} <= set(pages)
    assert len(pages) == len(set(pages))
    for page in pages[:20]:
        assert packaged.get(page).status_code == 200


def test_llms_txt_leads_to_answers(packaged: TestClient) -> None:
    answer = packaged.get("/llms.txt")
    assert answer.text.startswith("# Isoline\n")
    for name in PARAMETERS:
        assert f"`{name}`" in answer.text
    for link in re.findall(r"\]\((\S+)\)", answer.text):
        assert packaged.get(link).status_code == 200


def test_llms_txt_ranks_measured_pairs_first_and_simulated_ones_last(packaged: TestClient) -> None:
    sections = packaged.get("/llms.txt").text.split("\n## ")
    for name, kinds in (("Precisions", {"with all records", "published"}), ("GPUs", {"with all records"})):
        (section,) = (text for text in sections if text.startswith(f"{name} ("))
        lines = re.findall(r"^- \[([\w-]+)\].*?: (?:measured )?([a-z ]+); ", section, re.MULTILINE)
        order = [("with all records", "published", "simulated").index(how) for _, how in lines]
        assert order == sorted(order)
        assert kinds <= {how for _, how in lines}
        assert all(how == "simulated" for slug, how in lines if slug.startswith("llama"))
        assert all((how == "with all records") == slug.startswith("qwen-3-8b-h") for slug, how in lines)


@pytest.mark.parametrize("host", ['evil.example"><script>', "[", "a b", "x/y", ""])
def test_a_host_that_is_none_leads_nowhere(packaged: TestClient, host: str) -> None:
    for path in ("/", SEED, "/compare-precision", "/sitemap.xml", "/llms.txt", "/openapi.json", "/nothing"):
        answer = packaged.get(path, headers={"host": host})
        assert answer.status_code in (200, 404)
        assert "<script>" not in answer.text
        assert "evil.example" not in answer.text


@pytest.mark.parametrize(("suffix", "size"), [(".og.png", (1200, 630)), (".png", (1200, 675))])
def test_pictures_have_their_size_and_are_not_sent_twice(
    packaged: TestClient, suffix: str, size: tuple[int, int]
) -> None:
    for query in ("", "?theme=dark"):
        first = packaged.get(f"{SEED}{suffix}{query}")
        width, height = struct.unpack(">II", first.content[16:24])
        assert (width, height) in (size, (2 * size[0], 2 * size[1]))
        again = packaged.get(f"{SEED}{suffix}{query}", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    other = packaged.get(f"{SEED}{suffix}?at=120", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


@needs_shared
def test_every_point_of_the_chart_is_in_its_table(shared: TestClient) -> None:
    spec = shared.get(f"{DEEPSEEK}.chart.json").json()
    text = html.unescape(shared.get(f"{DEEPSEEK}.points").text)
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", text, re.DOTALL)
    points = spec["datasets"]["points"]
    assert len(rows) == len(points) > 10
    for point in points:
        assert any(f">{point['x']:,.1f}<" in row and f">{point['y']:,.1f}<" in row for row in rows)


def test_the_file_is_offered_for_download(packaged: TestClient) -> None:
    assert f'href="{SEED}.html?at=160"' in packaged.get(f"{SEED}?at=160").text
    answer = packaged.get(f"{SEED}.html?at=160")
    assert answer.headers["content-disposition"] == f'attachment; filename="{SEED.rpartition("/")[2]}.html"'
    assert 'id="curves"' in answer.text


def test_forms_to_take_along_are_linked(packaged: TestClient) -> None:
    text = packaged.get(SEED).text
    for suffix in (
        ".svg",
        ".csv",
        ".json",
        ".html",
        ".points",
        ".png?scale=2",
        ".png?scale=2&amp;theme=dark",
    ):
        assert f'href="{SEED}{suffix}"' in text
    assert f'content="{BASE}{SEED}.og.png"' in text


def test_hostile_texts_in_the_table_of_points(hostile: TestClient) -> None:
    text = hostile.get(f"{SEED}.points").text
    assert "<script>alert" not in text
    assert HOSTILE not in text
