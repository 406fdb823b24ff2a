"""The source's lenient readings of loose values: `"True"`, `"64"`, `"42abc"`, `…_1k8k_…`.

Run artifacts were written by shell scripts, so numbers and booleans arrive as text. These follow
the source's own rules, so that an artifact means the same here as there; `None` is "not said".
"""

from __future__ import annotations

import math
import re

from isoline.domain.sequence import parse_sequence

_FLOAT = re.compile(r"\s*([+-]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))")
_INTEGER = re.compile(r"\s*([+-]?\d+)")
_LENGTHS = re.compile(r"[_-](\d{1,4}k)(\d{1,4}k)(?:[_.-]|$)")
# A tag that starts with a version; pre- and post-releases belong to it, build variants do not.
_VERSION = re.compile(
    r"v?(\d+(?:\.\d+)+(?:-?(?:rc|a|b)\d+)?(?:\.(?:post|pre|dev|rc)\d+)*)(?:[-+_].*)?", re.ASCII
)


def parse_bool(value: object) -> bool:
    """True for `true`, `"true"` and `"True"` only."""
    return parse_optional_bool(value) is True


def parse_optional_bool(value: object) -> bool | None:
    """Like `parse_bool`, but `None` where the value says neither yes nor no."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "True": True, "false": False, "False": False}.get(value)
    return None


def parse_num(value: object) -> float | int | None:
    """A number, or the number a text starts with."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        match = _FLOAT.match(value)
        return float(match[1]) if match else None
    return value if isinstance(value, float) and not math.isnan(value) else None


def parse_int(value: object) -> int | None:
    """A number rounded half up, or the whole number a text starts with."""
    if isinstance(value, str):
        match = _INTEGER.match(value)
        return int(match[1]) if match and len(match[1]) < 20 else None
    number = parse_num(value)
    if number is None or isinstance(number, int):
        return number
    return math.floor(number + 0.5) if math.isfinite(number) else None


def parse_lengths(name: str) -> tuple[int, int] | None:
    """Input and output length from a file name such as `eval_dsr1_1k8k_123.zip`."""
    match = _LENGTHS.search(name)
    if match is None or "0k" in (match[1], match[2]):
        return None
    return parse_sequence(f"{match[1]}/{match[2]}")


def parse_image(value: object) -> str | None:
    """An image reference; the harness writes `/` as `#`, which a file name may hold."""
    return value.replace("#", "/") if isinstance(value, str) and value else None


def split_digest(image: str | None) -> tuple[str | None, str | None]:
    """`repo:tag@sha256:…` -> (`repo:tag`, `sha256:…`)."""
    if image is None or "@" not in image:
        return image, None
    name, _, digest = image.partition("@")
    return name, digest or None


def engine_version(image: str | None) -> str | None:
    """The version an image's tag plainly starts with, else nothing: a guess would look like a fact."""
    tag = (image or "").rsplit("/", 1)[-1].partition(":")[2]
    match = _VERSION.fullmatch(tag)
    return match[1] if match else None
