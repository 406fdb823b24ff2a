"""Loose values of JSON and Prometheus answers, read strictly: what is not what it should be is absent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

_PAIR = re.compile(r'([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"')
# What engines call how weights are stored -> our precision label.
_PRECISIONS = {
    "fp8": "fp8", "modelopt": "fp8", "w8a8_fp8": "fp8", "fbgemm_fp8": "fp8", "ptpc_fp8": "fp8",
    "modelopt_fp4": "fp4", "nvfp4": "fp4", "mxfp4": "fp4", "petit_nvfp4": "fp4",
    "awq": "int4", "awq_marlin": "int4", "gptq": "int4", "gptq_marlin": "int4", "w8a8_int8": "int8",
    "bfloat16": "bf16",
}  # fmt: skip


def whole(value: object) -> int | None:
    """A whole number above zero."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def text(value: object) -> str | None:
    """A text that says something; engines write `None` and `auto` for a default."""
    said = isinstance(value, str) and value.strip().lower() not in ("", "none", "auto", "null")
    return str(value) if said else None


def flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def precision(quantization: object, dtype: object = None) -> str | None:
    """Our label of a quantisation method, or of the data type where there is none; `None`: not known."""
    method = text(quantization)
    if method is not None:
        return _PRECISIONS.get(method.lower())
    name = text(dtype)
    return None if name is None else _PRECISIONS.get(name.lower().removeprefix("torch."))


def served(models: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    """Names that requests may ask for."""
    return tuple(str(entry["id"]) for entry in models if "id" in entry)


def owned_by(models: Sequence[Mapping[str, object]], owner: str) -> bool:
    """Whether a server's models say that this engine serves them."""
    return bool(models) and models[0].get("owned_by") == owner


def labels(exposition: str, name: str) -> Iterator[dict[str, str]]:
    """Labels of every sample of a metric in Prometheus text."""
    for line in exposition.splitlines():
        if line.startswith(name) and line[len(name) :].startswith(("{", " ")):
            yield dict(_PAIR.findall(line))
