"""`isoline bench` as a process, against servers of our own and the C mock."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from isoline.bench.asked.foretold import foretold
from isoline.bench.asked.spec import EXAMPLE, Spec
from isoline.bench.shown.width import stdout_console
from isoline.cli.selftest_command import _print
from isoline.measure.failures import Failure, TargetError
from isoline.measure.fleet import RunReport
from isoline.measure.loads import Load
from isoline.measure.records import RequestRecord
from isoline.measure.selftest.check import Bias, Ceiling, SelfTest
from isoline.measure.validity import judge
from isoline.store.store import Store
from tests.cli.process import isoline, told_at
from tests.measure.conftest import mock_binary as mock_binary
from tests.measure.servers import (
    DONE,
    END,
    HEAD,
    Handler,
    always,
    chunk,
    read_request,
    running_mock,
    scripted,
    tokens,
    usage_event,
)

ANSWER = (HEAD, chunk(tokens(1)[:-2] + b"\n\n"), chunk(tokens(4)), chunk(usage_event(8, 5) + DONE) + END)
QUICK = ("--model", "m", "--isl", "8", "--osl", "5", "--requests", "10", "--cooldown", "0")


@pytest.fixture
def server() -> Iterator[str]:
    with scripted(always(*ANSWER)) as url:
        yield url


def run(store: Path, *arguments: str, codes: tuple[int, ...] = (0, 4)) -> tuple[dict[str, object], str]:
    """JSON and stderr of a sweep. A busy host may make points INVALID: 0 and 4 are told apart by them."""
    ran = subprocess.run(
        [sys.executable, "-m", "isoline", "bench", *arguments, "--format", "json", "--store", str(store)],
        capture_output=True, text=True, check=False, env={**os.environ, "ISOLINE_STORE": "/nowhere"},
    )  # fmt: skip
    assert ran.returncode in codes, ran.stderr
    assert "Traceback" not in ran.stderr
    found = json.loads(ran.stdout)
    if ran.returncode in (0, 4):
        complete = len(found["points"]) == found["planned"]
        assert (ran.returncode == 0) == (complete and all(point["valid"] for point in found["points"]))
    return found, ran.stderr


def test_a_sweep_prints_and_stores_every_point(server: str, tmp_path: Path) -> None:
    found, _ = run(tmp_path, server, *QUICK, "--concurrency", "1..2", "--repeats", "2", "--slo", "ttft=5")
    points = found["points"]
    assert isinstance(points, list)
    assert [(p["concurrency"], p["repeat"]) for p in points] == [(c, r) for c in (1, 2) for r in (0, 1)]
    for point in points:
        assert (point["requests"], point["errors"]) == (10, {})
        assert {"mean", "median", "p90", "p99"} <= point["ttft"].keys()
        assert point["ttft"]["p99"] is None  # ten requests have none
        assert point["tpot"]["median"] >= 0  # a busy host reads many tokens at once
        assert point["throughput"]["total"] == pytest.approx(
            point["throughput"]["input"] + point["throughput"]["output"]
        )
        assert {"cpu_seconds", "processes", "lag_p99", "warmup_tokens", "tokens"} <= point["client"].keys()
        assert point["client"]["tokens"] == 50
        assert point["goodput"]["share"] == 1.0
    with Store(tmp_path) as store:
        assert store.problems(deep=True) == []
        for point in points:
            rows = store.records(str(point["run"]), "requests")
            assert [row["request"] for row in rows] == list(range(10))
            assert {row["output_tokens"] for row in rows} == {5}
            lengths = json.loads(store.file(str(point["run"]), "prompt-lengths.json") or b"")
            assert lengths == [[8, 5]] * 10
        (details, *_) = (details for _, details in store.details("local"))
    assert str(details["command"]).startswith(f"isoline bench {server} --model m")
    assert {"host", "cpu", "python", "isoline"} <= dict(details["environment"]).keys()  # type: ignore[call-overload]


def test_a_point_without_a_length_goes_on_until_it_has_seen_enough(server: str, tmp_path: Path) -> None:
    options = ("--model", "m", "--isl", "8", "--osl", "5", "--concurrency", "2", "--cooldown", "0")
    found, _ = run(tmp_path, server, *options)
    (point,) = found["points"]  # type: ignore[misc]
    assert point["requests"] >= 20
    assert point["window"] == "steady"


def test_a_dead_server_ends_with_one_message_and_code_5(tmp_path: Path) -> None:
    found, said = run(tmp_path, "http://127.0.0.1:9", *QUICK, "--concurrency", "1,2", codes=(5,))
    assert found["points"] == []
    assert "nothing listens there" in said


def test_a_server_that_only_fails_is_code_5_and_its_words_are_told(tmp_path: Path) -> None:
    body = b'{"error":{"message":"no KV cache left"}}'
    answer = b"HTTP/1.1 500 No\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    with scripted(always(answer)) as url:
        found, said = run(tmp_path, url, *QUICK, "--concurrency", "1,2,3,4", codes=(5,))
    assert len(found["points"]) == 2  # type: ignore[arg-type]  # it gave up
    assert "no KV cache left" in said
    with Store(tmp_path) as store:
        runs = list(store.details("local"))
        assert {bool(details["valid"]) for _, details in runs} == {False}
        assert b"no KV cache left" in (store.file(runs[0][0], "errors.json") or b"")


def every_third_fails() -> Handler:
    count = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        while await read_request(reader):
            count += 1
            if count % 3 == 0:
                writer.write(b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n")
                continue
            for piece in ANSWER:
                writer.write(piece)
                await asyncio.sleep(0.002)

    return handler


def test_a_point_with_failures_is_invalid_stored_and_code_4(tmp_path: Path) -> None:
    with scripted(every_third_fails()) as url:
        found, said = run(tmp_path, url, *QUICK, "--concurrency", "2", codes=(4,))
    (point,) = found["points"]  # type: ignore[misc]
    assert point["valid"] is False
    assert "errors" in [reason["code"] for reason in point["reasons"]]
    assert set(point["errors"]) == {"status_5xx"}
    assert "INVALID" in said
    with Store(tmp_path) as store:
        assert len(store.records(point["run"], "requests")) == 10


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_what_is_finished_survives_a_signal_and_is_not_measured_again(
    server: str, tmp_path: Path, number: signal.Signals
) -> None:
    command = (server, *QUICK, "--concurrency", "1,2", "--repeats", "2")
    process = subprocess.Popen(
        [sys.executable, "-m", "isoline", "bench", *command, "--format", "json", "--store", str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    while len(list(tmp_path.glob("runs/2*"))) < 2:
        time.sleep(0.01)
    process.send_signal(number)
    printed, _ = process.communicate()
    before = {path.name for path in tmp_path.glob("runs/2*")}
    with Store(tmp_path) as store:  # a busy host may have spoiled one
        good = {run for run, details in store.details("local") if details["valid"]}
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert {point["run"] for point in json.loads(printed)["points"]} == before
    found, said = run(tmp_path, *command)
    assert f"{len(good)} of 4 points are stored" in said
    points = found["points"]
    assert isinstance(points, list)
    assert len({point["slot"] for point in points}) == len(points) == 4
    after = {path.name for path in tmp_path.glob("runs/2*")}
    assert good | (after - before) == {point["run"] for point in points}


def test_points_that_an_outage_spoiled_are_measured_again_by_the_same_command(tmp_path: Path) -> None:
    """Every third request fails during one point of a sweep: that one alone is measured again."""
    asked = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while await read_request(reader):
            asked += 1
            if asked % 3 == 0 and len(list(tmp_path.glob("runs/2*"))) == 3:
                writer.write(b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n")
                continue
            for piece in ANSWER:
                writer.write(piece)
                await asyncio.sleep(0.002)

    with scripted(handler) as url:
        for streams in ("2", "1"):  # they have no load in common
            _, said = run(tmp_path, url, *QUICK, "--concurrency", streams)
            assert "isoline diff" not in said
            first = re.search(r"^sweep (\S+): isoline show \1$", said, re.MULTILINE)
        assert first
        time.sleep(1.1)  # ids of sweeps have seconds
        command = (url, *QUICK, "--concurrency", "1", "--repeats", "3")
        found, said = run(tmp_path, *command, codes=(4,))
        bad = [point["slot"] for point in found["points"] if not point["valid"]]  # type: ignore[union-attr]
        assert "c1-r1" in bad  # a busy host may spoil another
        points = "the 1 INVALID point" if len(bad) == 1 else f"the {len(bad)} INVALID points"
        assert f"The same command again measures {points} again; --fresh begins anew." in said
        assert (f"isoline diff {first[1]} " in said) == (len(bad) < 3)
        before = {path.name for path in tmp_path.glob("runs/2*")}
        found, said = run(tmp_path, *command)
    assert f"{3 - len(bad)} of 3 points are stored, {len(bad)} INVALID" in said
    new = {path.name for path in tmp_path.glob("runs/2*")} - before
    assert {point["slot"] for point in found["points"] if point["run"] in new} == set(bad)  # type: ignore[union-attr]
    assert before < {path.name for path in tmp_path.glob("runs/2*")}  # the spoiled run stays


def test_a_full_disk_leaves_no_half_folder_and_the_point_is_measured_later(
    server: str, tmp_path: Path
) -> None:
    command = (server, *QUICK, "--concurrency", "2", "--store", str(tmp_path))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, 16_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ran = subprocess.run(
        [sys.executable, "-m", "isoline", "bench", *command],
        capture_output=True, text=True, check=False, preexec_fn=limit,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "choose another store with --store" in ran.stderr
    assert list(tmp_path.glob("runs/*")) == list(tmp_path.glob("runs/.*")) == []
    found, _ = run(tmp_path, *command[:-2])
    assert len(found["points"]) == 1  # type: ignore[arg-type]


def test_records_that_cannot_be_written_make_the_run_invalid_and_say_why(
    mock_binary: Path, tmp_path: Path
) -> None:
    """The folder for temporary files is full, the store is not: answers of 500 tokens exceed the limit."""
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from isoline.measure.fleet import run_load\n"
        "from isoline.measure import loads, sink, summary, target, workloads\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "load, kept = loads.Load(concurrency=4, requests=40), sink.ListSink()\n"
        "ran = run_load(target.Target(sys.argv[1], 'm'), workloads.Synthetic(8, 500), load, kept, 1)\n"
        "print([reason.code for reason in summary.summarise(kept.records, ran, load).reasons])\n"
        "print(ran.stopped)"
    )
    with running_mock(mock_binary, "--ttft-ms", "2", "--itl-ms", "1") as url:
        command = [sys.executable, "-c", code, url]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Traceback" not in ran.stderr
    assert "'stopped'" in ran.stdout
    assert "'lost'" in ran.stdout
    assert "free space there or set TMPDIR" in ran.stdout


def test_secrets_are_stored_and_printed_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, token = "sk-very-secret-0123", "team-token-4567"
    monkeypatch.setenv("MY_KEY", key)

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As some servers do: the key comes back in the message."""
        while request := await read_request(reader):
            head = request.decode().lower()
            assert f"authorization: bearer {key}" in head
            assert f"x-team: {token}" in head
            body = json.dumps({"error": {"message": f"wrong key {key} of {token}"}}).encode()
            writer.write(b"HTTP/1.1 401 No\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))

    with scripted(echo) as url:
        options = (*QUICK, "--concurrency", "1", "--api-key-env", "MY_KEY", "--header", f"X-Team={token}")
        found, said = run(tmp_path, url, *options, codes=(5,))
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (key, token):
        assert secret not in said + json.dumps(found)
        assert secret.encode() not in stored
    assert b"wrong key *** of ***" in stored
    assert b"--header 'X-Team=***'" in stored
    assert b"--api-key-env MY_KEY" in stored


SPEC = """\
url: http://127.0.0.1:9
model: m
isl: 8
osl: 5
concurrency: [1, 2]
recipe:
  hardware: h100
  precision: fp8
slo: {ttft: 2}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("osl: 5", "osl: -3", 4, "osl: expected a whole number of at least 1"),
        ("[1, 2]", "[1, two]", 5, "concurrency.1: expected a whole number"),
        ("[1, 2]", "1..x", 5, "concurrency: '1..x' is not a number above 0"),
        ("[1, 2]", "[2, 2]", 5, "concurrency: 2 is given twice"),
        ("isl: 8", "islx: 8", 3, "islx: unknown key; did you mean isl?"),
        ("h100", "h10", 7, "recipe.hardware: there is no hardware 'h10'; --catalog"),
        ("precision:", "precison:", 8, "recipe.precison: there is no recipe field"),
        ("fp8", "{a: 1}", 8, "recipe.precision: expected"),
        ("{ttft: 2}", "{tftt: 2}", 9, "slo.tftt: unknown key; did you mean ttft?"),
        ("model: m", "isl: 9", 3, "not valid YAML: found duplicate key"),
        ("model: m", "model: [m", 3, "not valid YAML"),
        ("model: m\n", "", 1, "model is missing"),
        ("isl: 8", "isl: no", 3, "isl: expected a whole number, got text"),
        ("isl: 8", "isl: 8\nduration: 3\nrequests: 9", 4, "duration: give one of duration, requests_per_str"),
        ("isl: 8", "isl: 8\narrivals: fast", 4, "'fast' is unknown; it is one of poisson, constant, gamma"),
        ("isl: 8", "isl: 8\nheaders:\n  X-A: 3", 5, "headers.X-A: expected text"),
    ],
)
def test_a_mistake_in_a_spec_is_told_with_file_and_line(
    old: str, new: str, line: int, words: str, tmp_path: Path
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC.replace(old, new, 1))
    told_at(spec, line, words)


def test_a_model_that_the_server_does_not_have_ends_before_anything_is_measured(tmp_path: Path) -> None:
    """One that only is not listed, such as an alias, is measured."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_request(reader):
            if b"/v1/models" in request.split(b"\r\n")[0]:
                status, body = b"200 OK", b'{"data":[{"id":"org/Real-8B"}]}'
            elif b'"model":"alias"' in request:
                for piece in ANSWER:
                    writer.write(piece)
                continue
            else:
                status, body = b"404 No", b'{"error":"no such model"}'
            writer.write(b"HTTP/1.1 %s\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body))

    with scripted(handler) as url:
        options = ("bench", url, *QUICK[2:], "--concurrency", "1", "--store", str(tmp_path / "store"))
        said = isoline(tmp_path, *options, "--model", "nope", code=2).stderr
        assert "there is no model 'nope'" in said
        assert "org/Real-8B" in said
        assert not (tmp_path / "store").exists()
        assert (
            "the server lists org/Real-8B, not alias"
            in isoline(tmp_path, *options, "--model", "alias", code=None).stderr
        )


def test_what_is_missing_first_is_the_server(tmp_path: Path) -> None:
    assert "isoline bench URL|SPEC.yaml" in isoline(tmp_path, "bench", code=2).stderr


def test_loads_that_end_before_they_are_steady_are_foretold() -> None:
    loads = [Load(concurrency=streams, requests=40) for streams in (1, 4, 8, 16)]
    (told,) = foretold(loads)
    assert told.startswith("8 streams, 16 streams: 40 requests are 2.5 a stream at 16; with fewer than 10")
    assert list(foretold([*loads[:2], Load(rate=3.0, requests=40), Load(concurrency=99, duration=9.0)])) == []
    assert list(foretold([Load(rate=3.0, requests=5)])) == ["3 requests/s: fewer than 6 requests are INVALID"]


def test_a_pipe_is_as_wide_as_columns_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert stdout_console().width == 200
    monkeypatch.delenv("COLUMNS")
    assert stdout_console().width == 120


def test_advice_is_given_once() -> None:
    problem = TargetError(Failure.REFUSED, "cannot connect to h:1")
    records = [RequestRecord(n, 0, error=problem.kind, detail=problem.message) for n in range(9)]
    (found,) = [
        one for one in judge(records, RunReport(1), Load(rate=1.0, requests=9), None) if one.code == "errors"
    ]
    assert f"{found.text}; {found.advice}".count("nothing listens there") == 1


def test_a_flag_beside_a_spec_wins(server: str, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC.replace("http://127.0.0.1:9", server) + "duration: 60\ncooldown: 0\n")
    found, _ = run(tmp_path / "store", str(spec), "--concurrency", "3", "--requests", "9")
    (point,) = found["points"]  # type: ignore[misc]
    assert (point["concurrency"], point["requests"]) == (3, 9)


def test_the_example_is_a_spec(tmp_path: Path) -> None:
    printed = isoline(tmp_path, "bench", "--example").stdout
    assert printed == EXAMPLE
    spec = tmp_path / "spec.yaml"
    spec.write_text(re.sub(r"http://\S+", "http://127.0.0.1:9", printed))
    assert "nothing listens there" in isoline(tmp_path, "bench", str(spec), code=5).stderr
    keys = set(re.findall(r"^(?:# )?(\w+):", printed, re.MULTILINE))
    assert keys <= set(Spec.__struct_fields__)


def test_the_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from isoline.cli.main import main; main(['bench', '--help']);"
        "print([m for m in ('uvloop', 'duckdb', 'pyarrow', 'rich', 'ruamel', 'asyncio') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
    assert "--concurrency" in ran.stdout


def test_a_sweep_against_the_mock_agrees_with_what_it_served(mock_binary: Path, tmp_path: Path) -> None:
    with running_mock(mock_binary, "--ttft-ms", "20", "--itl-ms", "4") as url:
        options = ("--model", "mock", "--isl", "32", "--osl", "16", "--requests", "40", "--concurrency", "4")
        found, _ = run(tmp_path, url, *options)
    (point,) = found["points"]  # type: ignore[misc]
    assert point["tpot"]["median"] >= 0.0039
    assert point["ttft"]["min"] >= 0.020
    assert point["interactivity"] == pytest.approx(1 / point["tpot"]["median"])


@pytest.mark.parametrize(("valid", "words"), [(True, "\nVALID: "), (False, "\nINVALID at 16 streams: ")])
def test_the_self_test_has_a_verdict(valid: bool, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    one = Bias(
        streams=16, requests=96, ttft_mean=0.0, ttft_p99=None, itl_mean=0.0, served_ttft_mean=0.05,
        served_itl_mean=0.01, tokens_per_second=1.0, cpu_per_token=1e-5, valid=valid, reasons=[],
    )  # fmt: skip
    ceiling = Ceiling(tokens_per_second=1.0, tokens_per_core_second=1.0, processes=1)
    _print(SelfTest(bias=[one], ceiling=ceiling, environment={}))
    assert words in capsys.readouterr().out


def test_the_self_test_tells_bias_and_ceiling(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "isoline", "selftest", "--streams", "2", "--format", "json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 4), ran.stderr
    found = json.loads(ran.stdout)
    (bias,) = found["bias"]
    assert bias["valid"] == (ran.returncode == 0)
    assert bias["requests"] == 12
    # Asked for is 50 ms; timers count whole milliseconds from when their loop last looked at the clock.
    assert bias["served_ttft_mean"] > 0.045
    assert bias["ttft_mean"] > 0  # no byte is seen before it was sent
    assert found["ceiling"]["tokens_per_second"] > 0
