"""`/llms.txt`: the data and how to ask for them, in one short text (https://llmstxt.org)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from isoline.analyse.quantities import QUANTITIES
from isoline.ask.pairs import Pair
from isoline.domain.point import MEASURED, PUBLISHED, SIMULATED
from isoline.present.web.site import KIND_NAMES, PER_DOLLAR, ROUTES, Site, address

SHOWN = 12  # pairs of each kind; the sitemap has all
PRINTED = 3  # of them published ones, where there are so many
OWN = "measured with all records"

HEAD = """\
# Isoline

> LLM inference servers compared at matched interactivity: which precision, GPU, engine or speculative
> decoding gives more tokens per GPU, per dollar and per megawatt at the same speed per user.

Interactivity is tok/s/user (1 / median TPOT). Every reading carries a status; quote it with the number:

- measured: a measured point lies exactly there; interpolated: on the curve between two measured neighbours
- published: printed on a public page; simulated: from a model, not from a server
- dominated: the side is faster than asked, so throughput is at least and cost at most the value given
- wide gap: measured neighbours over 1.5x apart in interactivity or 4x in throughput; claim no ratio
- outside: nothing is measured there and there is no value; `bound` is the nearest edge

A winner is named only where intervals of repeated runs separate the sides; `winner` is null otherwise.
Per GPU is over all GPUs, also where prefill and decode have their own, but in metrics that name a role: those
count its GPUs alone and do not compare disaggregated with aggregated. Absent is not zero. Prices and power
are assumptions: `price`, `price_date`, `tier` and `power` say which.

## Ask

- [JSON of a comparison]({seed}.json?at=120,200): add `.json` to any comparison page; all values unrounded
- [All pairs of precisions with their ratios]({base}/compare-precision.json), and so on for each kind
- [CSV]({seed}.csv): a row per target and side
- [All GPUs and precisions of a model at the same speeds]({base}/rank/qwen-3-5.json?at=50,100&by=50), the
  best known at `by` first; [every model]({base}/rank.json). Parameters as below, less `within`, `method`,
  `match` and those of the chart
- [All points behind a comparison]({seed}.points.json): recipes, every metric, each repeat; `.points.csv`, too
- [Pages of all comparisons]({base}/sitemap.xml)
- [Every address and parameter]({base}/openapi.json): OpenAPI 3.1

Parameters of a comparison: `at` (targets, tok/s/user), `within` (budgets, $ per M tokens: the highest speed
each side gives for it), `metric` (what it is about: {metrics}),
`sequence` (8k/1k), `precision` (between GPUs), `method` (envelope, pooled), `tier`, `price` (b300=2.26,
$/GPU-hour), `power` (b300=1.9, kW per GPU), `vendor`, `aggregation` (aggregated, disaggregated) and
`spec_decode` (mtp, none) keep only such points, `match` (all; tp,gpus: only configurations equal in these
on both sides), `max_ttft` and `max_e2e` (seconds; medians, or `limit_on` p90, p99), `dataset`, `as_of` (a
date). `x` (interactivity, e2e, ttft), `log`, `optimal` (1) and `hide` (bf16, fp4:vllm: not drawn, but read)
are for the chart. The same pages led by cost: {base}{per_dollar}. An unknown parameter or value answers 400,
no data 404; both say what would work.
"""


def text(site: Site, base: str) -> str:
    """The text, with some comparisons of each kind."""
    kinds = {dataset.name: dataset.kind for dataset in site.sources.datasets()}
    seed = f"{base}{ROUTES['precision']}/qwen-3-5-b300-fp4-vs-bf16"
    lines = [HEAD.format(base=base, seed=seed, metrics=", ".join(QUANTITIES), per_dollar=PER_DOLLAR)]
    for kind, name in KIND_NAMES.items():
        own = [pair for pair in site.pairs() if pair.kind == kind]
        if own:
            lines.append(f"\n## {name} ({len(own)})\n")
        for pair in _shown(own, kinds):
            where = f"{', '.join(pair.sequences)}; {pair.points[0]} + {pair.points[1]} points"
            dated = f"; newest {pair.last_date}" if pair.last_date else ""
            how = _how(pair, kinds)
            lines.append(f"- [{pair.slug}]({base}{address(pair)}.json): {how}; {where}{dated}\n")
    return "".join(lines)


def _shown(pairs: Sequence[Pair], kinds: Mapping[str, str]) -> list[Pair]:
    """Measured ones, own first, then those with most data, leaving room for published ones; simulated ones
    only where there is room, last.
    """
    ranked = sorted(pairs, key=lambda pair: (not pair.own, -min(pair.points), pair.slug))
    held: dict[str, list[Pair]] = {}
    for pair in ranked:
        held.setdefault(_how(pair, kinds), []).append(pair)
    printed = held.get(PUBLISHED, [])
    measured = [pair for how in (OWN, MEASURED) for pair in held.get(how, [])]
    measured = measured[: SHOWN - min(len(printed), PRINTED)]
    return [*measured, *printed, *held.get(SIMULATED, [])][:SHOWN]


def _how(pair: Pair, kinds: Mapping[str, str]) -> str:
    if pair.own:
        return OWN
    kind = kinds.get(pair.datasets[0], "")
    return kind if kind in (PUBLISHED, SIMULATED) else MEASURED
