"""Drafts that are accepted by a given number are labelled, however that number was given."""

from __future__ import annotations

import pytest

from isoline.measure.launchers.acceptance import acceptance
from isoline.measure.launchers.settings import Settings
from isoline.measure.launchers.sglang import LAUNCHER as SGLANG
from isoline.measure.launchers.vllm import LAUNCHER as VLLM

RATES = '{"method": "eagle3", "rejection_sample_method": "synthetic", "synthetic_acceptance_rates": [0.7]}'


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        (Settings(model="m"), None),
        (Settings(model="m", spec_method="none"), None),
        (Settings(model="m", spec_method="eagle3", draft="d", spec_tokens=3), "measured"),
        (Settings(model="m", extra=("--speculative-config", RATES)), "synthetic"),
        (Settings(model="m", extra=(f"--speculative-config={RATES}",)), "synthetic"),
        (Settings(model="m", extra=("--speculative-config", "not JSON")), "measured"),
        (Settings(model="m", environment={"SGLANG_SIMULATE_ACC_LEN": "3"}), None),
    ],
)
def test_vllm(settings: Settings, found: str | None) -> None:
    assert acceptance(VLLM.arguments(settings), settings.environment) == found


@pytest.mark.parametrize(
    ("length", "found"),
    [(None, "measured"), ("2.5", "synthetic"), ("0", "measured"), ("-1", "measured"), ("x", "measured")],
)
def test_sglang(length: str | None, found: str) -> None:
    environment = {} if length is None else {"SGLANG_SIMULATE_ACC_LEN": length}
    settings = Settings(model="m", spec_method="mtp", spec_tokens=3, environment=environment)
    assert acceptance(SGLANG.arguments(settings), settings.environment) == found
