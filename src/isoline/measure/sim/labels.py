"""How a server says that it is simulated; `measure.engines.simulated` is how a client finds out.

Every response carries `HEADER`; every completion has `FINGERPRINT` as its system_fingerprint; model
names begin with `PREFIX`; and `/v1/models` holds an object under `KEY` with the recipe.
"""

from __future__ import annotations

import msgspec

from isoline.domain.recipe import Recipe

KEY = "isoline_simulated"
HEADER = "x-isoline-simulated"
FINGERPRINT = "simulated"
PREFIX = "simulated/"


class Declaration(msgspec.Struct, frozen=True):
    """What a simulated server says of itself; `speed` is how many times faster than real time it runs."""

    recipe: Recipe
    speed: float = 1.0
