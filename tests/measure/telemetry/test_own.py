"""The metrics of the measured engine itself: read where there are some, and never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from isoline.measure.telemetry.own import OwnMetrics, own_metrics
from tests.http_server import Answer, http_server

RUNNING = "llamacpp:requests_processing 2\nllamacpp:tokens_predicted_total 5\n"


class Pages:
    """What a server answers by path; anything else is a 404. A request without `key` is a 401."""

    def __init__(self, pages: dict[str, str], key: str = "") -> None:
        self.pages, self.key = pages, key
        self.asked: list[str] = []


@contextmanager
def serving(pages: Pages) -> Iterator[str]:
    def get(request: BaseHTTPRequestHandler) -> Answer:
        pages.asked.append(request.path)
        if pages.key not in (request.headers.get("authorization") or ""):
            return 401, {}, b""
        body = pages.pages.get(request.path, "").encode()
        return (200 if body else 404), {}, body

    with http_server(get) as url:
        yield url


def test_an_engine_with_a_key_is_asked_with_it() -> None:
    with serving(Pages({"/metrics": RUNNING}, key="Bearer k1")) as url:
        found, why = own_metrics("llama-cpp", url, {"Authorization": "Bearer k1"})
        assert why is None
        assert found is not None
        found.start()
        found.stop()
        times = [int(str(row["time_ns"])) for row in found.samples()]
        summary = found.summary(min(times), max(times))
        assert {row["source"] for row in found.samples()} == {"engine"}
        assert own_metrics("llama-cpp", url, {})[0] is None
    assert summary is not None
    assert (summary.source, summary.boundary, summary.flags) == ("engine", "engine", [])
    assert summary.metrics == {"engine_generation_tokens": 0, "engine_requests_running": 2}


def test_an_engine_without_metrics_is_told_how_to_show_them() -> None:
    with serving(Pages({"/metrics": "python_info 1\n"})) as url:
        for engine, hint in (
            ("vllm", "no counters of the engine"),
            ("sglang", "start it with --enable-metrics"),
            ("trt", "return_perf_metrics: true"),
        ):
            found, why = own_metrics(engine, url, {})
            assert found is None
            assert hint in str(why)
        assert own_metrics("transformers", url, {})[0] is None
        assert "transformers has no metrics" in str(own_metrics("transformers", url, {})[1])
        assert own_metrics("unknown", url, {}) == (None, None)


def test_the_list_of_iterations_of_tensorrt_llm_is_left_to_its_readers() -> None:
    """Whoever reads it empties it."""
    pages = Pages({"/metrics": "[]", "/prometheus/metrics": "trtllm_num_requests_running 1.0\n"})
    with serving(pages) as url:
        found, _ = own_metrics("trt", url, {})
        assert found is not None
        found.start()
        found.stop()
    assert set(pages.asked) == {"/prometheus/metrics"}


def test_an_endpoint_that_goes_away_is_a_flag_and_no_error() -> None:
    pages = Pages({"/metrics": RUNNING})
    with serving(pages) as url:
        source = OwnMetrics(f"{url}/metrics", {})
        source.start()
        source.stop()
        pages.pages.clear()
        source.start()
        source.stop()
    summary = source.summary(0, 1)
    assert summary is not None
    assert (summary.metrics, list(source.samples())) == ({}, [])
    assert "HTTP 404" in summary.flags[0]
