"""What a server says of itself before it is measured: models, version, whether it is simulated."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from contextlib import closing

import msgspec

from isoline.measure.target import Target

_PATIENCE = 5.0  # seconds; a server that says nothing about itself is measured all the same
_LARGEST = 1 << 20  # bytes of an answer
SIMULATED = "isoline_simulated"  # of a model of `/v1/models`: a simulated engine, and its recipe


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """`models` by name as served; `version` of the engine; `simulated`: the recipe it simulates."""

    models: list[str] = []
    version: str | None = None
    simulated: dict[str, object] | None = None


def identify(target: Target) -> Identity:
    """Ask `/v1/models`, and where engines tell their version. What is not answered stays unknown."""
    base = target.path.removesuffix("/completions").removesuffix("/chat")
    rows = _get(target, f"{base}/models").get("data")
    models = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if not models:
        return Identity()
    root = base.removesuffix("/v1")
    versions = (_get(target, root + path).get("version") for path in ("/version", "/get_server_info"))
    return Identity(
        models=[str(row.get("id")) for row in models],
        version=next((version for version in versions if isinstance(version, str)), None),
        simulated=next((found for row in models if isinstance(found := row.get(SIMULATED), dict)), None),
    )


def _get(target: Target, path: str) -> Mapping[str, object]:
    """The JSON object behind a path; an empty one for anything else."""
    try:
        with closing(_connection(target)) as connection:
            connection.request("GET", path, headers=target.headers)
            answer = connection.getresponse()
            document = json.loads(answer.read(_LARGEST)) if answer.status == 200 else {}
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _connection(target: Target) -> http.client.HTTPConnection:
    if not target.tls:
        return http.client.HTTPConnection(target.host, target.port, timeout=_PATIENCE)
    trust = ssl.create_default_context()
    if target.insecure:
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(target.host, target.port, timeout=_PATIENCE, context=trust)
