"""Which fonts pictures are drawn with: vl-convert's own Liberation Sans before the system's copy of it.

vl-convert opens and maps a font file anew for every letter it draws or measures; its own fonts are in
memory. Where the system has the same family in files, these would be chosen, and drawing would take twice
as long. All other fonts stay, for letters that Liberation lacks.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

OWN = "Liberation"
SUFFIXES = (".ttf", ".otf", ".ttc", ".pfb")
ROOTS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
SETTING = "FONTCONFIG_FILE"


@contextmanager
def own_first() -> Iterator[None]:
    """While this lasts, fonts that are read are the system's but its Liberation.

    Only where fonts are found as fontconfig says, and nobody said otherwise.
    """
    if not sys.platform.startswith("linux") or SETTING in os.environ:
        yield
        return
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(_configuration([found for root in ROOTS for found in others(Path(root).expanduser())]))
        file.flush()
        os.environ[SETTING] = file.name
        try:
            yield
        finally:
            del os.environ[SETTING]


def others(folder: Path) -> list[Path]:
    """Folders in `folder`, or itself, that hold its fonts but not those of a folder of Liberation alone."""
    if not folder.is_dir():
        return []
    inside = sorted(folder.iterdir())
    fonts = [path.name for path in inside if path.suffix.lower() in SUFFIXES]
    if fonts and all(name.startswith(OWN) for name in fonts):
        return []
    below = [path for path in inside if path.is_dir()]
    kept = [found for path in below for found in others(path)]
    return [folder] if fonts or kept == below else kept


def _configuration(folders: list[Path]) -> str:
    """A fontconfig file that names these folders; without any, all would be searched."""
    lines = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in folders or [Path(os.devnull)])
    return (
        f'<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>{lines}</fontconfig>\n'
    )
