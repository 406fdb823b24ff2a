"""Where the hosts of a load reach an engine that is started on this one."""

from __future__ import annotations

import platform

import pytest

from isoline.bench.asked.hosts import reachable
from isoline.bench.asked.spec import SpecProblem
from isoline.measure.hosts.actor import About
from isoline.measure.hosts.place import SeveralHosts
from isoline.measure.hosts.ray_cluster import RayCalls
from isoline.measure.hosts.remote import Host
from isoline.measure.local import ThisHost

HERE, URL = platform.node(), "http://127.0.0.1:8123"


def place(*names: str, address: str = "10.0.0.7") -> SeveralHosts:
    calls = RayCalls(None, None)  # nobody calls
    hosts = [Host(name, About(name, {"host": name}), calls) for name in names]
    return SeveralHosts(hosts, address)


@pytest.mark.parametrize(
    ("host", "where", "url"),
    [
        ("127.0.0.1", ThisHost(), URL),
        ("127.0.0.1", place(HERE, HERE), URL),
        ("0.0.0.0", place(HERE, HERE), URL),
        ("0.0.0.0", place(HERE, "other"), "http://10.0.0.7:8123"),
        ("::", place("other", address="fd00::7"), "http://[fd00::7]:8123"),
        ("engine.lan", place("other"), URL),
    ],
)
def test_an_address_that_all_hosts_can_reach(host: str, where: ThisHost | SeveralHosts, url: str) -> None:
    assert reachable(host, URL, where) == url


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_loopback_address_is_out_of_reach_for_others(host: str) -> None:
    with pytest.raises(SpecProblem, match=r"out of reach for other; write host: 0\.0\.0\.0") as caught:
        reachable(host, URL, place(HERE, "other"))
    assert caught.value.path == ("engine", "host")
