"""docs/engines.md names every engine and prints the table of flags."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from isoline.measure.launchers.settings import Settings
from isoline.measure.telemetry.engine_metrics import METRICS, EngineMetric
from isoline.registry import ENGINES, LAUNCHERS

PAGE = (Path(__file__).parents[3] / "docs/engines.md").read_text()
LABELS = {
    "vllm": "vLLM",
    "sglang": "SGLang",
    "trt": "TensorRT-LLM",
    "llama-cpp": "llama.cpp",
    "simulated": "Simulated",
    "transformers": "Transformers",
}


def test_every_engine_has_a_row_and_a_launcher() -> None:
    assert ENGINES.names() == LAUNCHERS.names() == tuple(LABELS)
    for label in LABELS.values():
        assert f"\n| {label} | " in PAGE


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_a_settings_flags_are_printed(setting: str) -> None:
    flags = [LAUNCHERS.load(name).flags.get(setting) for name in LAUNCHERS.names()]
    if any(flags):
        cells = [f"`{flag}`" if flag else "" for flag in flags]
        assert f"\n| `{setting}` | {' | '.join(cells)} |\n" in PAGE
    else:
        assert f"\n| `{setting}` | " not in PAGE


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_that_is_read_is_printed_in_its_engines_column(metric: EngineMetric) -> None:
    field = metric.field.partition("@")[0]
    (row,) = (line.split(" | ") for line in PAGE.splitlines() if line.startswith(f"| `{field}` | "))
    (heading,) = (line.split(" | ") for line in PAGE.splitlines() if line.startswith("| field | "))
    column = next(n for n, text in enumerate(heading) if text.startswith(LABELS[metric.engine]))
    prefix = heading[column].split("`")[1]
    assert f"`{metric.name.removeprefix(prefix)}`" in row[column]
