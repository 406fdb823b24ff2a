"""The flags that were given, under the keys of a spec."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from isoline.domain.declared import parse_pairs
from isoline.errors import UsageError


def given(
    target: str | None,
    values: Mapping[str, object],
    recipe: Sequence[str],
    slo: Sequence[str],
    headers: Sequence[str],
    extra_body: str | None,
    insecure: bool,
    telemetry: Sequence[str] = (),
) -> tuple[Path | None, dict[str, object]]:
    """The spec file, if `target` is one, and the keys that flags set."""
    flags = {name: value for name, value in values.items() if value is not None}
    is_url = target is not None and "://" in target
    if is_url:
        flags["url"] = target
    if recipe:
        flags["recipe"] = parse_pairs(recipe, "--recipe")
    if slo:
        flags["slo"] = _seconds(parse_pairs(slo, "--slo"))
    if headers:
        flags["headers"] = dict(_header(text) for text in headers)
    if extra_body is not None:
        flags["extra_body"] = _object(extra_body)
    if telemetry:
        flags["telemetry"] = [part for text in telemetry for part in text.split(",") if part]
    if insecure:
        flags["insecure"] = True
    return (None if is_url or target is None else _spec_file(target)), flags


def _spec_file(target: str) -> Path:
    """A path; what is no file but looks like a host is a URL that lost its beginning."""
    path = Path(target)
    if path.suffix not in (".yaml", ".yml", ".json") and not path.exists():
        raise UsageError(
            f"{target!r} is no file, and a URL begins with http:// or https://: "
            f"write http://{target.lstrip('/')} for a server"
        )
    return path


def _header(text: str) -> tuple[str, str]:
    """`K=V`; a value may hold more equal signs and commas."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError("--header: expected NAME=VALUE")  # without the text: it may be a secret
    return name.strip(), value.strip()


def _seconds(pairs: dict[str, str]) -> dict[str, float]:
    try:
        return {name: float(value) for name, value in pairs.items()}
    except ValueError as error:
        raise UsageError(f"--slo: {str(error).rpartition(': ')[2]} is not a number of seconds") from None


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise UsageError(f"--extra-body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise UsageError('--extra-body must be a JSON object like {"min_p": 0.1}')
    return value
