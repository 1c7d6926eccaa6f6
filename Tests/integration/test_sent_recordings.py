"""Goal: the recording of an alert reaches the server within the day's bytes, byte for byte, and
raises the same alert there; and it never costs a record anything, neither its place nor its time.
Method: a real agent that raises alerts, the shipped `edgeagent sync`, servers on loopback that
refuse, lose and stall; recordings that a test adds to the outbox as they are."""

import json
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_binary
from cloudevents.core.formats.json import JSONFormat

import outbox
from agent import eventually
from conftest import level_configuration, say
from outbox import ALERT
from receiver import Receiver
from signals import RAISE, lines
from syncing import Sync, add_records
from test_black_box import BOX, replay, rising
from test_black_box import recording as fetched
from test_http import tls_context
from test_sync import waiting
from web import Certificates, free_port

EPISODE = lines(RAISE + [0.0] * 6)
KIB = 1 << 10


@pytest.fixture
def receiver() -> Iterator[Callable[..., Receiver]]:
    made: list[Receiver] = []

    def make(**options) -> Receiver:
        made.append(Receiver(keeps=True, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def settings(folder) -> Callable[..., str]:
    """A configuration with the outbox, a short black box and these lines in `[sync]`."""

    def make(more: str) -> str:
        text = level_configuration(
            "unix:sensor.sock", more=f"{outbox.configuration()}{BOX}\n[sync]\n{more}\n"
        )
        return text.replace('state = "state"', 'state = "."', 1)

    return make


@pytest.fixture
def sync(native, folder, settings) -> Iterator[Callable[..., Sync]]:
    running: list[Sync] = []

    def make(more: str, *words, **options) -> Sync:
        (folder / "edgeagent.toml").write_text(settings(more))
        running.append(Sync(native, folder / "edgeagent.toml", *words, **options))
        return running[-1]

    yield make
    for one in running:
        one.close()


@pytest.fixture
def store(start, settings, folder, socket_line) -> Path:
    """As a stopped agent leaves it: one alert, its end, and its recording."""
    agent = start(configuration=settings(f'uplink = "cloudevents:http://127.0.0.1:{free_port()}/"'))
    rising(agent, socket_line())
    eventually(lambda: recordings(folder / "outbox.db"), "the recording")
    agent.stop()
    agent.close()
    return folder / "outbox.db"


def uplink(server: Receiver, more: str = "") -> str:
    return f'uplink = "{server.uplink}"\n{more}'


def recordings(store: Path) -> list[tuple[int, int, str, bytes]]:
    return outbox.query(
        store, "SELECT sequence, alert, sensor, frames FROM recording ORDER BY sequence"
    )


def add(store: Path, count: int, size: int = 20 * KIB) -> None:
    """Copies of what the agent made, with more behind their ends: sync sends bytes."""
    ((frames,),) = outbox.query(store, "SELECT frames FROM recording ORDER BY sequence LIMIT 1")
    made = random.Random(size)
    with closing(outbox.opened(store)) as database, database:
        database.executemany(
            "INSERT INTO recording(alert, at, boot, time, sensor, frames) "
            "SELECT ?, at, boot, time, sensor, ? FROM recording ORDER BY sequence LIMIT 1",
            ((100 + n, (frames + made.randbytes(size))[:size]) for n in range(count)),
        )


def status(run, folder: Path) -> dict:
    words = ["sync", "--config", folder / "edgeagent.toml", "--status"]
    value = json.loads(run(*words, "--json").stdout)["recordings"]
    text = (
        f"recordings: {value['sent']} sent, {value['over_budget']} over the budget, "
        f"{value['refused']} refused\n"
    )
    assert text in run(*words).stdout or not any(value.values())
    return value


def test_an_alert_brings_its_recording_which_raises_it_again(
    start, sync, settings, receiver, folder, socket_line, run, capsys
):
    """As it happens: alert, then recording; read by the standard's own library; the replay of the
    bytes that arrived is the replay of those that the board has."""
    server = receiver()
    more = uplink(server, 'interval = "1s"')
    agent = start(configuration=settings(more))
    process = sync(more)
    raised = rising(agent, socket_line())
    begin = time.monotonic()
    eventually(lambda: server.recordings, "the recording", 20)
    say(capsys, f"alert to its recording at the server {time.monotonic() - begin:.1f} s")
    process.stop()
    agent.stop()
    (((source, identifier), (fields, arrived)),) = server.recordings.items()
    assert server.kinds.index("alert") < server.kinds.index("recording")
    event = from_binary(HTTPMessage(fields, arrived), JSONFormat())
    assert event.get_type() == "io.edgeagent.recording" and event.get_source() == source
    assert event.get_datacontenttype() == "application/octet-stream"
    (alert,) = (
        body for body in server.bodies
        if body["type"] == "io.edgeagent.alert" and body["data"]["state"] == "raised"
    )  # fmt: skip
    assert event.get_subject() == alert["subject"] == "full"
    assert event.get_extension("episode") == str(alert["data"]["episode"]) == "1"
    assert event.get_extension("sensor") == "gauge"
    assert event.get_extension("boot") == alert["boot"]
    assert event.get_extension("bootns") == alert["bootns"]
    assert abs(event.get_time().timestamp() - time.time()) < 60
    epoch = alert["id"].split("-")[0]
    assert identifier == f"{epoch}-r1"
    here = fetched(run, folder)
    assert arrived == here.read_bytes()
    there = folder / "arrived.rec"
    there.write_bytes(arrived)
    first, second = (json.loads(replay(folder, path, "x86_64")) for path in (here, there))
    assert first["scores_crc32"] == second["scores_crc32"] and first["alerts"] == second["alerts"]
    again = [one for one in second["alerts"] if one["state"] == "raised"]
    assert [(one["alert"], one["sample"]) for one in again] == [("full", raised["sample"])]
    assert again[0]["score"] == raised["score"] and second["whole"]
    assert status(run, folder) == {"sent": 1, "over_budget": 0, "refused": 0}


def test_each_is_sent_once_and_stays_in_the_outbox(sync, store, receiver, run, folder):
    server = receiver()
    for _ in range(3):
        assert sync(uplink(server), "--once").ends() == 0
    assert server.recording_requests == 1 and waiting(store) == 0
    assert fetched(run, folder).read_bytes() == recordings(store)[0][3]


def test_all_records_go_before_the_first_recording(sync, store, receiver):
    add_records(store, 600)
    add(store, 3)
    server = receiver()
    assert sync(uplink(server), "--once").ends() == 0
    first = server.kinds.index("recording")
    assert server.kinds[first:] == ["recording"] * 4
    assert len(server.events) == first > 600


def test_beyond_the_budget_alerts_go_and_recordings_stay(sync, store, receiver, run, folder):
    """Also over restarts, which a killed process does not choose; each is counted once."""
    add(store, 5)
    server = receiver()
    more = uplink(server, 'recordings = "64KiB"')
    process = sync(more, "--once")
    assert process.ends() == 0
    assert process.log.count("is not sent; it stays in the outbox") == 1
    sent = server.recording_requests
    assert 2 <= sent <= 3
    assert sum(len(body) for _, body in server.recordings.values()) <= 64 * KIB
    assert status(run, folder) == {"sent": sent, "over_budget": 6 - sent, "refused": 0}
    add(store, 2)
    add_records(store, 3, kind=ALERT)
    process = sync(more, "--once")
    assert process.ends() == 0
    assert server.recording_requests == sent and waiting(store) == 0
    assert status(run, folder)["over_budget"] == 8 - sent
    assert len(recordings(store)) == 8
    assert fetched(run, folder).read_bytes() == recordings(store)[0][3]


def test_a_process_that_is_killed_again_and_again_sends_no_more(sync, store, receiver):
    """Killed while the server has the recording and has not answered."""
    arrived = threading.Semaphore(0)

    def stalls(_: dict) -> bytes:
        arrived.release()
        time.sleep(5)
        return b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"

    server = receiver(recording=stalls)
    add(store, 5)
    # The first one's bytes, and what is reserved beside them, each time.
    bound = 64 * KIB // (len(recordings(store)[0][3]) + 8 * KIB)
    for _ in range(bound + 3):
        process = sync(uplink(server, 'interval = "1s"\nrecordings = "64KiB"'))
        if not arrived.acquire(timeout=4):
            break
        process.process.send_signal(signal.SIGKILL)
        process.ends()
    assert server.recording_requests == bound
    process.stop()


@pytest.mark.parametrize("answer", ["413 Too Large", "400 Bad Request", "415 Unsupported"])
def test_what_the_server_refuses_holds_nothing_up(sync, store, receiver, run, folder, answer):
    add(store, 2)
    refusal = f"HTTP/1.1 {answer}\r\nContent-Length: 2\r\n\r\nno".encode()
    server = receiver(recording=lambda fields: refusal if fields["ce-episode"] == "100" else None)
    process = sync(uplink(server), "--once")
    assert process.ends() == 0
    assert process.log.count("the server takes none like this") == 1
    assert len(server.recordings) == 2 and server.recording_requests == 3
    assert status(run, folder) == {"sent": 2, "over_budget": 0, "refused": 1}
    assert outbox.query(store, "SELECT count(*) FROM set_aside") == [(0,)]
    assert len(recordings(store)) == 3


def test_trouble_with_recordings_is_none_of_the_lane(sync, store, receiver):
    """A server that is too busy for recordings gets alerts as ever, and at once."""
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n"
    server = receiver(recording=lambda _: busy)
    process = sync(uplink(server))
    eventually(lambda: server.recording_requests, "the recording", 20)
    process.says("answers 503")
    for _ in range(3):
        add_records(store, 1, kind=ALERT)
        added = time.monotonic()
        eventually(lambda: waiting(store) == 0, "the alert sent", 20)
        assert time.monotonic() - added < 5
    assert server.recording_requests == 1
    process.stop()
    # Over a restart too; and what is left is told.
    assert sync(uplink(server), "--once").ends() == 0
    assert server.recording_requests == 1


def test_an_alert_does_not_wait_for_a_recording(sync, store, receiver, tmp_path, capsys):
    """It goes beside one that takes ten seconds; over TLS, for the memory of two connections."""
    certificates = Certificates(tmp_path / "tls")
    tls = tls_context(*certificates.sign("server"))
    begun, ended = threading.Event(), threading.Event()

    def slow(_: dict) -> None:
        begun.set()
        ended.wait(10)

    server = receiver(tls=tls, recording=slow)
    add(store, 3, 32 * KIB)
    process = sync(uplink(server, f'ca = "{certificates.authority}"\nrecordings = "1MiB"'))
    assert begun.wait(20)
    add_records(store, 1, kind=ALERT)
    added = time.monotonic()
    eventually(lambda: waiting(store) == 0, "the alert sent", 20)
    seconds = time.monotonic() - added
    assert not ended.is_set() and not server.recordings
    ended.set()
    eventually(lambda: len(server.recordings) == 4, "all recordings", 20)
    memory = process.memory_kib()
    say(capsys, f"alert beside a recording in {seconds:.1f} s, over TLS; {memory} KiB at most")
    assert seconds < 4 and memory <= 8 * KIB
    process.stop()


def test_a_recording_gives_way_where_the_server_takes_one_connection(
    sync, store, receiver, capsys
):
    """The recording would take ten minutes; the alert goes in its place, and then it goes again."""
    begun, ended = threading.Event(), threading.Event()

    def slow(_: dict) -> None:
        begun.set()
        for _ in range(6000):
            if ended.wait(0.1) or server.hung_up():
                return

    server = receiver(recording=slow, single=True)
    process = sync(uplink(server, 'interval = "1s"'))
    assert begun.wait(20)
    add_records(store, 1, kind=ALERT)
    added = time.monotonic()
    eventually(lambda: waiting(store) == 0, "the alert sent", 40)
    seconds = time.monotonic() - added
    say(capsys, f"alert in the place of a recording after {seconds:.1f} s")
    ended.set()
    eventually(lambda: server.recordings, "the recording", 40)
    assert seconds < 15
    process.stop()


def test_a_fault_that_passes_costs_no_recording(sync, store, receiver, run, folder):
    """Alerts begin rounds at once; recordings that get a 503 rest meanwhile."""
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    server = receiver(recording=lambda _: busy)
    process = sync(uplink(server))
    eventually(lambda: server.recording_requests, "the recording", 20)
    for _ in range(6):
        add_records(store, 1, kind=ALERT)
        eventually(lambda: waiting(store) == 0, "the alert sent", 20)
    process.stop()
    assert server.recording_requests == 1
    assert status(run, folder) == {"sent": 0, "over_budget": 0, "refused": 0}


def test_a_lost_answer_brings_the_same_recording_again(sync, store, receiver):
    """Under the same key, with the same bytes."""
    add(store, 4)
    server = receiver(lost=0.3)
    process = sync(uplink(server, 'interval = "1s"\nrecordings = "10MiB"'))
    eventually(lambda: len(server.recordings) == 5, "all recordings", 60)
    eventually(lambda: waiting(store) == 0, "all records", 60)
    process.stop()
    assert not server.conflicts
    names = [identifier.split("-")[1] for _, identifier in server.recordings]
    assert names == ["r1", "r2", "r3", "r4", "r5"]


def test_a_link_that_is_away_loses_no_alert_and_gives_no_recording_up(
    sync, store, receiver, run, folder
):
    port = free_port()
    add(store, 2)
    process = sync(f'uplink = "cloudevents:http://127.0.0.1:{port}/"\ninterval = "1s"')
    before = waiting(store)
    time.sleep(8)
    add_records(store, 2, kind=ALERT)
    time.sleep(2)
    process.stop()
    assert waiting(store) == before + 2
    assert status(run, folder) == {"sent": 0, "over_budget": 0, "refused": 0}
    server = receiver()
    assert sync(uplink(server), "--once").ends() == 0
    assert waiting(store) == 0 and len(server.recordings) == 3
    # And with no records: what is left is told, and is left.
    add(store, 1)
    process = sync(f'uplink = "cloudevents:http://127.0.0.1:{port}/"', "--once")
    assert process.ends() == 1 and "recordings: " in process.log
    assert sync(uplink(server), "--once").ends() == 0
    assert len(server.recordings) == 4


def test_none_goes_where_none_shall(sync, store, receiver, run, folder):
    server = receiver()
    assert sync(uplink(server, 'recordings = "0KiB"'), "--once").ends() == 0
    assert waiting(store) == 0 and server.recording_requests == 0
    assert status(run, folder) == {"sent": 0, "over_budget": 0, "refused": 0}


def test_recordings_leave_records_their_part_of_the_day(sync, store, receiver, run, folder):
    """A quarter of `bytes_per_day` at most; and no attempt of their own."""
    add(store, 20)
    server = receiver()
    more = uplink(server, 'recordings = "1MiB"\nbytes_per_day = "256KiB"\nattempts_per_day = 9')
    assert sync(more, "--once").ends() == 0
    assert 1 <= server.recording_requests <= 3
    add_records(store, 100, kind=ALERT)
    assert sync(more, "--once").ends() == 0
    assert waiting(store) == 0
    add(store, 1, 4 * KIB)
    spent = json.loads((folder / "sync.json").read_text())["budget"]
    assert sync(more, "--once").ends() == 0
    assert json.loads((folder / "sync.json").read_text())["budget"] == spent


@pytest.mark.timeout(180)
def test_memory_does_not_follow_what_waits(sync, store, receiver, capsys, tmp_path):
    """Four megabytes of the largest recordings over TLS."""
    certificates = Certificates(tmp_path / "tls")
    server = receiver(tls=tls_context(*certificates.sign("server")))
    add(store, 128, 32 * KIB)
    process = sync(uplink(server, f'ca = "{certificates.authority}"\nrecordings = "16MiB"'))
    eventually(lambda: len(server.recordings) == 129, "all recordings", 120)
    memory = process.memory_kib()
    say(capsys, f"resident memory with 4 MiB of recordings, over TLS: {memory} KiB at most")
    assert memory <= 8 * KIB
    process.stop()
