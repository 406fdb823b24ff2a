"""Answers that a reader may keep: a picture stands at a stable address and says when it changed."""

from __future__ import annotations

import hashlib

from starlette.responses import Response

MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml"}
FRESH = "public, max-age=60"  # the data behind an address may grow; then the digest tells


def picture(content: bytes, suffix: str, known: str) -> Response:
    """The picture, or 304 where `known` (If-None-Match) already names it."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {"cache-control": FRESH, "etag": tag}
    if tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=MEDIA_TYPES[suffix.rpartition(".")[2]], headers=headers)
