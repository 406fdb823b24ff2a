"""How a server says that it is simulated, and how a client finds out: the one place that knows.

Every response carries `HEADER`; every completion has `FINGERPRINT` as its system_fingerprint; model
names begin with `PREFIX`; and `/v1/models` holds an object under `KEY` with the recipe.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from isoline.domain.recipe import Recipe

HEADER = "x-isoline-simulated"
FINGERPRINT = "simulated"
PREFIX = "simulated/"
KEY = "isoline_simulated"


class Declaration(msgspec.Struct, frozen=True):
    """What a simulated server says of itself; `speed` is how many times faster than real time it runs."""

    recipe: Recipe
    speed: float = 1.0


def declaration(models: Mapping[str, Any]) -> Declaration | None:
    """The declaration in a decoded `/v1/models` document; `None`: not a simulated server.

    >>> declaration({"data": [{"id": "some/model"}]}) is None
    True
    """
    for row in models.get("data") or ():
        if isinstance(row, Mapping) and isinstance(row.get(KEY), Mapping):
            return msgspec.convert(row[KEY], Declaration)
    return None
