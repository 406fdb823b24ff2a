"""The text of one HTTP address, again and again over a kept-alive connection."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

TIMEOUT = 2.0  # seconds an answer may take
FAILURES = (OSError, ValueError, http.client.HTTPException)
"""What `text` raises."""


class Endpoint:
    """`headers` may hold secrets: they are sent and never shown. `insecure` accepts any certificate."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, *, insecure: bool = False) -> None:
        self.url = url
        self._parts, self._headers, self._insecure = urlsplit(url), dict(headers or {}), insecure
        self._link: http.client.HTTPConnection | None = None

    def text(self) -> str:
        """The body of a 200 answer; any other is a ValueError. After a failure it connects anew."""
        self._link = self._link or self._connect()
        path = (self._parts.path or "/metrics") + (f"?{self._parts.query}" if self._parts.query else "")
        try:
            self._link.request("GET", path, headers=self._headers)
            response = self._link.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if response.status != http.client.OK:
            raise ValueError(f"HTTP {response.status}")
        return body.decode("utf-8", "replace")

    def close(self) -> None:
        """Disconnect; the next `text` connects again."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme != "https":
            return http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        context = ssl.create_default_context()
        if self._insecure:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)
