"""Mistakes on the command line: one form of words, one code for each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.process import isoline


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("compare", 2, "isoline: missing argument 'SLUG'; isoline compare --help says more"),
        ("compare x --mod", 2, "isoline: there is no option '--mod'; isoline compare --help says more"),
        ("list --kind gpus", 2, "isoline: there is no --kind 'gpus'\nDid you mean:\n  gpu"),
        ("list --format xml", 2, "isoline: there is no --format 'xml'; there is table, json"),
        ("list a b", 2, "isoline: got unexpected extra argument (b); isoline list --help says more"),
        ("serve --port x", 2, "isoline: invalid value for '--port'"),
        ("store", 2, "isoline: isoline store needs one of reindex, check"),
        ("store chek", 2, "isoline: isoline store needs one of reindex, check"),
        (
            "compar",
            2,
            "isoline: there is no command 'compar'; isoline --help says more\nDid you mean:",
        ),
        ("list qwen3", 2, "Did you mean:\n  qwen-3-5\n"),
        ("sim qwen-3-8b h10", 2, "Did you mean:\n  h100\n"),
        ("bench 127.0.0.1:9", 2, "write http://127.0.0.1:9 for a server"),
        ("bench localhost/v1", 2, "write http://localhost/v1 for a server"),
        # A missing file is one code wherever it is named,
        ("bench nowhere.yaml", 1, "nowhere.yaml: cannot be read"),
        ("bench http://127.0.0.1:9 --model m --prompts nowhere", 1, "--prompts: nowhere"),
        ("bench http://127.0.0.1:9 --model m --isl 8 --osl 8 --tokenizer nowhere", 1, "--tokenizer: nowhere"),
        ("import vllm nowhere", 1, "nowhere does not exist"),
        ("list --catalog nowhere.toml", 1, "nowhere.toml: cannot be read"),
        # and so is a server that does not answer.
        ("identify http://127.0.0.1:9", 5, "no answer"),
        ("bench http://127.0.0.1:9 --model m --isl 8 --osl 8 --concurrency 1", 5, "nothing listens there"),
    ],
)
def test_a_mistake_is_told_in_one_form(tmp_path: Path, command: str, code: int, words: str) -> None:
    said = isoline(tmp_path, *command.split(), code=code).stderr
    assert words in said
    assert "Usage:" not in said
