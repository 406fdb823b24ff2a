"""Where the data and oracle files lie that tests read and the project does not ship."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("ISOLINE_SHARED") or Path(__file__).resolve().parents[2] / "shared")
"""The folder with `data/` and `oracle/`: $ISOLINE_SHARED, else `../shared` beside the checkout."""

needs_shared = pytest.mark.skipif(
    not SHARED.exists(), reason=f"no shared data at {SHARED}; set ISOLINE_SHARED"
)
