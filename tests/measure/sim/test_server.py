"""The simulated server over real HTTP: its labels, its two endpoints, its counters, its manners."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from isoline.measure.engines.identify import identify
from isoline.measure.engines.probe import Probe
from isoline.measure.sim.labels import HEADER
from isoline.numerics.engine.speculation import Speculation
from tests.measure.sim.running import MODEL, command, events, fetch, threaded, truth

COMPLETIONS, CHAT = "/v1/completions", "/v1/chat/completions"


@pytest.fixture
def url() -> Iterator[str]:
    with threaded() as address:
        yield address


def metrics(url: str) -> dict[str, float]:
    text = fetch(f"{url}/metrics")[2].decode()
    return {s.name: s.value for family in text_string_to_metric_families(text) for s in family.samples}


def test_everything_says_that_it_is_simulated(url: str) -> None:
    body = {"model": MODEL, "prompt": [1, 2, 3], "max_tokens": 3, "stream": True}
    paths: list[tuple[str, Any]] = [
        ("/v1/models", None),
        ("/health", None),
        ("/metrics", None),
        ("/sim/truth", None),
        ("/nowhere", None),
        (COMPLETIONS, body),
        (COMPLETIONS, b"{"),
    ]
    for path, sent in paths:
        assert fetch(url + path, sent)[1][HEADER] == "true", path
    for event in events(fetch(url + COMPLETIONS, body)[2]):
        assert event["system_fingerprint"] == "simulated"
        assert event["model"] == f"simulated/{MODEL}"
    assert json.loads(fetch(f"{url}/nowhere")[2])["error"]["message"].endswith("(simulated)")


def test_a_client_learns_the_recipe() -> None:
    with command("--precision", "fp8", "--spec", "mtp", "--draft", "2", "--speed", "20") as url:
        found = identify(Probe(url))
    assert found.served == (f"simulated/{MODEL}", MODEL)
    assert (found.engine, found.simulated, found.speculates) == ("simulated", 20, True)
    told = found.fields
    assert (told["model"], told["hardware"], told["flags"]) == (MODEL, "h100", "speed=20")
    assert (told["precision"], told["weight_format"], told["kv_format"]) == ("fp8", "fp8_e4m3", "fp8_e4m3")
    assert (told["spec_method"], told["spec_draft_tokens"], told["spec_acceptance"]) == (
        "mtp",
        2,
        "synthetic",
    )
    assert (told["prefill_gpus"], told["decode_gpus"]) == (1, 1)


PROMPTS: list[tuple[str, dict[str, Any], int]] = [
    (COMPLETIONS, {"prompt": [5] * 300}, 300),
    (COMPLETIONS, {"prompt": [[5, 6, 7]]}, 3),
    (COMPLETIONS, {"prompt": "four words of text"}, 4),
    (COMPLETIONS, {"prompt": ["four words of text"]}, 4),
    (CHAT, {"messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "hi"}]}, 3),
    (CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": "one two"}]}]}, 2),
]


@pytest.mark.parametrize(("path", "body", "tokens_in"), PROMPTS)
@pytest.mark.parametrize("stream", [True, False])
def test_answers_have_the_asked_length(
    url: str, path: str, body: dict[str, Any], tokens_in: int, stream: bool
) -> None:
    asked = {"model": f"simulated/{MODEL}", "max_tokens": 7, "stream": stream, **body}
    if stream:
        asked["stream_options"] = {"include_usage": True}
    status, _, answer = fetch(url + path, asked)
    assert status == 200
    documents = events(answer) if stream else [json.loads(answer)]
    assert documents[-1]["usage"] == {
        "prompt_tokens": tokens_in,
        "completion_tokens": 7,
        "total_tokens": tokens_in + 7,
    }
    choices = [choice for document in documents for choice in document["choices"]]
    parts = [c.get("text") or (c.get("delta") or c.get("message") or {}).get("content", "") for c in choices]
    assert len("".join(parts).split()) == 7
    assert choices[-1]["finish_reason"] == "length"
    assert answer.endswith(b"data: [DONE]\n\n") == stream


REFUSED: list[tuple[str, Any, int, str]] = [
    (COMPLETIONS, b"{", 400, "not a valid request"),
    (COMPLETIONS, {"prompt": [1]}, 400, "model"),
    (COMPLETIONS, {"model": "gpt-5", "prompt": [1]}, 404, "does not exist"),
    (COMPLETIONS, {"model": MODEL}, 400, "prompt is missing"),
    (COMPLETIONS, {"model": MODEL, "prompt": []}, 400, "prompt is missing"),
    (COMPLETIONS, {"model": MODEL, "prompt": [[1], [2]]}, 400, "one text or one list"),
    (COMPLETIONS, {"model": MODEL, "prompt": [1], "n": 2}, 400, "n must be 1"),
    (COMPLETIONS, {"model": MODEL, "prompt": [1], "max_tokens": 0}, 400, "at least 1"),
    (COMPLETIONS, {"model": MODEL, "prompt": [1], "max_tokens": 10**9}, 400, "does not fit a cache"),
    (CHAT, {"model": MODEL, "messages": []}, 400, "messages is missing"),
    (COMPLETIONS, None, 405, "takes POST"),
    ("/v2/models", None, 404, "there is /v1/completions"),
]


@pytest.mark.parametrize(("path", "body", "status", "words"), REFUSED)
def test_bad_requests_are_refused_in_words(url: str, path: str, body: Any, status: int, words: str) -> None:
    found, _, answer = fetch(url + path, body)
    assert found == status
    assert words in json.loads(answer)["error"]["message"]


def test_what_is_not_http_is_refused(url: str) -> None:
    import socket

    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as link:
        link.sendall(b"SSH-2.0-client\r\n\r\n")
        assert link.recv(1_000).startswith(b"HTTP/1.1 400")


def test_counters_are_those_of_what_was_served(url: str) -> None:
    for length in (10, 20):
        fetch(url + COMPLETIONS, {"model": MODEL, "prompt": [1] * length, "max_tokens": 5})
    found = metrics(url)
    assert found["vllm:prompt_tokens_total"] == 30
    assert found["vllm:generation_tokens_total"] == 10
    assert found["vllm:num_requests_running"] == found["vllm:num_requests_waiting"] == 0
    assert found["DCGM_FI_DEV_POWER_USAGE"] == 70  # idle again: a tenth of 700 W
    assert found["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"] > 0
    assert truth(url)["tokens"] == 10


def test_drafts_come_in_events_of_several_tokens() -> None:
    body = {"model": MODEL, "prompt": [1], "max_tokens": 200, "stream": True}
    with threaded(speculation=Speculation("mtp", 3, 0.8)) as url:
        answer = events(fetch(url + COMPLETIONS, body)[2])
        found = metrics(url)
    texts = [event["choices"][0]["text"].split() for event in answer]
    assert sum(map(len, texts)) == 200
    assert max(map(len, texts)) == 4
    assert found["vllm:spec_decode_num_drafts_total"] == len(texts) - 1
    assert found["vllm:spec_decode_num_draft_tokens_total"] == 3 * (len(texts) - 1)


def test_a_client_that_leaves_frees_its_place(url: str) -> None:
    link = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    body = {"model": MODEL, "prompt": [1], "max_tokens": 100_000, "stream": True}
    link.request("POST", COMPLETIONS, json.dumps(body))
    assert link.getresponse().read(100)
    assert metrics(url)["vllm:num_requests_running"] == 1
    link.close()
    deadline = time.monotonic() + 20
    while metrics(url)["vllm:num_requests_running"]:
        assert time.monotonic() < deadline, "the request is still running"
        time.sleep(0.01)


def test_requests_on_one_connection_are_answered_in_turn(url: str) -> None:
    body = json.dumps({"model": MODEL, "prompt": [1], "max_tokens": 2}).encode()
    one = b"POST /v1/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    link = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    link.connect()
    assert link.sock is not None
    link.sock.sendall(3 * one)
    received = b""
    while received.count(b'"total_tokens"') < 3:
        received += link.sock.recv(65_536)
    assert [received.find(b"cmpl-simulated-%d" % n) for n in range(3)] == sorted(
        received.find(b"cmpl-simulated-%d" % n) for n in range(3)
    )
    link.close()
