"""What a reader typed about a ranking, as a question; names and errors as those of comparisons."""

from __future__ import annotations

from isoline.analyse.quantities import QUANTITIES, THROUGHPUT
from isoline.ask import values
from isoline.ask.asked import Asked, Name, filters
from isoline.ask.ranked import RankQuestion
from isoline.domain.catalog import TIERS, Catalog
from isoline.domain.sequence import parse_sequence, sequence_name
from isoline.errors import UsageError, unknown

MEANT = (
    *("at", "metric", "sequence", "precision", "tier", "price", "power", "vendor", "aggregation"),
    *("spec_decode", "max_ttft", "max_e2e", "limit_on", "dataset", "as_of"),
)
"""Fields of `Asked` that a ranking reads; beside them there is `by`."""


def rank_question(
    model: str, by: str | None, asked: Asked, catalog: Catalog, name: Name = str
) -> RankQuestion:
    """The question behind `asked`; `UsageError` says which value is wrong and how to write it."""
    found = catalog.find_model(model)
    if found is None:
        raise UsageError(*unknown("model", model, catalog.models))
    prices, powers = (
        values.by_hardware(name(option), texts)
        for option, texts in (("price", asked.price), ("power", asked.power))
    )
    for key in sorted({*prices, *powers} - set(catalog.hardware)):
        raise UsageError(*unknown("GPU", key, catalog.hardware))
    precisions = tuple(map(catalog.resolve_precision, values.split([asked.precision or ""])))
    for key in precisions:
        if key not in catalog.precisions:
            raise UsageError(*unknown("precision", key, catalog.precisions))
    speed = values.numbers(name("by"), by or None, like="50")
    if speed and len(speed) > 1:
        raise UsageError(f"{name('by')} {by}: one speed, like 50")
    return RankQuestion(
        model=found.key,
        sequence=sequence_name(*parse_sequence(asked.sequence)) if asked.sequence else None,
        targets=values.numbers(name("at"), asked.at or None),
        by=speed[0] if speed else None,
        metric=values.choice(name("metric"), asked.metric, tuple(QUANTITIES)) or THROUGHPUT,
        precisions=precisions,
        tier=values.choice(name("tier"), asked.tier, TIERS),
        prices=prices,
        powers=powers,
        datasets=tuple(values.split(asked.dataset)) or None,
        as_of=values.day(name("as_of"), asked.as_of or None),
        filters=filters(asked, catalog, name),
    )
