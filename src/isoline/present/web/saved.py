"""A comparison's file without a server: what `isoline compare --format html` writes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from isoline.analyse.built import Built
from isoline.analyse.comparison import Comparison
from isoline.ask.scores import scores
from isoline.domain.slugs import Slug
from isoline.present import render
from isoline.present.web import bundle, export
from isoline.present.web.assets import Assets
from isoline.present.web.page import page_values
from isoline.present.web.parts import parts, scores_part
from isoline.present.web.query import Query
from isoline.present.web.site import address
from isoline.store.sources import Sources


def saved(
    comparison: Comparison,
    built: Sequence[Built],
    slug: Slug,
    query: Query,
    sources: Sources,
    *,
    cache: Path | None,
    today: date,
) -> str:
    """The file of `comparison`, made with what a chart draws and read from `built`; `cache` keeps the library
    between calls."""
    found = scores(comparison, sources, query.get("as_of") or None)
    assets = Assets()
    page = page_values(comparison, query, address(slug, query.view))
    page |= parts(comparison, today, assets) | {"scores": scores_part(found, assets)}
    stills = {theme: render.to_svg(spec).encode() for theme, spec in export.still_specs(comparison).items()}
    frames = {
        name: render.compiled_frame(json.dumps(render.frame(spec)))
        for name, spec in export.live_specs(comparison).items()
    }
    library = gzip.decompress(bundle.load_here(cache)).decode()
    return export.to_html(comparison, built, page, assets, export.Parts(library, stills, frames, today))
