"""The packaged facts against the reference's own tables, and how strict a catalog file is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from isoline.domain.catalog import TIERS, Catalog, load_catalog
from isoline.domain.catalog.files import RECORDS
from isoline.domain.slugs import parse_slug
from isoline.errors import CatalogError, InputError, UsageError
from tests.shared import SHARED, needs_shared


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(user_dirs=())


def oracle(name: str) -> Any:
    return json.loads((SHARED / "oracle" / name).read_text())


def oracle_lines(name: str, function: str) -> list[dict[str, Any]]:
    lines = (SHARED / "oracle" / "etl" / name).read_text().splitlines()
    return [case for case in map(json.loads, lines) if case["fn"] == function]


def undefined(value: Any) -> Any:
    return None if isinstance(value, dict) and "$undef" in value else value


@needs_shared
def test_hardware_agrees_with_the_registry(catalog: Catalog) -> None:
    """Field by field. Left out on purpose: the registry's 9.99 placeholders of rtx5090."""
    registry = oracle("hardware.json")
    assert list(catalog.hardware) == sorted(registry, key=lambda key: registry[key]["sort"])
    for key, row in registry.items():
        own = catalog.hardware[key]
        assert (own.label, own.vendor, own.architecture, own.sort) == (
            row["label"],
            row["vendor"],
            row["arch"],
            row["sort"],
        )
        assert own.tdp_w == row["tdp"]
        prices = [catalog.price(key, tier) for tier in TIERS]
        figures = [own.power_kw, *(price.usd_per_gpu_hour if price else None for price in prices)]
        expected = [row[name] for name in ("power", "costh", "costn", "costr")]
        assert figures == [None if figure == 9.99 else figure for figure in expected]
        assert (own.power_kw is None) == (own.power_includes is None)
    assert [key for key, row in catalog.hardware.items() if row.power_kw is None] == ["rtx5090"]


@needs_shared
def test_models_agree_with_the_reference(catalog: Catalog) -> None:
    slugs = oracle("slugs.json")
    labels = {case["slug"]: case["label"].partition(" — ")[0] for case in slugs["compareModelDisplayLabel"]}
    assert {key: row.label for key, row in catalog.models.items() if row.db_keys} == labels
    for case in (*slugs["precision"], *slugs["specDecode"], *slugs["gpu"]):
        if case["parsed"]:
            model = catalog.models[case["parsed"]["model"]]
            assert list(model.db_keys) == case["parsed"]["modelDbKeys"]
            assert all(catalog.model_for_db_key(key) is model for key in model.db_keys)


@needs_shared
def test_every_served_row_has_its_model_hardware_and_engine(catalog: Catalog) -> None:
    for name in ("availability", "evaluations", "benchmarks"):
        for row in json.loads((SHARED / "data" / "inferencex" / f"{name}.json").read_text()):
            assert catalog.model_for_db_key(row["model"])
            assert row["hardware"] in catalog.hardware
            assert row["precision"] in catalog.precisions
            assert row["spec_method"] in catalog.spec_methods
            engine, disaggregated = catalog.resolve_engine(row["framework"], row["disagg"])
            assert engine in catalog.engines
            assert disaggregated == row["disagg"]
            assert set(row.get("metrics", {})) <= set(catalog.metrics) or name == "evaluations"


