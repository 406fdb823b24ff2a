"""A real engine on the CPU, launched, identified, measured and stopped, in two precisions.

Needs `transformers` with its serving extra and torch (extra `hf`): on PATH, or named by
$ISOLINE_TRANSFORMERS where they live in an environment of their own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from isoline.domain.catalog import load_catalog
from isoline.domain.recipe import Recipe
from isoline.errors import EngineError
from isoline.measure.engines.identify import identify
from isoline.measure.engines.identity import verify
from isoline.measure.engines.probe import Probe
from isoline.measure.fleet import run_load
from isoline.measure.launchers.server import Server, free_port
from isoline.measure.launchers.settings import Settings
from isoline.measure.loads import Load
from isoline.measure.sink import ListSink
from isoline.measure.target import Target
from isoline.measure.workloads import Synthetic
from isoline.registry import LAUNCHERS

PROGRAM = os.environ.get("ISOLINE_TRANSFORMERS") or shutil.which("transformers")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="no `transformers` program; install isoline[hf]")
OFFLINE = {"HF_HUB_OFFLINE": "1"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("tiny")
    python = Path(str(PROGRAM)).parent / "python"
    script = Path(__file__).with_name("tiny_model.py")
    subprocess.run([python, script, folder], check=True, capture_output=True)
    return str(folder)


def server(model: str, log: Path, **settings: object) -> Server:
    program = (str(PROGRAM), "serve")
    asked = Settings(model=model, port=free_port(), program=program, environment=OFFLINE, **settings)  # type: ignore[arg-type]
    return Server(LAUNCHERS.load("transformers"), asked, log)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_tiny_model_is_served_and_measured(model: str, dtype: str, tmp_path: Path) -> None:
    sink = ListSink()
    with server(model, tmp_path / "server.log", dtype=dtype) as engine:
        engine.wait(300)
        found = identify(Probe(engine.url))
        declared = Recipe("tiny", "cpu", "transformers", "bf16")
        assert verify(declared, found, load_catalog(user_dirs=())) == declared
        target = Target(engine.url, model, "chat", ignore_eos="ignore_eos" not in found.refuses)
        run_load(target, Synthetic(8, 6), Load(concurrency=2, requests=4), sink, 0)
        engine.check()
    assert [record.ok for record in sink.records] == [True] * 4, sink.records
    assert all(1 <= (record.tokens_out or 0) <= 6 for record in sink.records)
    assert not engine.running


def test_its_own_words_tell_why_it_does_not_start(model: str, tmp_path: Path) -> None:
    with (
        server(model, tmp_path / "log", extra=("--dtipe", "float32")) as engine,
        pytest.raises(EngineError, match=r"unknown flag(?s:.*)--dtipe"),
    ):
        engine.wait(300)
    with (
        server("/no/such/model", tmp_path / "log2") as engine,
        pytest.raises(EngineError, match=r"no such model|an exception"),
    ):
        engine.wait(300)
