"""Goal: every record reaches the server, which keeps it once, through all faults of the link, the
server and the sending process; what a server refuses for good costs no other record.
Method: `edgeagent store send` on stores that the agent made, against a server that loses requests
and answers, refuses, and keeps events by (source, id); killed at random moments."""

import contextlib
import json
import re
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cloudevents.core.formats.json import JSONFormat

import outbox
from agent import eventually
from conftest import say
from outbox import ALERT, ANOMALY, AUDIT, RESULT
from receiver import TYPE, Receiver, digest
from test_outbox import EPISODE, is_long, seeded, with_report
from web import Certificates

AGENT = "bench-1"
KINDS = ["debug", "result", "anomaly", "audit", "alert"]


@pytest.fixture
def receiver() -> Iterator[Callable[..., Receiver]]:
    receivers: list[Receiver] = []

    def make(**options) -> Receiver:
        receivers.append(Receiver(**options))
        return receivers[-1]

    yield make
    for one in receivers:
        one.close()


@pytest.fixture
def store(folder: Path) -> Path:
    return folder / "outbox.db"


@pytest.fixture
def made(start, store, socket_line) -> Path:
    """A store with a little of everything, as a stopped agent leaves it."""
    agent = start(configuration=with_report("all"))
    subscriber = agent.subscribe()
    socket_line().send(EPISODE * 3)
    subscriber.events("alert", 6)
    agent.stop()
    return store


@pytest.fixture
def empty(start, store) -> Path:
    """A store of 2 GiB that an agent made, without its records."""
    start(more=outbox.configuration("2048MiB"), publish='["alerts"]').stop()
    fill(store, 0)
    return store


def fill(store: Path, count: int) -> None:
    """`count` records in the place of what is there, mixed as an agent's are and as long."""
    boot = "0b000000-1111-2222-3333-444444444444"

    def rows() -> Iterator[tuple]:
        for n in range(count):
            kind = {0: ALERT, 17: ANOMALY, 33: AUDIT, 48: 0}.get(n % 50, RESULT)
            body = {"type": "score", "pipeline": "tank", "model": "level/1", "sample": n}
            body |= {"scores": {"high": n % 256 / 256, "low": 0.25}, "at": 1000 + n}
            time = None if n % 1000 == 7 else 1_800_000_000_000_000_000 + n * 20_000_000
            yield kind, 1000 + n, boot, time, f"tank-{n % 7}", json.dumps(
                body, separators=(",", ":")
            )

    with contextlib.closing(outbox.opened(store)) as database, database:
        database.execute("DELETE FROM record")
        database.executemany(
            "INSERT INTO record(kind, at, boot, time, source, body) VALUES (?, ?, ?, ?, ?, ?)",
            rows(),
        )


def expected(store: Path) -> dict[tuple[str, str], bytes]:
    """What the server should have in the end, made from the outbox another way than the agent
    does."""
    ((epoch,),) = outbox.query(store, "SELECT value FROM meta WHERE name = 'epoch'")
    events = {}
    with contextlib.closing(outbox.opened(store)) as database:
        rows = database.execute("SELECT sequence, kind, at, boot, time, source, body FROM record")
        for sequence, kind, at, boot, moment, source, body in rows:
            event = {
                "specversion": "1.0",
                "source": f"/edgeagent/{AGENT}",
                "datacontenttype": "application/json",
                "id": f"{epoch}-{sequence}",
                "type": f"io.edgeagent.{KINDS[kind]}",
                "subject": source,
            }
            if moment is not None:
                text = datetime.fromtimestamp(moment // 10**6 / 1000, UTC).isoformat(
                    timespec="milliseconds"
                )
                event["time"] = text.replace("+00:00", "Z")
            event |= {"boot": boot, "bootns": str(at), "data": json.loads(body)}
            events[event["source"], event["id"]] = digest(event)
    return events


