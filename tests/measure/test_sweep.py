"""Plans, the rule of length, goodput, reports and repeats: on records whose figures are known."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.errors import UsageError
from isoline.measure.fleet import RunReport
from isoline.measure.loads import Load
from isoline.measure.monitor import ClientReport
from isoline.measure.records import RequestRecord
from isoline.measure.summary import summarise
from isoline.measure.sweep.enough import CAP, Enough
from isoline.measure.sweep.goodput import Objectives, goodput
from isoline.measure.sweep.plan import LONGEST, Plan, Slot
from isoline.measure.sweep.repeats import load_summaries
from isoline.measure.sweep.report import PointReport, point_report
from isoline.measure.target import Target
from isoline.measure.warmup import WarmUp
from isoline.measure.windows import whole_run
from isoline.measure.workloads import Synthetic
from tests.measure.runs import closed_loop, record

PLAN = Plan(
    Target("http://127.0.0.1:1", "m", headers={"Authorization": "Bearer sk-42"}),
    Synthetic(64, 9),
    (Load(concurrency=1, requests=10), Load(concurrency=8, requests=80), Load(rate=2.5, requests=50)),
    repeats=3,
)


def test_every_load_is_measured_once_a_repeat_in_an_order_that_the_seed_decides() -> None:
    names = [slot.name for slot in PLAN.slots()]
    for repeat in range(3):
        assert {f"{load}-r{repeat}" for load in ("c1", "c8", "q2.5")} == set(
            names[3 * repeat : 3 * repeat + 3]
        )
    assert names == [slot.name for slot in PLAN.slots()]
    orders = {tuple(slot.name for slot in replace(PLAN, seed=seed).slots()) for seed in range(20)}
    assert len(orders) > 10


def test_a_plan_is_known_by_what_it_measures_and_not_by_its_secrets() -> None:
    other = replace(PLAN.target, headers={"Authorization": "Bearer sk-43"}, timeout=3.0)
    assert replace(PLAN, target=other, cooldown=9.0).id == PLAN.id
    assert replace(PLAN, workload=replace(PLAN.workload, salt=9)).id == PLAN.id
    for change in (
        {"repeats": 2},
        {"seed": 1},
        {"workload": Synthetic(64, 10)},
        {"loads": PLAN.loads[:2]},
        {"target": replace(PLAN.target, model="other")},
        {"identity": {"recipe": "x"}},
    ):
        assert replace(PLAN, **change).id != PLAN.id  # type: ignore[arg-type]


def test_slots_share_lengths_and_no_prompt() -> None:
    first, second = PLAN.slots()[:2]
    one, two = PLAN.workload_of(first), PLAN.workload_of(second)
    assert one.plan(20) == two.plan(20)
    assert one.salt != two.salt


def test_a_load_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="c8 is given twice"):
        replace(PLAN, loads=(Load(concurrency=8, requests=9), Load(concurrency=8, requests=80)))


def offered_until_enough(load: Load, records: list[RequestRecord], step: int = 1) -> int:
    enough = Enough(load)
    for start in range(0, len(records), step):
        if enough.see(records[start : start + step]):
            return start + step
    return -1


FREE = Load(concurrency=4, duration=LONGEST)


def test_a_steady_server_is_measured_for_ten_rounds_and_three_windows() -> None:
    """Each stream's E2E is 60 ms: 10 rounds are 40 requests, 1 + 9 latencies end with round 11."""
    assert offered_until_enough(FREE, closed_loop(4, 60)) in range(41, 49)


