"""Servers for the tests: in process over packaged data, over shared rows, and over hostile ones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from isoline.domain.catalog import load_catalog
from isoline.domain.point import Dataset
from isoline.present.web.app import create_app
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.points import point
from tests.shared import SHARED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 120_000  # milliseconds: what a busy machine may take; never what is asserted
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


def client(root: Path) -> TestClient:
    """A client of an application over one store; redirects are for the test to see."""
    app = create_app(Sources(lambda: Store(root)), load_catalog(()), fixed_day="2026-11-24")
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def packaged(tmp_path: Path) -> Iterator[TestClient]:
    """Only the packaged readings."""
    with client(tmp_path / "store") as found:
        yield found


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[TestClient]:
    """Imported rows whose free texts are markup."""
    points = [
        point(x, y, 8, precision=precision, image=HOSTILE + precision, flags=HOSTILE + precision[::-1])
        for precision in ("fp4", "bf16")
        for x, y in ((40.0, 900.0), (50.0, 700.0), (60.0, 500.0))
    ]
    Store(tmp_path).write_run(
        Dataset("test", "runs", source=f"javascript:{HOSTILE}"), "import", points=points
    )
    with client(tmp_path) as found:
        yield found


@cache
def imported(folder: Path) -> Path:
    """A store with all shared rows, made once a process."""
    from isoline.cli.main import main

    assert main(["import", "inferencex", str(SHARED / "data/inferencex"), "--store", str(folder)]) == 0
    return folder


@pytest.fixture
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that store."""
    return imported(tmp_path_factory.getbasetemp() / "web-imported")


@pytest.fixture
def shared(shared_store: Path) -> Iterator[TestClient]:
    """A client over the shared rows."""
    with client(shared_store) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield found
        found.close()


@contextmanager
def opened(browser: Browser, width: int = 1440, height: int = 900, **options: bool) -> Iterator[Page]:
    """A page that fails the test on any violation of the policy, error or foreign request."""
    context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    found = context.new_page()
    troubles: list[str] = []
    found.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    found.on("pageerror", lambda error: troubles.append(str(error)))
    found.on(
        "request",
        lambda r: (
            None
            if r.url.startswith(("http://127.0.0.1", "data:", "file:", "about:"))
            else troubles.append(r.url)
        ),
    )
    yield found
    context.close()
    assert troubles == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The same, wide."""
    with opened(browser) as found:
        yield found


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`isoline serve` as its own process; its first line is the address to open."""
    store = tmp_path_factory.mktemp("served") / "store"
    command = [sys.executable, "-m", "isoline", "serve", "--port", "0", "--store", str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        site, route, _ = address.partition("/compare-precision/")
        assert route
        yield site
        server.terminate()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server, with the shared rows where they are."""
    store = tmp_path_factory.mktemp("everyone") / "store"
    if SHARED.exists():
        store = imported(tmp_path_factory.getbasetemp() / "web-imported")
    command = [sys.executable, "-m", "isoline", "serve", "--port", "0", "--store", str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().partition("/compare-precision/")[0]
        server.terminate()


def settled(page: Page, query: str) -> None:
    """Until address and chart are those of `query`, and nothing is under way."""
    page.wait_for_function(
        "q => { const { drawn, following } = document.getElementById('chart').dataset;"
        " return location.search === q && drawn === (q || '?') && following === undefined; }",
        arg=query,
    )
