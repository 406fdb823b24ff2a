"""How many GPUs the settings of an engine take: what data parallelism means differs between engines."""

from __future__ import annotations

import pytest

from isoline.bench.asked.recipe import declare
from isoline.bench.asked.spec import Engine, Spec
from isoline.bench.matrix.configurations import configurations
from isoline.domain.catalog import load_catalog


@pytest.mark.parametrize(
    ("name", "settings", "gpus"),
    [
        ("sglang", {"tp": 8, "dp": 8, "dp_attention": True}, 8),
        ("sglang", {"tp": 16, "dp": 4, "pp": 2, "dp_attention": True}, 32),
        ("sglang", {"tp": 4, "dp": 2}, 8),
        ("sglang", {"tp": 4, "dp": 2, "dp_attention": False}, 8),
        ("sglang", {"tp": 4, "dp_attention": True}, 4),
        ("vllm", {"tp": 2, "dp": 4}, 8),
        ("vllm", {"dp": 8, "dp_attention": True}, 8),
        ("vllm", {"tp": 8, "dp": 8, "dp_attention": True}, 64),
        ("vllm", {"tp": 4, "pp": 2}, 8),
    ],
)
def test_gpus_of_a_configuration(name: str, settings: dict[str, int], gpus: int) -> None:
    engine = Engine(name=name, checkpoint="org/model", **settings)
    recipe = {"hardware": "h100", "precision": "fp8"}
    (one,) = configurations(Spec(engine=engine, recipe=recipe))
    assert declare(one.recipe, one.served, load_catalog(())).recipe.gpus == gpus
