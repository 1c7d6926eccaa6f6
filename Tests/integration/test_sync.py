"""Goal: sync asks when it should, as often as it may, and stops when it is told; whatever a server
does, the outbox loses nothing and the process stays small.
Method: the shipped executable, a store that the agent made, servers on loopback that say exactly
what a test wants; for links that come up, a network namespace of the test's own."""

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest

import outbox
from agent import eventually
from conftest import ROOT, absent, level_configuration, say
from receiver import Receiver
from signals import RAISE, lines
from test_outbox import EPISODE
from syncing import Sync, add_records
from test_http import tls_context
from test_model_versions import Board
from web import Certificates, Peer, answering, free_port

ALERT = outbox.ALERT


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
def store(start, folder, socket_line):
    """A store that the agent made, with one alert and its end in it."""
    agent = start(more=outbox.configuration(), publish='["alerts"]')
    line = socket_line()
    line.send(EPISODE)
    outbox.waits_for(folder / "outbox.db", ALERT, 2)
    line.close()
    agent.stop()
    agent.close()
    return folder / "outbox.db"


@pytest.fixture
def sync(native, folder):
    """Starts `sync` with these lines in `[sync]`."""
    running: list[Sync] = []

    def make(settings: str, *words, command=None, more: str = "", **options) -> Sync:
        text = level_configuration(
            "unix:sensor.sock", more=f"{outbox.configuration()}{more}\n[sync]\n{settings}\n"
        ).replace('state = "state"', 'state = "."', 1)
        (folder / "edgeagent.toml").write_text(text)
        running.append(Sync(command or native, folder / "edgeagent.toml", *words, **options))
        return running[-1]

    yield make
    for one in running:
        one.close()


def waiting(store) -> int:
    return outbox.query(store, "SELECT count(*) FROM record")[0][0]


def uplink(server, more: str = "") -> str:
    return f'uplink = "{server.uplink}"\n{more}'


# MARK: once


def test_once_sends_everything_and_releases_it(sync, store, receiver, either):
    server = receiver()
    before = waiting(store)
    assert sync(uplink(server), "--once", command=either).ends() == 0
    assert waiting(store) == 0
    assert len(server.events) == before
    kinds = [event["type"] for event in server.bodies]
    assert kinds[:2] == ["io.edgeagent.alert"] * 2, "alerts go first"
    assert all(event["source"] == "/edgeagent/bench-1" for event in server.bodies)


def test_once_with_nobody_there_keeps_everything(sync, store):
    before = waiting(store)
    process = sync(f'uplink = "cloudevents:http://127.0.0.1:{free_port()}/"', "--once")
    assert process.ends() == 1
    assert "Connection refused" in process.log
    assert waiting(store) == before


def test_two_at_once_are_one_too_many(sync, store, receiver):
    """One budget, one memory of what servers said."""
    server = receiver()
    first = sync(uplink(server))
    eventually(lambda: waiting(store) == 0, "everything sent", 20)
    add_records(store, 1)
    second = sync(uplink(server), "--once")
    assert second.ends() == 1 and "another edgeagent sync" in second.log
    assert waiting(store) == 1
    first.stop()
    assert sync(uplink(server), "--once").ends() == 0
    assert waiting(store) == 0


def test_status(sync, store, receiver, run, folder):
    server = receiver()
    sync(uplink(server), "--once").ends()
    words = ["sync", "--config", folder / "edgeagent.toml", "--status"]
    text, value = run(*words).stdout, json.loads(run(*words, "--json").stdout)
    assert server.uplink in text and "last well 20" in text
    assert value["servers"][0]["fault"] == "" and not value["servers"][0]["stopped"]


def test_no_sync_in_the_configuration(run, start, folder):
    (folder / "edgeagent.toml").write_text(level_configuration("stdin"))
    result = run("sync", "--config", folder / "edgeagent.toml")
    assert result.returncode == 78 and "add [sync]" in result.stderr


# MARK: when


