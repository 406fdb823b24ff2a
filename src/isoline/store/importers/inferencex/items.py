"""What locations give: documents to decode, troubles to quarantine, notes to pass on."""

from __future__ import annotations

from dataclasses import dataclass

MAX_DOCUMENT = 512 * 1024**2  # bytes of one JSON document


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one JSON document. `path` is its whole name, archives being folders of it."""

    source: str  # the file or URL a user would open
    path: str
    data: bytes
    is_location: bool = False  # the user named it, so its errors are answers, not findings
    kind: str | None = None  # known for an API's responses

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    def position(self, row: int | None = None) -> str:
        """Where in `source`: member name and row number, from 1."""
        member = self.path.removeprefix(self.source).lstrip("/")
        parts = [member or None, None if row is None else f"row {row}"]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file or member that is not read, and why."""

    source: str
    position: str
    reason: str
    detail: str
    is_location: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something left out on purpose; equal texts are counted."""

    text: str


Item = Document | Trouble | Skipped
