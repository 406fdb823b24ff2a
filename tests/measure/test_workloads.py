from __future__ import annotations

import json
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isoline.errors import UsageError
from isoline.measure.prompts import POOL, Prompts
from isoline.measure.source import RequestSource
from isoline.measure.target import CHAT, Target
from isoline.measure.words import word_table
from isoline.measure.workloads import Synthetic


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**24 - 1), st.sampled_from([1, 3, 16, 17, 300, POOL, 2 * POOL]), st.integers(0, 9))
def test_a_prompt_has_exactly_its_tokens(index: int, length: int, seed: int) -> None:
    prompts = Prompts(Synthetic(length, 1, seed=seed))
    ids = prompts.token_ids(index, length)
    assert len(ids) == length
    assert all(1_000 <= token < 30_000 for token in ids)
    assert json.loads(prompts.encoded_ids(index, length)) == list(ids)
    assert len(prompts.words(index, length).split()) == length


def test_no_two_prompts_share_a_prefix() -> None:
    prompts = Prompts(Synthetic(16, 1))
    assert len({tuple(prompts.token_ids(index, 16)[:3]) for index in range(5_000)}) == 5_000


def test_a_salt_changes_prompts_but_neither_lengths_nor_the_id() -> None:
    plain, salted = (Synthetic(64, 64, "uniform", salt=salt) for salt in (0, 1))
    assert plain.plan(50) == salted.plan(50)
    assert plain.id == salted.id != Synthetic(64, 64).id
    assert Prompts(plain).token_ids(0, 64) != Prompts(salted).token_ids(0, 64)


def test_uniform_lengths_are_inferencex_s() -> None:
    plan = Synthetic(1000, 500, "uniform", seed=3).plan(4_000)
    inputs, outputs = zip(*plan, strict=True)
    assert (min(inputs), max(inputs)) == (800, 1000)
    assert (min(outputs), max(outputs)) == (400, 500)
    assert statistics.fmean(inputs) == pytest.approx(900, rel=0.01)


def test_lognormal_lengths_have_their_median() -> None:
    inputs = [isl for isl, _ in Synthetic(1000, 500, "lognormal").plan(4_000)]
    assert statistics.median(inputs) == pytest.approx(1000, rel=0.05)
    assert min(inputs) >= 1


def test_lengths_do_not_depend_on_where_one_starts() -> None:
    workload = Synthetic(1000, 500, "uniform")
    assert workload.plan(10)[7:] == workload.plan(3, first=7)


def test_the_words_are_256_different_ones() -> None:
    assert len(set(word_table())) == len(word_table()) == 256


def test_a_request_is_valid_http_with_the_right_body() -> None:
    target = Target(
        "http://[::1]:80/llm/v1", "my model", headers={"Authorization": "Bearer x"}, extra_body={"top_p": 1}
    )
    source = RequestSource(target, Synthetic(5, 7), range(3))
    requests = []
    while (request := source.next()) is not None:
        requests.append(request)
    index, raw, isl, osl = requests[2]
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert (index, isl, osl, len(requests)) == (2, 5, 7, 3)
    assert lines[0] == b"POST /llm/v1/completions HTTP/1.1"
    assert {b"host: [::1]", b"authorization: Bearer x", b"content-length: %d" % len(body)} <= set(lines)
    fields = json.loads(body)
    assert len(fields["prompt"]) == 5
    assert fields["max_tokens"] == 7
    assert fields["stream_options"] == {"include_usage": True}
    assert (fields["model"], fields["top_p"], fields["ignore_eos"]) == ("my model", 1, True)


def test_a_chat_request_holds_words() -> None:
    source = RequestSource(Target("http://h:1", "m", endpoint=CHAT), Synthetic(5, 7), range(1))
    request = source.next()
    assert request is not None
    raw = request[1]
    assert raw.startswith(b"POST /v1/chat/completions ")
    (message,) = json.loads(raw.partition(b"\r\n\r\n")[2])["messages"]
    assert len(message["content"].split()) == 5


def test_requests_are_encoded_ahead_up_to_a_budget() -> None:
    source = RequestSource(Target("http://h:1", "m"), Synthetic(100, 7), range(1_000), ahead=10)
    filled = 0
    while source.fill():
        filled += 1
    assert filled == 10
    for _ in range(filled):
        source.next()
    assert source.late == 0
    source.next()
    assert source.late == 1


@pytest.mark.parametrize(
    "wrong", [{"isl": 0}, {"lengths": "round"}, {"ratio": 0.0}, {"vocab_low": 5, "vocab_high": 9}]
)
def test_what_is_no_workload_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Synthetic(**{"isl": 1, "osl": 1, **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://", "http://x:99999"])
def test_what_is_no_server_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        Target(url, "m")


def test_a_header_cannot_smuggle_another() -> None:
    with pytest.raises(UsageError):
        Target("http://x", "m", headers={"a": "b\r\nc: d"})
    assert "secret" not in repr(Target("http://x", "m", headers={"authorization": "secret"}))
