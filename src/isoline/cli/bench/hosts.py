"""`--ray ADDRESS --hosts N`: a plan whose load several hosts offer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from isoline.cli.bench.spec import Spec, SpecProblem
from isoline.measure.sweep.plan import Plan

_LOOPBACK = ("localhost", "127.", "::1")


def hosts_asked(spec: Spec) -> dict[str, object]:
    """What makes a sweep from several hosts another one than from this."""
    if spec.ray is None and spec.hosts is not None:
        raise SpecProblem(("hosts",), "needs the address of a Ray cluster; add --ray ADDRESS")
    return {} if spec.ray is None else {"hosts": spec.hosts or "all"}


@contextmanager
def on_hosts(plan: Plan, spec: Spec) -> Iterator[Plan]:
    """The plan with its place; the hosts are held until the block is over."""
    if spec.ray is None:
        yield plan
        return
    if (urlsplit(spec.url).hostname or "").startswith(_LOOPBACK):
        print(f"note: {spec.url} is, on each host, that host itself", file=sys.stderr)
    from isoline.measure.hosts.ray_cluster import ray_hosts

    with ray_hosts(spec.ray, spec.hosts) as place:
        yield replace(plan, place=place)
