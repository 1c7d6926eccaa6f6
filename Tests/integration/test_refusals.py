"""Goal: one record that a server refuses, in whatever way, holds up no other; what is no receipt
deletes nothing; a size that no request may have is found.
Method: the shipped executable with a store that the agent made, and servers that say exactly what a
test wants."""

import contextlib
import json
import socket
import struct
import threading
import time
from pathlib import Path

import pytest

import outbox
from agent import eventually
from conftest import say
from outbox import ALERT, RESULT
from receiver import Receiver
from syncing import Sync, add_records
from test_sync import refusing, store, sync, uplink, waiting  # noqa: F401
from test_uplink import secured
from web import Peer, free_port, read_head

PAGE = b"""<!DOCTYPE html>
<html><head><title>Guest access</title></head><body><form action="/login" method="post">\
<input name="room"><button>Connect</button></form></body></html>
"""
HTML = b"Content-Type: text/html; charset=utf-8\r\n"


@pytest.fixture
def receiver():
    made: list[Receiver] = []

    def make(**options) -> Receiver:
        made.append(Receiver(keeps=True, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def peer():
    made: list[Peer] = []

    def make(serve) -> Peer:
        made.append(Peer(serve))
        return made[-1]

    yield make
    for one in made:
        one.close()


def filled(store: Path, count: int, kind: int = ALERT, body: dict | None = None) -> None:
    """So many records in the place of what is there, numbered in `n`."""
    outbox.query(store, "DELETE FROM record")
    more(store, count, kind, body)


def more(store: Path, count: int, kind: int = ALERT, body: dict | None = None) -> None:
    for n in range(count):
        add_records(store, 1, kind, json.dumps({"type": "alert", "n": n} | (body or {})))


def set_aside(store: Path) -> list[tuple]:
    return outbox.query(store, "SELECT json_extract(body, '$.n'), reason FROM set_aside")


def numbers(server: Receiver) -> list[int]:
    return [event["data"]["n"] for event in server.bodies]


# MARK: refused records

STATUS = {
    "400": refusing("400 Bad Request"),
    "403": refusing("403 Forbidden"),
    "404": refusing("404 Not Found"),
    "422": refusing("422 Unprocessable"),
    "500": refusing("500 Oops"),
    "502": refusing("502 Bad Gateway"),
    "503": refusing("503 Busy"),
    "302": refusing("302 Found", "Location: http://127.0.0.1:1/"),
    "207": refusing("207 Multi-Status"),
}


@pytest.mark.parametrize("status", STATUS)
@pytest.mark.parametrize("count", [1, 3])
def test_others_arrive(sync, store, receiver, status, count):  # noqa: F811
    """Three alerts that no server takes, and ten behind them."""
    filled(store, 10 + count)
    server = receiver(
        answer=lambda batch: (
            STATUS[status](None) if any(event["data"]["n"] < count for event in batch) else None
        )
    )
    process = sync(uplink(server, 'interval = "1s"'))
    eventually(lambda: len(server.events) == 10, "the ten", 20)
    eventually(lambda: waiting(store) + len(set_aside(store)) == count, "the others, kept")
    process.stop()
    assert sorted(numbers(server)) == list(range(count, 10 + count)), "each once"
    if status in ("400", "422"):
        assert [number for number, _ in set_aside(store)] == list(range(count))
        assert all(status in reason for _, reason in set_aside(store))
    else:
        assert set_aside(store) == []


def test_an_alert_of_which_the_server_crashes(sync, store, peer):  # noqa: F811
    """It closes the connection without a word."""
    filled(store, 20)
    taken: list[int] = []

    def serve(connection: socket.socket) -> None:
        while batch := read_batch(connection):
            if any(event["data"]["n"] == 7 for event in batch):
                return
            taken.extend(event["data"]["n"] for event in batch)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    server = peer(serve)
    process = sync(f'uplink = "cloudevents:http://127.0.0.1:{server.port}/"\ninterval = "1s"')
    eventually(lambda: waiting(store) == 1, "all others", 20)
    process.says("the server takes other records; this one is tried again")
    process.stop()
    assert sorted(taken) == [n for n in range(20) if n != 7]
    assert waiting(store) == 1 and set_aside(store) == []


def test_it_is_set_aside_after_an_hour(sync, store, receiver, folder):  # noqa: F811
    """As if the first try had been an hour ago, in this boot."""
    filled(store, 3)
    server = receiver(
        answer=lambda batch: (
            refusing("500 Oops")(None) if any(event["data"]["n"] == 0 for event in batch) else None
        )
    )
    assert sync(uplink(server), "--once").ends() == 1
    state = folder / "sync.json"
    value = json.loads(state.read_text())
    [entry] = value["upload"]["refused"]["records"]
    assert entry["alone"] and entry["waits"] and waiting(store) == 1
    before = server.requests
    assert sync(uplink(server), "--once").ends() == 0, "it rests"
    assert server.requests == before
    hour = 3_600_000_000_000
    entry |= {"tries": 4, "not_before": 0, "first_at": entry["first_at"] - hour}
    if entry["first_at"] < 0:
        pytest.skip("this machine runs for less than an hour")
    state.write_text(json.dumps(value))
    process = sync(uplink(server), "--once")
    assert process.ends() == 0 and "1 record refused for good" in process.log
    assert server.requests == before + 1 and waiting(store) == 0
    [(number, reason)] = set_aside(store)
    assert number == 0 and "500" in reason


def test_a_server_that_refuses_everything_empties_no_store(sync, store, receiver):  # noqa: F811
    filled(store, 600, RESULT)
    server = receiver(answer=refusing("400 Bad Request"))
    for _ in range(5):
        before = server.requests
        assert sync(uplink(server), "--once").ends() == 1
        assert server.requests - before <= 10
    assert waiting(store) == 600 and set_aside(store) == []


def test_410_stops_results_and_no_alert(sync, store, receiver, run, folder):  # noqa: F811
    """A server that wants no results any more. An alert that comes later gets there."""
    filled(store, 5, RESULT)
    server = receiver(
        answer=lambda batch: (
            None
            if all(event["type"].endswith("alert") for event in batch)
            else refusing("410 Gone")(None)
        )
    )
    process = sync(uplink(server))
    process.says("wants no more, and gets no results")
    words = ["sync", "--config", folder / "edgeagent.toml", "--status"]
    eventually(lambda: run(*words).returncode == 1, "exit code 1")
    assert "stopped by the server" in run(*words).stdout
    assert "has answered 410" in run("check", *words[1:3]).stderr
    assert json.loads(run(*words, "--json").stdout)["servers"][0]["stopped"]
    process.stop()
    more(store, 2)
    # An hour later.
    state = folder / "sync.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"budget": ""}))
    value = json.loads(state.read_text())
    value["uplink"]["blocked_until"] = 0
    state.write_text(json.dumps(value))
    before = server.requests
    assert sync(uplink(server), "--once").ends() == 0
    assert server.requests == before + 1 and numbers(server) == [0, 1]
    assert waiting(store) == 5, "the results stay"


def test_status_of_a_server_in_trouble(sync, store, run, folder):  # noqa: F811
    """Exit code 1 beyond the interval; when it is tried next; what waits."""
    filled(store, 5)
    process = sync(f'uplink = "cloudevents:http://127.0.0.1:{free_port()}/"\ninterval = "2s"')
    words = ["sync", "--config", folder / "edgeagent.toml", "--status"]
    process.says("Connection refused")
    began = time.monotonic()
    eventually(lambda: run(*words).returncode == 1, "exit code 1", 20)
    assert time.monotonic() - began >= 1
    text = run(*words).stdout
    assert "Connection refused" in text and "waiting: 5 records" in text and "next try " in text
    value = json.loads(run(*words, "--json").stdout)
    assert value["well"] is False and value["waiting"] == 5 and value["refused"] == 0
    assert value["servers"][0]["unwell_s"] >= 3
    process.stop()
    (folder / "outbox.db").write_bytes(b"no database, and longer than the header of one" * 9)
    assert "waiting: unknown" in run(*words).stdout
    assert json.loads(run(*words, "--json").stdout)["waiting"] is None


def test_status_of_a_refused_record(sync, store, receiver, run, folder):  # noqa: F811
    filled(store, 3)
    server = receiver(
        answer=lambda batch: (
            refusing("403 No")(None) if any(event["data"]["n"] == 0 for event in batch) else None
        )
    )
    process = sync(uplink(server), "--once")
    assert process.ends() == 1 and "the server takes other records" in process.log
    status = run("sync", "--config", folder / "edgeagent.toml", "--status")
    assert status.returncode == 0, "the server is well"
    assert "waiting: 1 record, 1 of which the server refuses" in status.stdout


# MARK: check --network


def test_check_network(sync, store, receiver, run, folder, capsys):  # noqa: F811
    """Over TLS as over http; what is no receiver fails."""
    words, context = secured(folder)
    server = receiver(tls=context)
    sync(uplink(server, f'ca = "{words[1]}"'), "--once").ends()
    check = ["check", "--config", folder / "edgeagent.toml", "--network"]
    good = run(*check)
    assert good.returncode == 0, good.stderr
    assert good.stdout.endswith(": ok: a receipt (204) for an empty batch of events; TLS\n")
    [found] = json.loads(run(*check, "--json").stdout)["servers"]
    assert found["ok"] and found["name"] == "uplink"
    server.close()
    bad = run(*check)
    assert bad.returncode == 1 and ": fails: localhost" in bad.stdout
    page = Peer(saying(whole("200 OK", HTML, PAGE)))
    sync(f'uplink = "cloudevents:http://127.0.0.1:{page.port}/"', "--once").ends()
    bad = run(*check)
    assert bad.returncode == 1 and "login page" in bad.stdout
    page.close()
    assert "a receiver that takes one event a request" in run(*check[:3]).stdout


# MARK: receipts


def whole(status: str, head: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
        status.encode(), head, len(body), body,
    )  # fmt: skip


def saying(answer: bytes):
    """A function for `Peer`: reads whole requests, and says the same to all."""

    def serve(connection: socket.socket) -> None:
        while read_batch(connection) is not None:
            connection.sendall(answer)

    return serve


NO_RECEIPTS = {
    "login page": whole("200 OK", HTML, PAGE),
    "page without a type": whole("200 OK", b"", b"\xef\xbb\xbf \n<HTML><body>log in"),
    "page as JSON": whole("202 Accepted", b"Content-Type: application/json\r\n", PAGE),
    "empty page": whole("201 Created", HTML, b""),
    "error in JSON": whole("200 OK", b"", b'{"error": "quota exceeded"}'),
    "errors in JSON": whole("200 OK", b"", b'{"errors": [{"id": 1}]}'),
    "redirect elsewhere": whole("307 Temporary", b"Location: http://localhost:1/login\r\n", b""),
    "redirect to https elsewhere": whole("308 P", b"Location: https://localhost:1/\r\n", b""),
}
PAGES = {"login page", "page without a type", "page as JSON", "empty page"}


@pytest.mark.parametrize("name", NO_RECEIPTS)
def test_what_is_no_receipt_deletes_nothing(sync, store, run, peer, name):  # noqa: F811
    """By hand and unattended; two of the seventy are alerts."""
    filled(store, 68, RESULT)
    more(store, 2)
    server = peer(saying(NO_RECEIPTS[name]))
    address = f"cloudevents:http://127.0.0.1:{server.port}/"
    result = run("store", "send", address, "--store", store, "--agent", "bench-1")
    assert result.returncode == 1 and "nothing was deleted" in result.stderr
    if name in PAGES or "redirect" in name:
        assert "login page" in result.stderr
    process = sync(f'uplink = "{address}"\ninterval = "1s"')
    rounds = server.connections
    eventually(lambda: server.connections >= rounds + 3, "three more rounds", 20)
    process.stop()
    assert waiting(store) == 70 and set_aside(store) == []


def test_a_login_ends_it(sync, store, receiver):  # noqa: F811
    filled(store, 70)
    pages = [4]

    def answer(_):
        pages[0] -= 1
        return whole("200 OK", HTML, PAGE) if pages[0] >= 0 else None

    server = receiver(answer=answer)
    process = sync(uplink(server, 'interval = "1s"'))
    eventually(lambda: waiting(store) == 0, "everything sent", 20)
    assert len(server.events) == 70
    assert process.stop().count("login page") == 1


# MARK: large requests


def read_batch(connection: socket.socket, bytes_max: int | None = None) -> list[dict] | None:
    """The events of a request; None at the end of the connection. A request of more bytes than that
    is reset with its body unread."""
    _, fields = read_head(connection)
    if not fields:
        return None
    length = int(fields["content-length"])
    if bytes_max is not None and length > bytes_max:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return None
    body = b""
    while len(body) < length:
        piece = connection.recv(length - len(body))
        if not piece:
            return None
        body += piece
    return json.loads(body)


def test_large_requests_are_reset(sync, store, peer, capsys):  # noqa: F811
    """A box on the way resets each request beyond 60 kB; 64 records of 3 kB get through, each
    once, and the next hundred without another reset."""
    filled(store, 64, RESULT, {"x": "x" * 3000})
    taken: list[str] = []
    requests: list[int] = []
    lock = threading.Lock()

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                batch = read_batch(connection, 60_000)
                with lock:
                    requests.append(len(batch or []))
                    if batch is None:
                        return
                    taken.extend(event["id"] for event in batch)
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    server = peer(serve)
    plain = f'uplink = "cloudevents:http://127.0.0.1:{server.port}/"\nrecordings = "0KiB"\n'
    process = sync(plain + 'interval = "1s"')
    began = time.monotonic()
    eventually(lambda: waiting(store) == 0, "all 64", 60)
    seconds = time.monotonic() - began
    counted = len(requests)
    process.stop()
    assert len(taken) == len(set(taken)) == 64 and set_aside(store) == []
    assert counted <= 16, requests
    more(store, 100, RESULT, {"x": "x" * 3000})
    assert sync(plain, "--once").ends() == 0
    assert len(taken) == len(set(taken)) == 164
    later = requests[counted:]
    # The end of a connection that the process closes is a request without events.
    assert sum(size == 0 for size in later) <= 2, requests
    say(capsys, f"64 records of 3 kB: {counted} requests, {seconds:.1f} s")