@pytest.mark.alone
def test_an_alert_is_sent_at_once(start, sync, folder, receiver, socket_line, capsys):
    """The next look is a quarter of an hour away; the alert is there in about a second."""
    server = receiver()
    agent = start(more=outbox.configuration(), publish='["alerts"]')
    eventually(lambda: (folder / "outbox.db").exists(), "the outbox")
    process = sync(uplink(server), more="")
    eventually(lambda: server.requests, "the first look")
    eventually(lambda: waiting(folder / "outbox.db") == 0, "everything sent")
    eventually(process.rests, "its rest")
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE))
    subscriber.events("alert", 1, state="raised")
    raised = time.monotonic()
    eventually(
        lambda: [e for e in server.bodies if e["type"] == "io.edgeagent.alert"], "the alert"
    )
    seconds = time.monotonic() - raised
    say(capsys, f"alert to server {seconds:.2f} s")
    assert seconds < 5
    process.stop()
    agent.stop()


def test_an_alert_does_not_wait_for_a_model(sync, store, receiver, board, tmp_path, capsys):
    """A model that comes at 500 bytes a second, and an alert in the middle of it; over TLS, for the
    memory of two connections."""
    certificates = Certificates(tmp_path / "tls")
    tls = tls_context(*certificates.sign("server"))
    server, registry = receiver(tls=tls), SlowRegistry(tls)
    process = sync(
        uplink(server, f'ca = "{certificates.authority}"\n')
        + f'registry = "mlflow:{registry.url}"\nmodels = [ {{ name = "level", alias = "a" }} ]\n'
        + f'trust = "{board.trust}"\n'
    )
    eventually(lambda: waiting(store) == 0, "everything sent", 20)
    eventually(lambda: registry.sent > 1000, "the download", 20)
    add_records(store, 1, kind=ALERT)
    added = time.monotonic()
    eventually(lambda: waiting(store) == 0, "the alert sent", 20)
    assert time.monotonic() - added < 4
    sent = registry.sent
    eventually(lambda: registry.sent > sent + 1000, "the download goes on")
    assert registry.downloads == 1
    say(capsys, f"resident memory with both: {process.memory_kib()} KiB at most")
    assert process.memory_kib() <= 8 * 1024
    process.stop()
    registry.close()


class SlowRegistry:
    """MLflow with one version, whose files take 16 seconds each."""

    def __init__(self, tls):
        owner, self.sent, self.downloads = self, 0, 0
        version = {"name": "level", "version": "2", "status": "READY"}
        names = ["model.tflite", "model.toml", "golden.bin", "bundle.sig"]
        answers = {
            "registered-models/alias": {"model_version": version},
            "model-versions/get?": {"model_version": version},
            "get-download-uri": {"artifact_uri": "mlflow-artifacts:/0/r/artifacts/level"},
            "artifacts?path": {
                "files": [{"path": name, "is_dir": False, "file_size": 8000} for name in names]
            },
        }

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                known = next((text for text in answers if text in self.path), None)
                body = json.dumps(answers.get(known)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body) if known else 8000))
                self.end_headers()
                if known:
                    self.wfile.write(body)
                    return
                owner.downloads += 1
                for _ in range(160):
                    self.wfile.write(b"x" * 50)
                    owner.sent += 50
                    time.sleep(0.1)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()


def test_a_store_that_nobody_else_has_open_is_left_alone(sync, store, receiver):
    """Opening it makes its log, closing it removes that: neither is a reason to look again."""
    server = receiver()
    process = sync(uplink(server))
    eventually(lambda: waiting(store) == 0, "everything sent", 20)
    eventually(process.rests, "its rest")
    before = process.switches()
    time.sleep(5)
    assert process.switches() - before <= 3
    process.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a network namespace")
