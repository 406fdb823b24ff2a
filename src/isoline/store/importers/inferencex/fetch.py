"""Reads the responses of such an API over HTTP: what it says is available, then those."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from isoline.errors import InputError
from isoline.store.importers.inferencex.documents import Malformed, decode, row_value
from isoline.store.importers.inferencex.items import MAX_DOCUMENT, Document, Item, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from isoline.domain.catalog import Catalog

TIMEOUT = 30.0  # seconds without a byte
DEADLINE = 600.0  # seconds for one response
_CHUNK = 1024 * 1024


def check_address(address: str) -> None:
    """Only plain http(s) addresses of a host: no file:, no credentials."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(f"{ascii(address)[1:-1]} is no URL: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise InputError(f"{ascii(address)[1:-1]} is no http or https URL of an API")
    if parts.username is not None or parts.password is not None:
        raise InputError(
            f"the URL for {host} holds credentials; they would be stored with the data. Remove them"
        )
    if parts.query or parts.fragment:
        raise InputError(f"{ascii(address)[1:-1]} has a query or fragment; give the base URL of an API")
    if not address.isascii() or any(character <= " " or character == "\x7f" for character in address):
        raise InputError(
            f"{ascii(address)[1:-1]} is no URL: percent-encode its spaces and non-ASCII characters"
        )


def api_documents(address: str, catalog: Catalog) -> Iterator[Item]:
    """Availability, each model's benchmarks and histories, and evaluations."""
    base = address.rstrip("/").removesuffix("/api/v1") + "/api/v1"
    found = False
    available = _get(f"{base}/availability", "availability")
    if isinstance(available, Document):
        found = True
    yield available
    for kind, query in _queries(available, catalog):
        item = _get(f"{base}/{query}", kind)
        found = found or isinstance(item, Document)
        yield item
    if not found:
        raise InputError(
            f"{address} answers 404 to every request under /api/v1; is it the base URL of such an API?"
        )


def _queries(available: Item, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Requests for the models that are both available and in the catalog; without the list, for all."""
    sequences = _sequences(available)
    for model in catalog.models.values():
        names = {model.key, *model.db_keys}
        if model.display is None or (sequences is not None and names.isdisjoint(sequences)):
            continue
        parameter = f"model={quote(model.display, safe='')}"
        yield "benchmarks", f"benchmarks?{parameter}"
        pairs = {pair for name in names for pair in (sequences or {}).get(name, ())}
        for isl, osl in sorted(pairs, key=str):
            lengths = "benchmarkType=agentic_traces" if isl is None or osl is None else f"isl={isl}&osl={osl}"
            yield "history", f"benchmarks/history?{parameter}&{lengths}"
    yield "evaluations", "evaluations"


def _sequences(available: Item) -> dict[str, set[tuple[int | None, int | None]]] | None:
    """Model key of the source -> its length pairs."""
    if not isinstance(available, Document):
        return None
    try:
        decoded = decode(available.data)
    except Malformed:
        return None  # reported where the document is read
    result: dict[str, set[tuple[int | None, int | None]]] = {}
    for row in map(row_value, decoded.rows()):
        if isinstance(row, dict) and isinstance(model := row.get("model"), str):
            isl, osl = row.get("isl"), row.get("osl")
            if isinstance(isl, int | None) and isinstance(osl, int | None):
                result.setdefault(model, set()).add((isl, osl))
    return result


def _get(url: str, kind: str) -> Item:
    """One response; `Skipped` for a 404, `InputError` for everything else that is no JSON."""
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "isoline"})
    try:
        with _opener().open(request, timeout=TIMEOUT) as response:
            if response.status != 200:
                raise InputError(f"{url} answers {response.status}, not 200")
            data = _body(response.read1, url)
            html = "html" in response.headers.get("Content-Type", "").lower()
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 404:
            return Skipped(f"{url} answers 404")
        raise InputError(f"{url} answers {error.code} {error.reason!a}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise InputError(f"{url} cannot be read: {reason}") from None
    if html or data.lstrip()[:1] == b"<":
        raise InputError(f"{url} answers HTML, not JSON; is this the base URL of such an API?")
    return Document(url, url, data, is_location=True, kind=kind)


def _body(read: Callable[[int], bytes], url: str) -> bytes:
    chunks, size, until = [], 0, time.monotonic() + DEADLINE
    while chunk := read(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_DOCUMENT:
            raise InputError(f"{url} answers more than {MAX_DOCUMENT:,} bytes")
        if time.monotonic() > until:
            raise InputError(f"{url} took longer than {DEADLINE:.0f} s")
    return b"".join(chunks)


def _opener() -> urllib.request.OpenerDirector:
    """HTTP(S) and proxies only: a redirect to file: or ftp: finds no handler."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener
