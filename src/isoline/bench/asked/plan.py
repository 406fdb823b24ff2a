"""A checked spec -> the plan of a sweep."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from isoline.bench.asked.hosts import hosts_asked
from isoline.bench.asked.levels import levels, once
from isoline.bench.asked.spec import Spec, SpecProblem
from isoline.bench.asked.workload import Offer
from isoline.errors import UsageError
from isoline.measure.engines.probe import Probe
from isoline.measure.loads import Load
from isoline.measure.sweep.explore import Explore
from isoline.measure.sweep.plan import LONGEST, Plan
from isoline.measure.target import Target

_FEW = 8  # requests; the first leaves the window, and a median needs six for an interval
_PATIENCE = 5.0  # seconds; a server that says nothing about itself is measured all the same


def plan_of(
    spec: Spec,
    offer: Offer,
    target: Target,
    identity: Mapping[str, object],
    salt: int,
    hide: Callable[[str], str],
) -> Plan:
    """The plan of a sweep; a wrong combination is a UsageError. `salt`: no server has seen the prompts.

    `identity` is what is served: it makes a sweep another one.
    """
    return Plan(
        target=replace(target, keep_text=target.keep_text or offer.tokenizer is not None),
        workload=replace(offer.workload, salt=salt),
        lengths=offer.lengths,
        kind=offer.kind,
        tokenizer=offer.tokenizer,
        loads=(offer.replay,) if offer.replay else tuple(_loads(spec)),
        explore=_explore(spec.concurrency),
        repeats=spec.repeats,
        seed=spec.seed,
        processes=spec.processes,
        objectives=spec.slo,
        cooldown=spec.cooldown,
        warmup_requests=spec.warmup_requests,
        hide=hide,
        identity={**identity, "dataset": spec.dataset, **hosts_asked(spec)},
    )


def target_of(spec: Spec, url: str, model: str) -> Target:
    """The server, and how the spec wants it asked."""
    parts = urlsplit(url)
    if parts.username or parts.query:
        words = "a user name or a query is not supported; use --header or --api-key-env"
        raise SpecProblem(("url",), words)
    headers = dict(spec.headers)
    if spec.api_key_env:
        key = os.environ.get(spec.api_key_env)
        if not key:
            raise SpecProblem(("api_key_env",), f"the environment variable {spec.api_key_env} is not set")
        headers["Authorization"] = f"Bearer {key}"
    return Target(
        url=url,
        model=model,
        endpoint=spec.endpoint,
        headers=headers,
        extra_body=spec.extra_body,
        ignore_eos=spec.ignore_eos,
        insecure=spec.insecure,
        timeout=spec.timeout,
        silence=spec.silence,
    )


def probe_of(target: Target) -> Probe:
    """For questions to that server beside the load."""
    parts = urlsplit(target.url)
    base = target.path.removesuffix("/completions").removesuffix("/chat")
    url = f"{parts.scheme}://{parts.netloc}{base}"
    return Probe(url, headers=target.headers, timeout=_PATIENCE, insecure=target.insecure)


def _explore(concurrency: object) -> Explore | None:
    """`auto`, or `auto..256`: the sweep finds the concurrencies, up to that one."""
    if not isinstance(concurrency, str) or not concurrency.startswith("auto"):
        return None
    most = concurrency.removeprefix("auto").removeprefix("..")
    return Explore(levels(most, int, "concurrency")[-1]) if most else Explore()


def _loads(spec: Spec) -> list[Load]:
    if (spec.concurrency is None) == (spec.rate is None):
        raise UsageError("give either --concurrency (streams kept busy) or --rate (requests a second)")
    lengths = ("duration", "requests_per_stream", "requests")
    chosen = [name for name in lengths if getattr(spec, name) is not None]
    if len(chosen) > 1:
        raise SpecProblem((chosen[0],), f"give one of {', '.join(lengths)}, not two")
    each = spec.requests_per_stream
    if each is not None and (spec.concurrency is None or _explore(spec.concurrency) is not None):
        raise SpecProblem(("requests_per_stream",), "needs a concurrency that is known beforehand")
    free = not chosen
    base = Load(
        concurrency=1,
        requests=spec.requests or each,
        duration=LONGEST if free else spec.duration,
        arrivals=spec.arrivals,
        shape=spec.shape,
    )
    if _explore(spec.concurrency) is not None:
        return [base]
    if spec.concurrency is not None:
        if spec.ramp_to is not None:
            raise SpecProblem(("ramp_to",), "changes a rate; give a rate instead of a concurrency")
        counts = once(levels(spec.concurrency, int, "concurrency"), "concurrency")
        requests = [max(each * level, _FEW) if each is not None else base.requests for level in counts]
        return [
            replace(base, concurrency=level, requests=number)
            for level, number in zip(counts, requests, strict=True)
        ]
    if spec.ramp_to is not None and spec.duration is None:
        raise SpecProblem(("ramp_to",), "needs a duration over which the rate changes")
    rates = once(levels(spec.rate, float, "rate"), "rate")
    return [replace(base, concurrency=None, rate=rate, ramp_to=spec.ramp_to) for rate in rates]
