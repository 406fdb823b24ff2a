"""`/rank`: every model's configurations at the same speed; `/rank/MODEL`, with its JSON and CSV twins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.ranking import Ranked, Ranking
from isoline.analyse.words import interactivity
from isoline.ask.rank_asked import MEANT, rank_question
from isoline.ask.ranked import Listed, listed, ranking, sequences
from isoline.domain.catalog import TIERS
from isoline.domain.slugs import build_slug
from isoline.errors import IsolineError, NoDataError, UsageError, unknown
from isoline.present import ranking_view
from isoline.present.web.form import Values, metrics, plain
from isoline.present.web.origin import base_of
from isoline.present.web.query import Query, refuse, strange
from isoline.present.web.site import RANK, Site, address
from isoline.present.web.trouble import TITLES, UNREADABLE, bare, message_of, status_of

BY = "by"
MOST = 5_000  # points of a model that a list reads
FORM = ("price.", "power.", "default_at")  # how names begin that only a form sends
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
            return _trouble(site, request, error)

    return handler


def _trouble(site: Site, request: Request, error: IsolineError) -> Response:
    """What is wrong, in the form that was asked for, and what there is."""
    status, suffix = status_of(error), _split(request.url.path)[1]
    if suffix:
        return bare(error, status, suffix)
    title = {404: "There is no such ranking", 400: TITLES[400]}.get(status, UNREADABLE)
    values: Values = {
        "title": title,
        "message": message_of(error, status),
        "subject": "",
        "fixes": [],
        "pairs": [],
        "form": None,
        "models": known(site) if status < 500 else [],
        "labels": site.catalog.model_label,
        "kind_path": RANK,
    }
    return HTMLResponse(site.html("trouble.html", values), status)


def _index(site: Site, request: Request) -> Response:
    refuse(strange(request.query_params.multi_items(), (), ()), ())
    values = {"models": models(site), "base": base_of(request), "kind_path": RANK}
    return HTMLResponse(site.html("ranks.html", values))


def _document(site: Site, request: Request) -> Response:
    refuse(strange(request.query_params.multi_items(), (), ()), ())
    return JSONResponse({"models": models(site)})


def known(site: Site) -> list[Listed]:
    """The models that can be ranked."""
    return site.memory.recall("ranked models", lambda: listed(site.sources, site.catalog))


def models(site: Site) -> list[Values]:
    """A row per model: who is first at the speed that it is told at, and who is next."""
    return [row(site, one) for one in known(site)]


def row(site: Site, one: Listed) -> Values:
    """Of a model with very many points only what there is, lest a list read them all."""
    path = f"{RANK}/{one.model}"
    there: Values = {
        "path": path,
        "json": f"{path}.json",
        "model": one.model,
        "label": site.catalog.model_label(one.model),
        "sequence": one.sequence,
        "configurations": one.configurations,
        "newest": one.newest,
        "datasets": one.datasets,
        "by": None,
        "known": None,
        "first": None,
        "next": None,
    }
    if one.points > MOST:
        return there
    found = _recalled(site, one.model, None, Query())
    told = [
        {"label": line.label, "value": line.cells[found.place], "ratio": line.ratio, "firm": line.firm}
        for line in ranking_view.lines(found)[:2]
        if line.known
    ]
    first, following = (*told, None, None)[:2]
    return there | {"by": plain(found.by), "known": found.known, "first": first, "next": following}


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
    refuse(strange(pairs, (*MEANT, BY), FORM), (*MEANT, BY))
    query = Query.of([pair for pair in pairs if pair[0] != BY])
    by = next((value.strip() for key, value in reversed(pairs) if key == BY and value.strip()), None)
    if any(key == "default_at" for key, _ in pairs):
        return _tidied(site, found.key, query, by)
    told = _recalled(site, found.key, by, query)
    if suffix:
        return Response(SUFFIXES[suffix](told), media_type=MEDIA_TYPES[suffix])
    return HTMLResponse(site.html("rank.html", _page(site, told, query, base_of(request))))


def _tidied(site: Site, model: str, query: Query, by: str | None) -> Response:
    """From what a form sent to the address of its state: its speeds may have been edited, and the one that
    ordered them before be gone.
    """
    asked = rank_question(model, by, query.asked(), site.catalog)
    kept = asked.by if asked.targets is None or asked.by in asked.targets else None
    return RedirectResponse(f"{RANK}/{model}{query.text([(BY, plain(kept))] if kept else ())}", 302)


def _split(name: str) -> tuple[str, str]:
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix), suffix
    return name, ""


def _recalled(site: Site, model: str, by: str | None, query: Query) -> Ranking:
    asked = rank_question(model, by, query.asked(), site.catalog)
    key = ("rank", model, by, query)
    return site.memory.recall(key, lambda: ranking(asked, site.sources, site.catalog))


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
            (interactivity(x), plain(x), f"{path}{query.text([(BY, plain(x))])}", x == found.by)
            for x in found.targets
        ],
        "default_at": "" if query.get("at") else ",".join(map(plain, found.targets)),
        "place": found.place,
        "by": interactivity(found.by),
        "rows": [
            (line, _against_first(site, found, found.rows[i], query) if i else "")
            for i, line in enumerate(lines)
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


def _against_first(site: Site, found: Ranking, row: Ranked, query: Query) -> str:
    """The comparison of a configuration with the first, at the speed that orders them, all else as asked."""
    first = found.rows[0]
    try:
        slug = build_slug("gpu-precision", found.model, None, None, (first.key, row.key), site.catalog)
    except UsageError:  # a name that slugs have no word for
        return ""
    asked = dict(query.without("at", "precision").fitting(slug.hardware).values)
    asked |= {
        "at": plain(found.by),
        "sequence": found.sequence or "",
        "dataset": ",".join(source.dataset for source in found.sources),
    }
    return f"{address(slug)}{Query.of(list(asked.items())).text()}"


def _flags(query: Query, found: Ranking) -> str:
    """The page's question as options of the command line."""
    flags: Sequence[tuple[str, str]] = [*query.values, (BY, plain(found.by))]
    return "".join(f" --{name.replace('_', '-')} {value}" for name, value in flags)
