"""The life of a started engine: start, wait until it serves, watch, stop with all it started."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from isoline.errors import EngineError
from isoline.measure.engines.probe import Probe
from isoline.measure.launchers import processes
from isoline.measure.launchers.reasons import TAIL, reason
from isoline.measure.launchers.settings import HEALTHY, Launcher, Settings

START_TIMEOUT = 1800.0  # s: the largest checkpoints take that long from a cold disk
GRACE = 30.0  # s from asking to forcing
POLL = 0.25  # s


class Server:
    """A running engine. Leaving the `with` block stops it, whatever happened in it.

    On Linux it also ends with the thread that started it, even if that was killed.
    """

    def __init__(self, launcher: Launcher, settings: Settings, log: Path) -> None:
        self.engine, self.url, self.log = launcher.engine, settings.url, log
        self.command = launcher.arguments(settings)
        self._ready = launcher.ready
        self._port = settings.port
        self._mark = secrets.token_hex(8)
        self._probe = Probe(settings.url, timeout=5.0)
        _refuse_taken(settings)
        _refuse_missing(launcher, self.command[0], settings.environment)
        self._process = self._start(settings)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether the started process still is there."""
        return self._process.poll() is None

    def wait(self, timeout: float = START_TIMEOUT, stopped: Callable[[], bool] = lambda: False) -> None:
        """Returns once it serves. An engine that ends, or does not serve in `timeout` s, is stopped and
        is an `EngineError` that quotes its log. `stopped` may end the wait early, leaving it running.
        """
        deadline = time.monotonic() + timeout
        while not stopped():
            self.check()
            if self._serves():
                return
            if time.monotonic() >= deadline:
                ending = self._ending()  # before the log tells of being stopped
                self.stop()
                raise EngineError(f"{self._title()} does not serve after {timeout:g} s; {ending}")
            time.sleep(POLL)

    def check(self) -> None:
        """Raises `EngineError` with the reason if the engine ended."""
        if self.running:
            return
        code = self._process.returncode
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        self.stop()  # what it started may still hold the port or a GPU
        raise EngineError(f"{self._title()} ended with {how}: {self._reason(code)}")

    def confirm(self, timeout: float = 10.0) -> None:
        """Raises `EngineError` unless it still serves: one whose workers died may go on listening."""
        deadline = time.monotonic() + timeout
        while True:
            self.check()
            if self._serves():
                return
            if time.monotonic() >= deadline:
                raise EngineError(f"{self._title()} does not serve any more: {self._reason(0)}")
            time.sleep(POLL)

    def stop(self, grace: float = GRACE) -> None:
        """Ends the engine and all it started: asks, waits `grace` s, forces. Twice is once."""
        if self.running:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
        processes.send(processes.outside(self._mark, self._process.pid), signal.SIGTERM)
        left = self._wait_gone(grace)
        processes.send(left, signal.SIGKILL)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if left := self._wait_gone(5.0):
            ids = ", ".join(map(str, left))
            raise EngineError(f"{self._title()} left processes that cannot be ended: {ids}")

    def _start(self, settings: Settings) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **settings.environment, processes.MARK: self._mark}
        # By its path: the engine's environment may have a PYTHONPATH without this package.
        guard_file = str(Path(__file__).with_name("guard.py"))
        guard = [sys.executable, "-P", guard_file, str(os.getpid())]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            return _popen([*guard, *self.command], environment, output)

    def _serves(self) -> bool:
        replies = (self._probe.get(path) for path in self._ready)
        return all(reply is not None and reply.status == HEALTHY for reply in replies)

    def _wait_gone(self, seconds: float) -> list[int]:
        """Ids of what is still there after at most so long."""
        deadline = time.monotonic() + seconds
        while (left := processes.marked(self._mark)) or self.running:
            if time.monotonic() >= deadline:
                break
            time.sleep(0.05)
        return left

    def _title(self) -> str:
        return f"{self.engine} ({' '.join(self.command[:4])} …)"

    def _ending(self) -> str:
        lines = self._tail().splitlines()[-5:]
        shown = "".join(f"\n  | {line}" for line in lines)
        return f"its log ({self.log}) ends with{shown}" if lines else f"its log ({self.log}) is empty"

    def _reason(self, code: int) -> str:
        found = reason(self._tail())
        if found is None:
            killed = " Out of memory of this machine ends processes so." if code == -signal.SIGKILL else ""
            return f"its log ({self.log}) is empty.{killed}"
        return f"{found}\n  (whole log: {self.log})"

    def _tail(self) -> str:
        with suppress(OSError), self.log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            return file.read().decode("utf-8", "replace")
        return ""


def free_port(host: str = "127.0.0.1") -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _refuse_taken(settings: Settings) -> None:
    host = "127.0.0.1" if settings.host in ("", "0.0.0.0", "::") else settings.host
    with suppress(OSError), socket.create_connection((host, settings.port), timeout=1.0):
        raise EngineError(
            f"port {settings.port} of {host} is taken already: what answers there would be measured. "
            "Stop it, or choose another port"
        )


def _refuse_missing(launcher: Launcher, program: str, environment: Mapping[str, str]) -> None:
    if shutil.which(program, path=environment.get("PATH", os.environ.get("PATH"))) is None:
        how = f"; get it with: {launcher.install}" if launcher.install else ""
        raise EngineError(f"there is no program {program!r} on this machine's PATH{how}")


def _popen(command: list[str], environment: dict[str, str], output: BinaryIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,  # its own group, so that Ctrl+C reaches it through us only
    )
