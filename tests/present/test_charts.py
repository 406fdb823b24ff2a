"""Charts: what is drawn is what was given, and it renders."""

from __future__ import annotations

import itertools
import json
import struct
import zlib

import msgspec
import pytest
import vl_convert
from msgspec.structs import replace

from isoline.analyse.compare import compare
from isoline.analyse.terms import Terms, View
from isoline.ask.answer import answer
from isoline.ask.question import Question
from isoline.domain.point import SIMULATED
from isoline.domain.slugs import parse_slug
from isoline.errors import OutputError, UsageError
from isoline.present.chart_heads import spread
from isoline.present.chart_scale import linear, logarithmic, plain
from isoline.present.charts import comparison_chart
from isoline.present.palette import THEMES
from isoline.present.render import SHARE, VEGA_LITE, compiled, frame, save, to_png, to_svg
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.analyse.test_compare import CATALOG, SLUG
from tests.points import point
from tests.present import samples

EVERY = (
    samples.measured,
    samples.published,
    samples.one_sided,
    samples.single_point,
    samples.empty,
    samples.hostile,
)


def rows(spec, name):
    return spec["datasets"][name]


@pytest.mark.parametrize("sample", EVERY)
def test_points_are_exactly_those_given(sample):
    comparison = sample()
    given = sorted((p.key, p.interactivity, p.throughput) for side in comparison.sides for p in side.points)
    drawn = sorted((row["key"], row["x"], row["y"]) for row in rows(comparison_chart(comparison), "points"))
    assert drawn == given


def test_roles_follow_status_and_frontier():
    measured, published = (
        {row["key"]: row for row in rows(comparison_chart(sample()), "points")}
        for sample in (samples.measured, samples.published)
    )
    assert {row["role"] for row in published.values()} == {"published"}
    for side in samples.measured().sides:
        best = {p.key for series in side.series for p in series.frontier}
        for p in side.points:
            assert measured[p.key]["role"] == ("frontier" if p.key in best else "other")


def test_what_no_point_is_near_is_dashed_and_lighter():
    spec = comparison_chart(samples.measured())
    paths: dict[str, list[dict]] = {}
    for row in rows(spec, "lines"):
        if row["side"] == "FP4":
            paths.setdefault(row["path"], []).append(row)
    across = [path for path in paths.values() if path[0]["x"] < 80 < path[-1]["x"]]
    assert [{row["style"] for row in path} for path in across] == [{"reach"}]
    assert across[0][0]["x"] < 56
    assert across[0][-1]["x"] > 104
    (layer,) = (layer for layer in spec["layer"] if layer["data"]["name"] == "lines")
    scale = layer["encoding"]["strokeDash"]["scale"]
    dashes = dict(zip(scale["domain"], scale["range"], strict=True))
    assert dashes["curve"] == [1, 0]
    assert dashes["reach"] != [1, 0]
    assert (
        layer["encoding"]["strokeOpacity"]["condition"]["test"]
        == "datum.style === 'gap' || datum.style === 'reach'"
    )


@pytest.mark.parametrize("sample", EVERY)
@pytest.mark.parametrize("log", [False, True])
def test_nothing_is_drawn_beyond_the_measured_range(sample, log):
    comparison = replace(sample(), view=View(log=log))
    spec = comparison_chart(comparison)
    by_label = {side.label: side for side in comparison.sides}
    for name in ("lines", "frontiers", "readings"):
        for row in rows(spec, name):
            low, high = by_label[row["side"]].measured_range
            assert low <= row["x"] <= high


def test_no_thin_line_crosses_a_wide_gap():
    paths: dict[str, list[float]] = {}
    for row in rows(comparison_chart(samples.measured()), "frontiers"):
        paths.setdefault(row["path"], []).append(row["x"])
    assert paths
    assert all(b <= 1.5 * a for xs in paths.values() for a, b in itertools.pairwise(xs))


def test_a_target_outside_has_no_reading_and_no_ratio():
    comparison = samples.measured()
    a, b = comparison.sides
    spec = comparison_chart(replace(comparison, targets=(samples.target(200.0, a, b),)))
    assert [row["side"] for row in rows(spec, "readings")] == ["FP4"]
    assert rows(spec, "targets")[0]["ratio"] == ""


def test_ratio_names_the_higher_side():
    spec = comparison_chart(samples.published())
    assert [(row["text"], row["ratio"]) for row in rows(spec, "targets")] == [
        ("160", "FP4 2.9×"),  # the one the page is told by comes first, and keeps its place
        ("102", "FP4 3.1×"),
        ("218", "FP4 2.7×"),
    ]
    assert [row["text"] for row in rows(spec, "readings")[:2]] == ["4,220", "1,370"]


def test_ratio_says_what_the_sentences_say(tmp_path):
    """Of our own data: both bounds, a factor with its interval, and cost; see the study's table at 100."""
    slug = parse_slug("qwen-3-8b-h100-fp4-vs-bf16", CATALOG, "precision")
    for metric, told in (("throughput_per_gpu", "FP4 1.26×"), ("cost_per_mtok", "FP4 21 % less")):
        asked = Question(slug, targets=(60.5, 100.0), view=View(metric=metric))
        found = answer(asked, Sources(lambda: Store(tmp_path)), CATALOG, draw=True)
        heads = {row["x"]: row["ratio"] for row in rows(comparison_chart(found), "targets")}
        assert heads == {100.0: told, 60.5: ""}
    assert "FP4 1.26×" not in found.narrative[0]  # led by cost
    assert "costs 21 %" in found.narrative[0]


