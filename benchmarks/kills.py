"""Kills a sweep at random moments until it is done: nothing that was finished may be lost.

    python benchmarks/kills.py --kills 100

After each SIGKILL every run folder must be whole, every point that was stored must still be stored,
and the sweep that goes on must not measure one of them again unless it is INVALID. Exit code 1 if not.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from isoline.measure.selftest.check import null_server
from isoline.store.store import Store

LOADS, REPEATS = "1,2,3,4", 3


def main() -> int:
    """Sweeps, one after the other, until enough of them were killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, default=10.0, help="seconds a start lives at most")
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    killed = sweeps = points = 0
    with null_server(0.002, 0.001) as url:
        while killed < asked.kills:
            with tempfile.TemporaryDirectory(prefix="isoline-kills-") as folder:
                kills, kept = one_sweep(url, Path(folder), draw, asked.kills - killed, asked.longest)
                killed, points = killed + kills, points + kept
            sweeps += 1
    told = f"{killed} kills in {sweeps} sweeps, {points} points stored between them"
    print(f"{told}: nothing finished was lost, every folder is whole")
    return 0


def one_sweep(url: str, root: Path, draw: random.Random, most: int, longest: float) -> tuple[int, int]:
    """One sweep to its end; how often it was killed, how many points it kept between the kills."""
    kills, known = 0, dict[str, str]()
    while kills < most and len(set(known.values())) < 4 * REPEATS:
        process = start(url, root)
        if draw.random() < 0.5:
            wait_for_writing(process, root)
            time.sleep(draw.uniform(0.0, 0.15))
        else:
            time.sleep(draw.uniform(0.05, longest))
        kills += process.poll() is None
        process.kill()
        process.wait()
        known = check(root, known)
    kept = len(set(known.values()))
    if kept == 4 * REPEATS:
        return kills, kept
    process = start(url, root)
    process.wait()
    found = len(set(check(root, known).values()))
    if found != 4 * REPEATS or process.returncode not in (0, 4):
        raise SystemExit(f"the sweep ended with {found} of {4 * REPEATS} points, code {process.returncode}")
    return kills, kept


def wait_for_writing(process: subprocess.Popen[bytes], root: Path) -> None:
    """Until a point is being stored: the moment in which most could go wrong."""
    while process.poll() is None and not any(root.glob("runs/.tmp-*")):
        time.sleep(0.001)


def start(url: str, root: Path) -> subprocess.Popen[bytes]:
    """The command, as a user gives it."""
    options = f"--isl 16 --osl 4 --concurrency {LOADS} --repeats {REPEATS} --requests 8 --cooldown 0"
    return subprocess.Popen(
        [sys.executable, "-m", "isoline", "bench", url, "--model", "m", "--store", root, *options.split()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def check(root: Path, known: dict[str, str]) -> dict[str, str]:
    """The sweep's runs, each with its slot; raises where one is lost, broken or measured in vain."""
    time.sleep(0.05)
    with Store(root) as store:
        if problems := store.problems(deep=True):
            raise SystemExit(f"a run folder is not whole: {problems}")
        found: dict[str, str] = {}
        good: set[str] = set()
        for run, details in sorted(store.details("local")):
            sweep = details["sweep"]
            assert isinstance(sweep, dict)
            slot = str(sweep["slot"])
            if json.loads(store.file(run, "report.json") or b"{}")["slot"] != slot:
                raise SystemExit(f"run {run} holds another point than it says")
            if slot in good:
                raise SystemExit(f"{slot} was measured again")
            good |= {slot} if details["valid"] else set()
            found[run] = slot
    if lost := known.items() - found.items():
        raise SystemExit(f"finished points were lost: {sorted(lost)}")
    return found


if __name__ == "__main__":
    sys.exit(main())
