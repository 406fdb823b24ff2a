"""A chart specification to Vega, SVG, PNG or a file, offline.

Compiling Vega-Lite takes tens of milliseconds and does not depend on a chart's data, texts and size: the
`frame` of a specification, without these, is compiled once, and `fill` puts them into what came out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from isoline.errors import OutputError, UsageError
from isoline.present import fonts

SHARE = (1200, 675)  # pixels of an image made for sharing; twice that at the default scale
VEGA_LITE = "6.4"  # the same grammar on every machine, whatever newer ones vl-convert brings
SUFFIXES = (".png", ".svg", ".json")
FRAMES = 64  # compiled, of 30 kB: themes, sizes and legends in use
OWN = ("description", "width", "height", "padding")  # what the compiled chart calls by the same names

Spec: TypeAlias = Mapping[str, object]
Values: TypeAlias = dict[str, object]


def frame(spec: Spec) -> Values:
    """`spec` without what differs between charts that look alike; data and signals keep their names."""
    blank: Values = {**spec, "description": "-", "width": 600, "height": 400, "padding": 0}
    if isinstance(data := spec.get("datasets"), dict):
        blank["datasets"] = {name: [] for name in data}
    if isinstance(rows := spec.get("params"), list):
        blank["params"] = [{"name": row["name"], "value": None} for row in rows]
    if "title" in spec:
        blank["title"] = {"text": "-", "subtitle": ["-"]}
    return blank


def compiled(spec: Spec) -> Values:
    """`spec` in Vega, the grammar of the chart library's runtime."""
    return fill(json.loads(compiled_frame(json.dumps(frame(spec)))), spec)


@lru_cache(FRAMES)
def compiled_frame(text: str) -> str:
    """Vega of a `frame`, both as JSON."""
    import vl_convert  # 20 MB of JavaScript engine: only when something is rendered

    return json.dumps(vl_convert.vegalite_to_vega(text, vl_version=VEGA_LITE))


def fill(vega: Values, spec: Spec) -> Values:
    """The compiled frame of `spec` with its data, signals, texts and size."""
    vega |= {name: spec[name] for name in OWN if name in spec}
    _set(vega["data"], "values", spec.get("datasets", {}))
    params = spec.get("params", [])
    assert isinstance(params, list)
    _set(vega.get("signals", []), "value", {row["name"]: row["value"] for row in params})
    if isinstance(title := spec.get("title"), dict) and isinstance(own := vega["title"], dict):
        own |= title
    return vega


def _set(rows: object, field: str, values: object) -> None:
    """Gives each named row its value."""
    assert isinstance(rows, list)
    assert isinstance(values, dict)
    for row in rows:
        if row["name"] in values:
            row[field] = values[row["name"]]


def still(spec: Spec) -> Values:
    """`spec` without what only a pointer could bring up."""
    rows = spec.get("layer", [])
    assert isinstance(rows, list)
    layers = [
        {**row, "encoding": {name: own for name, own in row["encoding"].items() if name != "tooltip"}}
        for row in rows
    ]
    return {**spec, "layer": layers}


@cache
def _drawing() -> ModuleType:
    """vl-convert with its fonts, which it reads when it first draws."""
    import vl_convert

    with fonts.own_first():
        vl_convert.svg_to_png('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
    converter: ModuleType = vl_convert
    return converter


def to_svg(spec: Spec) -> str:
    """`width` x `height` of the specification, in pixels."""
    svg: str = _drawing().vega_to_svg(compiled(still(spec)), allowed_base_urls=[])
    return svg


def to_png(spec: Spec, scale: float = 2.0) -> bytes:
    """`width` x `height` of the specification, times `scale`, in pixels."""
    png: bytes = _drawing().vega_to_png(compiled(still(spec)), scale=scale, allowed_base_urls=[])
    return png


def save(spec: Spec, path: str | Path, scale: float = 2.0) -> Path:
    """Write `path` as its suffix says: a picture, or the specification itself."""
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"cannot write a chart as {target.name!r}; end the name in {', '.join(SUFFIXES)}")
    if not target.parent.is_dir():  # before the seconds a rendering may take
        raise OutputError(f"cannot write {target}: folder {target.parent} does not exist")
    if suffix == ".png":
        content = to_png(spec, scale)
    elif suffix == ".svg":
        content = to_svg(spec).encode()
    else:
        content = json.dumps(spec, indent=1, ensure_ascii=False).encode()
    try:
        target.write_bytes(content)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror}") from error
    return target
