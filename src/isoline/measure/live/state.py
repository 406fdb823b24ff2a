"""What the progress file holds."""

from __future__ import annotations

import msgspec

RUNNING, FINISHED, STOPPED = "running", "finished", "stopped"


class LivePoint(msgspec.Struct, frozen=True, kw_only=True):
    """A finished point. Seconds; throughput in tok/s of the whole deployment."""

    slot: str
    load: str  # in words
    repeat: int
    valid: bool
    configuration: str | None = None  # of a matrix
    interactivity: float | None = None  # tok/s/user at the median TPOT
    throughput: float | None = None  # input and output
    ttft: float | None = None  # median
    tpot: float | None = None
    watts: float | None = None  # per GPU
    errors: int = 0
    reasons: list[str] = []
    run: str | None = None


class LiveSample(msgspec.Struct, frozen=True, array_like=True):
    """One second. Medians are of the requests that ended in it; `None`: none did, or it is not known."""

    at: float  # seconds since the sweep began
    slot: str
    in_flight: int | None
    ttft: float | None
    tpot: float | None
    failed: int  # of the point so far
    watts: float | None  # all devices together


class LiveSweep(msgspec.Struct, kw_only=True):
    """A sweep as it stands. `updated` and `began` are Unix times, `eta` is in seconds from `updated`."""

    sweep: str
    place: str  # what is measured: a URL, or the engine that is started
    model: str
    dataset: str
    isl: int | None  # `None`: not the same for all requests
    osl: int | None
    simulated: bool
    began: float
    updated: float
    status: str = RUNNING
    stopped: str | None = None
    planned: int = 0
    finished: int = 0
    configuration: str | None = None  # being measured, of a matrix
    slot: str | None = None  # being measured
    words: str = "starting"  # what is done with it
    requests: int = 0  # of it that have ended
    failed: int = 0
    in_flight: int | None = None
    oldest: float | None = None  # seconds that the oldest of these has been under way
    eta: float | None = None
    troubles: list[str] = []  # what went wrong with a configuration
    points: list[LivePoint] = []
    samples: list[LiveSample] = []
