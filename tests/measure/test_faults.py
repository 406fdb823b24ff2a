"""Every way a server can fail ends in a typed error, and the run in a verdict."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from isoline.measure.failures import Failure, TargetError
from isoline.measure.fleet import RunReport, run_load
from isoline.measure.loads import Load
from isoline.measure.records import RequestRecord
from isoline.measure.sink import ListSink
from isoline.measure.summary import Summary, summarise
from isoline.measure.target import Target
from isoline.measure.workloads import Synthetic
from tests.measure.servers import (
    DONE,
    END,
    HEAD,
    Handler,
    always,
    chunk,
    free_port,
    read_request,
    scripted,
    text_event,
    tokens,
    usage_event,
)

LOAD = Load(concurrency=2, requests=4, stagger=0)


def measure(
    url: str, load: Load = LOAD, timeout: float = 20.0, insecure: bool = False, silence: float = 60.0
) -> tuple[list[RequestRecord], RunReport, Summary]:
    sink = ListSink()
    target = Target(url, "m", timeout=timeout, insecure=insecure, connect_timeout=5.0, silence=silence)
    report = run_load(target, Synthetic(8, 4), load, sink, processes=0)
    return sink.records, report, summarise(sink.records, report, load)


def plain(status: bytes, kind: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s" % (
        status,
        kind,
        len(body),
        body,
    )


FAULTS: list[tuple[Handler, Failure]] = [
    (always(plain(b"500 Oops", b"application/json", b'{"error":"boom"}')), Failure.STATUS_5XX),
    (always(plain(b"429 Slow", b"application/json", b"{}")), Failure.STATUS_429),
    (always(plain(b"404 No", b"application/json", b"{}")), Failure.STATUS_4XX),
    (always(plain(b"307 There", b"text/plain", b"")), Failure.STATUS_3XX),
    (always(plain(b"200 OK", b"text/html", b"<html>")), Failure.HTML),
    (always(plain(b"200 OK", b"application/json", b'{"choices":[]}')), Failure.NOT_SSE),
    (always(plain(b"200 OK", b"text/event-stream", b"")), Failure.NO_TOKENS),
    (always(b"SSH-2.0-OpenSSH_9.2\r\n", hang_up=True), Failure.PROTOCOL),
    (always(b"", hang_up=True), Failure.RESET),
    (always(HEAD, chunk(text_event(" a")), reset=True), Failure.RESET),
    (always(HEAD, chunk(text_event(" a")), hang_up=True), Failure.TRUNCATED),
    (always(HEAD, chunk(text_event(" a")), END), Failure.TRUNCATED),
    (always(HEAD, chunk(b"data: {oops\n\n"), END), Failure.BAD_EVENT),
    (always(HEAD, chunk(b'data: {"error":{"message":"KV full"}}\n\n'), END), Failure.SERVER_ERROR),
    (always(HEAD, b"nonsense\r\n"), Failure.PROTOCOL),
    (always(HEAD, *[chunk(b"x" * 262_144)] * 40, pause=0), Failure.EVENT_TOO_LONG),
    (always(b"HTTP/1.1 200 OK\r\n", *[b"x-filler: %s\r\n" % (b"y" * 4_000)] * 40), Failure.PROTOCOL),
]


@pytest.mark.parametrize(
    ("handler", "kind"), FAULTS, ids=[f"{n}-{kind}" for n, (_, kind) in enumerate(FAULTS)]
)
def test_a_fault_ends_in_its_kind(handler: Handler, kind: Failure) -> None:
    with scripted(handler) as url:
        records, _, summary = measure(url)
    assert [record.error for record in records] == [kind] * 4
    assert all(record.detail and record.done for record in records)
    assert summary.errors == {kind: 4}
    assert not summary.valid
    assert {"errors", "nothing"} <= {reason.code for reason in summary.reasons}


def test_the_servers_own_words_are_kept() -> None:
    with scripted(always(plain(b"400 Bad", b"application/json", b'{"message":"no such model"}'))) as url:
        records, _, summary = measure(url)
    assert records[0].detail == 'HTTP 400: {"message":"no such model"}'
    assert "no such model" in summary.reasons[0].text


BODY = tokens(4) + usage_event(8, 4) + DONE
CRLF = b"".join(text_event(f" t{n}", "stop" if n == 3 else None, b"\r\n") for n in range(4))
EURO = text_event(" €", None) + text_event(" ü", "stop")
FINE: dict[str, tuple[Handler, int]] = {
    "one packet": (always(HEAD + chunk(BODY) + END), 4),
    "a byte a packet": (always(*[bytes([byte]) for byte in HEAD + chunk(BODY) + END], pause=0), 4),
    "a byte a chunk": (always(HEAD + b"".join(chunk(bytes([byte])) for byte in BODY) + END), 4),
    "half events": (always(HEAD, chunk(BODY[:150]), chunk(BODY[150:160]), chunk(BODY[160:]), END), 4),
    "crlf": (always(HEAD, chunk(CRLF), chunk(b"data: [DONE]\r\n\r\n"), END), 4),
    "utf-8 split": (always(HEAD, *[chunk(EURO[at : at + 1]) for at in range(len(EURO))], END, pause=0), 2),
    "no usage": (always(HEAD, chunk(tokens(4)), chunk(DONE), END), 4),
    "no done": (always(HEAD, chunk(tokens(4)), END), 4),
    "comments": (always(HEAD, chunk(b": ping\n\n"), chunk(BODY), chunk(b": bye\n\n"), END), 4),
    "empty deltas": (always(HEAD, chunk(text_event("")), chunk(BODY), END), 4),
    "content-length": (always(plain(b"200 OK", b"text/event-stream; charset=utf-8", BODY)), 4),
    "until close": (
        always(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + BODY, hang_up=True),
        4,
    ),
    "100 continue": (always(b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + chunk(BODY) + END), 4),
    "connection close": (
        always(HEAD.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n") + chunk(BODY) + END, hang_up=True),
        4,
    ),
    "never ends": (always(HEAD + chunk(tokens(4)) + chunk(DONE)), 4),
}


@pytest.mark.parametrize("name", FINE)
def test_odd_but_valid_answers_are_read(name: str) -> None:
    handler, count = FINE[name]
    with scripted(handler) as url:
        records, _, _ = measure(url)
    assert [(record.error, record.tokens_out) for record in records] == [(None, count)] * 4
    for record in records:
        times = [record.sent, record.first_byte, record.first_token, record.last_token, record.done]
        assert times == sorted(time for time in times if time is not None)


@pytest.mark.parametrize("claimed", [1, 400])
def test_counts_that_contradict_the_stream_are_not_used(claimed: int) -> None:
    body = tokens(4) + usage_event(8, claimed) + DONE
    with scripted(always(HEAD + chunk(body) + END)) as url:
        records, _, summary = measure(url)
    assert [(record.error, record.tokens_out) for record in records] == [(None, 4)] * 4
    assert summary.tokens_out_source == {"chunks": 4}
    assert "usage" in {reason.code for reason in summary.reasons}


def test_a_host_that_never_answers_is_given_up() -> None:
    """A listener whose queue of connections is full: handshakes are neither taken nor refused."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        waiting = [socket.socket() for _ in range(8)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        target = Target(f"http://127.0.0.1:{address[1]}", "m", connect_timeout=0.3)
        with pytest.raises(TargetError) as caught:
            run_load(target, Synthetic(8, 4), LOAD, ListSink(), processes=0)
        for one in waiting:
            one.close()
    assert caught.value.kind is Failure.CONNECT_TIMEOUT