@pytest.mark.parametrize(
    ("width", "speeds", "ratios"),
    [
        (358, (120.0, 118.0), [118, 120]),
        (358, (117.0, 118.0, 119.0, 120.0, 121.0), [119]),
        (1080, (117.0, 118.0, 119.0, 120.0, 121.0), [119]),
        (1080, (90.0, 119.0, 120.0), [90, 119, 120]),
    ],
)
def test_every_target_line_has_its_number_and_ratios_give_way_first(width, speeds, ratios):
    """The middle one, which the headline is about, keeps its ratio; the others what room is left."""
    comparison = samples.measured()
    a, b = comparison.sides
    targets = tuple(samples.target(x, a, b) for x in speeds)
    shown = rows(comparison_chart(replace(comparison, targets=targets), width=width), "targets")
    assert sorted(row["x"] for row in shown if row["text"]) == sorted(speeds)
    assert sorted(row["x"] for row in shown if row["ratio"]) == ratios


def test_texts_move_aside_as_little_as_they_can():
    assert spread([10, 12, 14], [10, 10, 10], -100, 100) == [2, 12, 22]  # as far to both sides
    assert spread([10, 12, 14, 60], [10, 10, 10, 10], 0, 100) == [5, 15, 25, 60]
    assert spread([94, 96], [10, 20], 0, 100) == [75, 90]
    assert spread([10, 12], [60, 60], 0, 100) == []


def test_subtitle_says_what_the_data_is():
    measured, published = (
        " ".join(comparison_chart(sample())["title"]["subtitle"])
        for sample in (samples.measured, samples.published)
    )
    assert "measured by InferenceX" in measured
    assert "2026-05-01 to 2026-06-11" in measured
    assert "published by InferenceX" in published
    comparison = samples.single_point()
    sides = tuple(
        samples.side(
            side.label,
            tuple(
                samples.series(one.label, [msgspec.structs.replace(p, status=SIMULATED) for p in one.points])
                for one in side.series
            ),
        )
        for side in comparison.sides
    )
    spec = comparison_chart(replace(comparison, sides=sides))
    assert "simulated" in " ".join(spec["title"]["subtitle"])
    assert {row["role"] for row in rows(spec, "points")} == {"simulated"}


def test_a_picture_says_its_largest_caveat_what_the_band_is_and_of_when_its_prices_are(tmp_path):
    """It is shown where its page is not; on a phone in fewer words."""

    def told(slug, metric="throughput_per_gpu", **size):
        question = Question(parse_slug(slug, CATALOG), view=View(metric=metric))
        comparison = answer(question, Sources(lambda: Store(tmp_path)), CATALOG, draw=True)
        return comparison_chart(comparison, **size)["title"]["subtitle"]

    own = told("qwen-3-8b-h100-fp4-vs-bf16", width=1200, height=675)
    assert own[0].startswith("random weights: speeds are real, answers are not · 1k/1k")
    assert "measured by isoline bench (dataset hopper)" in own[1]
    assert own[1].endswith("band: 95 % interval, 2 runs a point")
    assert "per GPU-hour" not in " ".join(own)
    paid = told("qwen-3-8b-h100-vs-h200", "cost_per_mtok", width=390, height=420)
    assert paid[0] == own[0].partition(" · ")[0]
    assert paid[-1] == "per GPU-hour H100 $1.17, H200 $1.22 (hyperscaler 2026-07)"
    assert len(paid) <= 5
    printed = told("qwen-3-5-b300-fp4-vs-bf16", "cost_per_mtok")
    assert printed[-1].endswith("costs as published")
    assert told("llama-3-3-70b-b300-fp4-vs-fp8")[0].startswith("simulated, not measured · ")


def test_a_side_without_data_is_said():
    assert [row["text"] for row in rows(comparison_chart(samples.one_sided()), "notes")] == [
        "no data for FP8"
    ]


@pytest.mark.parametrize("sample", EVERY)
def test_spec_is_plain_json_and_the_same_every_time(sample):
    first, second = (
        json.dumps(comparison_chart(sample()), allow_nan=False, ensure_ascii=False) for _ in range(2)
    )
    assert first == second
    assert json.loads(first) == comparison_chart(sample())


def test_light_and_dark_differ_and_an_unknown_theme_is_named():
    light, dark = (comparison_chart(samples.published(), theme=theme) for theme in THEMES)
    assert light["datasets"] == dark["datasets"]
    assert light["config"]["background"] != dark["config"]["background"]
    with pytest.raises(UsageError, match="light, dark"):
        comparison_chart(samples.published(), theme="sepia")


