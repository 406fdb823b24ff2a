"""`/rank`: every model's configurations at the same speed; `/rank/MODEL`, with its JSON and CSV twins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from isoline.analyse.quantities import QUANTITIES, THROUGHPUT
from isoline.analyse.ranking import Ranked, Ranking
from isoline.analyse.words import interactivity
from isoline.ask.rank_asked import MEANT, rank_question
from isoline.ask.ranked import ranking, rankings, sequences
from isoline.ask.values import number, split
from isoline.domain.catalog import TIERS
from isoline.domain.slugs import build_slug
from isoline.errors import IsolineError, NoDataError, UsageError, unknown
from isoline.present import ranking_view
from isoline.present.web.form import Values, metrics, plain
from isoline.present.web.origin import base_of
from isoline.present.web.query import Query, refuse, strange
from isoline.present.web.site import RANK, Site, address
from isoline.present.web.trouble import trouble

BY = "by"
SUFFIXES = {".json": ranking_view.to_json, ".csv": ranking_view.to_csv}
MEDIA_TYPES = {".json": "application/json", ".csv": "text/csv; charset=utf-8"}

Handler = Callable[[Request], Awaitable[Response]]


def routes(site: Site) -> list[Route]:
    """The list of models, and one of them."""
    return [
        Route(RANK, _handler(site, _index)),
        Route(f"{RANK}.json", _handler(site, _document)),
        Route(f"{RANK}/{{model}}", _handler(site, _model)),
    ]


def _handler(site: Site, respond: Callable[[Site, Request], Response]) -> Handler:
    async def handler(request: Request) -> Response:
        try:
            return respond(site, request)
        except IsolineError as error:
            return trouble(site, request, error, "precision")

    return handler


def _index(site: Site, request: Request) -> Response:
    refuse(strange(request.query_params.multi_items(), (), ()), ())
    return HTMLResponse(
        site.html("ranks.html", {"models": models(site), "base": base_of(request), "kind_path": RANK})
    )


def _document(site: Site, request: Request) -> Response:
    refuse(strange(request.query_params.multi_items(), (), ()), ())
    return JSONResponse({"models": [ranking_view.to_dict(found) for found in every(site)]})


def every(site: Site) -> list[Ranking]:
    """Each model with at least two configurations, as it is ranked by default."""
    return site.memory.recall("rankings", lambda: rankings(site.sources, site.catalog))


def models(site: Site) -> list[Values]:
    """A row per model: who is first at the speed that it is told at, and who is next."""
    return [_row(found) for found in every(site)]


def _row(found: Ranking) -> Values:
    lines = ranking_view.lines(found)
    shown = [
        {"label": line.label, "value": line.cells[found.place], "ratio": line.ratio, "firm": line.firm}
        for line in lines[:2]
        if not line.guess
    ]
    return {
        "href": f"{RANK}/{found.model}",
        "model": found.model_label,
        "sequence": found.sequence,
        "at": interactivity(found.by),
        "first": shown[0] if shown else None,
        "next": shown[1] if len(shown) > 1 else None,
        "known": found.known,
        "count": len(found.rows),
        "newest": max((row.last_date or "" for row in found.rows), default=""),
        "dataset": ", ".join(source.dataset for source in found.sources),
    }


def _model(site: Site, request: Request) -> Response:
    name, suffix = _split(request.path_params["model"])
    found = site.catalog.find_model(name)
    if found is None:
        message, close = unknown("model", name[:80], site.catalog.models)
        raise NoDataError(message, close)
    if name != found.key:
        kept = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{RANK}/{found.key}{suffix}{kept}", 308)
    pairs = request.query_params.multi_items()
    refuse(strange(pairs, (*MEANT, BY), ("price.", "power.")), (*MEANT, BY))
    texts = [value.strip() for key, value in pairs if key == BY and value.strip()]
    query = Query.of([pair for pair in pairs if pair[0] != BY])
    by = texts[-1] if texts else None
    if by and query.get("at") and number(by) not in map(number, split([query.get("at")])):
        by = None  # the speeds of the form were edited, and the one that ordered them before is gone
    told = site.memory.recall(("rank", found.key, query, by), lambda: _ranked(site, found.key, by, query))
    if suffix:
        return Response(SUFFIXES[suffix](told), media_type=MEDIA_TYPES[suffix])
    return HTMLResponse(site.html("rank.html", _page(site, told, query, base_of(request))))


def _split(name: str) -> tuple[str, str]:
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix), suffix
    return name, ""


def _ranked(site: Site, model: str, by: str | None, query: Query) -> Ranking:
    return ranking(rank_question(model, by, query.asked(), site.catalog), site.sources, site.catalog)


def _page(site: Site, found: Ranking, query: Query, base: str) -> Values:
    lines = ranking_view.lines(found)
    path = f"{RANK}/{found.model}"
    by = [(BY, plain(found.by))]
    return {
        "kind_path": RANK,
        "base": base,
        "path": path,
        "query": query.text(by),
        "title": ranking_view.title(found),
        "verdict": found.sentence,
        "firm": bool(len(found.rows) > 1 and found.rows[1].interval),
        "conditions": ranking_view.conditions(found),
        "speeds": [
            (interactivity(x), f"{path}{query.text([(BY, plain(x))])}", x == found.by) for x in found.targets
        ],
        "place": found.place,
        "by": interactivity(found.by),
        "rows": [
            (line, _against_first(site, found, found.rows[i]) if i else "") for i, line in enumerate(lines)
        ],
        "legend": ranking_view.legend(found),
        "sources": found.sources,
        "notes": found.notes,
        "held": {name: query.get(name) for name in MEANT},
        "at": query.get("at") or ",".join(plain(x) for x in found.targets),
        "sequences": sequences(found.model, site.sources),
        "sequence": found.sequence,
        "metrics": metrics(None),
        "less": QUANTITIES[found.metric].lower_is_better,
        "metric": found.metric,
        "tiers": TIERS,
        "command": f"isoline rank {found.model}{_flags(query, found)}",
    }


def _against_first(site: Site, found: Ranking, row: Ranked) -> str:
    """The comparison of a configuration with the first, at the speed that orders them."""
    first = found.rows[0]
    try:
        slug = build_slug("gpu-precision", found.model, None, None, (first.key, row.key), site.catalog)
    except UsageError:  # a name that slugs have no word for
        return ""
    asked = {
        "at": plain(found.by),
        "sequence": found.sequence or "",
        "metric": "" if found.metric == THROUGHPUT else found.metric,
        "dataset": ",".join(source.dataset for source in found.sources),
    }
    return f"{address(slug)}{Query.of(list(asked.items())).text()}"


def _flags(query: Query, found: Ranking) -> str:
    """The page's question as options of the command line."""
    flags: Sequence[tuple[str, str]] = [*query.values, (BY, plain(found.by))]
    return "".join(f" --{name.replace('_', '-')} {value}" for name, value in flags)
