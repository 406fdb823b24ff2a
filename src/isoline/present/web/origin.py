"""Where the reader found this server, for addresses that must be absolute."""

from __future__ import annotations

import re

from starlette.requests import Request

HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")


def base_of(request: Request) -> str:
    """`http://127.0.0.1:8000`; empty if the Host header is no host, so that addresses stay relative.

    Starlette's own `base_url` raises on a malformed Host.
    """
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if HOST.fullmatch(host) else ""