def test_a_silent_server_times_out() -> None:
    with scripted(always(HEAD, chunk(text_event(" a")), pause=30)) as url:
        records, _, _ = measure(url, Load(concurrency=1, requests=1), timeout=0.3)
    assert records[0].error == Failure.TIMEOUT


def stalls(*numbers: int, head: bytes = HEAD + chunk(text_event(" a"))) -> Handler:
    """Answers well, but for requests with these numbers: of those nothing comes after `head`."""
    asked = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while await read_request(reader):
            asked += 1
            if asked - 1 in numbers:
                writer.write(head)
                await asyncio.sleep(30)
            writer.write(HEAD + chunk(BODY) + END)

    return handler


def test_an_answer_that_stalls_ends_long_before_the_time_limit() -> None:
    with scripted(stalls(0)) as url:
        records, _, summary = measure(url, Load(concurrency=2, requests=6), timeout=600.0, silence=1.0)
    assert sorted(str(record.error) for record in records) == ["None"] * 5 + ["silent"]
    assert summary.errors == {Failure.SILENT: 1}
    (stalled,) = (record for record in records if record.error)
    assert "without a byte in mid-answer" in str(stalled.detail)
    assert stalled.chunks == 1


@pytest.mark.parametrize("head", [HEAD, b""])
def test_before_its_first_token_a_request_is_awaited_unless_it_holds_up_the_end(head: bytes) -> None:
    """The last request gets no token: it may be waiting for its turn, but nothing else is under way."""
    with scripted(stalls(3, head=head)) as url:
        records, _, _ = measure(url, Load(concurrency=1, requests=4), timeout=600.0, silence=1.0)
    assert [record.error for record in records] == [None, None, None, Failure.SILENT]
    assert "before a token" in str(records[-1].detail)
    with scripted(stalls(0, head=head)) as url:  # nothing was answered yet: no measure of what is long
        records, _, _ = measure(url, Load(concurrency=1, requests=1), timeout=4.0, silence=1.0)
    assert records[0].error == Failure.TIMEOUT