def test_a_link_that_comes_up_wakes_it(sync, store, tmp_path):
    """In a namespace of its own with a server, whose only link is down; its return ends a
    back-off."""
    name = f"edge{os.getpid()}"
    ip(f"netns add {name}")
    inside = ["ip", "netns", "exec", name]
    server = None
    try:
        ip(f"-n {name} link set lo up")
        port = tmp_path / "port"
        server = subprocess.Popen([*inside, sys.executable, "-c", SERVER, str(port)], cwd=HERE)
        eventually(port.exists, "the server")
        ip(f"-n {name} link set lo down")
        process = sync(
            f'uplink = "cloudevents:http://127.0.0.1:{port.read_text()}/"', wrapper=inside
        )
        process.says("uplink: 127.0.0.1", timeout=30)
        time.sleep(10)  # the back-off has grown to half a minute or more
        ip(f"-n {name} link set lo up")
        up = time.monotonic()
        eventually(lambda: waiting(store) == 0, "everything sent", 15)
        assert time.monotonic() - up < 12
        process.stop()
    finally:
        if server:
            server.kill()
            server.wait()
        ip(f"netns delete {name}")


HERE = ROOT / "Tests" / "integration"
SERVER = """
import pathlib, sys, time
from receiver import Receiver
server = Receiver()
path = pathlib.Path(sys.argv[1])
path.with_suffix(".new").write_text(str(server.port))
path.with_suffix(".new").rename(path)
time.sleep(60)
"""


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True, capture_output=True)


# MARK: what a server says


def refusing(status: str, *fields: str):
    text = "".join(f"{field}\r\n" for field in fields)
    return lambda _: f"HTTP/1.1 {status}\r\n{text}Content-Length: 0\r\n\r\n".encode()


def test_410_stops_it_until_the_address_changes(sync, store, receiver):
    gone, there = receiver(answer=refusing("410 Gone")), receiver()
    before = waiting(store)
    process = sync(uplink(gone, 'interval = "1s"'))
    process.says("it wants no more, and gets no results; an alert goes at once, and once an hour")
    eventually(process.rests, "its rest")
    count = gone.requests
    time.sleep(4)
    assert gone.requests == count == 3, "the batch, and two records alone"
    process.stop()
    assert sync(uplink(gone), "--once").ends() == 1
    assert gone.requests == 3 and waiting(store) == before
    assert sync(uplink(there), "--once").ends() == 0
    assert waiting(store) == 0


def test_retry_after_is_obeyed_across_restarts(sync, store, receiver):
    """Not before its time, neither by the same process nor by the next."""
    times: list[float] = []

    def answer(_):
        times.append(time.monotonic())
        if len(times) == 1:
            return refusing("503 Busy", "Retry-After: 4")(None)

    server = receiver(answer=answer)
    process = sync(uplink(server, 'interval = "2s"'))
    eventually(lambda: times, "the first request")
    process.says("asked again in 4 s")
    process.stop()
    process = sync(uplink(server), "--once")
    assert process.ends() == 1 and "left alone" in process.log
    assert len(times) == 1
    process = sync(uplink(server, 'interval = "2s"'))
    eventually(lambda: len(times) > 1, "the second request", 20)
    assert 4 <= times[1] - times[0] < 16
    eventually(lambda: waiting(store) == 0, "everything sent")
    process.stop()


@pytest.mark.parametrize("status", ["401 No", "403 No", "404 No"])
def test_a_refusal_of_the_board_costs_no_record(sync, store, receiver, status):
    server = receiver(answer=refusing(status))
    before = waiting(store)
    process = sync(uplink(server, 'interval = "5s"'))
    process.says(status[:3])
    time.sleep(3)
    assert server.requests == 3, "the next try is at the next interval"
    assert waiting(store) == before
    process.stop()


def test_trouble_is_told_once_and_its_end_too(sync, store, receiver):
    failing = [True]
    server = receiver(answer=lambda _: refusing("500 Oops")(None) if failing[0] else None)
    process = sync(uplink(server, 'interval = "1s"'))
    eventually(lambda: server.requests >= 5, "five tries", 30)
    failing[0] = False
    process.says("well again")
    log = process.stop()
    assert log.count("answers 500") == 1
    assert waiting(store) == 0


# MARK: budgets and the gate


def test_attempts_a_day(sync, store, receiver):
    server = receiver(answer=refusing("500 Oops"))
    process = sync(uplink(server, 'interval = "1s"\nattempts_per_day = 3'))
    process.says("today's budget is spent")
    time.sleep(3)
    count = server.requests
    assert 3 <= count <= 3 * 4, "a batch and three records alone in each round"
    process.stop()
    process = sync(uplink(server, "attempts_per_day = 3"), "--once")
    assert process.ends() == 1 and "budget" in process.log
    assert server.requests == count


