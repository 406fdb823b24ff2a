"""`isoline bench --ray` on a real cluster of three nodes, one of which is killed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from isoline.measure.live.file import read_live
from tests.cli.process import isoline
from tests.measure.servers import running_mock

pytestmark = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed")
LOAD = ("--model", "mock", "--isl", "16", "--osl", "24", "--cooldown", "0")


@pytest.fixture(scope="module")
def cluster() -> Iterator[subprocess.Popen[str]]:
    """Three nodes; the address is the next line of its output, and a line of input kills a node."""
    pipe, script = subprocess.PIPE, Path(__file__).with_name("cluster.py")
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def address(cluster: subprocess.Popen[str]) -> str:
    assert cluster.stdout is not None
    return cluster.stdout.readline().strip()


def stats(url: str) -> dict[str, int]:
    with urllib.request.urlopen(url + "/stats") as answer:
        return dict(json.load(answer))


def test_three_hosts_offer_one_load(address: str, mock_binary: Path, tmp_path: Path) -> None:
    with running_mock(mock_binary, "--ttft-ms", "20", "--itl-ms", "3") as url:
        load = (*LOAD, "--concurrency", "9", "--requests", "90", "--format", "json")
        ran = isoline(tmp_path, "bench", url, *load, "--ray", address, "--hosts", "3", code=None)
        server = stats(url)
    (point,) = json.loads(ran.stdout)["points"]
    assert (point["requests"], point["errors"], server["peak_active"]) == (90, {}, 9)
    hosts = point["client"]["hosts"]
    assert len({host["host"] for host in hosts}) == 3
    assert [(host["processes"], host["requests"], host["lost"]) for host in hosts] == [(1, 30, None)] * 3
    # The nodes share this machine's clock: its offset is nothing, and the error says so.
    assert all(0 < host["clock_error"] < 0.1 for host in hosts)
    # What a busy machine may add: late reading, and clocks that cannot be read often enough to be sure of.
    busy = {"client_lag", "clocks", "host_busy", "streams"}
    assert {reason["code"] for reason in point["reasons"]} <= busy
    assert f"note: {url} is, on each host, that host itself" in ran.stderr
    (manifest,) = (json.loads(path.read_text()) for path in tmp_path.glob("runs/*/manifest.json"))
    assert [host["name"] for host in manifest["details"]["hosts"]] == [host["host"] for host in hosts]


def test_more_hosts_than_there_are(address: str, mock_binary: Path, tmp_path: Path) -> None:
    with running_mock(mock_binary, "--zero") as url:
        load = (*LOAD, "--concurrency", "4", "--requests", "8")
        ran = isoline(tmp_path, "bench", url, *load, "--ray", address, "--hosts", "4", code=5)
    assert f"the Ray cluster at {address} has 3 hosts, 4 were asked" in ran.stderr


MATRIX = """\
engine: {name: simulated, checkpoint: llama-3-1-8b on h100, extra: [--speed, "2"]}
matrix:
  precision:
    bf16: {quantization: bf16, recipe: {precision: bf16}}
    fp8: {quantization: fp8, recipe: {precision: fp8}}
isl: 64
osl: 32
concurrency: 6
requests: 30
cooldown: 0
"""


def test_several_hosts_offer_the_load_of_a_matrix(address: str, tmp_path: Path) -> None:
    """All nodes are on this machine, so that an engine on 127.0.0.1 is in reach of each."""
    spec = tmp_path / "spec.yaml"
    spec.write_text(MATRIX)
    arguments = ("--format", "json", "--ray", address, "--hosts", "3")
    ran = isoline(tmp_path / "store", "bench", str(spec), *arguments, code=None)
    found = {one["name"]: one["points"] for one in json.loads(ran.stdout)["configurations"]}
    assert list(found) == ["bf16", "fp8"]
    for (point,) in found.values():
        assert (point["requests"], point["errors"]) == (30, {})
        assert [(host["requests"], host["lost"]) for host in point["client"]["hosts"]] == [(10, None)] * 3
        assert [told["source"] for told in point["telemetry"]] == ["engine"]


def test_a_host_that_is_lost_makes_the_point_invalid_and_ends_the_sweep(
    address: str, cluster: subprocess.Popen[str], mock_binary: Path, tmp_path: Path
) -> None:
    with running_mock(mock_binary, "--ttft-ms", "20", "--itl-ms", "3") as url:
        command = ["bench", url, *LOAD, "--concurrency", "9,12", "--duration", "120", "--format", "json"]
        command += ["--ray", address, "--hosts", "3", "--store", str(tmp_path)]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            [sys.executable, "-m", "isoline", *command], stdout=pipe, stderr=pipe, text=True
        ) as bench:
            while stats(url)["done"] < 250 and bench.poll() is None:  # the warm-up has 60 at most
                time.sleep(0.1)
            assert cluster.stdin is not None
            print("kill", file=cluster.stdin, flush=True)
            out, said = bench.communicate()
    assert bench.returncode == 4, said
    found = json.loads(out)
    (point,) = found["points"]
    assert not point["valid"]
    lost = [reason for reason in point["reasons"] if reason["code"] == "host_lost"]
    assert len(lost) == 1
    assert "was lost" in lost[0]["text"]
    assert [bool(host["lost"]) for host in point["client"]["hosts"]].count(True) == 1
    assert point["requests"] > 150  # what the lost host had told is kept, too
    assert "is lost" in found["stopped"]
    assert "Traceback" not in said


def test_a_host_that_is_lost_ends_a_matrix(
    address: str, cluster: subprocess.Popen[str], tmp_path: Path
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MATRIX.replace("requests: 30", "duration: 120"))
    command = ["bench", str(spec), "--ray", address, "--hosts", "2", "--store", str(tmp_path / "store")]
    with subprocess.Popen(
        [sys.executable, "-m", "isoline", *command, "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as bench:  # fmt: skip
        while bench.poll() is None and not _is_measuring(tmp_path / "store"):
            time.sleep(0.1)
        assert cluster.stdin is not None
        print("kill", file=cluster.stdin, flush=True)
        out, said = bench.communicate()
    assert bench.returncode == 4, said
    points = [point for one in json.loads(out)["configurations"] for point in one["points"]]
    assert [reason["code"] for point in points for reason in point["reasons"]].count("host_lost") == 1
    assert len(points) == 1
    assert said.count(": starting simulated") == 1
    assert "Traceback" not in said


def _is_measuring(store: Path) -> bool:
    return any(sweep.words == "measuring" and sweep.requests > 20 for sweep in read_live(store))


def test_no_cluster(tmp_path: Path, mock_binary: Path) -> None:
    with running_mock(mock_binary, "--zero") as url:
        load = (*LOAD, "--concurrency", "4", "--requests", "8")
        ran = isoline(tmp_path, "bench", url, *load, "--ray", "ray://127.0.0.1:9", code=2)
        assert "run this on a host of the cluster" in ran.stderr
        ran = isoline(tmp_path, "bench", url, *load, "--hosts", "2", code=2)
        assert "--hosts: needs the address of a Ray cluster; add --ray ADDRESS" in ran.stderr
