"""Stylesheet, scripts and templates. A file's address holds its digest, so that it may be cached for good."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent
FILES = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "copy.js": "text/javascript; charset=utf-8",
}
FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    packed: bytes
    media_type: str


class Assets:
    """Files by address; templates by name."""

    def __init__(self) -> None:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        self._files: dict[str, Asset] = {}
        self._addresses: dict[str, str] = {}
        for name, media_type in FILES.items():
            content = (HERE / "static" / name).read_bytes()
            self._addresses[name] = f"{hashlib.sha256(content).hexdigest()[:12]}/{name}"
            self._files[self._addresses[name]] = Asset(content, gzip.compress(content, 9), media_type)
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals["static"] = self.url

    def url(self, name: str) -> str:
        """`/static/3f2a…/page.css`."""
        return f"/static/{self._addresses[name]}"

    def get(self, address: str) -> Asset | None:
        """The file at what follows `/static/`."""
        return self._files.get(address)

    def template(self, name: str) -> Template:
        """A template; every value in it is escaped."""
        return self._environment.get_template(name)
