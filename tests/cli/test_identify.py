"""isoline identify, against servers that answer as engines do."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.process import isoline
from tests.measure.engines.test_identify import SGLANG, VLLM, serving


def test_a_server_is_told_and_compared(tmp_path: Path) -> None:
    with serving(VLLM) as probe:
        shown = isoline(tmp_path, "identify", probe.root).stdout
        found = json.loads(
            isoline(tmp_path, "identify", f"{probe.root}/v1", "--recipe", "tp=8", "--format", "json").stdout
        )
        wrong = isoline(tmp_path, "identify", probe.root, "--recipe", "engine=sglang,kv_format=bf16", code=5)
        other = isoline(tmp_path, "identify", probe.root, "--model", "nope", code=5)
    assert ["engine_version", "0.22.1"] in [line.split() for line in shown.splitlines()]
    assert found["recipe"]["kv_format"] == "fp8"
    assert found["recipe"]["decode_tp"] == 8
    assert "declared 'sglang', the server reports 'vllm'" in wrong.stderr
    assert "declared 'bf16', the server reports 'fp8'" in wrong.stderr
    assert "the server serves served" in other.stderr


def test_secrets_of_a_server_are_not_shown(tmp_path: Path) -> None:
    with serving(SGLANG) as probe:
        shown = isoline(tmp_path, "identify", probe.root, "--format", "json").stdout
    assert "sk-secret" not in shown


def test_what_cannot_be_asked_says_why(tmp_path: Path) -> None:
    assert "is not a server URL" in isoline(tmp_path, "identify", "localhost:8000", code=2).stderr
    assert "no answer" in isoline(tmp_path, "identify", "http://127.0.0.1:9", code=5).stderr
    no_key = isoline(tmp_path, "identify", "http://127.0.0.1:9", "--api-key-env", "NO_SUCH_KEY", code=2)
    assert "no environment variable NO_SUCH_KEY" in no_key.stderr
