"""What a server said, as a part of a sentence."""

from __future__ import annotations

import html
import re

LONGEST = 200  # characters

_PAGE = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style|title)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>?")


def one_line(text: str) -> str:
    """On one line, cut where it is long; of a web page what a browser would show."""
    if _PAGE.search(text):
        text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 2].rstrip()} …"