def test_where_nothing_is_sent_nothing_is_spent(sync, store, receiver, folder):
    """Neither an attempt nor the flash."""
    server = receiver()
    settings = uplink(server, "attempts_per_day = 2")
    assert sync(settings, "--once").ends() == 0
    before = (folder / "sync.json").stat().st_mtime_ns
    for _ in range(3):
        time.sleep(1.1)
        assert sync(settings, "--once").ends() == 0
    assert (folder / "sync.json").stat().st_mtime_ns == before
    add_records(store, 1)
    assert sync(settings, "--once").ends() == 0
    assert waiting(store) == 0
    add_records(store, 1)
    process = sync(settings, "--once")
    assert process.ends() == 1 and "budget" in process.log


def test_bytes_a_day(sync, store, receiver):
    """64 KiB go, what is more stays, and nothing is sent twice the day after."""
    add_records(store, 2000)
    before = waiting(store)
    server = receiver()
    process = sync(uplink(server, 'bytes_per_day = "64KiB"'), "--once")
    assert process.ends() == 1 and "spent" in process.log
    assert waiting(store) > 0
    requests = server.requests
    assert sync(uplink(server, 'bytes_per_day = "64KiB"'), "--once").ends() == 1
    assert server.requests == requests
    assert sync(uplink(server), "--once").ends() == 0
    assert len(server.events) == before and not server.conflicts


def test_a_gate_that_is_a_command(sync, store, receiver, folder):
    gate = folder / "gate"
    gate.write_text("#!/bin/sh\ntest -e open\n".replace("open", str(folder / "open")))
    gate.chmod(0o755)
    server = receiver()
    process = sync(uplink(server, 'gate = "exec:gate"'), "--once")
    assert process.ends() == 1 and "the gate is closed" in process.log
    assert not server.requests
    (folder / "open").touch()
    assert sync(uplink(server, 'gate = "exec:gate"'), "--once").ends() == 0
    assert waiting(store) == 0


def test_a_gate_that_is_a_sensor(sync, store, start, receiver, socket_line):
    """The core says what the sensor's latest value is; without a core the gate is closed."""
    server = receiver()
    settings = uplink(server, 'gate = "sensor:gauge.level below 0.5"')
    process = sync(settings, "--once")
    assert process.ends() == 1 and "the core does not answer" in process.log
    agent = start(more=outbox.configuration())
    process = sync(settings, "--once")
    assert process.ends() == 1 and "no fresh value" in process.log
    subscriber, line = agent.subscribe(), socket_line()
    line.send_samples([b"0.7\n"], subscriber)
    process = sync(settings, "--once")
    assert process.ends() == 1 and "gauge.level is 0.7" in process.log
    line.send_samples([b"0.3\n"], subscriber)
    assert sync(settings, "--once").ends() == 0
    assert server.events
    agent.stop()


# MARK: models from a folder


@pytest.fixture
def board(run, folder):
    return Board(run, folder)


def folder_settings(board, more: str = "") -> str:
    return f'registry = "dir:{board.stick}"\ntrust = "{board.trust}"\n{more}'


def test_models_from_a_folder(sync, start, board):
    """A version that is put onto the stick scores in the running agent."""
    board.bundle("2")
    agent = start(more=outbox.configuration())
    process = sync(folder_settings(board, 'interval = "1s"'))
    agent.says("level/2 scores from sample")
    board.bundle("3")
    agent.says("level/3 scores from sample")
    log = process.stop()
    assert board.active() == "3" and not board.staged()
    assert "level/3 is installed and active" in log
    agent.stop()


def test_what_is_refused_is_not_tried_again(sync, board, run, folder):
    """Until a key that vouches for it is trusted."""
    board.bundle("2")
    (board.trust / "owner.pem").rename(folder / "owner.pem")
    run("keys", "new", "--private", folder / "other", "--public", board.trust / "other.pem")
    process = sync(folder_settings(board), "--once")
    assert process.ends() == 0 and "level/2" in process.log, process.log
    assert board.active() == "1"
    status = run("sync", "--config", folder / "edgeagent.toml", "--status").stdout
    assert "refused: " in status
    process = sync(folder_settings(board), "--once")
    assert process.ends() == 0 and process.log == ""
    (folder / "owner.pem").rename(board.trust / "owner.pem")
    assert sync(folder_settings(board), "--once").ends() == 0
    assert board.active() == "2"