def test_a_noisy_server_is_measured_for_longer_but_not_forever() -> None:
    steady = offered_until_enough(FREE, closed_loop(4, 100))
    tpots = [3.0, 3.0, 3.0, 3.0, 8.0, 8.0, 8.0, 8.0]
    noisy = [record(n, n // 4 * 60 + n % 4, tpot=tpots[n // 4 % 8]) for n in range(1_000)]
    taken = offered_until_enough(FREE, noisy)
    assert steady < taken <= CAP * steady + 4


def test_failures_alone_never_settle_but_end() -> None:
    failing = [record(n, n, error="status_5xx") for n in range(1_000)]
    assert 0 < offered_until_enough(FREE, failing) <= 10 * CAP * 4


@given(st.integers(1, 40), st.integers(1, 50))
def test_how_often_it_looks_changes_little(streams: int, step: int) -> None:
    load = Load(concurrency=streams, duration=LONGEST)
    records = closed_loop(streams, 50)
    one = offered_until_enough(load, records)
    assert one <= offered_until_enough(load, records, step) < one + step + 1


def test_goodput_counts_requests_that_met_every_objective() -> None:
    records = [record(0, 0), record(1, 0, ttft=30), record(2, 0, tpot=6.0), record(3, 0, error="reset")]
    window = whole_run(records)
    assert window is not None
    seconds = window.seconds

    def share(**limits: float) -> float:
        found = goodput(records, window, Objectives(**limits))
        assert found is not None
        assert found.request_rate == pytest.approx(found.share * 4 / seconds)
        return found.share

    assert share(ttft=1.0) == 0.75
    assert share(ttft=0.025) == 0.5
    assert share(tpot=0.0055) == 0.5
    assert share(ttft=0.025, tpot=0.0055) == 0.25
    assert share(e2e=0.001) == 0.0
    assert goodput(records, window, Objectives()) is None


def report(records: list[RequestRecord], load: Load, repeat: int = 0, **client: float) -> PointReport:
    clients = [ClientReport(ended=10**9, cpu_seconds=0.25, offered=len(records), **client)]  # type: ignore[arg-type]
    summary = summarise(records, RunReport(1, clients), load)
    slot = Slot(f"c{load.concurrency}-r{repeat}", load, repeat)
    return point_report(
        slot, 0, "2026-11-24T08:00:00+00:00", summary, records, WarmUp([], True), Objectives(ttft=1.0)
    )


def test_a_report_says_what_the_records_say_and_survives_json() -> None:
    records = closed_loop(4, 30)
    point = report(records, Load(concurrency=4, requests=120))
    assert (point.valid, point.requests, point.errors, point.window) == (True, 120, {}, "steady")
    assert point.interactivity == pytest.approx(200.0)
    assert point.ttft is not None
    assert point.ttft.median == pytest.approx(0.020)
    assert point.ttft.p99 is None  # needs 299 requests
    assert point.ttft.p90 == pytest.approx(0.020)
    assert point.throughput is not None
    assert point.throughput.output == pytest.approx(4 * 9 / 0.060, rel=0.05)
    assert point.tpot_interval is not None
    assert "within run" in point.tpot_interval.kind
    assert (point.client.cpu_seconds, point.client.tokens) == (0.25, 120 * 9)
    assert point.goodput is not None
    assert point.goodput.share == 1.0
    assert msgspec.json.decode(msgspec.json.encode(point), type=PointReport) == point


def test_lost_requests_are_seen_without_a_number_asked() -> None:
    records = closed_loop(4, 30)
    clients = [ClientReport(ended=10**9, offered=121)]
    summary = summarise(records, RunReport(1, clients), FREE)
    assert [reason.code for reason in summary.reasons] == ["lost"]


def test_repeats_give_an_interval_and_invalid_ones_do_not_count() -> None:
    load = Load(concurrency=4, requests=120)
    points = [report(closed_loop(4, 30, tpot=tpot), load, n) for n, tpot in enumerate((5.0, 5.5, 6.0))]
    points.append(report(closed_loop(4, 30, tpot=50.0), load, 3, lag_p99=9.0))
    (found,) = load_summaries(points)
    assert (found.runs, found.invalid, found.concurrency) == (3, 1, 4)
    assert found.tpot_median is not None
    assert found.tpot_median.values == pytest.approx([0.005, 0.0055, 0.006])
    assert found.tpot_median.mean == pytest.approx(0.0055)
    # t(2) = 4.3027, s = 0.0005
    assert found.tpot_median.interval == pytest.approx((0.0055 - 0.0012421, 0.0055 + 0.0012421), abs=1e-6)
    assert "between runs" in found.kind
    (single,) = load_summaries(points[:1])
    assert single.tpot_median is not None
    assert single.tpot_median.interval is None
