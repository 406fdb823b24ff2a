"""Where tables go."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPE = 120  # columns of a pipe, unless $COLUMNS says otherwise


def stdout_console() -> Console:
    """As wide as the terminal."""
    from rich.console import Console

    terminal = Console(highlight=False)
    told = os.environ.get("COLUMNS", "").isdigit()
    return terminal if terminal.is_terminal or told else Console(highlight=False, width=PIPE)