@needs_shared
def test_resolves_names_as_the_reference_does(catalog: Catalog) -> None:
    grid = oracle("normalizers-grid.json")
    hardware = [(case["v"], case["out"]) for case in grid["hwToGpuKey"]]
    hardware += [
        (case["args"][0], case["result"]) for case in oracle_lines("normalizers.jsonl", "hwToGpuKey")
    ]
    assert [catalog.resolve_hardware(text) for text, _ in hardware] == [key for _, key in hardware]

    models = [(case["v"], case["out"]) for case in grid["resolveModelKey"]]
    models += [
        (case["args"][0], case["result"]) for case in oracle_lines("normalizers.jsonl", "resolveModelKey")
    ]
    for row, key in models:
        prefix = row.get("infmax_model_prefix") or row.get("model_prefix")
        assert catalog.resolve_model(prefix, row.get("model")) == key

    for case in grid["normalizePrecision"]:
        assert catalog.resolve_precision(case["v"]) == case["out"]
    methods = [(case["v"], case["out"]) for case in grid["normalizeSpecMethod"]]
    methods += [
        (undefined(case["args"][0]), case["result"])
        for case in oracle_lines("normalizers.jsonl", "normalizeSpecMethod")
    ]
    assert [catalog.resolve_spec_method(value) for value, _ in methods] == [name for _, name in methods]


@needs_shared
def test_resolves_engines_as_the_reference_does(catalog: Catalog) -> None:
    """The reference also reads the texts "true" and "false"; here that is the importer's work."""
    spelled = {"true": True, "True": True, "false": False}
    cases = [
        (case["framework"], case["disagg"], case["out"])
        for case in oracle("normalizers-grid.json")["normalizeFramework"]
    ]
    cases += [
        (*case["args"], case["result"]) for case in oracle_lines("normalizers.jsonl", "normalizeFramework")
    ]
    for text, given, out in cases:
        given = undefined(given)
        flag = spelled[given] if isinstance(given, str) else given
        assert catalog.resolve_engine(text, flag) == (out["framework"], out["disagg"])
    for case in oracle_lines("framework-aliases.jsonl", "resolveFrameworkAlias"):
        assert catalog.resolve_engine(case["args"][0], None)[0] == case["result"]


def test_an_engine_unknown_to_the_catalog_follows_its_family_name(catalog: Catalog) -> None:
    assert catalog.resolve_engine("New-disagg", False) == ("new-disagg", True)
    assert catalog.resolve_engine("dynamo-new", None) == ("dynamo-new", True)
    assert catalog.resolve_engine("dynamo-new", False) == ("dynamo-new", False)
    # Ours: the reference has rows of this framework but no alias for it.
    assert catalog.resolve_engine("vllm-disagg", None) == ("vllm", True)


@needs_shared
def test_labels_as_the_reference_does(catalog: Catalog) -> None:
    slugs = oracle("slugs.json")
    for case in slugs["precisionDisplayLabel"]:
        assert catalog.precision_label(case["p"]) == case["out"]
    for case in slugs["specMethodDisplayLabel"]:
        assert catalog.spec_label(case["method"], case["model"]) == case["out"]
    assert catalog.spec_label("mtp", "minimax-m3") == catalog.spec_label("mtp", "minimaxm3") == "M3 EAGLE"
    for case in oracle_lines("framework-aliases.jsonl", "resolveFrameworkPartLabel"):
        if case["args"][1] != "mtp":
            assert catalog.engine_label(case["args"][1]) == case["result"]


def test_metrics_hold_families_and_single_keys(catalog: Catalog) -> None:
    metrics = catalog.metrics
    assert (metrics["p99.9_ttft"].unit, metrics["p99.9_ttft"].direction) == ("s", "lower")
    assert metrics["p90_intvty"].label == "Interactivity at p90 TPOT"
    assert metrics["std_intvty"].direction == "none"  # stored by the reference, meaningless
    reading = {"throughput_per_gpu", "cost_per_mtok", "tokens_per_s_per_mw", "interactivity"}
    assert all(metrics[key].formula for key in reading)


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


PRICE = '[[prices]]\nhardware = "{}"\ntier = "rental"\nusd_per_gpu_hour = {}\ndate = "{}"\nsource = "me"\n'


