"""A chart specification to SVG, PNG or a file, offline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from isoline.errors import UsageError

SHARE = (1200, 675)  # pixels of an image made for sharing; twice that at the default scale
VEGA_LITE = "6.4"  # the same grammar on every machine, whatever newer ones vl-convert brings
SUFFIXES = (".png", ".svg", ".json")

Spec = Mapping[str, object]


def to_svg(spec: Spec) -> str:
    import vl_convert  # 20 MB of JavaScript engine: only when something is rendered

    svg: str = vl_convert.vegalite_to_svg(dict(spec), vl_version=VEGA_LITE, allowed_base_urls=[])
    return svg


def to_png(spec: Spec, scale: float = 2.0) -> bytes:
    """`width` x `height` of the specification, times `scale`, in pixels."""
    import vl_convert

    png: bytes = vl_convert.vegalite_to_png(
        dict(spec), vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[]
    )
    return png


def save(spec: Spec, path: str | Path, scale: float = 2.0) -> Path:
    """Write `path` as its suffix says: a picture, or the specification itself."""
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"cannot write a chart as {target.name!r}; end the name in {', '.join(SUFFIXES)}")
    if not target.parent.is_dir():  # before the seconds a rendering may take
        raise UsageError(f"cannot write {target}: folder {target.parent} does not exist")
    if suffix == ".png":
        content = to_png(spec, scale)
    elif suffix == ".svg":
        content = to_svg(spec).encode()
    else:
        content = json.dumps(spec, indent=1, ensure_ascii=False).encode()
    try:
        target.write_bytes(content)
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror}") from error
    return target