def test_a_pinned_version_stays(sync, board, run, folder):
    board.does("pin", "level")
    board.bundle("2")
    assert sync(folder_settings(board), "--once").ends() == 0
    assert board.active() == "1"
    assert "held back: pinned at 1" in run(
        "sync", "--config", folder / "edgeagent.toml", "--status"
    ).stdout
    board.does("unpin", "level")
    assert sync(folder_settings(board), "--once").ends() == 0
    assert board.active() == "2"


def test_without_a_key_nothing_is_installed(sync, board):
    board.bundle("2")
    (board.trust / "owner.pem").unlink()
    process = sync(folder_settings(board), "--once")
    assert process.ends() == 1 and str(board.trust) in process.log
    assert board.active() == "1"


def test_keys_that_are_gone_for_a_while_refuse_no_bundle(sync, board):
    """Their folder is moved away while the bundle comes, and back: the bundle is none the worse."""
    if not shutil.which("strace"):
        absent("strace is missing: Tests/integration/install-tools")
    board.bundle("2")
    slow = ["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync"]
    slow += ["-e", "inject=fsync:delay_enter=300000"]
    process = sync(folder_settings(board), "--once", wrapper=slow)
    eventually(lambda: list(board.models.glob(".staging/download-*")), "the bundle comes")
    board.trust.rename(board.folder / "aside")
    assert process.ends() == 1 and str(board.trust) in process.log
    (board.folder / "aside").rename(board.trust)
    assert sync(folder_settings(board), "--once").ends() == 0
    assert board.active() == "2"


# MARK: secrets, memory, time, ends


def test_headers_go_to_their_server_alone(sync, store, board, folder, receiver):
    (folder / "token").write_text("Authorization: Bearer abc\n")
    server = receiver()
    settings = uplink(server, 'uplink_headers = "credential:ingest"')
    process = sync(settings, "--once")
    assert process.ends() == 1 and "credential:ingest: no such credential" in process.log
    credentials = folder / "credentials"
    credentials.mkdir()
    (credentials / "sync_ingest").write_text("Authorization: Bearer xyz\n")
    environment = {"CREDENTIALS_DIRECTORY": str(credentials)}
    assert sync(settings, "--once", environment=environment).ends() == 0
    assert b"Authorization: Bearer xyz" in server.heads[-1]
    add_records(store, 1)
    assert sync(uplink(server, 'uplink_headers = "token"'), "--once").ends() == 0
    assert b"Authorization: Bearer abc" in server.heads[-1]


@pytest.mark.timeout(180)
def test_its_memory_is_small_whatever_waits(sync, store, receiver, capsys, tmp_path):
    """Two megabytes of records over TLS."""
    certificates = Certificates(tmp_path / "tls")
    certificate, key = certificates.sign("server")
    server = Receiver(tls=tls_context(certificate, key))
    add_records(store, 2_000, body=json.dumps({"type": "debug", "text": "x" * 1000}))
    process = sync(uplink(server, f'ca = "{certificates.authority}"'))
    eventually(lambda: waiting(store) == 0, "everything sent", 120)
    say(capsys, f"resident memory with a backlog, over TLS: {process.memory_kib()} KiB at most")
    assert process.memory_kib() <= 8 * 1024
    process.stop()
    server.close()


