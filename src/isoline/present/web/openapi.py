"""The addresses of the pages as an OpenAPI 3.1 document: what may be asked, within which bounds."""

from __future__ import annotations

from collections.abc import Sequence

from isoline import __version__
from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.terms import AGGREGATIONS, AXES, METHODS, STATISTICS
from isoline.ask.rank_asked import MEANT
from isoline.ask.values import LARGEST, MAX_NUMBERS
from isoline.domain.catalog import TIERS
from isoline.present.palette import THEMES
from isoline.present.web.site import KIND_NAMES, PER_DOLLAR, ROUTES

Values = dict[str, object]

TEXTS = {
    "": ("the page", "text/html"),
    ".json": ("the comparison as a document, values unrounded", "application/json"),
    ".csv": ("a row per target and side", "text/csv"),
    ".points": ("the chart's points as a table", "text/html"),
    ".points.csv": ("all points with recipes and every metric", "text/csv"),
    ".points.json": ("the same as a document, with the repeats of each point", "application/json"),
    ".html": ("the page as one file whose targets can be edited", "text/html"),
}
PICTURES = {
    ".png": ("the chart", "image/png"),
    ".og.png": ("the chart as a card of 1200 x 630", "image/png"),
    ".svg": ("the chart", "image/svg+xml"),
    ".chart.json": ("the chart's Vega-Lite specification", "application/json"),
}
PLAIN = {
    "/": ("comparisons with most data", "text/html"),
    "/index.json": ("the same with ratios and intervals", "application/json"),
    "/rank": ("each model's configurations at the same speed", "text/html"),
    "/rank.json": ("the same as a document", "application/json"),
    "/live": ("sweeps that run on this store", "text/html"),
    "/live.json": ("how they stand", "application/json"),
    "/sitemap.xml": ("all pages", "application/xml"),
    "/robots.txt": ("rules for robots", "text/plain"),
    "/llms.txt": ("the data and how to ask for them", "text/markdown"),
    "/openapi.json": ("this document", "application/json"),
}
RANKINGS = {
    "": ("all configurations of a model at the same speeds", "text/html"),
    ".json": ("the same as a document, values unrounded", "application/json"),
    ".csv": ("a row per configuration and speed", "text/csv"),
}
ENDLESS = {"/live/events": ("the inside of /live whenever it changes", "text/event-stream")}


def document(base: str = "") -> Values:
    """The whole document; `base` is where the server stands."""
    paths: Values = {
        path: {"get": _get(words, kind, [])} for path, (words, kind) in (PLAIN | ENDLESS).items()
    }
    named = {path: KIND_NAMES[kind] for kind, path in ROUTES.items()}
    for path, name in {**named, PER_DOLLAR: "GPUs per dollar"}.items():
        paths[path] = {"get": _get(f"{name}: all pairs with data", "text/html", [WORDS])}
        told = f"{name}: all pairs with data, with ratios and intervals"
        paths[f"{path}.json"] = {"get": _get(told, "application/json", [WORDS])}
        for suffix, (words, media_type) in (TEXTS | PICTURES).items():
            asked = [SLUG, *QUESTION, *(LOOK if suffix in PICTURES else [])]
            asked += [PART] if suffix == ".chart.json" else [DENSITY] if suffix.endswith(".png") else []
            paths[f"{path}/{{slug}}{suffix}"] = {"get": _get(words, media_type, asked, missing=True)}
    for suffix, (words, media_type) in RANKINGS.items():
        asked = [MODEL, BY, *(one for one in QUESTION if one["name"] in MEANT)]
        paths[f"/rank/{{model}}{suffix}"] = {"get": _get(words, media_type, asked, missing=True)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Isoline",
            "version": __version__,
            "description": "LLM inference servers compared at matched interactivity. A comparison's page, "
            "its JSON twin and its pictures answer the same question; the query is all of it.",
        },
        "servers": [{"url": base or "/"}],
        "paths": paths,
    }


def _parameter(name: str, description: str, schema: Values, example: object, place: str = "query") -> Values:
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": description,
        "schema": schema,
        "example": example,
    }


def _rates(name: str, description: str, example: str) -> Values:
    return _parameter(name, description, {"type": "string", "pattern": RATES, "maxLength": 200}, example)


def _seconds(name: str, description: str, example: str) -> Values:
    return _parameter(name, description, {"type": "string", "pattern": rf"^{NUMBER}$"}, example)


def _choice(name: str, description: str, known: Sequence[str]) -> Values:
    return _parameter(name, description, {"type": "string", "enum": list(known)}, known[0])


def _list(name: str, description: str, example: str) -> Values:
    schema: Values = {"type": "string", "pattern": r"^[a-z0-9_:.-]+(,[a-z0-9_:.-]+)*$", "maxLength": 200}
    return _parameter(name, description, schema, example)