def secured(folder: Path) -> tuple[list[str], ssl.SSLContext]:
    """What the sender has to be told, and the server's side."""
    certificates = Certificates(folder / "ca")
    certificate, key = certificates.sign("server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return ["--ca", str(certificates.authority)], context


def left(store: Path) -> int:
    return outbox.query(store, "SELECT count(*) FROM record")[0][0]


def send(run, server: Receiver, store: Path, *words, **options):
    where = ["--store", store, "--agent", AGENT]
    return run("store", "send", server.uplink, *where, *words, **options)


def test_what_arrives_is_what_the_standard_says(run, made, folder, receiver, either):
    """Read by the standard's own library, event by event; the agent's id from its configuration."""
    server = receiver(keeps=True)
    rows = outbox.query(made, "SELECT sequence, kind, source, body, boot, at FROM record")
    ((epoch,),) = outbox.query(made, "SELECT value FROM meta WHERE name = 'epoch'")
    words = ["store", "send", server.uplink, "--config", folder / "edgeagent.toml"]
    result = run(*words, command=either)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"{len(rows)} records sent to localhost:{server.port} in ")
    assert f"\r\ncontent-type: {TYPE}\r\n".lower() in server.heads[0].decode().lower()
    events = [JSONFormat().read(None, json.dumps(body)) for body in server.bodies]
    assert len(events) == len(rows) > 20
    by_id = {event.get_id(): event for event in events}
    for sequence, kind, source, body, boot, at in rows:
        event = by_id[f"{epoch}-{sequence}"]
        assert event.get_source() == f"/edgeagent/{AGENT}"
        assert event.get_type() == f"io.edgeagent.{KINDS[kind]}"
        assert event.get_subject() == source
        assert event.get_datacontenttype() == "application/json"
        assert event.get_data() == json.loads(body)
        assert event.get_extension("boot") == boot and event.get_extension("bootns") == str(at)
        assert abs(event.get_time().timestamp() - time.time()) < 60
    for body in server.bodies:
        assert all(re.fullmatch("[a-z0-9]+", name) for name in body)
    # Alerts first, each kind in its order.
    order = [
        (KINDS.index(event["type"].split(".")[-1]), int(event["id"].split("-")[1]))
        for event in server.bodies
    ]
    assert order == sorted(order, key=lambda entry: (-entry[0], entry[1]))
    assert left(made) == 0 and outbox.is_sound(made)


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_one_event_a_request(run, empty, receiver, mode):
    """The same events as in batches; one that the server refuses is alone from the start."""
    fill(empty, 60)
    outbox.query(empty, "UPDATE record SET source = 'ward é %' WHERE sequence % 7 = 0")
    wanted = expected(empty)
    ((poison,),) = outbox.query(empty, "SELECT sequence FROM record LIMIT 1 OFFSET 33")
    refusal = b"HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n"
    server = receiver(
        keeps=True,
        answer=lambda batch: refusal if batch[0]["id"].endswith(f"-{poison}") else None,
    )
    result = send(run, server, empty, "--events", mode, "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["set_aside"] == 1
    assert left(empty) == 0 and server.requests == 60 and len(server.bodies) == 59
    content = "application/json" if mode == "binary" else "application/cloudevents+json"
    assert f"\r\ncontent-type: {content}".encode() in server.heads[-1].lower()
    for event in server.bodies:
        # The data's type stands in a header field of its own.
        whole = {"specversion": "1.0", "datacontenttype": "application/json"} | event
        order = ["specversion", "source", "datacontenttype", "id", "type", "subject", "time"]
        order += ["boot", "bootns", "data"]
        ordered = {name: whole[name] for name in order if name in whole}
        assert digest(ordered) == wanted[event["source"], event["id"]]


def test_modes_on_a_command_line(run):
    wrong = run("store", "send", "cloudevents:http://x/", "--store", "x", "--agent", "a",
                "--events", "one")  # fmt: skip
    assert wrong.returncode == 2 and "structured" in wrong.stderr
    wrong = run("store", "send", "mlflow:http://x/", "--store", "x", "--agent", "a",
                "--events", "batch")  # fmt: skip
    assert wrong.returncode == 2 and "cloudevents:URL" in wrong.stderr


def test_a_record_of_another_boot_without_a_time_has_none(run, empty, receiver):
    fill(empty, 10)
    outbox.query(empty, "UPDATE record SET time = NULL")
    server = receiver(keeps=True)
    assert send(run, server, empty).returncode == 0
    assert len(server.bodies) == 10 and not any("time" in event for event in server.bodies)


def test_times_of_this_boot_are_corrected_before_they_are_sent(run, made, receiver):
    """As if the clock had stood at 1970 and at 2038 while they were stored."""
    outbox.query(made, "UPDATE record SET time = NULL WHERE sequence % 2 = 0")
    outbox.query(made, "UPDATE record SET time = 2150000000000000000 WHERE sequence % 3 = 0")
    server = receiver(keeps=True)
    assert send(run, server, made).returncode == 0
    for event in server.bodies:
        assert abs(datetime.fromisoformat(event["time"]).timestamp() - time.time()) < 60


def test_nothing_is_lost_or_kept_twice_over_a_bad_link(run, empty, receiver, capsys):
    """Every tenth request and every tenth answer is lost; the sender is run until it says that it
    is done."""
    count = 1_000_000 if is_long() else 20_000
    fill(empty, count)
    wanted = expected(empty)
    server = receiver(lost=0.1, chance=seeded("lost requests and answers", capsys))
    runs, began = 1, time.monotonic()
    while (result := send(run, server, empty, timeout=600)).returncode != 0:
        assert result.returncode == 1 and "localhost" in result.stderr, result.stderr
        runs += 1
    seconds = time.monotonic() - began
    assert left(empty) == 0
    assert server.events == wanted
    assert server.conflicts == []
    assert server.cut_requests > 0 and server.arrivals > count, "the link was good"
    assert server.largest <= 256 << 10
    say(
        capsys,
        f"{count} records, {server.requests} requests, {server.cut_requests} of them and "
        f"{server.cut_answers} answers lost, {runs} runs: {len(server.events)} kept, "
        f"{server.arrivals - count} duplicates told by key; {seconds:.0f} s",
    )


def test_nothing_is_lost_or_kept_twice_by_kill_9(native, empty, receiver, capsys):
    """The sender is killed at random moments: every other time from its start on, else amid its
    work, which is when the server has its second request since."""
    kills = 1000 if is_long() else 60
    fill(empty, 50_000)
    wanted = expected(empty)
    server = receiver()
    chance = seeded("moments of kill -9", capsys)
    words = [*native, "store", "send", server.uplink, "--store", str(empty), "--agent", AGENT]
    amid = 0
    for number in range(kills):
        if left(empty) < 10_000:
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=120)
            fill(empty, 50_000)
            wanted |= expected(empty)
        before = left(empty)
        requests = server.requests
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if number % 2:
            eventually(lambda: server.requests >= requests + 2, "two requests")
        time.sleep(chance.random() * 0.025)
        process.send_signal(signal.SIGKILL)
        _, said = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), said
        amid += 0 < left(empty) < before
    assert amid > kills // 4, "the kills came too early or too late"
    last = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert last.returncode == 0, last.stderr
    assert left(empty) == 0 and outbox.is_sound(empty)
    assert server.events == wanted
    assert server.conflicts == []
    say(
        capsys,
        f"{kills} kills, {amid} of them amid sending, {len(wanted)} records kept once, "
        f"{server.arrivals - len(wanted)} sent twice and told by key",
    )


