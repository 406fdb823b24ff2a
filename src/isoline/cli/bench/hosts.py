"""`--ray ADDRESS --hosts N`: a load that several hosts offer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from isoline.cli.bench.spec import Spec, SpecProblem
from isoline.measure.fleet import THIS_HOST
from isoline.measure.member import Place

_LOOPBACK = ("localhost", "127.", "::1")


def hosts_asked(spec: Spec) -> dict[str, object]:
    """What makes a sweep from several hosts another one than from this."""
    if spec.ray is None and spec.hosts is not None:
        raise SpecProblem(("hosts",), "needs the address of a Ray cluster; add --ray ADDRESS")
    return {} if spec.ray is None else {"hosts": spec.hosts or "all"}


@contextmanager
def on_hosts(spec: Spec, url: str) -> Iterator[Place]:
    """Where the load of a spec comes from; the hosts are held until the block is over."""
    if spec.ray is None:
        yield THIS_HOST
        return
    if (urlsplit(url).hostname or "").startswith(_LOOPBACK):
        print(f"note: {url} is, on each host, that host itself", file=sys.stderr)
    from isoline.measure.hosts.ray_cluster import ray_hosts

    with ray_hosts(spec.ray, spec.hosts) as place:
        yield place
