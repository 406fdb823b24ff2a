"""Questions to a server's control endpoints, before and after a load and never during one."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from isoline.errors import UsageError

MAX_BODY = 32 * 1024**2


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of any status; `server` is the header of that name."""

    status: int
    body: bytes
    server: str = ""


class Probe:
    """One server by its base URL, with or without `/v1`. `headers` may hold secrets: never stored."""

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10.0,
        insecure: bool = False,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{url!r} is not a server URL; write for example http://127.0.0.1:8000")
        self.root = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/v1')}"
        self._headers = dict(headers or {})
        self._timeout = timeout
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if parts.scheme == "https" and insecure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, path: str) -> Reply | None:
        """The answer to `GET path`, whatever its status; `None` if there was none in time."""
        request = urllib.request.Request(self.root + path, headers=self._headers)
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                return Reply(response.status, response.read(MAX_BODY), response.headers.get("server") or "")
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.read(MAX_BODY), error.headers.get("server") or "")
        except (OSError, ValueError):
            return None

    def text(self, path: str) -> str | None:
        """The text of a 200 answer."""
        reply = self.get(path)
        return reply.body.decode("utf-8", "replace") if reply and reply.status == 200 else None

    def json(self, path: str) -> object:
        """The value of a 200 answer that is JSON, else `None`."""
        text = self.text(path)
        try:
            return None if text is None else json.loads(text)
        except ValueError:
            return None

    def mapping(self, path: str) -> Mapping[str, object]:
        """The object of a 200 answer; empty where there is none."""
        value = self.json(path)
        return value if isinstance(value, dict) else {}

    def models(self) -> list[Mapping[str, object]]:
        """Entries of `/v1/models`; none where it does not answer."""
        data = self.mapping("/v1/models").get("data")
        return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
