"""`--ray ADDRESS --hosts N`: a load that several hosts offer."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from isoline.bench.asked.spec import Spec, SpecProblem
from isoline.measure.fleet import THIS_HOST
from isoline.measure.member import Place

_LOOPBACK = ("localhost", "127.", "::1")
_EVERYWHERE = ("", "0.0.0.0", "::")


def hosts_asked(spec: Spec) -> dict[str, object]:
    """What makes a sweep from several hosts another one than from this."""
    if spec.ray is None and spec.hosts is not None:
        raise SpecProblem(("hosts",), "needs the address of a Ray cluster; add --ray ADDRESS")
    return {} if spec.ray is None else {"hosts": spec.hosts or "all"}


@contextmanager
def on_hosts(spec: Spec, url: str) -> Iterator[Place]:
    """Where the load of a spec comes from; the hosts are held until the block is over.

    `url` is the server's, empty where it is not started yet.
    """
    if spec.ray is None:
        yield THIS_HOST
        return
    if _is_loopback(urlsplit(url).hostname or ""):
        print(f"note: {url} is, on each host, that host itself", file=sys.stderr)
    from isoline.measure.hosts.ray_cluster import ray_hosts

    with ray_hosts(spec.ray, spec.hosts) as place:
        yield place


def reachable(host: str, url: str, place: Place) -> str:
    """The URL at which the hosts of a load reach an engine that is started here; this host calls it `url`.

    `host` is what it listens on; if another host could not reach it there, that is a SpecProblem.
    """
    here = platform.node()
    others = [str(one["name"]) for one in place.environments() if one["host"] != here]
    if not others:
        return url
    if _is_loopback(host):
        words = f"{host} is out of reach for {', '.join(others)}; write host: 0.0.0.0, or this host's address"
        raise SpecProblem(("engine", "host"), words)
    if host not in _EVERYWHERE or place.address is None:
        return url
    address = f"[{place.address}]" if ":" in place.address else place.address
    return f"http://{address}:{urlsplit(url).port}"


def _is_loopback(host: str) -> bool:
    return host.startswith(_LOOPBACK)
