"""A last day that changes which lengths are read by default is told beside the verdict."""

from __future__ import annotations

import html
from pathlib import Path

import pytest
from msgspec.structs import replace

from isoline.cli.main import main
from isoline.domain.point import Dataset, Point, Workload
from isoline.store.store import Store
from tests.points import point
from tests.web.conftest import client

SLUG = "qwen-3-5-b300-fp4-vs-bf16"
PATH = f"/compare-precision/{SLUG}"


def rows(isl: int, day: str, loads: int, precisions: tuple[str, ...] = ("fp4", "bf16")) -> list[Point]:
    return [
        replace(
            point(40.0 + load, 900.0 - 50 * load, load, precision=precision),
            key=f"{isl}/{day}/{precision}/{load}",
            workload=Workload(isl, 1024),
            date=day,
        )
        for precision in precisions
        for load in range(1, loads + 1)
    ]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """1k/1k leads until June, 8k/1k since; both sides have the latter since May."""
    points = [
        *rows(1024, "2026-04-01", 4),
        *rows(8192, "2026-04-01", 1, ("fp4",)),
        *rows(8192, "2026-05-01", 2),
        *rows(8192, "2026-06-01", 9),
    ]
    Store(tmp_path).write_run(Dataset("test", "runs"), "import", points=points)
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "told", "flag", "link"),
    [
        (
            "2026-05-15",
            "As of 2026-05-15 this reads 1k/1k; without a date it reads 8k/1k.",
            "--sequence 8k/1k",
            f"{PATH}?as_of=2026-05-15&sequence=8k/1k",
        ),
        (
            "2026-04-15",
            "As of 2026-04-15 this reads 1k/1k; without a date it reads 8k/1k,"
            " of which both sides had nothing by then.",
            "no --as-of",
            PATH,
        ),
    ],
)
def test_a_date_that_changes_the_sequence_is_told(
    store: Path, capsys: pytest.CaptureFixture[str], asked: str, told: str, flag: str, link: str
) -> None:
    assert main(["compare", SLUG, "--as-of", asked, "--store", str(store), "--format", "markdown"]) == 0
    assert f"{told} For that: {flag}." in capsys.readouterr().out.replace("\\", "")
    with client(store) as server:
        page = html.unescape(server.get(f"{PATH}?as_of={asked}").text)
        verdict = page.partition('id="verdict"')[2].partition("</div>")[0]
        assert told in verdict
        assert f'<a href="{link}">' in verdict
        assert "8k/1k ·" in server.get(link).text.partition('id="verdict"')[2]
        assert server.get(f"{PATH}.json?as_of={asked}").json()["undated_sequence"] == "8k/1k"


@pytest.mark.parametrize("asked", ["?as_of=2026-07-01", "?as_of=2026-05-15&sequence=1k/1k", ""])
def test_nothing_is_told_where_nothing_changed(store: Path, asked: str) -> None:
    with client(store) as server:
        assert "without a date" not in server.get(PATH + asked).text
        assert server.get(f"{PATH}.json{asked}").json()["undated_sequence"] is None
