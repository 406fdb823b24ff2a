"""ES modules as one script, for a file that has no addresses to import from.

Understands what our own modules use: one import a line, `export` before a function or a constant.
"""

from __future__ import annotations

import re
from collections.abc import Callable

IMPORT = re.compile(r'^import (?:\* as (\w+)|(\{[\w, ]+\})) from "\./([\w.]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (\w+))", re.MULTILINE)
OTHER = re.compile(r"^(import|export)\b.*", re.MULTILINE)


def reached(root: str, read: Callable[[str], str]) -> dict[str, str]:
    """`root` and all that it imports by name, what is imported first; `read` gives a module's text."""
    found: dict[str, str] = {}
    _add(root, read, found)
    return found


def bundled(root: str, read: Callable[[str], str]) -> str:
    """All of them as one script, each in a scope of its own."""
    scopes = [_scoped(name, text) for name, text in reached(root, read).items()]
    return "\n".join(['"use strict";', "const modules = {};", *scopes])


def _add(name: str, read: Callable[[str], str], found: dict[str, str]) -> None:
    if name in found:
        return
    text = read(name)
    for match in IMPORT.finditer(text):
        _add(match[3], read, found)
    found[name] = text


def _scoped(name: str, text: str) -> str:
    body = IMPORT.sub(lambda found: f'const {found[1] or found[2]} = modules["{found[3]}"];', text)
    exported = ", ".join(EXPORT.findall(body))
    body = EXPORT.sub("", body)
    if other := OTHER.search(body):
        raise ValueError(f"{name}: cannot bundle {other[0]!r}")
    return f'modules["{name}"] = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();'
