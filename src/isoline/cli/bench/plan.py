"""A checked spec -> the plan of a sweep."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from isoline.cli.bench.spec import Spec
from isoline.domain.recipe import Recipe
from isoline.errors import UsageError
from isoline.measure.loads import Load
from isoline.measure.sweep.plan import LONGEST, Plan
from isoline.measure.target import Target
from isoline.measure.workloads import Synthetic

N = TypeVar("N", int, float)
_MOST_LEVELS = 64
_SHORT = 3  # letters; a text this short is no secret, and hiding it would garble words


def plan_of(spec: Spec, recipe: Recipe, salt: int) -> Plan:
    """The plan; a wrong combination is a UsageError. `salt` makes the prompts new to the server."""
    return Plan(
        target=_target(spec),
        workload=Synthetic(spec.isl, spec.osl, spec.lengths, seed=spec.seed, salt=salt),
        loads=tuple(_loads(spec)),
        repeats=spec.repeats,
        seed=spec.seed,
        processes=spec.processes,
        objectives=spec.slo,
        cooldown=spec.cooldown,
        identity={"recipe": recipe.id, "dataset": spec.dataset},
    )


def secrets(spec: Spec) -> list[str]:
    """Values that must appear in nothing that is stored or printed, the longest first."""
    values = [*spec.headers.values(), os.environ.get(spec.api_key_env or "", "")]
    parts = {part for value in values for part in (value, *value.split()) if len(part) > _SHORT}
    return sorted(parts, key=len, reverse=True)


def _target(spec: Spec) -> Target:
    parts = urlsplit(spec.url)
    if parts.username or parts.query:
        raise UsageError("a URL with a user name or a query is not supported; use --header or --api-key-env")
    headers = dict(spec.headers)
    if spec.api_key_env:
        key = os.environ.get(spec.api_key_env)
        if not key:
            raise UsageError(f"the environment variable {spec.api_key_env} of --api-key-env is not set")
        headers["Authorization"] = f"Bearer {key}"
    return Target(
        url=spec.url,
        model=spec.model,
        endpoint=spec.endpoint,
        headers=headers,
        extra_body=spec.extra_body,
        ignore_eos=spec.ignore_eos,
        insecure=spec.insecure,
        timeout=spec.timeout,
    )


def _loads(spec: Spec) -> list[Load]:
    if (spec.concurrency is None) == (spec.rate is None):
        raise UsageError("give either --concurrency (streams kept busy) or --rate (requests a second)")
    if spec.requests is not None and spec.duration is not None:
        raise UsageError("give either --requests or --duration")
    free = spec.requests is None and spec.duration is None
    base = Load(
        concurrency=1,
        requests=spec.requests,
        duration=LONGEST if free else spec.duration,
        arrivals=spec.arrivals,
        shape=spec.shape,
    )
    if spec.concurrency is not None:
        levels = _levels(spec.concurrency, int, "concurrency")
        return [replace(base, concurrency=level) for level in levels]
    rates = _levels(spec.rate, float, "rate")
    return [replace(base, concurrency=None, rate=rate) for rate in rates]


def _levels(value: object, kind: type[N], name: str) -> list[N]:
    """A number, a list, `1,8,64`, or `1..64`, which doubles."""
    if isinstance(value, (int, float)):
        return [kind(value)]
    if isinstance(value, list):
        return [kind(item) for item in value]
    levels: list[N] = []
    for part in str(value).split(","):
        low, dots, high = part.strip().partition("..")
        first = _number(low, kind, name, part)
        levels.append(first)
        last = _number(high, kind, name, part) if dots else first
        while levels[-1] * 2 <= last and len(levels) < _MOST_LEVELS:
            levels.append(levels[-1] * 2)
        if dots and levels[-1] < last:
            levels.append(last)
    return levels


def _number(text: str, kind: type[N], name: str, part: str) -> N:
    try:
        number = kind(text)
    except ValueError:
        number = kind(0)
    if not 0 < number < 1e6:
        raise UsageError(f"--{name}: {part.strip()!r} is not a number above 0, nor a range like 1..64")
    return number