def test_a_server_may_take_its_time_before_its_first_byte() -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_request(reader):
            await asyncio.sleep(3)
            writer.write(HEAD + chunk(BODY) + END)

    with scripted(handler) as url:
        records, _, _ = measure(url, Load(concurrency=1, requests=1))
    assert records[0].ok
    assert (records[0].first_byte or 0) - (records[0].sent or 0) > 2.9e9


def test_a_connection_closed_while_idle_is_no_error() -> None:
    """Servers close idle connections; the request is sent again on a new one and says so."""

    async def one_each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await read_request(reader):
            writer.write(HEAD + chunk(BODY) + END)
            await writer.drain()
            await read_request(reader)
        writer.close()

    with scripted(one_each) as url:
        records, _, summary = measure(url)
    assert [record.error for record in records] == [None] * 4
    assert summary.retries == 2


def test_nothing_listening_is_said_at_once() -> None:
    with pytest.raises(TargetError, match="start the server") as caught:
        measure(f"http://127.0.0.1:{free_port()}")
    assert caught.value.kind is Failure.REFUSED


def test_a_name_that_does_not_resolve() -> None:
    with pytest.raises(TargetError) as caught:
        measure("http://isoline.invalid:8000")
    assert caught.value.kind is Failure.DNS


def test_a_server_that_dies_ends_the_run_with_records() -> None:
    """The first answer is whole, then nothing listens any more."""
    answered = 0

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        if answered == 0 and await read_request(reader):
            answered += 1
            writer.write(HEAD + chunk(BODY) + END)
            await writer.drain()
        writer.close()

    with scripted(once) as url:
        records, report, summary = measure(url, Load(concurrency=1, requests=150))
    assert sum(record.ok for record in records) == 1
    assert report.stopped
    assert "in a row" in report.stopped
    assert {reason.code for reason in summary.reasons} >= {"stopped", "errors", "lost"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    try:
        subprocess.run([*command, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs openssl")
    return cert, key


@pytest.mark.parametrize("insecure", [True, False])
def test_tls(certificate: tuple[Path, Path], insecure: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with scripted(always(HEAD + chunk(BODY) + END), ssl=context) as url:
        secure = url.replace("http://127.0.0.1", "https://localhost")
        if insecure:
            records, _, _ = measure(secure, insecure=True)
            assert [record.error for record in records] == [None] * 4
        else:
            with pytest.raises(TargetError) as caught:
                measure(secure)
            assert caught.value.kind is Failure.TLS
