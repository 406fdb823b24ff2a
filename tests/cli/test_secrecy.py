"""Secrets of engines that are started: found wherever a spec may say them, in no file of the store."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from isoline.bench.asked.reading import Asked
from isoline.bench.asked.secrecy import of_words, secret_name, secrets
from isoline.bench.asked.spec import Spec
from isoline.bench.kept.engine_log import hide_in
from isoline.bench.kept.hiding import Hider
from isoline.bench.matrix.configurations import configurations
from isoline.domain.point import Selection
from isoline.store.store import Store
from tests.cli.process import isoline

STUB = Path(__file__).parents[1] / "measure/engines/stub_engine.py"
SECRETS = ("sk-from-variable", "hf-of-the-row", "sk-written-out", "pw-of-the-engine", "hf-of-a-url")
TEXT = f"""\
engine:
  name: vllm
  program: [{sys.executable}, {STUB}]
  checkpoint: https://u:$HF_TOKEN@hub/stub
  environment: {{DB_PASSWORD: pw-of-the-engine, TOKENIZERS_PARALLELISM: "false", PIN_KEY: 8192}}
  extra: [--api-key, $VLLM_KEY, --max-tokens, "8192", echo]
matrix:
  kind:
    one: {{environment: {{HF_TOKEN: hf-of-the-row}}, extra: [--admin-api-key=sk-written-out]}}
model: stub
isl: 8
osl: 4
concurrency: 1
requests: 10
cooldown: 0
recipe: {{model: qwen-3-5, hardware: h100, precision: fp8, gpus: 1}}
"""


def test_no_secret_of_a_started_engine_reaches_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VLLM_KEY", "sk-from-variable")
    monkeypatch.setenv("HF_TOKEN", "hf-of-a-url")
    path = tmp_path / "spec.yaml"
    path.write_text(TEXT)
    ran = isoline(tmp_path, "bench", str(path), "--store", str(tmp_path / "store"), code=None)
    with Store(tmp_path / "store") as store:
        (point,) = store.points(Selection(), include_invalid=True)
        ((_, details),) = store.details("local")
    assert point.recipe.flags == "--admin-api-key=*** --api-key *** --max-tokens 8192 echo"
    assert point.recipe.checkpoint == "https://u:***@hub/stub"
    environment = details["engine"]["settings"]["environment"]  # type: ignore[index]
    assert environment == {
        "DB_PASSWORD": "***", "TOKENIZERS_PARALLELISM": "false", "PIN_KEY": "***", "HF_TOKEN": "***"
    }  # fmt: skip
    (log,) = tmp_path.glob("store/runs/*/server.log")
    assert "'--api-key', '***'" in log.read_text()
    kept = [file.read_bytes() for file in tmp_path.glob("store/**/*") if file.is_file()]
    for secret in SECRETS:
        assert secret not in ran.stdout + ran.stderr + json.dumps(details)
        assert not any(secret.encode() in held for held in kept)


def test_the_whole_log_of_a_start_that_went_wrong_has_no_secret(tmp_path: Path) -> None:
    log = tmp_path / "start.log"
    log.write_bytes(b"--api-key sk-1 \xff\r\nRuntimeError: sk-1 is no key\n")
    hide_in(log, Hider(["sk-1"]))
    assert log.read_bytes() == b"--api-key *** \xff\r\nRuntimeError: *** is no key\n"
    assert list(tmp_path.iterdir()) == [log]


def test_another_key_is_the_same_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(TEXT)
    found = []
    for key in ("sk-first-key", "sk-second-key"):
        monkeypatch.setenv("VLLM_KEY", key)
        monkeypatch.setenv("HF_TOKEN", key)
        spec = Asked(path, {}).spec()
        (one,) = configurations(spec)
        found.append(Hider(secrets(spec, one.secrets)).document(one.settings))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ["HF_TOKEN", "hf_token", "KEY", "--api-key", "AWS_SECRET_ACCESS_KEY",
    "OPENAI_APIKEY", "TOKEN_1", "CLIENT_SECRET_2", "PGPASSWORD", "GOOGLE_CREDENTIALS"])  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert secret_name(name)


@pytest.mark.parametrize("name", ["TOKENIZERS_PARALLELISM", "MAX_TOKENS", "--tokenizer", "--kv-cache-dtype",
    "KEYBOARD", "MONKEY", "VLLM_KEY_CACHE", "SECRETARY", "--max-num-batched-tokens", ""])  # fmt: skip
def test_names_of_other_settings(name: str) -> None:
    assert not secret_name(name)


@pytest.mark.parametrize("value", ["8192", "-0.5", "1e-3", "false", "True", "none", "abc", ""])
def test_values_that_occur_everywhere_are_not_hidden(value: str) -> None:
    assert secrets(Spec(), [value, "sk-real"]) == ["sk-real"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--api-key", "one", "two", "--port", "1"], ["one", "two"]),
        (["--api-key=one", "three"], ["one"]),
        (["-e", "HF_TOKEN=one", "image"], ["one"]),
        (["--api-key", "--verbose", "x"], []),
    ],
)
def test_secrets_of_a_command_line(words: list[str], found: list[str]) -> None:
    assert list(of_words(words)) == found
