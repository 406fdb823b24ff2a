"""Importing from a live API, on the loopback interface."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

import pytest

from isoline.errors import InputError
from isoline.store.importers.inferencex import fetch
from tests.http_server import http_server
from tests.shared import SHARED, needs_shared
from tests.store.importers.helpers import benchmark, readings

Answer = tuple[int, str, bytes]
Respond = Callable[[str, dict[str, list[str]]], Answer]
DATA = SHARED / "data" / "inferencex"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@contextmanager
def serving(respond: Respond) -> Iterator[str]:
    def get(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(request.path)
        status, kind, body = respond(parts.path, parse_qs(parts.query))
        moved = {"Location": body.decode()} if status in (301, 302) else {}
        return status, {"Content-Type": kind, **moved}, body

    with http_server(get) as url:
        yield url


def as_json(value: object, status: int = 200) -> Answer:
    return status, "application/json", value if isinstance(value, bytes) else json.dumps(value).encode()


@needs_shared
def test_a_whole_api() -> None:
    asked: list[str] = []

    def respond(path: str, query: dict[str, list[str]]) -> Answer:
        asked.append(path)
        file = {
            "/api/v1/availability": "availability",
            "/api/v1/benchmarks": "benchmarks",
            "/api/v1/benchmarks/history": "benchmarks-history",
            "/api/v1/evaluations": "evaluations",
        }[path]
        rows = json.loads((DATA / f"{file}.json").read_text())
        if path.startswith("/api/v1/benchmarks") and query["model"] != ["DeepSeek-R1-0528"]:
            return as_json([])
        if "isl" in query:
            rows = [
                row for row in rows if [str(row["isl"]), str(row["osl"])] == [*query["isl"], *query["osl"]]
            ]
        return as_json(rows)

    with serving(respond) as address:
        found = readings(f"{address}/")
    assert asked[0] == "/api/v1/availability"
    assert asked[-1] == "/api/v1/evaluations"
    counts = {batch.dataset.name: 0 for batch in found.batches}
    for point in found.points:
        counts[point.dataset] += 1
    assert counts["inferencex"] == 435
    # Histories are asked for the lengths that the availability names: not 1k/8k, which it lacks.
    assert counts["inferencex-history"] == 1119
    assert (len(found.availability), len(found.evaluations)) == (689, 531)
    assert not found.quarantined
    assert found.datasets["inferencex"].source == f"{address}/"


def test_missing_endpoints_are_notes() -> None:
    def respond(path: str, query: dict[str, list[str]]) -> Answer:
        if query.get("model") == ["Qwen-3.5-397B-A17B"] and path == "/api/v1/benchmarks":
            return as_json([benchmark()])
        return as_json({"error": "not found"}, 404)

    with serving(respond) as address:
        found = readings(address)
    assert len(found.points) == 1
    assert f"{address}/api/v1/availability answers 404" in found.notes


def answers(answer: Answer) -> Respond:
    return lambda path, query: answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, "text/html", b"<!doctype html>"), "answers HTML, not JSON"),
        ((200, "application/json", b"  <html>"), "answers HTML, not JSON"),
        ((200, "application/json", b'[{"a":'), "line 1, column"),
        ((200, "application/json", b""), "line 1, column 1"),
        ((500, "text/plain", b"no"), "answers 500"),
        ((204, "text/plain", b""), "answers 204"),
        ((404, "text/plain", b""), "answers 404 to every request"),
        ((302, "text/plain", b"file:///etc/passwd"), "answers 302|not allowed|cannot be read"),
        ((302, "text/plain", b"ftp://127.0.0.1/x"), "cannot be read"),
    ],
)
def test_answers_that_are_no_data(answer: Answer, message: str) -> None:
    with serving(answers(answer)) as address, pytest.raises(InputError, match=message) as error:
        readings(address)
    assert address in str(error.value)


def test_a_refused_port() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(InputError, match=f"127.0.0.1:{port}/api/v1/availability cannot be read"):
        readings(f"http://127.0.0.1:{port}")


def test_an_endless_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_DOCUMENT", 1000)
    endless = answers(as_json(b"[" + b" " * 5000 + b"]"))
    with serving(endless) as address, pytest.raises(InputError, match="more than 1,000 bytes"):
        readings(address)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("file:///etc/passwd", "no http or https URL"),
        ("ftp://host/x", "no http or https URL"),
        ("http://", "no http or https URL"),
        ("http://user:secret@host", "holds credentials"),
        ("http://host:99999", "is no URL"),
        ("http://host/\r\nX: y", "is no URL|percent-encode"),
        ("http://[::1", "is no URL"),
        ("http://host/?model=x", "query or fragment"),
    ],
)
def test_addresses_that_are_refused(address: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        readings(address)
    assert "secret" not in str(error.value)
