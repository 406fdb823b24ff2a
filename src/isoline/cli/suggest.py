"""A slug as asked, or the closest ones that have data."""

from __future__ import annotations

import sys

from isoline.ask.pairs import closest
from isoline.domain.catalog import Catalog
from isoline.domain.slugs import Slug, parse_slug
from isoline.errors import UsageError
from isoline.store.sources import Sources


def parse(text: str, catalog: Catalog, kind: str | None, data: Sources) -> Slug:
    """The parsed slug; a redirect is said on stderr, an unknown slug answers with close ones."""
    try:
        slug = parse_slug(text, catalog, kind)
    except UsageError as error:
        close = closest(text, catalog, data)
        raise UsageError(str(error), tuple(dict.fromkeys([*close, *error.suggestions]))) from None
    if slug.redirect:
        print(f"{text} is {slug.canonical}", file=sys.stderr)
    return slug
