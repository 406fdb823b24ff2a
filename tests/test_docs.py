"""The documentation is true: examples print what they show, links lead somewhere, options are documented."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from isoline.analyse.quantities import QUANTITIES
from isoline.cli.main import COMMANDS
from isoline.errors import EXIT_CODES
from isoline.measure.sweep.goodput import Goodput
from isoline.measure.sweep.repeats import LoadSummary, Spread
from isoline.measure.sweep.report import ClientFigures, PointReport
from tests.shared import SHARED

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]
)
BLOCK = re.compile(r"```console\n\$ (.+?)\n(.*?)```", re.DOTALL)
EXAMPLES = [found for page in PAGES for found in BLOCK.findall(page.read_text())]


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_examples_print_what_they_show(command: str, shown: str, tmp_path: Path) -> None:
    if "../shared" in command:
        if not SHARED.exists():
            pytest.skip(f"shared data is absent: {SHARED}")
        command = command.replace("../shared", str(SHARED))
    program, *arguments = shlex.split(command)
    assert program == "isoline"
    ran = subprocess.run(
        [sys.executable, "-m", "isoline", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "ISOLINE_STORE": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
    )
    assert ran.returncode == 0, ran.stderr
    printed = [line.rstrip() for line in ran.stdout.splitlines()]
    assert printed[: len(shown.splitlines())] == shown.splitlines()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    module = __import__(f"isoline.cli.{name}_command", fromlist=["app"])
    text = (ROOT / "docs/commands.md").read_text()
    commands = module.app.commands.values() if isinstance(module.app, click.Group) else [module.app]
    assert f"`isoline {name}" in text
    for command in commands:
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[0] in text, parameter.opts[0]


def test_every_exit_code_is_documented() -> None:
    text = (ROOT / "docs/commands.md").read_text()
    assert [code for code, meaning in EXIT_CODES.items() if f"| {code} | {meaning}" not in text] == []


def test_every_metric_is_documented() -> None:
    text = (ROOT / "docs/reading.md").read_text()
    assert [key for key in QUANTITIES if f"`{key}`" not in text] == []


def test_every_key_of_the_json_document_is_documented() -> None:
    schema = json.loads((ROOT / "src/isoline/present/compare.schema.json").read_text())
    text = (ROOT / "docs/json.md").read_text()
    reading = schema["properties"]["targets"]["items"]["properties"]["readings"]["items"]
    for key in [*schema["properties"], *reading["properties"]]:
        short = re.sub(r"^(output|input)_throughput_per_gpu$", r"\1_…", key)
        assert short in text, key


def test_every_key_of_a_sweeps_json_is_documented() -> None:
    text = (ROOT / "docs/json.md").read_text().partition("isoline bench")[2]
    parts = (PointReport, LoadSummary, ClientFigures, Goodput, Spread)
    for part in parts:
        for key in part.__struct_fields__:
            if not (part is LoadSummary and key.endswith(("_median", "_total", "_output"))):
                assert re.search(rf"`{key}(\[\])?`", text), key