HOSTILE = {
    "endless head": [b"HTTP/1.1 200 OK\r\n", *[b"X-A: " + b"a" * 8000 + b"\r\n"] * 2000],
    "endless line": [b"HTTP/1.1 200 " + b"a" * 65536] * 200,
    "endless body": [b"HTTP/1.1 200 OK\r\n\r\n", *[b"b" * 65536] * 1000],
    "announced body": [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"c" * 65536],
    "endless chunks": [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        *[b"10000\r\n" + b"d" * 65536 + b"\r\n"] * 1000,
    ],
    "garbage": [bytes(range(256)) * 100],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_server_gets_nowhere(sync, store, name):
    """Neither memory nor records; the process is there afterwards."""
    server = Peer(answering(*HOSTILE[name]))
    before = waiting(store)
    process = sync(f'uplink = "cloudevents:http://127.0.0.1:{server.port}/"\ninterval = "1s"')
    eventually(lambda: server.connections >= 3, "three tries", 30)
    assert process.memory_kib() <= 8 * 1024
    assert waiting(store) == before
    process.stop()
    server.close()


@pytest.mark.alone
def test_it_ends_at_once_when_told(sync, store):
    """In the middle of a request that nobody answers."""
    silent = Peer(lambda connection: threading.Event().wait(20))
    process = sync(f'uplink = "cloudevents:http://127.0.0.1:{silent.port}/"\ninterval = "1s"')
    eventually(lambda: silent.connections, "a request", 20)
    eventually(process.rests, "its wait for an answer")
    before = time.monotonic()
    process.stop()
    assert time.monotonic() - before < 1
    silent.close()


@pytest.fixture
def faked():
    """The ordinary build, whose C library can be given another clock; what ships is static."""
    executable = ROOT / ".build" / "debug" / "edgeagent"
    if not executable.exists():
        absent("the ordinary build is not there: swift build")
    return [str(executable)]


class WallClock:
    """What a process and those after it take for the wall's time."""

    def __init__(self, folder, text):
        [library] = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
        self._file = folder / "clock"
        self.set(text)
        self.environment = {
            "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip

    def set(self, text):
        self._file.write_text(text + "\n")


YEARS = [(1970, None), (2038, "has expired")]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("year, says", YEARS)
def test_sync_with_a_wrong_clock(
    sync, store, faked, folder, tmp_path, receiver, year, says, capsys
):
    """1970: the floor of trusted time stands in. 2038: it waits, and is well one poll after the
    clock is."""
    certificates = Certificates(tmp_path / "tls", since="2026-10-01")
    certificate, key = certificates.sign("server", begins="20261101000000Z", ends="20361231000000Z")
    server = receiver(tls=tls_context(certificate, key))
    clock = WallClock(folder, f"@{year}-02-01 00:00:00")
    settings = uplink(server, f'ca = "{certificates.authority}"\ninterval = "5s"')
    process = sync(settings, command=faked, environment=clock.environment)
    if says:
        process.says(says)
        assert not server.events
        clock.set("+0")
    returned = time.monotonic()
    eventually(lambda: waiting(store) == 0, "everything sent", 20)
    seconds = time.monotonic() - returned
    say(capsys, f"{year}: everything sent after {seconds:.1f} s (poll 5 s)")
    assert seconds < 8
    process.stop()
    assert all(event["time"].startswith(time.strftime("%Y")) for event in server.bodies)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("year", [year for year, _ in YEARS])
def test_alerts_with_a_wrong_clock(sync, start, faked, folder, socket_line, receiver, year):
    """They are raised as ever; when the clock has come back, what is sent has the right time."""
    clock = WallClock(folder, f"@{year}-02-01 00:00:00")
    agent = start(
        more=outbox.configuration(), command=faked, environment=clock.environment,
    )  # fmt: skip
    subscriber = agent.subscribe()
    line = socket_line()
    for index in range(1, 4):
        line.send(EPISODE)
        subscriber.events("alert", 2 * index)
    outbox.waits_for(folder / "outbox.db", ALERT, 6)
    stored = outbox.query(folder / "outbox.db", "SELECT DISTINCT time IS NULL FROM record")
    assert stored == [(1 if year == 1970 else 0,)]
    before = time.time()
    server = receiver()
    assert sync(uplink(server), "--once").ends() == 0
    alerts = [event for event in server.bodies if event["type"] == "io.edgeagent.alert"]
    assert len(alerts) == 6
    for event in alerts:
        stamp = datetime.fromisoformat(event["time"]).timestamp()
        assert before - 60 < stamp < before + 1, event["time"]
    agent.stop()
