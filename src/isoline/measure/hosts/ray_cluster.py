"""Hosts of a Ray cluster: one actor on each, held for as long as a sweep lasts."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, redirect_stdout
from typing import Any

import msgspec

from isoline import __version__
from isoline.errors import HostsError, UsageError
from isoline.measure.hosts.actor import About, HostActor
from isoline.measure.hosts.place import SeveralHosts
from isoline.measure.hosts.remote import Host, HostLostError

_PATIENCE = 30.0  # seconds for an actor to start on a busy host
_LOST = {
    "ActorUnavailableError": "the connection to its Ray process broke",
    "ActorDiedError": "its Ray process died",
}


class RayCalls:
    """Calls of one actor, Ray's errors as ours."""

    def __init__(self, ray: Any, actor: Any) -> None:
        self._ray, self._actor = ray, actor

    def about(self) -> Future[bytes]:
        return self._call("about")

    def clock(self) -> Future[int]:
        return self._call("clock")

    def start(self, number: int, job: bytes) -> Future[None]:
        return self._call("start", number, job)

    def answer(self, number: int) -> Future[tuple[bytes, list[bytes]]]:
        return self._call("answer", number)

    def tell(self, number: int, line: bytes) -> Future[None]:
        return self._call("tell", number, line)

    def died(self, number: int) -> Future[int]:
        return self._call("died", number)

    def end(self, number: int) -> Future[None]:
        return self._call("end", number)

    def _call(self, name: str, *arguments: object) -> Future[Any]:
        told: Future[Any] = Future()

        def tell(done: Future[object]) -> None:
            problem = done.exception()
            if told.cancelled():
                return
            if problem is None:
                told.set_result(done.result())
            elif isinstance(problem, self._ray.exceptions.RayError):
                lost = HostLostError(_LOST.get(type(problem).__name__) or _words(problem))
                lost.__cause__ = problem
                told.set_exception(lost)
            else:
                told.set_exception(problem)

        getattr(self._actor, name).remote(*arguments).future().add_done_callback(tell)
        return told


@contextmanager
def ray_hosts(address: str, hosts: int | None) -> Iterator[SeveralHosts]:
    """`hosts` hosts of the cluster at `address` (`None`: all of them); this host must belong to it.

    Raises UsageError without Ray, HostsError if there are too few hosts or one is not fit.
    """
    ray = _ray(address)
    with redirect_stdout(sys.stderr):  # Ray prints there what it has to say; stdout is for data
        _connect(ray, address)
        try:
            yield SeveralHosts(_hosts(ray, address, hosts), str(ray.util.get_node_ip_address()))
        finally:
            ray.shutdown()


def _ray(address: str) -> Any:
    if address.startswith("ray://"):
        words = "the address of Ray's client server is not supported"
        raise UsageError(f"--ray: {words}; run this on a host of the cluster, with HOST:6379 or auto")
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise UsageError("--ray needs Ray: pip install 'isoline[ray]', on every host") from None


def _connect(ray: Any, address: str) -> None:
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", include_dashboard=False)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as problem:
        start = "`ray start --head` on one host, `ray start --address HOST:6379` on the others, this one too"
        raise HostsError(f"no Ray cluster at {address} ({_words(problem)}); start one: {start}") from None


def _hosts(ray: Any, address: str, asked: int | None) -> list[Host]:
    nodes = {str(node["NodeID"]): node for node in ray.nodes() if node["Alive"]}
    count = asked or sum(1 for node in nodes.values() if node["Resources"].get("CPU"))
    if count > len(nodes):
        there = f"the Ray cluster at {address} has {len(nodes)} {'host' if len(nodes) == 1 else 'hosts'}"
        raise HostsError(f"{there}, {count} were asked; start Ray on more, or give fewer --hosts")
    actors = [RayCalls(ray, actor) for actor in _actors(ray, count)]
    abouts = [_about(calls) for calls in actors]
    names = Counter(str(nodes[about.node]["NodeManagerHostname"]) for about in abouts)
    return [
        Host(_name(str(nodes[about.node]["NodeManagerHostname"]), about, names), about, calls)
        for calls, about in zip(actors, abouts, strict=True)
    ]


def _actors(ray: Any, count: int) -> Sequence[Any]:
    """One actor a host, each with a CPU of Ray's accounts."""
    groups = importlib.import_module("ray.util.placement_group")
    strategies = importlib.import_module("ray.util.scheduling_strategies")
    group = groups.placement_group([{"CPU": 1}] * count, strategy="STRICT_SPREAD")
    if not group.wait(_PATIENCE):
        words = f"Ray found no free CPU on {count} hosts that answer in {_PATIENCE:.0f} s"
        raise HostsError(f"{words}; `ray status` shows what is taken, --hosts asks for fewer")
    remote = ray.remote(HostActor)
    return [
        remote.options(
            num_cpus=1,
            max_restarts=0,
            scheduling_strategy=strategies.PlacementGroupSchedulingStrategy(
                group, placement_group_bundle_index=number
            ),
        ).remote()
        for number in range(count)
    ]


def _about(calls: RayCalls) -> About:
    try:
        about = msgspec.json.decode(calls.about().result(_PATIENCE), type=About)
    except (HostLostError, TimeoutError) as problem:
        reason = _words(problem.__cause__ or problem)
        words = f"a host of the cluster cannot run the load generator ({reason})"
        advice = f"install isoline {__version__} there, for the Python that runs Ray"
        raise HostsError(f"{words}; {advice}") from None
    environment: Mapping[str, object] = about.environment
    if environment["isoline"] != __version__:
        words = f"host {environment['host']} has isoline {environment['isoline']}, this one {__version__}"
        raise HostsError(f"{words}; install the same on all")
    return about


def _name(hostname: str, about: About, names: Mapping[str, int]) -> str:
    """The host's name; with the beginning of Ray's id where several have the same."""
    return hostname if names[hostname] == 1 else f"{hostname}/{about.node[:6]}"


def _words(problem: BaseException) -> str:
    """The first line of what Ray says: it writes pages."""
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    return lines[0].removesuffix(".")[:200] if lines else type(problem).__name__
