"""A comparison as JSON: the documented shape, values unrounded (compare.schema.json)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import lru_cache

import msgspec
from msgspec.structs import asdict

from isoline.analyse.comparison import Attribution, Comparison, Interval, Reading, Side, Target
from isoline.analyse.defaults import shown_range
from isoline.ask.scores import Score, differences
from isoline.domain.recipe import Recipe

RECIPES = 4096  # kept encoded, 0.6 kB each


def to_json(comparison: Comparison, scores: Sequence[Score]) -> str:
    """The document as indented text; `scores` are those known for the sides."""
    return msgspec.json.format(msgspec.json.encode(to_dict(comparison, scores)), indent=2).decode()


def to_dict(comparison: Comparison, scores: Sequence[Score]) -> dict[str, object]:
    """The document as plain values, its recipes encoded."""
    span = comparison.common_range
    low, high = shown_range(span) if span else (None, None)
    return {
        "kind": comparison.kind,
        "slug": comparison.slug,
        "model": comparison.model,
        "hardware": list(comparison.hardware),
        "sequence": comparison.sequence,
        "undated_sequence": comparison.undated.sequence if comparison.undated else None,
        "precision": comparison.precision,
        "method": comparison.method,
        "tier": comparison.tier,
        "price": dict(comparison.price),
        "own_prices": list(comparison.own_prices),
        "price_date": comparison.price_date,
        "power": dict(comparison.power),
        "view": _plain(asdict(comparison.view)),
        "filters": _plain(asdict(comparison.filters)),
        "offers": _plain(asdict(comparison.offers)),
        "range": {"min": low, "max": high} if span else None,
        "sides": [_side(side) for side in comparison.sides],
        "targets": [_target(target) for target in comparison.targets],
        "within": [
            {
                "cost_per_mtok": within.cost_per_mtok,
                "interactivity": list(within.interactivity),
                "statuses": list(within.statuses),
                "points": list(within.points),
            }
            for within in comparison.within
        ],
        "scores": _scores(scores),
        "score_differences": [dataclasses.asdict(one) for one in differences(scores)],
        "differences": [asdict(difference) for difference in comparison.differences],
        "matching": _plain(asdict(comparison.matching))
        | {"values": {one.field: one.a for one in comparison.held}},
        "attribution": _attribution(comparison.attribution),
        "narrative": list(comparison.narrative),
        "sources": [asdict(source) for source in comparison.sources],
        "notes": list(comparison.notes),
    }


def _attribution(found: Attribution | None) -> dict[str, object] | None:
    if found is None:
        return None
    return _plain(asdict(found)) | {"interval": ratio_interval(found.interval)}


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _side(side: Side) -> dict[str, object]:
    return {
        "key": side.key,
        "label": side.label,
        "precision": side.precision,
        "hardware": side.hardware,
        "points": len(side.points),
        "measured_range": list(side.measured_range) if side.measured_range else None,
        "series": [
            {"label": s.label, "points": len(s.points), "frontier": len(s.frontier)} for s in side.series
        ],
        "recipes": [_recipe(recipe) for recipe in side.recipes],
    }


@lru_cache(RECIPES)
def _recipe(recipe: Recipe) -> msgspec.Raw:
    """Encoded: every comparison of a side repeats its recipes, the longest part of the document."""
    told = {name: value for name, value in recipe.items() if value is not None}
    return msgspec.Raw(msgspec.json.encode({"id": recipe.id, **told}))


def _target(target: Target) -> dict[str, object]:
    readings = [reading_of(reading) for reading in target.readings]
    return {"interactivity": target.interactivity, "readings": readings} | ratios(target)


def ratios(target: Target) -> dict[str, object]:
    """What a target says of both sides together: ratios (first side ÷ second) and who wins."""
    return {
        "interactivity": target.interactivity,
        "ratios": {
            "metric": target.ratio,
            "throughput_per_gpu": target.throughput_ratio,
            "cost_per_mtok": target.cost_ratio,
            "intervals": {
                "metric": ratio_interval(target.interval),
                "throughput_per_gpu": ratio_interval(target.throughput_interval),
                "cost_per_mtok": ratio_interval(target.cost_interval),
            },
        },
        "winner": target.winner,
        "winner_reason": target.winner_reason,
    }


def reading_of(reading: Reading) -> dict[str, object]:
    """A reading as plain values."""
    return {
        "value": reading.value,
        "interval": _interval(reading.interval),
        "throughput_per_gpu": reading.throughput_per_gpu,
        "output_throughput_per_gpu": reading.output_throughput_per_gpu,
        "input_throughput_per_gpu": reading.input_throughput_per_gpu,
        "cost_per_mtok": reading.cost_per_mtok,
        "tokens_per_s_per_mw": reading.tokens_per_s_per_mw,
        "concurrency": reading.concurrency,
        "status": reading.status,
        "basis": reading.basis,
        "recomputed": list(reading.recomputed),
        "bound": asdict(reading.bound) if reading.bound else None,
        "series": reading.series,
        "neighbours": [asdict(neighbour) for neighbour in reading.neighbours],
        "best": asdict(reading.best) if reading.best else None,
    }


def _limits(found: Interval) -> dict[str, object]:
    return {"low": found.low, "high": found.high, "level": found.level, "df": found.freedom}


def _interval(found: Interval | None) -> dict[str, object] | None:
    """Of a reading: what is said per side is said of its own."""
    if found is None:
        return None
    return _limits(found) | {
        "runs": found.runs[0],
        "starts": found.starts[0],
        "rivals": found.rivals[0],
        "bias": found.bias[0],
    }


def ratio_interval(found: Interval | None) -> dict[str, object] | None:
    """Of a ratio: runs and starts in the order of the sides."""
    if found is None:
        return None
    return _limits(found) | {"runs": list(found.runs), "starts": list(found.starts)}


def _scores(found: Sequence[Score]) -> list[dict[str, object]]:
    """Null is not known."""
    return [
        {
            "task": score.task,
            "metric": score.metric,
            "side": score.side,
            "score": score.score,
            "standard_error": score.standard_error,
            "n": score.n,
            "date": score.date,
            "source": score.run_url,
            "others": score.others,
            "engine": score.engine,
            "spec_method": score.spec_method,
            "parallelism": score.parallelism or None,
            "concurrency": list(score.concurrency),
            "pooled": score.pooled,
            "low": score.low,
            "high": score.high,
            "at": score.at,
            "differs": None if score.differs is None else list(score.differs),
        }
        for score in found
    ]
