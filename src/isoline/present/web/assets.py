"""Stylesheet, script and templates. Addresses hold the digest of what is sent: it may be cached for good.

The pages' modules travel as one script: a reader's first page waits for few answers.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from isoline.present.web.modules import bundled

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent
MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
# What a cell says after its value: an interval, how many runs one rests on, or at which speed it is.
AFTERWARDS = re.compile(r"^(.+)( (?:\[[^\[\]]+\]|\(\d+ runs?\)|at [\d.,]+(?: s)?))$")
BRACKETS = re.compile(r"\[[^\[\]]{1,40}\]")
FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    packed: bytes
    media_type: str


def whole(text: str) -> Markup:
    """Escaped, with what stands in brackets kept on one line: a dash would let an interval break."""
    return Markup(BRACKETS.sub(r'<span class="whole">\g<0></span>', str(escape(text))))


def stacked(text: str) -> Markup:
    """Escaped, with what follows the value on a line of its own, so that columns stay narrow."""
    found = AFTERWARDS.match(text)
    return Markup("{}<small>{}</small>").format(*found.groups()) if found else escape(text)


class Assets:
    """Files by address; templates by name."""

    def __init__(self) -> None:
        from jinja2 import FileSystemLoader, StrictUndefined

        from isoline.present.web.templating import DictEnvironment

        files = {
            "page.css": _text("page.css"),
            **{name: bundled(name, _text) for name in ("page.js", "live.js")},
        }
        self._addresses = {name: f"{_digest(text)}/{name}" for name, text in files.items()}
        self._files = {
            self._addresses[name]: Asset(
                text.encode(), gzip.compress(text.encode(), 9), MEDIA_TYPES[Path(name).suffix]
            )
            for name, text in files.items()
        }
        self._environment = DictEnvironment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals["static"] = self.url
        self._environment.filters |= {"whole": whole, "stacked": stacked}

    def url(self, name: str) -> str:
        """`/static/3f2a…/page.css`."""
        return f"/static/{self._addresses[name]}"

    def get(self, address: str) -> Asset | None:
        """The file at what follows `/static/`."""
        return self._files.get(address)

    def part(self, name: str, values: Mapping[str, object]) -> Markup:
        """A template rendered to stand in others."""
        return Markup(self.template(name).render(values))

    def template(self, name: str) -> Template:
        """A template; every value in it is escaped."""
        return self._environment.get_template(name)


def _text(name: str) -> str:
    return (HERE / "static" / name).read_text()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