@pytest.mark.parametrize("name", THEMES)
def test_colours_are_legible(name):
    theme = THEMES[name]
    for colour in (*theme.sides, theme.ink, theme.muted):
        assert contrast(colour, theme.background) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_png_has_the_exact_size_and_is_not_blank(theme, scale):
    width, height = SHARE
    png = to_png(comparison_chart(samples.published(), theme=theme, width=width, height=height), scale)
    assert struct.unpack(">II", png[16:24]) == (width * scale, height * scale)
    assert len(set(pixels(png))) > 100


@pytest.mark.parametrize("sample", EVERY)
@pytest.mark.parametrize("width", [390, 960])
def test_every_sample_renders_at_the_size_asked_for(sample, width):
    svg = to_svg(comparison_chart(sample(), width=width, height=420, title=width > 400))
    assert f'width="{width}" height="420"' in svg


def test_svg_labels_its_sides_and_escapes_markup():
    assert ">FP4</text>" in to_svg(comparison_chart(samples.published()))
    svg = to_svg(comparison_chart(samples.hostile()))
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
    assert "\x00" not in svg
    assert "\u202e" not in svg


def test_crowds_stay_within_the_plot():
    spec = comparison_chart(samples.crowded())
    assert len(rows(spec, "points")) == 2000
    assert all(row["text"] for row in rows(spec, "labels"))


def test_save_goes_by_suffix(tmp_path):
    spec = comparison_chart(samples.published())
    assert save(spec, tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert save(spec, tmp_path / "a.SVG").read_text().startswith("<svg")
    assert json.loads(save(spec, tmp_path / "a.json").read_text()) == spec
    with pytest.raises(UsageError, match=r"\.png, \.svg, \.json"):
        save(spec, tmp_path / "a.gif")
    with pytest.raises(OutputError, match="does not exist"):
        save(spec, tmp_path / "missing" / "a.png")
    (tmp_path / "b.json").mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        save(spec, tmp_path / "b.json")


@pytest.mark.parametrize("values", [[], [80.0], [102.0, 218.0], [3.0, 3.0], [0.0, 0.0], [1e-3, 1e6]])
def test_domains_hold_their_values(values):
    for scale in (
        linear(values, 6, from_zero=True),
        linear(values, 10, from_zero=False),
        logarithmic(values),
    ):
        assert scale.low < scale.high
        shown = [value for value in values if value > 0 or not scale.log]
        assert all(scale.low <= value <= scale.high for value in (*shown, *scale.ticks))


def test_targets_are_written_as_they_are_typed():
    assert [plain(x) for x in (102.0, 37.5)] == ["102", "37.5"]


def test_an_axis_that_may_be_fitted_starts_at_zero_only_near_it():
    assert linear([73.0, 240.0], 10, from_zero=False).low > 50
    assert linear([20.0, 240.0], 10, from_zero=False).low == 0
    assert linear([73.0, 240.0], 10, from_zero=True).low == 0


@pytest.mark.parametrize(
    ("metric", "fastest", "asked", "is_log"),
    [
        ("cost_per_mtok", 90, None, True),  # 1,000 to 90 tok/s/GPU: more than tenfold
        ("cost_per_mtok", 110, None, False),
        ("provisioned_j_per_token", 90, None, True),
        ("throughput_per_gpu", 90, None, False),
        ("cost_per_mtok", 90, False, False),
        ("throughput_per_gpu", 110, True, True),
    ],
)
def test_costs_and_energies_far_apart_stand_on_a_logarithmic_axis(metric, fastest, asked, is_log):
    points = [
        point(x, y, 8, precision=precision)
        for precision in ("fp4", "bf16")
        for x, y in ((100, 1000), (120, 500), (140, fastest))
    ]
    terms = Terms("1k/1k", view=View(metric=metric, log=asked))
    found = compare(parse_slug(SLUG, CATALOG), points, terms, CATALOG, draw=True)
    values = {row["name"]: row["value"] for row in comparison_chart(found)["params"]}
    low, high = values["y_domain"]
    assert (low > 0) == is_log
    assert (values["y_constant"] < low) == is_log
    assert values["y_constant"] > high or is_log


def contrast(a: str, b: str) -> float:
    """WCAG 2 contrast ratio."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear_light = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear_light, strict=True))


def pixels(png: bytes) -> list[bytes]:
    """Four filtered bytes at a time of the image data: enough to tell a picture from a blank."""
    data, at = b"", 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += size + 12
    raw = zlib.decompress(data)
    return [raw[i : i + 4] for i in range(0, len(raw), 4)]


LOOKS = ({}, {"theme": "dark"}, {"title": False, "legend": False}, {"width": 358, "height": 420})


@pytest.mark.parametrize("sample", EVERY)
@pytest.mark.parametrize("look", LOOKS)
def test_a_filled_frame_is_the_compiled_chart(sample, look):
    spec = comparison_chart(sample(), **look)
    whole = vl_convert.vegalite_to_vega(spec, vl_version=VEGA_LITE)
    assert compiled(spec) == whole


def test_charts_that_look_alike_share_a_frame():
    live = {"title": False, "legend": False}
    frames = {json.dumps(frame(comparison_chart(sample(), **live))) for sample in EVERY}
    assert len(frames) == 1