def _switch(name: str, description: str) -> Values:
    return _parameter(name, description, {"type": "string", "enum": ["1", "0"]}, "1")


NUMBER = r"\d{1,4}(\.\d{1,3})?"
RATES = rf"^[a-z0-9-]+={NUMBER}(,[a-z0-9-]+={NUMBER})*$"
TARGETS = rf"^{NUMBER}(,{NUMBER})*$"

SLUG = _parameter(
    "slug",
    "MODEL-GPU-PRECISION-vs-PRECISION, MODEL-GPU-vs-GPU and so on",
    {"type": "string", "minLength": 1, "maxLength": 200},
    "qwen-3-5-b300-fp4-vs-bf16",
    "path",
)
MODEL = _parameter(
    "model",
    "key or alias of a model",
    {"type": "string", "minLength": 1, "maxLength": 80},
    "qwen-3-5",
    "path",
)
BY = _parameter("by", "the speed that orders them", {"type": "string", "pattern": rf"^{NUMBER}$"}, "50")
WORDS = _parameter("q", "words that a pair must contain", {"type": "string", "maxLength": 200}, "b300")
QUESTION = [
    _parameter(
        "at",
        f"targets in tok/s/user, above 0 and at most {LARGEST:,.0f}, at most {MAX_NUMBERS}",
        {"type": "string", "pattern": TARGETS, "maxLength": 1000},
        "102,160,218",
    ),
    _parameter(
        "within",
        f"budgets in $ per M tokens: the highest speed each side gives for it; at most {MAX_NUMBERS}",
        {"type": "string", "pattern": TARGETS, "maxLength": 1000},
        "0.316,0.5",
    ),
    _choice("metric", "what it is about; per GPU is over all GPUs unless a role is named", tuple(QUANTITIES)),
    _parameter("sequence", "input/output tokens", {"type": "string", "pattern": r"^\d+k?/\d+k?$"}, "1k/1k"),
    _parameter("precision", "between GPUs", {"type": "string", "maxLength": 20}, "fp8"),
    _choice("method", "how a side is read", METHODS),
    _choice("tier", "row of the price book", TIERS),
    _rates("price", "own $/GPU-hour", "b300=2.26"),
    _rates("power", "own all-in kW per GPU", "b300=1.9"),
    _list("vendor", "only GPUs of these", "nvidia"),
    _choice("aggregation", "only points served so", AGGREGATIONS),
    _list("spec_decode", "only points with these methods", "mtp"),
    _seconds("max_ttft", "only points with no longer a time to first token, seconds", "0.5"),
    _seconds("max_e2e", "only points with no longer an end-to-end latency, seconds", "20"),
    _choice("limit_on", "what of these latencies the limits hold; median unless said", STATISTICS),
    _list("match", "hold both sides equal in these fields, or in all that can be", "all"),
    _choice("x", "what the chart is over", tuple(AXES)),
    _switch("log", "1: logarithmic y axis, 0: linear; else as the data ask"),
    _switch("optimal", "only points that no other of their series beats"),
    _list("hide", "sides and series that the chart leaves out; they are read all the same", "bf16"),
    _parameter("dataset", "only these", {"type": "string", "maxLength": 200}, "published"),
    _parameter("as_of", "data and prices up to that day", {"type": "string", "format": "date"}, "2026-11-01"),
]
LOOK = [
    _choice("theme", "colours", tuple(THEMES)),
    _choice("size", "named sizes", ("share", "og", "wide", "narrow")),
    _parameter("width", "pixels", {"type": "integer", "minimum": 240, "maximum": 2400}, 1200),
    _parameter("height", "pixels", {"type": "integer", "minimum": 200, "maximum": 1600}, 675),
    _parameter("legend", "0 leaves it out", {"type": "string", "enum": ["0", "1"]}, "0"),
]
PART = _choice(
    "part",
    "targets: only the data that other targets change; live: data and signals beside compiled Vega",
    ("targets", "live"),
)
DENSITY = _choice("scale", "pixels of the picture per pixel of the chart", ("1", "2"))


def _get(words: str, media_type: str, parameters: list[Values], *, missing: bool = False) -> Values:
    answers: Values = {"200": {"description": words, "content": {media_type: {}}}}
    if missing:
        answers |= {
            "302": {"description": "to the tidy address of the same question"},
            "304": {"description": "unchanged"},
            "308": {"description": "to the comparison's own slug, the query kept"},
            "400": {"description": "a value that is unknown or out of bounds; says what would work"},
            "404": {"description": "no such comparison, or no data for it; names some that have"},
        }
    return {"summary": words, "parameters": parameters, "responses": answers}
