"""The configuration columns of a row -> a `Recipe`, made once per distinct configuration.

A source has few configurations and many rows, so this is what makes an import fast: a row costs
one dictionary look-up here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from isoline.domain.recipe import Recipe
from isoline.store.importers import fields
from isoline.store.importers.fields import BadRow, Row
from isoline.store.importers.inferencex.normalise import engine_version, parse_image, split_digest
from isoline.store.importers.keys import digest

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

CONFIGURATION = (  # the source's natural key of a configuration
    *("hardware", "framework", "model", "precision", "spec_method", "disagg", "is_multinode"),
    *("prefill_tp", "prefill_ep", "prefill_dp_attention", "prefill_num_workers"),
    *("decode_tp", "decode_ep", "decode_dp_attention", "decode_num_workers"),
    *("num_prefill_gpu", "num_decode_gpu"),
)
COLUMNS = (*CONFIGURATION, "image", "offload_mode", "checkpoint")
# Texts that the source keeps among its metrics although they describe the recipe.
TEXT_METRICS = (
    *("kv_offloading", "kv_offload_backend", "kv_offload_backend_version", "kv_p2p_transfer"),
    *("recipe_fingerprint", "router_name", "router_version"),
)
_IN_METRICS = ("prefill_pp", "decode_pp", "pp", "offload_mode", *TEXT_METRICS)
_MAX_CACHED = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """A recipe with what identifies its line in the source: the key is made from `identity`."""

    recipe: Recipe
    identity: str


class Recipes:
    """Makes and remembers lines; rows of one configuration share one `Recipe` object."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lines: dict[object, Line] = {}
        self._plain_lines: dict[object, Line] = {}

    def plain_line(self, values: tuple[object, ...], metrics: Row) -> Line:
        """The line of well-typed values of `COLUMNS` whose metrics are numbers only."""
        key = (values, metrics.get("prefill_pp"), metrics.get("decode_pp"), metrics.get("pp"))
        line = self._plain_lines.get(key)
        if line is None:
            row = dict(zip(COLUMNS, values, strict=True))
            line = self._remember(self._plain_lines, key, self._make(row, metrics))
        return line

    def line(self, row: Row, metrics: Row) -> Line:
        values = tuple(map(row.get, COLUMNS))
        # The types are part of the key because True == 1 == 1.0, and only one of them is valid.
        key = (values, tuple(map(type, values)), tuple([metrics.get(name) for name in _IN_METRICS]))
        try:
            line = self._lines.get(key)
        except TypeError:  # an array or object where a name or number belongs
            return self._make(row, metrics)
        if line is None:
            line = self._remember(self._lines, key, self._make(row, metrics))
        return line

    def _remember(self, lines: dict[object, Line], key: object, line: Line) -> Line:
        if len(lines) >= _MAX_CACHED:
            lines.clear()
        lines[key] = line
        return line

    def _make(self, row: Row, metrics: Row) -> Line:
        catalog = self._catalog
        source_model = fields.text(row, "model")
        model = model_key(catalog, source_model)
        hardware = hardware_key(catalog, fields.text(row, "hardware"))
        engine, disaggregated = catalog.resolve_engine(
            fields.text(row, "framework"), fields.flag(row, "disagg")
        )
        image, image_digest = split_digest(parse_image(fields.optional_text(row, "image")))
        recipe = Recipe(
            model=model,
            hardware=hardware,
            engine=engine,
            precision=catalog.resolve_precision(fields.text(row, "precision")),
            spec_method=catalog.resolve_spec_method(fields.optional_text(row, "spec_method")),
            disaggregated=disaggregated,
            multinode=fields.flag(row, "is_multinode") or False,
            prefill_tp=_count(row, "prefill_tp"),
            prefill_pp=_pipeline(metrics, "prefill_pp"),
            prefill_ep=_count(row, "prefill_ep"),
            prefill_dp_attention=fields.flag(row, "prefill_dp_attention"),
            prefill_workers=_count(row, "prefill_num_workers"),
            prefill_gpus=_count(row, "num_prefill_gpu"),
            decode_tp=_count(row, "decode_tp"),
            decode_pp=_pipeline(metrics, "decode_pp"),
            decode_ep=_count(row, "decode_ep"),
            decode_dp_attention=fields.flag(row, "decode_dp_attention"),
            decode_workers=_count(row, "decode_num_workers"),
            decode_gpus=_count(row, "num_decode_gpu"),
            checkpoint=fields.optional_text(row, "checkpoint") or source_model,
            engine_version=engine_version(image),
            image=image,
            image_digest=image_digest,
            offload=fields.optional_text(row, "offload_mode")
            or fields.optional_text(metrics, "offload_mode"),
            flags=_flags(metrics),
        )
        return Line(recipe, _identity(recipe, source_model))


def model_key(catalog: Catalog, name: str) -> str:
    model = catalog.model_for_db_key(name)
    if model is None:
        raise BadRow("unknown model", f"model {fields.shown(name)} is not in the catalog")
    return model.key


def hardware_key(catalog: Catalog, name: str) -> str:
    hardware = catalog.resolve_hardware(name)
    if hardware is None:
        raise BadRow("unknown hardware", f"hardware {fields.shown(name)} is not in the catalog")
    return hardware


def _count(row: Row, name: str) -> int | None:
    return fields.optional_whole(row, name, 0, fields.MAX_COUNT)


def _pipeline(metrics: Row, name: str) -> int | None:
    return _count(metrics, name if metrics.get(name) is not None else "pp")


def _flags(metrics: Row) -> str | None:
    parts = ((name, fields.optional_text(metrics, name)) for name in TEXT_METRICS)
    return " ".join(f"{name}={value}" for name, value in parts if value is not None) or None


def _identity(recipe: Recipe, source_model: str) -> str:
    """The source's natural key: it knows no image, pipeline depth or flags."""
    r = recipe
    values = (
        *(r.hardware, r.engine, source_model, r.precision, r.spec_method, r.disaggregated, r.multinode),
        *(r.prefill_tp, r.prefill_ep, r.prefill_dp_attention, r.prefill_workers),
        *(r.decode_tp, r.decode_ep, r.decode_dp_attention, r.decode_workers),
        *(r.prefill_gpus, r.decode_gpus, r.offload),
    )
    return digest(*values)
