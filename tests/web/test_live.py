"""A running sweep on the page: as events in a real browser, as a page that refreshes, as JSON."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
import pytest

from isoline.domain.point import Dataset
from isoline.measure.live.file import live_path, write_live
from isoline.measure.live.state import LivePoint, LiveSample, LiveSweep
from isoline.store.store import Store
from tests.measure.sim.running import MODEL, command
from tests.points import point
from tests.web.conftest import CHROMIUM, HOSTILE, client, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PHONE = (390, 844)
in_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")


def sweep(**changes: object) -> LiveSweep:
    """A sweep that has measured one point and is at the next."""
    now = time.time()
    values: dict[str, object] = {
        "sweep": "abc-2026", "place": "http://gpu:8000", "model": "m", "dataset": "local", "isl": 1024,
        "osl": 512, "simulated": False, "began": now - 60, "updated": now, "planned": 3, "finished": 1,
        "slot": "c8-r0", "words": "measuring", "requests": 41, "failed": 2, "in_flight": 8, "eta": 150.0,
        "points": [
            LivePoint(slot="c1-r0", load="1 stream", repeat=0, valid=False, interactivity=98.76,
                      ttft=0.05, tpot=0.010126, reasons=["too few requests"])
        ],
        "samples": [LiveSample(float(at), "c8-r0", 8, 0.06, 0.0125, 0, 640.0 + at) for at in range(30)],
    }  # fmt: skip
    return LiveSweep(**{**values, **changes})  # type: ignore[arg-type]


@contextmanager
def serving(store: Path) -> Iterator[str]:
    """`isoline serve` as its own process; yields its address, and proves that it ends when told to."""
    line = [sys.executable, "-m", "isoline", "serve", "--port", "0", "--store", str(store)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        parts = urlsplit(server.stdout.readline().strip())
        try:
            yield f"http://{parts.netloc}"
        finally:
            server.terminate()
            try:
                server.wait(30)
            finally:
                server.kill()


# What the page shows after each of its changes: asked for later, a state may be gone, so the page notes
# them all itself.
NOTES = """() => {
  window.notes = [];
  const text = (name) => [...document.querySelectorAll(name)].map((found) => found.textContent);
  const note = () => window.notes.push({
    words: document.getElementById("sweeps").textContent,
    rows: document.querySelectorAll(".live-points tbody tr").length,
    facts: Object.fromEntries(text(".facts dt").map((name, at) => [name, text(".facts dd")[at]])),
    drawings: text(".drawing figcaption"),
  });
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@in_browser
def test_a_sweep_is_followed_to_its_end_without_a_reload(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as base, command("--speed", "20") as url, opened(browser, *PHONE) as page:
        page.goto(f"{base}/live")
        assert "No sweep has run" in page.inner_text("#sweeps")
        page.evaluate(NOTES)
        bench = subprocess.run(
            [
                sys.executable, "-m", "isoline", "bench", url, "--model", f"simulated/{MODEL}",
                "--isl", "64", "--osl", "64", "--concurrency", "2,4", "--duration", "4", "--cooldown", "0",
                "--telemetry", f"prometheus={url}/metrics", "--store", str(tmp_path),
            ],
            check=False, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert bench.returncode in (0, 4)  # a busy host makes points INVALID, not absent
        page.get_by_text("2 of 2 points, finished").wait_for()
        notes = page.evaluate("window.notes")
        assert page.locator(".drawing").count() == 0
        assert page.locator(".live-points tbody tr").count() == 2
        wide = page.evaluate("document.documentElement.scrollWidth")
    for finished in range(3):
        of = [note for note in notes if f"{finished} of 2 points" in note["words"]]
        assert {note["rows"] for note in of} == {finished}
    assert any(": measuring" in note["words"] for note in notes)
    flying = {note["facts"].get("streams in flight") for note in notes}
    assert flying & {"2", "4"}
    drawn = {name for note in notes for name in note["drawings"]}
    for name in ("Streams in flight", "TTFT, median", "TPOT, median", "GPU power"):
        assert any(name in found for found in drawn)
    assert wide <= 390


@in_browser
def test_without_javascript_the_page_refreshes_itself(browser: Browser, tmp_path: Path) -> None:
    path = live_path(tmp_path, "p")
    write_live(path, sweep(oldest=312.0))
    with serving(tmp_path) as base, opened(browser, *PHONE, java_script_enabled=False) as page:
        page.goto(f"{base}/live")
        assert "1 of 3 points" in page.inner_text("#sweeps")
        assert page.locator(".facts div", has_text="the oldest for").inner_text().endswith("5 min")
        write_live(path, sweep(finished=2))
        page.get_by_text("2 of 3 points").wait_for()


@in_browser
def test_an_event_leaves_the_readers_selection_alone(browser: Browser, tmp_path: Path) -> None:
    path = live_path(tmp_path, "p")
    write_live(path, sweep())
    with serving(tmp_path) as base, opened(browser, *PHONE) as page:
        page.goto(f"{base}/live")
        page.evaluate("document.querySelector('.sweep').stayed = true")
        page.wait_for_function("() => Number(document.getElementById('sweeps').dataset.seen) > 0")
        assert page.evaluate("document.querySelector('.sweep').stayed")  # the first event changes nothing
        page.evaluate("getSelection().selectAllChildren(document.querySelector('.sweep code'))")
        write_live(path, sweep(finished=2, requests=43))
        page.get_by_text("2 of 3 points").wait_for()
        assert page.evaluate("getSelection().toString()") == "abc-2026"


@in_browser
def test_why_a_point_is_invalid_is_read_on_a_phone_without_scrolling(
    browser: Browser, tmp_path: Path
) -> None:
    why = "process 2 of the load generator on host gpu7 was up to 7.4 ms late reading (p99), and " * 3
    bad = LivePoint(slot="c1-r0", load="1,024 streams", configuration="nvfp4-eagle3-tp8", repeat=0,
                    valid=False, interactivity=98.76, throughput=123_456.0, reasons=[why])  # fmt: skip
    write_live(live_path(tmp_path, "p"), sweep(points=[bad]))
    with serving(tmp_path) as base, opened(browser, *PHONE) as page:
        page.goto(f"{base}/live")
        box = page.get_by_text("7.4 ms late").bounding_box()
        wide = page.evaluate("document.documentElement.scrollWidth")
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert wide <= 390


def measured(store: Path, precisions: tuple[str, ...], dataset: str) -> list[str]:
    """Valid points of a store; their runs."""
    with Store(store) as found:
        return [
            found.write_run(
                Dataset(dataset, "runs", "latest-run", "isoline bench"),
                "bench",
                points=[
                    msgspec.structs.replace(point(x, y, 8, precision=precision), dataset=dataset)
                    for x, y in ((40.0, 900.0), (60.0, 500.0))
                ],
            )
            for precision in precisions
        ]


def over(runs: list[str], **changes: object) -> LiveSweep:
    """A finished sweep of these runs."""
    points = [LivePoint(slot=f"c{n}-r0", load="8 streams", repeat=0, valid=True, run=run) for n, run in
              enumerate(runs)]  # fmt: skip
    lengths = point(1.0, 1.0, 1).workload
    return sweep(status="finished", isl=lengths.isl, osl=lengths.osl, points=points, **changes)


@in_browser
def test_a_finished_sweep_leads_to_the_comparison_of_its_points(browser: Browser, tmp_path: Path) -> None:
    measured(tmp_path, ("bf16", "fp8", "fp4"), "another")
    write_live(live_path(tmp_path, "p"), over(measured(tmp_path, ("bf16", "fp8"), "local")))
    with serving(tmp_path) as base, opened(browser, *PHONE) as page:
        page.goto(f"{base}/live")
        assert page.locator(".links a").all_inner_texts() == ["FP8 vs BF16"]
        page.click(".links a")
        page.wait_for_load_state()
        assert "fp8-vs-bf16" in page.url
        assert "dataset=local" in page.url
        points = page.request.get(page.url.replace("?", ".points?")).text()
    assert points.count("900") >= 2  # one of each side
    assert "another" not in points


def test_a_sweep_of_one_recipe_leads_to_what_its_dataset_has_beside_it(tmp_path: Path) -> None:
    measured(tmp_path, ("fp4",), "local")
    runs = measured(tmp_path, ("fp8",), "local")
    write_live(live_path(tmp_path, "p"), over(runs))
    with client(tmp_path) as site:
        assert ">FP4 vs FP8</a>" in site.get("/live").text
        write_live(live_path(tmp_path, "p"), over(runs, dataset="elsewhere"))
        assert "Compare:" not in site.get("/live").text


def test_events_are_the_inside_of_the_page(tmp_path: Path) -> None:
    write_live(live_path(tmp_path, "p"), sweep())
    with serving(tmp_path) as base:
        link = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        link.request("GET", "/live/events")
        answer = link.getresponse()
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines: list[bytes] = []
        while (line := answer.readline()) != b"\n":
            lines.append(line)
        assert all(line.startswith(b"data: ") for line in lines)
        assert b"1 of 3 points" in b"".join(lines)
        write_live(live_path(tmp_path, "p"), sweep(finished=2))
        while (line := answer.readline()) and b"2 of 3 points" not in line:
            pass
        assert line
        # The connection stays open: `serving` proves that the server ends all the same.
    answer.close()
    link.close()


def test_what_servers_say_is_text(tmp_path: Path) -> None:
    said = sweep(model=HOSTILE, place=HOSTILE, status="stopped", stopped=HOSTILE, troubles=[HOSTILE])
    write_live(live_path(tmp_path, "p"), said)
    with client(tmp_path) as site:
        found = site.get("/live")
    assert "<script>alert" not in found.text
    assert "&lt;script&gt;alert" in found.text
    assert found.headers["cache-control"] == "no-store"


def test_silence_is_said(tmp_path: Path) -> None:
    """A process that was killed leaves a file that says it runs."""
    write_live(live_path(tmp_path, "p"), sweep(updated=time.time() - 300))
    with client(tmp_path) as site:
        text = site.get("/live").text
    assert "no news for 5 min: it may have been killed" in text


def test_json_is_the_same_and_what_is_broken_is_left_out(tmp_path: Path) -> None:
    write_live(live_path(tmp_path, "p"), sweep())
    live_path(tmp_path, "broken").write_bytes(b'{"sweep": "x"')
    live_path(tmp_path, "old").write_bytes(b'{"sweep": "x", "of": "another version"}')
    with client(tmp_path) as site:
        (found,) = site.get("/live.json").json()["sweeps"]
        assert (found["finished"], found["planned"], found["in_flight"]) == (1, 3, 8)
        assert found["points"][0]["reasons"] == ["too few requests"]
        page = site.get("/live").text
    assert "1 of 3 points" in page
    assert "INVALID" in page
    assert "too few requests" in page
    assert "about 2 min" in page  # 150 s are left
    assert "669 W" in page


def test_a_store_without_sweeps(tmp_path: Path) -> None:
    with client(tmp_path / "absent") as site:
        assert "No sweep has run" in site.get("/live").text
        assert site.get("/live.json").json() == {"sweeps": []}
    assert not (tmp_path / "absent").exists()
