"""Pages as schema.org describes them (JSON-LD), for search engines: a Dataset, a list of pages."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.analyse.comparison import Comparison
from isoline.present import around

Values = dict[str, object]

MEASURES = (
    ("Throughput per GPU", "tokens/s/GPU"),
    ("Cost", "USD per million tokens"),
    ("Throughput per megawatt", "tokens/s/MW"),
    ("Concurrency", "requests in flight"),
)
FORMS = (("json", "application/json"), ("csv", "text/csv"), ("png", "image/png"))


def dataset(comparison: Comparison, base: str, path: str, query: str) -> Values:
    """A comparison as a schema.org Dataset; what is not known is left out."""
    found: Values = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": around.title(comparison),
        "description": comparison.narrative[0],
        "url": f"{base}{path}",
        "isAccessibleForFree": True,
        "measurementTechnique": f"read at equal interactivity (tok/s/user), method {comparison.method}",
        "variableMeasured": [
            {"@type": "PropertyValue", "name": name, "unitText": unit} for name, unit in MEASURES
        ],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": f"{base}{path}.{suffix}{query}"}
            for suffix, kind in FORMS
        ],
    }
    return found | _dates(comparison) | _origins(comparison)


def item_list(name: str, base: str, path: str, rows: Sequence[Values]) -> Values:
    """A table of pairs as a schema.org ItemList; `rows` are those of `lists.row`."""
    items = [
        {
            "@type": "ListItem",
            "position": place,
            "name": f"{row['model']} {row['where']}: {' vs '.join(_texts(row['sides']))}".replace(" :", ":"),
            "url": f"{base}{row['href']}",
        }
        for place, row in enumerate(rows, 1)
    ]
    return {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "name": name,
        "url": f"{base}{path}",
        "numberOfItems": len(items),
        "itemListElement": items,
    }


def _dates(comparison: Comparison) -> Values:
    first = min((s.first_date for s in comparison.sources if s.first_date), default=None)
    last = max((s.last_date for s in comparison.sources if s.last_date), default=None)
    if first is None or last is None:
        return {}
    return {"temporalCoverage": first if first == last else f"{first}/{last}", "dateModified": last}


def _origins(comparison: Comparison) -> Values:
    links = [part for source in comparison.sources for part in source.source.split(", ")]
    links = [link for link in links if link.startswith(("https://", "http://"))]
    return {"isBasedOn": links} if links else {}


def _texts(sides: object) -> list[str]:
    return [str(side) for side in sides] if isinstance(sides, tuple) else []
