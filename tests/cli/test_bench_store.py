"""What a sweep leaves in the store, and what `isoline compare` makes of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from isoline.bench.asked.plan import probe_of
from isoline.bench.asked.recipe import declare
from isoline.bench.kept.hiding import Hider, command_line
from isoline.bench.kept.keeper import About, StoreKeeper
from isoline.bench.shown.odd import odd_words
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Selection
from isoline.errors import EngineError
from isoline.measure.engines.identify import recognise
from isoline.measure.engines.identity import Identity
from isoline.measure.fleet import RunReport
from isoline.measure.loads import Load
from isoline.measure.monitor import ClientReport
from isoline.measure.summary import summarise
from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.explore import Explore
from isoline.measure.sweep.goodput import Objectives
from isoline.measure.sweep.plan import LONGEST, Plan, Slot
from isoline.measure.sweep.report import point_report
from isoline.measure.target import Target
from isoline.measure.validity import Reason
from isoline.measure.warmup import WarmUp
from isoline.measure.workloads import Synthetic
from isoline.store.store import Store
from tests.cli.process import isoline
from tests.measure.runs import closed_loop
from tests.measure.servers import Handler, always, read_request, scripted

UNKNOWN = Identity("unknown")
CATALOG = load_catalog(user_dirs=())
LOADS = tuple(Load(concurrency=streams, requests=30 * streams) for streams in (2, 8))


def keeper(root: Path, precision: str, *, fresh: bool = False, repeats: int = 2) -> StoreKeeper:
    values = {"model": "qwen-3-5", "hardware": "h100", "precision": precision, "engine": "vllm", "tp": "2"}
    declared = declare(values, "Qwen/Qwen3.5", CATALOG)
    target = Target("http://127.0.0.1:1", "Qwen/Qwen3.5", headers={"Authorization": "Bearer sk-42"})
    identity = {"recipe": declared.recipe.id}
    plan = Plan(target, Synthetic(1024, 1024), LOADS, repeats, identity=identity)
    return StoreKeeper(
        Store(root), plan, About("local", "isoline bench …", declared, UNKNOWN, fresh), Hider(["sk-42"])
    )


def keep(into: StoreKeeper, slot: Slot, tpot: float, *, valid: bool = True) -> None:
    records = closed_loop(slot.load.concurrency or 1, 30, tpot=tpot)
    summary = summarise(records, RunReport(1, [ClientReport(ended=1, offered=len(records))]), slot.load)
    report = point_report(
        slot, 0, "2026-11-24T08:00:00+00:00", summary, records, WarmUp([], True), Objectives()
    )
    if not valid:
        reasons = [Reason("client_lag", "the client was late", "use more cores")]
        report = msgspec.structs.replace(report, valid=False, reasons=reasons)
    into.keep(slot, report, records, ())


def sweep(root: Path, precision: str, tpots: dict[int, float], invalid: tuple[str, ...] = ()) -> None:
    into = keeper(root, precision)
    for slot in into._plan.slots():
        tpot = tpots[slot.load.concurrency or 0]
        keep(into, slot, tpot if slot.name not in invalid else tpot / 100, valid=slot.name not in invalid)


def test_two_sweeps_compare_and_invalid_points_are_on_no_frontier(tmp_path: Path) -> None:
    sweep(tmp_path, "fp8", {2: 4.0, 8: 5.0}, invalid=("c2-r1",))  # a hundred times too fast
    sweep(tmp_path, "bf16", {2: 4.5, 8: 6.25})
    slug = "qwen-3-5-h100-fp8-vs-bf16"
    found = json.loads(isoline(tmp_path, "compare", slug, "--format", "json").stdout)
    fp8, bf16 = found["sides"]
    assert fp8["measured_range"] == pytest.approx([200.0, 250.0])
    assert bf16["measured_range"] == pytest.approx([160.0, 1000 / 4.5])
    target = found["targets"][1]
    assert target["ratios"]["throughput_per_gpu"] > 1
    assert {reading["status"] for reading in target["readings"]} == {"interpolated"}
    notes = " ".join(found["notes"])
    assert "3 points are the mean of 2 runs each" in notes
    assert "1 point has one valid run only" in notes
    with Store(tmp_path) as store:
        everything = store.points(Selection(model="qwen-3-5"), include_invalid=True, all_metrics=True)
        assert [point.valid for point in everything].count(False) == 1
        assert len(everything) == 8
        assert len(store.points(Selection(model="qwen-3-5"))) == 7
        assert {point.recipe.gpus for point in everything} == {2}
        one = next(p for p in everything if p.concurrency == 8 and p.recipe.precision == "bf16")
        assert one.status == "measured"
        assert one.throughput == one.metrics["total_tput_tps"] / 2  # per GPU
        assert one.metrics["median_tpot"] == 0.00625
        assert "p99_tpot" not in one.metrics  # 240 requests have none


def test_a_sweep_names_a_repeat_that_lies_far_from_its_others(tmp_path: Path) -> None:
    into = keeper(tmp_path, "fp8", repeats=3)
    spread = {0: 1.0, 1: 1.19, 2: 1.002}
    for slot in into._plan.slots():
        factor = spread[slot.repeat] if slot.load.concurrency == 2 else 1.0 + 0.001 * slot.repeat
        keep(into, slot, (4.0 if slot.load.concurrency == 2 else 5.0) * factor)
    with Store(tmp_path) as store:
        (told,) = odd_words(store, "local", [into.id])
        assert list(odd_words(store, "local", ["another"])) == []
    assert told.startswith("Run 2 of the sweep of ")
    assert "−16 % in interactivity at 2 streams" in told


def test_an_unfinished_sweep_goes_on_and_a_finished_one_begins_anew(tmp_path: Path) -> None:
    first = keeper(tmp_path, "fp8")
    slots = first._plan.slots()
    for slot in slots[:3]:
        keep(first, slot, 4.0)
    second = keeper(tmp_path, "fp8")
    assert second.resumed
    assert second.id == first.id
    assert list(second.finished()) == [slot.name for slot in reversed(slots[:3])]
    assert {report.run for report in second.finished().values()} == {
        run for run, _ in second._store.details("local")
    }
    assert not keeper(tmp_path, "bf16").resumed
    assert not keeper(tmp_path, "fp8", repeats=3).resumed
    assert not keeper(tmp_path, "fp8", fresh=True).resumed
    keep(second, slots[3], 4.0)
    assert not keeper(tmp_path, "fp8").resumed


def test_invalid_points_are_measured_again_and_stay_as_evidence(tmp_path: Path) -> None:
    """An outage spoiled two points: of a finished sweep those alone are missing."""
    first = keeper(tmp_path, "fp8")
    slots = first._plan.slots()
    for slot in slots:
        keep(first, slot, 4.0, valid=slot not in slots[1:3])
    second = keeper(tmp_path, "fp8")
    assert (second.id, second.again) == (first.id, 2)
    assert set(second.finished()) == {slots[0].name, slots[3].name}
    keep(second, slots[1], 4.0, valid=False)  # spoiled once more
    keep(second, slots[2], 5.0)
    third = keeper(tmp_path, "fp8")
    assert (third.id, third.again) == (first.id, 1)
    assert Agenda(third._plan).next(third.finished()) == slots[1]
    keep(third, slots[1], 4.0)
    assert not keeper(tmp_path, "fp8").resumed
    with Store(tmp_path) as store:
        everything = store.points(Selection(model="qwen-3-5"), include_invalid=True)
        assert [point.valid for point in everything].count(False) == 3
        assert len({point.key for point in everything if point.valid}) == 4


def test_a_sweep_that_finds_its_loads_goes_on_where_it_was(tmp_path: Path) -> None:
    def begin() -> tuple[StoreKeeper, Agenda]:
        into = keeper(tmp_path, "fp8")
        free = (Load(concurrency=1, duration=LONGEST),)
        plan = replace(into._plan, loads=free, repeats=1, explore=Explore(most=4, extra=0))
        into = StoreKeeper(into._store, plan, into._about, into._hider)
        return into, Agenda(plan)

    names = []
    while (slot := (found := begin())[1].next(found[0].finished())) is not None and slot.name not in names:
        names.append(slot.name)
        keep(found[0], slot, 4.0)
    assert names == ["c1-r0", "c2-r0", "c4-r0"]  # then complete: the next would begin anew


def test_what_a_run_says_of_itself_has_no_secret(tmp_path: Path) -> None:
    into = keeper(tmp_path, "fp8")
    slot = into._plan.slots()[0]
    keep(into, slot, 4.0)
    ((_, details),) = into._store.details("local")
    assert details["target"]["headers"] == ["Authorization"]  # type: ignore[index]
    assert details["sweep"]["slot"] == slot.name  # type: ignore[index]
    assert details["sweep"]["order"] == [slot.name]  # type: ignore[index]
    for path in tmp_path.rglob("*.json"):
        assert "sk-42" not in path.read_text()


def test_the_command_can_be_typed_again_without_header_values() -> None:
    hider = Hider(["topsecret"])
    words = ["http://h", "--header", "X-A=b c", "--header=X-B=topsecret", "--model", "a b", "--slo", "ttft=2"]
    assert (
        command_line(words, hider)
        == "isoline bench http://h --header 'X-A=***' '--header=X-B=***' --model 'a b' --slo ttft=2"
    )


def test_a_recipe_is_looked_up_and_completed() -> None:
    values = {"hardware": "H100", "precision": "NVFP4", "engine": "trtllm", "tp": "4", "workers": 2}
    found = declare({**values, "spec_method": "mtp", "decode_dp_attention": "true"}, "dsr1", CATALOG)
    recipe = found.recipe
    assert (recipe.model, recipe.hardware, recipe.precision) == ("deepseek-r1", "h100", "fp4")
    assert (recipe.engine, recipe.gpus, recipe.prefill_tp, recipe.decode_tp) == ("trt", 8, 4, 4)
    assert (recipe.spec_method, recipe.decode_dp_attention, recipe.checkpoint) == ("mtp", True, "dsr1")
    assert found.notes == []
    bare = declare({}, "My/Model-7B", CATALOG)
    assert (bare.recipe.model, bare.recipe.hardware, bare.recipe.gpus) == ("model-7b", "unknown", 1)
    assert len(bare.notes) == 2


def json_server(answers: dict[str, object]) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_request(reader):
            body = json.dumps(answers.get(request.split()[1].decode(), {})).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))

    return handler


def asked(url: str, endpoint: str = "completions") -> Identity:
    return recognise(probe_of(Target(url, "m", endpoint)))


def test_a_server_is_asked_what_it_is() -> None:
    models = [{"id": "a/b", "owned_by": "vllm"}, {"id": "c"}]
    answers = {"/v1/models": {"data": models}, "/version": {"version": "0.22.1"}}
    with scripted(json_server(answers)) as url:
        found = asked(url)
        assert asked(f"{url}/v1", "chat") == asked(f"{url}/v1/completions") == found
    assert (found.served, found.fields, found.simulated) == (("a/b", "c"), {"engine_version": "0.22.1"}, None)
    recipe = declare({}, "m", CATALOG, found).recipe
    assert (recipe.engine, recipe.engine_version) == ("vllm", "0.22.1")
    with pytest.raises(EngineError, match=r"engine_version: declared '0.9', the server reports '0.22.1'"):
        declare({"engine": "vllm", "engine_version": "0.9"}, "m", CATALOG, found)
    assert asked("http://127.0.0.1:9") == UNKNOWN
    with scripted(always(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n<html")) as url:
        assert asked(url) == UNKNOWN


def test_a_simulated_server_is_never_stored_as_measured(tmp_path: Path) -> None:
    recipe = {"model": "qwen-3-5", "hardware": "h100", "engine": "simulated", "precision": "fp8"}
    told = {"isoline_simulated": {"recipe": {**recipe, "decode_gpus": 1, "prefill_gpus": 1}, "speed": 1.0}}
    with scripted(json_server({"/v1/models": {"data": [{"id": "simulated/q", **told}]}})) as url:
        identity = asked(url)
    with pytest.raises(EngineError) as problem:
        declare({"hardware": "b300", "precision": "fp4", "engine": "vllm"}, "q", CATALOG, identity)
    assert "engine: declared 'vllm', the server reports 'simulated'" in str(problem.value)
    assert "hardware: declared 'b300', the server reports 'h100'" in str(problem.value)
    declared = declare({"precision": "fp8"}, "q", CATALOG, identity, model="q")
    assert declared.recipe.hardware == "h100"
    into = keeper(tmp_path, "fp8")
    into._about = replace(into._about, declared=declared)
    keep(into, into._plan.slots()[0], 4.0)
    with Store(tmp_path) as store:
        (summary,) = store.datasets()
        assert summary.dataset.kind == "simulated"
        assert [p.status for p in store.points(Selection(model="qwen-3-5"))] == ["simulated"]


def test_slots_differ_only_in_load() -> None:
    plan = Plan(Target("http://h", "m"), Synthetic(8, 8), LOADS, repeats=2)
    assert replace(plan, repeats=1).slots() == plan.slots()[:2]