def test_the_newest_price_on_or_before_a_date_wins(tmp_path: Path) -> None:
    rows = "".join(
        PRICE.format("b300", price, date)
        for price, date in ((9, "2026-09-15"), (2, "2025-01"), (8, "2026-09"), (3.5, "2026-07"))
    )
    catalog = load_catalog([write(tmp_path / "prices.toml", rows)], ())

    def price(on: str | None) -> float | None:
        row = catalog.price("b300", "rental", on)
        return row.usd_per_gpu_hour if row else None

    assert price(None) == 9
    assert price("2026-09-14") == 8
    assert price("2026-08-31") == 3.5  # the user's row replaces the packaged one of the same month
    assert price("2026-06-30") == 2
    assert price("2024-12-31") is None
    assert catalog.price("h100", "rental", "2026-07-01") is not None
    assert catalog.price("rtx5090", "hyperscaler") is None
    assert len(catalog.prices.history("b300", "rental")) == 5
    with pytest.raises(UsageError, match=r"spot.*there is hyperscaler, neocloud, rental"):
        catalog.price("b300", "spot")
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        catalog.price("b300", "rental", "July 2026")


def test_user_files_extend_and_override(tmp_path: Path) -> None:
    folder = tmp_path / "catalog.d"
    folder.mkdir()
    write(
        folder / "10-new.toml",
        '[hardware.my-gpu]\nlabel = "My GPU"\nvendor = "Me"\narchitecture = "One"\n'
        + '[models.my-model]\nlabel = "My Model"\ncheckpoints = { my-model = ["me/My-Model"] }\n'
        + PRICE.format("my-gpu", 1, "2026-08"),
    )
    write(
        folder / "20-more.toml",
        "[hardware.b300]\npower_kw = 2.5\ntflops = { fp6 = 9000 }\n[hardware.my-gpu]\nmemory_gb = 96\n"
        '[models.qwen-3-5]\ncheckpoints = { "qwen3.5" = ["/srv/qwen"] }\n',
    )
    extra = write(tmp_path / "extra.toml", "[hardware.b300]\npower_kw = 2.6\n")
    catalog = load_catalog([extra], [folder, tmp_path / "absent"])
    b300 = catalog.hardware["b300"]
    assert (b300.power_kw, b300.label, b300.tdp_w) == (2.6, "B300", 1200)  # extra files come last
    assert (b300.tflops["fp6"], b300.tflops["fp8"]) == (9000, 4500)
    assert catalog.hardware["my-gpu"].memory_gb == 96
    assert list(catalog.hardware)[-1] == "my-gpu"
    assert catalog.resolve_hardware("rack7:MY-GPU-nv_3") == "my-gpu"
    assert catalog.resolve_hardware("rack7:MY-GPUS") is None
    assert catalog.resolve_model(None, "me/My-Model") == "my-model"
    assert catalog.model_for_db_key("my-model") is catalog.models["my-model"]
    assert catalog.resolve_model(None, "/srv/qwen") == "qwen3.5"
    assert catalog.resolve_model(None, "Qwen/Qwen3.5-397B-A17B") == "qwen3.5"
    assert load_catalog(user_dirs=()).hardware["b300"].power_kw == 1.9  # packaged rows stay as they were


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[hardware.b300]\npower_kW = 2\n", "hardware.b300.power_kW: unknown key; did you mean power_kw?"),
        ('[hardware.b300]\npower_kw = "2"\n', "hardware.b300.power_kw: Expected `float | null`, got `str`"),
        ("[hardware.b300]\npower_kw = nan\n", "hardware.b300.power_kw: Expected `float` > 0.0"),
        ("[hardware.b300.tflops]\nfp4 = true\n", "hardware.b300.tflops[...]: Expected `float`, got `bool`"),
        ('[hardware.new]\nlabel = "N"\nvendor = "V"\n', "hardware.new.architecture: is required but missing"),
        ("[hardwares.b300]\n", "hardwares: unknown table; did you mean hardware?"),
        ("x = 1\n[hardware.b300\n", "is not valid TOML: Expected ']'"),
        ("x = 1\n[hardware.b300\n", "(at line 2, column 15)"),
        ("prices = 3\n", "prices: expected [[prices]], got 3"),
        ("[models]\nmine = 3\n", "models.mine: expected a table, got 3"),
        ('[models.mine]\nkey = "x"\nlabel = "M"\n', "models.mine.key: unknown key"),
        ('[models.Mine]\nlabel = "M"\n', "models.Mine: expected a name of lower-case letters"),
        ('[models.a-vs-b]\nlabel = "M"\n', "models.a-vs-b: expected a name"),
        ('[models.mine]\nlabel = "M"\naliases = ["My Model"]\n', "models.mine.aliases[0]: expected a name"),
        ('[models.kimi]\nlabel = "M"\n', "models.kimi: the name 'kimi' already belongs to models.kimi-k26"),
        (
            '[models.mine]\nlabel = "M"\ncheckpoints = { other = ["x"] }\n',
            "'other' is none of its db keys (mine)",
        ),
        ('[engines.trtllm]\nlabel = "T"\nfamily = "f"\n', "'trtllm' already belongs to engines.trt"),
        (PRICE.format("b3000", 1, "2026-08"), "prices[0].hardware: 'b3000' is not in the catalog"),
        (PRICE.format("b300", 0, "2026-08"), "prices[0].usd_per_gpu_hour: Expected `float` > 0.0"),
        (PRICE.format("b300", 1, "2026-13"), "prices[0].date: expected a date in quotes"),
        (PRICE.format("b300", 1, "2026-08").replace('"2026-08"', "2026-08-01"), "put it in quotes"),
        (
            PRICE.format("b300", 1, "2026-08").replace("rental", "spot"),
            "known are hyperscaler, neocloud, rental",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_file_key_and_reason(tmp_path: Path, text: str, expected: str) -> None:
    path = write(tmp_path / "mine.toml", text)
    with pytest.raises((CatalogError, InputError)) as caught:
        load_catalog([path], ())
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert expected in message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.toml: cannot be read: No such file"):
        load_catalog([tmp_path / "absent.toml"], ())
    (tmp_path / "latin.toml").write_bytes(b"x = '\xe9'\n")
    with pytest.raises(InputError, match=r"latin\.toml: is not UTF-8"):
        load_catalog([tmp_path / "latin.toml"], ())


def test_the_catalog_brings_in_nothing_heavy() -> None:
    """In a fresh process with its own empty configuration: no pydantic, pyarrow, duckdb or numpy."""
    program = (
        "import sys, isoline.domain.catalog as c, isoline.domain.slugs as s\n"
        "s.parse_slug('qwen-3-5-b300-fp4-vs-bf16', c.load_catalog())\n"
        "print(*sorted({'pydantic', 'pyarrow', 'duckdb', 'numpy', 'difflib'} & set(sys.modules)))"
    )
    environment = {**os.environ, "XDG_CONFIG_HOME": "/nonexistent"}
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert result.stdout.strip() == ""


def test_every_packaged_row_is_well_formed(catalog: Catalog) -> None:
    """All tables, all indexes: packaged files are otherwise parsed only when first used."""
    catalog.check([*RECORDS, "prices"])
    assert all(row.source for row in catalog.hardware.values())
    assert {row.spec_labels.get("mtp") for row in catalog.models.values()} == {None, "M3 EAGLE"}


def test_the_documented_example_works(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "catalog.md").read_text()
    catalog = load_catalog([write(tmp_path / "ours.toml", page.split("```toml\n")[1].split("```")[0])], ())
    assert catalog.hardware["b300"].power_kw == 2.17
    row = catalog.price("l40s", "rental", "2026-10-01")
    assert row is not None
    assert row.source == "our contract"
    assert catalog.price("l40s", "rental", "2026-09-30") is None
    assert parse_slug("qwen-3-5-l40s-vs-h100", catalog).hardware == ("h100", "l40s")
