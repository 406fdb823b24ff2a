"""docs/importing.md prints each tool's table of fields, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from isoline.store.importers.foreign.tools import TOOLS

PAGE = (Path(__file__).parents[4] / "docs/importing.md").read_text()


@pytest.mark.parametrize("name", TOOLS)
def test_the_page_prints_the_tools_table(name: str) -> None:
    tool = TOOLS[name]
    section = re.search(rf"^### {re.escape(tool.title)}\n(.*?)(?=^#)", PAGE, re.MULTILINE | re.DOTALL)
    assert section is not None
    assert f"Versions: {tool.versions}." in section[1]
    printed = [line for line in section[1].splitlines() if line.startswith("| `")]
    assert printed == [quantity.row for quantity in tool.quantities]
