"""An optional tokenizer: exact prompt lengths for text, and our own count where a server sends none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isoline.errors import InputError, UsageError
from isoline.measure.records import FROM_CHUNKS, FROM_TOKENIZER, RequestRecord
from isoline.measure.sink import Sink

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Library


class Tokenizer:
    """A model's own vocabulary, from the `tokenizer.json` of its checkpoint; nothing is downloaded.

    Special tokens are never added: a prompt's length is that of its text.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self._library.encode(text, add_special_tokens=False).ids
        return ids

    def count(self, text: str) -> int:
        return len(self.encode(text))

    def decode(self, ids: Sequence[int]) -> str:
        text: str = self._library.decode(list(ids))
        return text


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer of a `tokenizer.json`, or of a folder that holds one; raises UsageError or InputError."""
    try:
        from tokenizers import Tokenizer as Library
    except ImportError:
        raise UsageError("reading a tokenizer needs: pip install 'isoline[tokenizer]'") from None
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file():
        raise UsageError(f"{file}: no such file; give a checkpoint's folder or its tokenizer.json")
    try:
        return Tokenizer(Library.from_file(str(file)))
    except Exception as problem:  # the library raises plain Exception
        raise InputError(
            f"{file} is not a tokenizer ({problem}); give a checkpoint's tokenizer.json"
        ) from None


class CountingSink:
    """Counts the tokens of an answer itself where the server's count is missing or contradicts its stream.

    The target must keep texts. An answer's text may tokenize into fewer or more tokens than the
    model made: tokenizers merge differently across the borders of what was generated.
    """

    def __init__(self, sink: Sink, tokenizer: Tokenizer) -> None:
        self._sink, self._tokenizer = sink, tokenizer

    def write(self, record: RequestRecord) -> None:
        if record.tokens_out_source == FROM_CHUNKS and record.text:
            record.tokens_out = self._tokenizer.count(record.text)
            record.tokens_out_source = FROM_TOKENIZER
        self._sink.write(record)
