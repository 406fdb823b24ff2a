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
    assert {reason["code"] for reason in point["reasons"]} <= {"client_lag", "host_busy", "streams"}
    assert f"note: {url} is, on each host, that host itself" in ran.stderr
    (manifest,) = (json.loads(path.read_text()) for path in tmp_path.glob("runs/*/manifest.json"))
    assert [host["name"] for host in manifest["details"]["hosts"]] == [host["host"] for host in hosts]


def test_more_hosts_than_there_are(address: str, mock_binary: Path, tmp_path: Path) -> None:
    with running_mock(mock_binary, "--zero") as url:
        load = (*LOAD, "--concurrency", "4", "--requests", "8")
        ran = isoline(tmp_path, "bench", url, *load, "--ray", address, "--hosts", "4", code=5)
    assert f"the Ray cluster at {address} has 3 hosts, 4 were asked" in ran.stderr


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


def test_no_cluster(tmp_path: Path, mock_binary: Path) -> None:
    with running_mock(mock_binary, "--zero") as url:
        load = (*LOAD, "--concurrency", "4", "--requests", "8")
        ran = isoline(tmp_path, "bench", url, *load, "--ray", "ray://127.0.0.1:9", code=2)
        assert "run this on a host of the cluster" in ran.stderr
        ran = isoline(tmp_path, "bench", url, *load, "--hosts", "2", code=2)
        assert "--hosts: needs the address of a Ray cluster; add --ray ADDRESS" in ran.stderr
