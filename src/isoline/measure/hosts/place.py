"""Several hosts as the place where the processes of a load run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from isoline.errors import HostsError
from isoline.measure.hosts.clock import Offset
from isoline.measure.hosts.remote import Host, HostLostError, RemoteMember
from isoline.measure.job import Job
from isoline.measure.loads import Load, processes_for
from isoline.measure.member import HostReport, Member

_ANSWER = 10.0  # seconds in which a host that is well tells its clock


class SeveralHosts:
    """The processes of a load are dealt out host by host: number `n` runs on host `n % hosts`."""

    headstart_ns = 500_000_000  # the go must have reached every host

    def __init__(self, hosts: Sequence[Host], address: str | None = None) -> None:
        self._hosts, self.address = hosts, address
        self._reports: list[HostReport] = []

    def count(self, load: Load, processes: int | None) -> int:
        """As many on each host; by default from the load and the host with the fewest cores."""
        hosts = len(self._hosts)
        if processes is not None:
            return hosts * max(1, processes)
        cores = min(int(str(host.about.environment["usable_cores"])) for host in self._hosts)
        return hosts * -(-processes_for(load, cores * hosts) // hosts)

    @contextmanager
    def members(self, jobs: Sequence[Job]) -> Iterator[Sequence[Member]]:
        """Clocks are compared before and after the run; raises HostsError if a host is gone already."""
        dealt = {host.name: [job.worker for job in jobs[number :: len(self._hosts)]] for number, host in
                 enumerate(self._hosts)}  # fmt: skip
        busy = [host for host in self._hosts if dealt[host.name]]
        for host in busy:
            host.offset = self._offset(host)
        yield [RemoteMember(busy[job.worker % len(busy)], job) for job in jobs]
        self._reports = [
            HostReport(
                host=host.name, workers=dealt[host.name], clock_error=_clock_error(host), lost=host.lost
            )
            for host in busy
        ]

    def reports(self) -> list[HostReport]:
        return self._reports

    def environments(self) -> list[Mapping[str, object]]:
        return [{"name": host.name, **host.about.environment} for host in self._hosts]

    def _offset(self, host: Host) -> Offset:
        """A load on fewer hosts would be another one: a host that is lost is not done without."""
        try:
            offset = host.look_at_clock(_ANSWER)
        except (HostLostError, TimeoutError) as problem:
            reason = host.lost or str(problem) or "it did not answer in time"
            self._reports = [HostReport(host=host.name, workers=[], lost=reason)]
            words = f"host {host.name} of the load generator is lost ({reason})"
            raise HostsError(f"{words}; start Ray there again, or give fewer --hosts") from None
        host.lost = None
        return offset


def _clock_error(host: Host) -> float | None:
    """Seconds by which times of this host may be off beside those of the others."""
    if host.lost is not None:
        return None
    try:
        return host.offset.moved(host.look_at_clock(_ANSWER)) / 1e9
    except (HostLostError, TimeoutError) as problem:
        host.lost = str(problem) or "it did not answer in time"
        return None
