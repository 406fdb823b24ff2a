"""Folders and zips of run artifacts, friendly and hostile."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from isoline.errors import InputError, UsageError
from isoline.store.importers import intake
from isoline.store.importers.inferencex import archives, sources
from tests.store.importers.helpers import artifact, benchmark, readings, write

if TYPE_CHECKING:
    from pathlib import Path

RUN = {
    "html_url": "https://github.com/x/y/actions/runs/27",
    "run_attempt": 2,
    "run_started_at": "2026-06-01T10:00:00Z",
}
META = artifact(eval_task="gsm8k")
RESULTS = {
    "lm_eval_version": "0.4.7",
    "results": {"gsm8k": {"exact_match,strict-match": 0.85, "alias": "gsm8k"}, "broken": {"alias": "broken"}},
    "n-samples": {"gsm8k": {"effective": 1319}},
}


def zipped(members: dict[str, Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, value in members.items():
            archive.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return buffer.getvalue()


def test_a_run_folder(tmp_path: Path) -> None:
    write(tmp_path / "run.json", RUN)
    write(tmp_path / "bmk_dsr1_1k8k_b300" / "agg_1.json", artifact(isl=None, osl=None))
    write(tmp_path / "results_bmk" / "agg_bmk.json", [artifact(conc=1), artifact(conc=2, hw="abacus")])
    write(tmp_path / "eval_1" / "results_2026.json", RESULTS)
    write(tmp_path / "eval_1" / "meta_env.json", META)
    write(
        tmp_path / "eval_results_all" / "agg_eval_all.json", [artifact(task="GSM8K", em_strict=0.5, conc=4)]
    )
    write(tmp_path / "run-stats" / "stats.json", {"b300": {"n_success": 1}})
    write(tmp_path / "unknown" / "what.json", {"a": 1})
    (tmp_path / "server_logs").mkdir()
    (tmp_path / "server_logs" / "a.log").write_text("…")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "broken.json").write_text('{"a": 1,\n oops}')
    (tmp_path / "more.zip").write_bytes(zipped({"bmk_2/agg.json": artifact(conc=3)}))
    found = readings(tmp_path)
    assert {(point.concurrency, point.workload.osl) for point in found.points} == {
        (64, 8192),
        (1, 1024),
        (3, 1024),
    }
    for point in found.points:
        assert point.run_url == "https://github.com/x/y/actions/runs/27/attempts/2"
        assert (point.date, point.run_started_at) == ("2026-06-01", "2026-06-01T10:00:00Z")
        assert point.recipe.checkpoint == "deepseek-ai/DeepSeek-R1-0528"
    assert {(row.task, row.score, row.n, row.concurrency) for row in found.evaluations} == {
        ("gsm8k", 0.85, 1319, 64),
        ("gsm8k", 0.5, None, 4),
    }
    assert sorted(found.reasons) == [
        "broken field",
        "malformed file",
        "unknown hardware",
        "unrecognised file",
    ]
    (malformed,) = (row for row in found.quarantined if row.reason == "malformed file")
    assert malformed.detail.startswith("line 2, column 2")
    assert found.datasets.keys() == {"inferencex-artifacts"}
    assert "files that are neither JSON nor zip" in found.notes
    assert "files of a run that hold no points" in found.notes


def test_a_zip_is_read_as_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "run.zip"
    inner = zipped({"bmk/agg.json": artifact(conc=5)})
    path.write_bytes(zipped({"a/agg.json": artifact(conc=4), "run.json": RUN, "b.zip": inner}))
    found = readings(path)
    assert [point.concurrency for point in found.points] == [4, 5]
    assert {point.date for point in found.points} == {"2026-06-01"}


def test_positions_name_member_and_row(tmp_path: Path) -> None:
    path = tmp_path / "run.zip"
    path.write_bytes(zipped({"a/agg.json": [artifact(), artifact(conc=0)]}))
    (row,) = readings(path).quarantined
    assert (row.source, row.position) == (str(path), "a/agg.json row 2")


@pytest.mark.parametrize("name", ["../evil.json", "/etc/evil.json", "C:/evil.json", "a\\..\\..\\evil.json"])
def test_unsafe_member_names(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    entry = zipfile.ZipInfo("x")
    entry.filename = name  # past the constructor, which would tidy it
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, json.dumps(artifact()))
        archive.writestr("good.json", json.dumps(artifact()))
    found = readings(path)
    assert found.reasons == ["unsafe path"]
    assert len(found.points) == 1


def test_a_symbolic_link_member(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    entry = zipfile.ZipInfo("link.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    assert readings(path).reasons == ["unsafe path"]


def test_a_member_that_inflates_too_much(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped({"bomb.json": b"[" + b" " * 5_000_000 + b"]", "good.json": artifact()}))
    found = readings(path)
    assert found.reasons == ["archive too large"]
    assert len(found.points) == 1


def test_archives_too_large_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "Budget", lambda: archives.Budget(members=2))
    path = tmp_path / "many.zip"
    path.write_bytes(zipped({f"{n}.json": artifact() for n in range(3)}))
    with pytest.raises(InputError, match="more than"):
        readings(path)
    assert readings(tmp_path).reasons == ["archive too large"]
    nested = tmp_path / "nested.zip"
    nested.write_bytes(zipped({"a.json": artifact(), "b.zip": zipped({"c.json": 1, "d.json": 2})}))
    assert readings(nested).reasons == ["archive too large"]  # members of all levels count together


def test_nested_archives_end(tmp_path: Path) -> None:
    data = zipped({"agg.json": artifact()})
    for _ in range(3):
        data = zipped({"in.zip": data})
    path = tmp_path / "deep.zip"
    path.write_bytes(data)
    assert readings(path).reasons == ["nested too deep"]


def test_damaged_archives(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    data = bytearray(zipped({"agg.json": artifact(), "b.json": artifact(conc=1)}))
    data[60] ^= 0xFF  # inside the first member's data
    path.write_bytes(data)
    assert "malformed archive" in readings(path).reasons
    path.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(InputError, match="not a readable zip"):
        readings(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1},\n  {"b": }]', "line 2, column 9"),
        ("", "line 1, column 1"),
        ("<html>", "line 1, column 1"),
        ("[" * 100_000, "nested too deep"),
        ('{"error": "model is required"}', "model is required"),
        ("[1, 2]", "without any row that is known"),
        ("3", "no response or artifact"),
    ],
)
def test_a_location_that_is_no_data(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as error:
        readings(path)
    assert str(path) in str(error.value)
    good = write(tmp_path / "good.json", [benchmark()])
    found = readings(path, good)
    assert len(found.points) == 1
    assert len(found.quarantined) == 1


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(InputError, match="byte 7: not UTF-8"):
        readings(path)
    row = json.dumps(benchmark(image="@")).encode().replace(b"@", b"\xff")
    path.write_bytes(b"[" + json.dumps(benchmark(conc=2)).encode() + b"," + row + b"]")
    found = readings(path)
    assert len(found.points) == 1
    assert found.reasons == ["malformed row"]


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps([benchmark()]).encode())
    assert len(readings(path).points) == 1


def test_locations_are_checked_before_anything_is_read(tmp_path: Path) -> None:
    good = write(tmp_path / "good.json", [benchmark()])
    with pytest.raises(InputError, match="does not exist"):
        readings(good, tmp_path / "absent.json")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no JSON files"):
        readings(tmp_path / "empty")
    with pytest.raises(UsageError, match="nothing to import"):
        readings()
    with pytest.raises(UsageError, match="none of benchmarks, history"):
        readings(good, kind="other")


def test_too_large_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_DOCUMENT", 100)
    path = write(tmp_path / "a.json", [benchmark()])
    with pytest.raises(InputError, match="more than 100 bytes"):
        readings(path)
    assert readings(tmp_path).reasons == ["file too large"]


def test_batches_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "BATCH", 10)
    rows = [benchmark(conc=conc) for conc in range(1, 24)] + [benchmark(conc=1)]
    found = readings(write(tmp_path / "a.json", rows))
    assert [len(batch.points) for batch in found.batches] == [10, 10, 3]
    assert found.notes == ["1 rows repeat an earlier one and are kept once"]  # across batches too
