"""`isoline sim`: its list of models holds the recipe that it simulates."""

from __future__ import annotations

import msgspec

from isoline.errors import EngineError
from isoline.measure.engines import reported
from isoline.measure.engines.identity import Identity
from isoline.measure.engines.probe import Probe
from isoline.measure.sim.labels import KEY, PREFIX, Declaration

NAME = "simulated"


def identify(probe: Probe) -> Identity | None:
    """The identity of a simulated engine, `None` of any other server. All of its recipe is reported."""
    models = probe.models()
    told = next((model[KEY] for model in models if KEY in model), None)
    if told is None:
        return None
    try:
        declared = msgspec.convert(told, Declaration)
    except msgspec.ValidationError as error:
        words = f"the simulated server declares a recipe that cannot be read: {error}"
        raise EngineError(words) from None
    names = reported.served(models)
    fields = {name: value for name, value in declared.recipe.items() if value is not None}
    return Identity(
        engine=declared.recipe.engine,
        served=(*names, *(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))),
        fields={name: value for name, value in fields.items() if name != "engine"},
        speculates=declared.recipe.spec_method != "none",
        max_length=reported.whole(models[0].get("max_model_len")),
        simulated=declared.speed,
    )