def test_one_poisonous_record_is_set_aside_alone(run, empty, receiver):
    fill(empty, 2000)
    wanted = expected(empty)
    ((poison, body),) = outbox.query(
        empty, "SELECT sequence, body FROM record ORDER BY sequence LIMIT 1 OFFSET 1003"
    )
    words = b'{"message": "sample 1003 is not for us"}'

    def answer(batch: list[dict]) -> bytes | None:
        if all(event["data"]["sample"] != 1003 for event in batch):
            return None
        return b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n%s" % (len(words), words)

    server = receiver(answer=answer)
    result = send(run, server, empty, "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["sent"], report["set_aside"]) == (1999, 1)
    assert len(server.events) == 1999 and server.events.items() < wanted.items()
    ((sequence, kept, reason),) = outbox.query(
        empty, "SELECT sequence, body, reason FROM set_aside"
    )
    assert (sequence, kept) == (poison, body)
    assert "400" in reason and "sample 1003 is not for us" in reason
    assert left(empty) == 0 and server.requests < 40


def test_a_request_that_is_too_large_is_cut(run, empty, receiver):
    fill(empty, 2000)
    wanted = expected(empty)
    refusal = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"
    server = receiver(answer=lambda batch: refusal if len(batch) > 30 else None)
    assert send(run, server, empty).returncode == 0
    assert server.events == wanted and left(empty) == 0
    assert outbox.query(empty, "SELECT count(*) FROM set_aside") == [(0,)]


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 415, 429, 500, 503])
def test_an_answer_about_the_server_costs_no_record(run, empty, receiver, status):
    """400 to everything is about the server too."""
    fill(empty, 600)
    answer = f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n".encode()
    server = receiver(answer=lambda _: answer)
    result = send(run, server, empty)
    assert result.returncode == 1
    assert str(status) in result.stderr and "nothing was deleted" in result.stderr
    assert left(empty) == 600 and server.requests < 20
    assert outbox.query(empty, "SELECT count(*) FROM set_aside") == [(0,)]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_these_successes_count(run, empty, receiver, status):
    fill(empty, 10)
    length = "" if status == 204 else "Content-Length: 2\r\n"
    body = "" if status == 204 else "{}"
    answer = f"HTTP/1.1 {status} Yes\r\n{length}\r\n{body}".encode()
    assert send(run, receiver(answer=lambda _: answer), empty).returncode == 0
    assert left(empty) == 0


