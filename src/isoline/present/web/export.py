"""A comparison as one HTML file: no request leaves it, and its targets can still be edited."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from markupsafe import Markup
from msgspec.structs import replace

from isoline import __version__
from isoline.analyse.built import Built
from isoline.analyse.comparison import Comparison
from isoline.present.charts import MOVING, comparison_chart
from isoline.present.embed import embedded
from isoline.present.web.assets import HERE, Assets
from isoline.present.web.beside import besides
from isoline.present.web.modules import bundled
from isoline.present.web.parts import differs_part
from isoline.present.web.points import point_table

ROOT = "offline.js"  # the module that starts the others
SIZES = {"wide": (1080, 460), "narrow": (358, 420)}
THEMES = ("light", "dark")

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a file holds beside its comparison.

    `library` is the chart library, `stills` the SVGs of `still_specs` for readers without scripts,
    `frames` the compiled frames of `live_specs`, `day` when the file was made.
    """

    library: str
    stills: dict[str, bytes]
    frames: dict[str, str]
    day: date


def to_html(
    comparison: Comparison, built: Sequence[Built], page: Values, assets: Assets, parts: Parts
) -> str:
    """The file of `comparison`, whose sides were read from `built`; `page` are the values of its page."""
    css = _text("page.css")
    scripts = [_inline(parts.library), _inline(bundled(ROOT, _text))]
    values: Values = {
        **page,
        "policy": policy(scripts, css),
        "css": Markup(css),
        "scripts": [Markup(script) for script in scripts],
        "version": __version__,
        "made": parts.day.isoformat(),
        "curves": embedded(comparison, built),
        "charts": _charts(comparison, parts.frames),
        "stills": [_still(theme, svg) for theme, svg in parts.stills.items()],
        "table": point_table(comparison),
        "beside": besides(comparison, built),
        "differs": differs_part(comparison, assets, controls=False),
    }
    return assets.template("export.html").render(values)


def policy(scripts: list[str], css: str) -> str:
    """Only these scripts and this stylesheet, by their digests; pictures only from the file itself."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'sha256-{_digest(css)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def still_specs(comparison: Comparison) -> dict[str, Values]:
    """The chart by theme; `comparison` needs what a chart draws."""
    return {theme: _spec(comparison, "wide", theme) for theme in THEMES}


def _spec(comparison: Comparison, size: str, theme: str) -> Values:
    """Without a legend: the page has one."""
    width, height = SIZES[size]
    return comparison_chart(comparison, theme=theme, width=width, height=height, title=False, legend=False)


def live_specs(comparison: Comparison) -> dict[str, Values]:
    """The chart that a script feeds, by size and theme; it also leaves out what is hidden."""
    comparison = replace(comparison, view=replace(comparison.view, hide=()))
    return {f"{size} {theme}": _spec(comparison, size, theme) for size, theme in product(SIZES, THEMES)}


def _charts(comparison: Comparison, frames: dict[str, str]) -> Values:
    """What a script draws from: a frame per width and theme, and once the rows that all of them share."""
    shared, found = dict[str, object](), dict[str, Values]()
    for name, spec in live_specs(comparison).items():
        rows = spec["datasets"]
        assert isinstance(rows, dict)
        shared = {key: rows[key] for key in rows if key not in MOVING}
        own = {key: spec[key] for key in ("params", "padding", "description")}
        found[name] = own | {"labels": rows["labels"], "font": _font(spec), "vega": json.loads(frames[name])}
    return {"datasets": shared, "frames": found}


def _font(spec: Values) -> object:
    """The size of body text, which all lengths of a chart follow."""
    config = spec["config"]
    assert isinstance(config, dict)
    return config["title"]["subtitleFontSize"]


def _still(theme: str, svg: bytes) -> Values:
    """A picture as `drawing.stills` describes those of a page, in the file itself."""
    width, height = SIZES["wide"]
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
    return {
        "media": f"(prefers-color-scheme: {theme})",
        "address": address,
        "width": width,
        "height": height,
    }


def _text(name: str) -> str:
    return (HERE / "static" / name).read_text()


def _inline(script: str) -> str:
    """A script whose strings cannot end its element."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
