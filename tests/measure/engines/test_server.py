"""The life of an engine's process, with a stub in its place."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from isoline.errors import EngineError
from isoline.measure.launchers import processes
from isoline.measure.launchers.server import Server, free_port
from isoline.measure.launchers.settings import Launcher, Settings

STUB = str(Path(__file__).with_name("stub_engine.py"))


def server(tmp_path: Path, *behaviour: str, port: int | None = None) -> Server:
    launcher = Launcher("stub", (sys.executable, STUB), lambda s: ["--port", str(s.port), *behaviour])
    settings = Settings(model="m", port=port or free_port())
    return Server(launcher, settings, tmp_path / "logs/server.log")


def is_open(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def test_a_slow_start_is_waited_for_and_everything_ends_with_the_block(tmp_path: Path) -> None:
    with server(tmp_path, "slow") as engine:
        engine.wait(60)
        assert engine.running
        assert urllib.request.urlopen(f"{engine.url}/v1/models").status == 200
    assert not engine.running
    assert not is_open(int(engine.url.rpartition(":")[2]))
    engine.stop()  # again changes nothing


@pytest.mark.parametrize(
    ("behaviour", "kind", "quote"),
    [
        ("oom", "out of memory", "less than desired GPU memory utilization (0.9, 3.6 GiB)"),
        ("flag", "unknown flag", "unrecognized arguments: --tensor-paralel-size 2"),
        ("port", "port taken", "address already in use"),
        ("exception", "an exception", "KeyError: 'layers.0.weird'"),
        ("silent", "is empty", "exit code 1"),
    ],
)
def test_a_crash_at_start_is_told_by_its_log(tmp_path: Path, behaviour: str, kind: str, quote: str) -> None:
    with server(tmp_path, behaviour) as engine, pytest.raises(EngineError) as error:
        engine.wait(60)
    assert kind in str(error.value)
    assert quote in str(error.value)
    assert str(tmp_path / "logs/server.log") in str(error.value)


def test_an_engine_that_hangs_is_stopped(tmp_path: Path) -> None:
    with server(tmp_path, "hang") as engine:
        with pytest.raises(EngineError, match=r"does not serve after 1 s; (?s:.*)loading weights"):
            engine.wait(1)
        assert not engine.running


def test_a_crash_midway_is_noticed_with_its_reason(tmp_path: Path) -> None:
    with server(tmp_path) as engine:
        engine.wait(60)
        engine.check()
        with suppress(OSError):
            urllib.request.urlopen(f"{engine.url}/die")
        while engine.running:
            time.sleep(0.01)
        with pytest.raises(EngineError, match=r"exit code 9: out of memory(?s:.*)CUDA out of memory"):
            engine.check()


def test_an_engine_that_ignores_the_signal_is_forced(tmp_path: Path) -> None:
    engine = server(tmp_path, "stubborn")
    engine.wait(60)
    engine.stop(grace=0.2)
    assert not engine.running


def test_a_process_that_left_the_group_does_not_keep_its_port(tmp_path: Path) -> None:
    other = free_port()
    with server(tmp_path, "orphan", str(other)) as engine:
        engine.wait(60)
        assert is_open(other)
        engine.stop(grace=5)
    assert not is_open(other)


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EngineError, match=f"port {port} of 127.0.0.1 is taken"):
            server(tmp_path, port=port)
    assert not (tmp_path / "logs/server.log").exists()


def test_a_missing_program_says_how_to_get_it(tmp_path: Path) -> None:
    launcher = Launcher("vllm", ("no-such-program",), lambda s: [], install="pip install vllm")
    with pytest.raises(EngineError, match=r"no program 'no-such-program'(?s:.*)pip install vllm"):
        Server(launcher, Settings(model="m", port=free_port()), tmp_path / "log")


@pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel's parent-death signal")
def test_an_engine_does_not_outlive_a_measurement_that_was_killed(tmp_path: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from isoline.measure.launchers.server import Server
from isoline.measure.launchers.settings import Launcher, Settings
launcher = Launcher("stub", (sys.executable, {STUB!r}), lambda s: ["--port", str(s.port)])
engine = Server(launcher, Settings(model="m", port={free_port()}), Path({str(tmp_path / "log")!r}))
engine.wait(60)
print(engine._mark, flush=True)
time.sleep(600)
"""
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    mark = owner.stdout.readline().strip()
    assert processes.marked(mark)
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    for _ in range(600):  # as long as a busy machine may take to deliver a signal
        if not processes.marked(mark):
            break
        time.sleep(0.05)
    assert processes.marked(mark) == []
    owner.stdout.close()