def test_a_success_that_says_nothing_of_the_events_does_not_count(run, empty, receiver):
    fill(empty, 10)
    answer = b"HTTP/1.1 207 Multi-Status\r\nContent-Length: 2\r\n\r\n{}"
    result = send(run, receiver(answer=lambda _: answer), empty)
    assert result.returncode == 1 and "207" in result.stderr
    assert left(empty) == 10


def test_over_tls_with_a_token(run, empty, receiver, folder):
    trusting, context = secured(folder)
    fill(empty, 600)
    wanted = expected(empty)
    server = receiver(tls=context)
    headers = folder / "headers"
    headers.write_text("Authorization: Bearer token\n")
    result = send(run, server, empty)
    assert result.returncode == 1 and left(empty) == 600, "an unknown authority"
    assert send(run, server, empty, *trusting, "--header-file", headers).returncode == 0
    assert server.events == wanted
    assert b"Authorization: Bearer token\r\n" in server.heads[0]


def test_the_core_writes_on_while_the_store_is_emptied(start, run, store, socket_line, receiver):
    """Everything that was ever stored arrives, and the log keeps its bound."""
    agent = start(configuration=with_report("all").replace("8MiB", "1MiB"))
    subscriber = agent.subscribe()
    server = receiver(keeps=True)
    line, log = socket_line(), store.with_name("outbox.db-wal")
    outbox.waits_for(store, AUDIT, 2)
    largest = 0
    for index in range(1, 61):
        line.send(EPISODE * 3)
        result = send(run, server, store)
        assert result.returncode == 0, result.stderr
        subscriber.events("alert", 6 * index)
        largest = max(largest, log.stat().st_size)
    agent.stop()
    assert send(run, server, store).returncode == 0
    told = [event for event in subscriber.messages if event["type"] == "alert"]
    ours = [e["data"] for e in server.bodies if e["type"].endswith("alert")]
    assert sorted(ours, key=lambda e: e["at"]) == sorted(told, key=lambda e: e["at"])
    assert len(ours) == 360 and left(store) == 0
    # What the core's own queue did not take in this flood has nothing to do with the sender, nor
    # have the recordings of its alerts.
    recordings = {("queue full", outbox.RECORDING), ("no room", outbox.RECORDING)}
    assert outbox.losses(store).keys() <= {("queue full", RESULT)} | recordings
    assert largest <= 256 << 10


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_its_memory_is_small(native, empty, receiver, folder, capsys, scheme):
    """Ten thousand records of the length of long summaries."""
    fill(empty, 10_000)
    outbox.query(empty, "UPDATE record SET body = json_set(body, '$.x', hex(zeroblob(7000)))")
    peaks: list[int] = []
    started = threading.Event()

    def look(_) -> None:
        # The first request may come before this test knows the process.
        started.wait(30)
        status = Path(f"/proc/{process.pid}/status").read_text()
        peaks.append(int(re.search(r"VmHWM:\s*(\d+)", status)[1]))

    words, context = [], None
    if scheme == "https":
        words, context = secured(folder)
    server = receiver(answer=look, tls=context)
    words += ["--store", str(empty), "--agent", AGENT]
    process = subprocess.Popen(
        [*native, "store", "send", server.uplink, *words], stdout=subprocess.DEVNULL
    )
    started.set()
    assert process.wait(120) == 0
    say(capsys, f"store send over {scheme}: {peaks[-1]} KiB at most")
    assert left(empty) == 0 and len(server.events) == 10_000
    assert server.largest <= 256 << 10
    assert peaks[-1] <= (9 if scheme == "https" else 6) * 1024  # OpenSSL has 3.3 MiB


@pytest.mark.parametrize(
    ("words", "saying"),
    [
        ([], "UPLINK is missing"),
        (["http://localhost/"], "is no uplink; write cloudevents:"),
        (["cloudevents:ftp://x"], "cloudevents"),
        (["cloudevents:http://x/", "--store", "x"], "--agent is missing"),
        (["cloudevents:http://x/", "--agent", "x"], "--config is missing"),
        (["cloudevents:http://x/", "--store", "x", "--agent", "a b"], "--agent"),
        (["cloudevents:http://x/", "--stroe", "x"], "did you mean"),
        (["cloudevents:http://x/", "--store", "x", "--agent", "a", "--key", "k"], "--cert"),
    ],
)
def test_a_wrong_command_line_says_so(run, words, saying):
    result = run("store", "send", *words)
    assert result.returncode == 2
    assert saying in result.stderr or saying == "cloudevents"


def test_a_store_that_is_not_there_is_not_made(run, folder, receiver):
    result = send(run, receiver(), folder / "none.db")
    assert result.returncode == 1 and "none.db" in result.stderr
    assert not (folder / "none.db").exists()
