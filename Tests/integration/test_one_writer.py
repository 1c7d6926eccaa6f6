"""Goal: one process at a time writes the outbox, so that a fault of SQLite with two of them cannot
come about; and nobody else needs the file.
Method: SQLite itself, as the executables link it, with and without the lock; then the shipped
executable, and what its processes open, lock and refuse."""

import json
import os
import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest

import outbox
from agent import PATIENCE, eventually
from conftest import HOST, ROOT, absent, say
from outbox import ALERT, AUDIT
from receiver import Receiver
from test_outbox import EPISODE, is_long, with_report

CHECKPOINTS = 100_000 if is_long() else 1_500
"""Of the process that holds the lock for each; the other one commits meanwhile."""


@pytest.fixture
def store(folder: Path) -> Path:
    return folder / "outbox.db"


@pytest.fixture
def receiver():
    made: list[Receiver] = []

    def make(**options) -> Receiver:
        made.append(Receiver(keeps=True, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def stress(tmp_path_factory) -> Path:
    """Two processes on the SQLite that the executables link."""
    swift = shutil.which("swiftc")
    sdk = subprocess.run(
        [ROOT / "packaging" / "static-sdk"], capture_output=True, text=True, check=False
    )
    if not swift or sdk.returncode:
        absent("the static SDK is missing: make static")
    sysroot = Path(sdk.stdout.strip()) / "edge-embedded.artifactbundle" / HOST / "sysroot"
    program = tmp_path_factory.mktemp("wal") / "wal_reset"
    words = [Path(swift).resolve().parent / "clang", f"--target={HOST}-linux-gnu"]
    words += ["--sysroot", sysroot, "-fuse-ld=lld", "-static", "-O2", "-Wall", "-Werror"]
    words += [Path(__file__).with_name("wal_reset.c"), "-lsqlite3", "-lm", "-o", program]
    subprocess.run(words, check=True)
    return program


def has_the_fault(version: tuple[int, ...]) -> bool:
    if version[:2] == (3, 44):
        return version < (3, 44, 6)
    if version[:2] == (3, 50):
        return version < (3, 50, 7)
    return version < (3, 51, 3)


@pytest.mark.timeout(3600)
def test_one_lock_keeps_the_fault_of_sqlite_away(stress, tmp_path, capsys):
    """Without the lock the same program on the same library damages the file: the control. With a
    library that has no such fault there is no control, and the test says so."""
    version = None
    for attempt in range(5):
        file = tmp_path / f"control-{attempt}.db"
        words = [stress, file, "unlocked", "20000"]
        control = subprocess.run(words, capture_output=True, text=True, timeout=600)
        say(capsys, control.stdout.strip())
        assert control.returncode in (0, 1), control.stderr
        version = tuple(int(part) for part in control.stdout.split()[1].rstrip(",").split("."))
        if control.returncode == 1:
            break
    assert (control.returncode == 1) == has_the_fault(version)
    words = [stress, tmp_path / "cure.db", "locked", str(CHECKPOINTS)]
    cure = subprocess.run(words, capture_output=True, text=True, timeout=3000)
    say(capsys, cure.stdout.strip())
    assert cure.returncode == 0, cure.stdout + cure.stderr
    assert f"after {CHECKPOINTS} checkpoints" in cure.stdout


def opened(command: list[str], trace: Path) -> set[str]:
    """The files that a command opens to write."""
    words = ["strace", "-f", "-qq", "-y", "-e", "trace=openat,open", "-o", str(trace), *command]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    return {
        line.split('"')[1]
        for line in trace.read_text().splitlines()
        if ("O_RDWR" in line or "O_WRONLY" in line) and " = -1 " not in line
    }


def test_who_sends_while_the_agent_runs_opens_no_file(
    start, store, native, folder, socket_line, receiver
):
    """The records come through the door: `store send` opens neither the outbox nor its log."""
    if not shutil.which("strace"):
        absent("strace is missing: Tests/integration/install-tools")
    agent = start(configuration=with_report("all"))
    socket_line().send(EPISODE * 5)
    outbox.waits_for(store, ALERT, 10)
    server = receiver()
    words = [*native, "store", "send", f"cloudevents:http://127.0.0.1:{server.port}/"]
    words += ["--store", str(store), "--agent", "bench-1"]
    files = opened(words, folder / "trace")
    assert not {file for file in files if "outbox.db" in file}, files
    assert len([e for e in server.bodies if e["type"].endswith("alert")]) == 10
    eventually(lambda: outbox.query(store, "SELECT count(*) FROM record") == [(0,)], "sent")
    agent.stop()
    # Nobody has it now: the command is the writer.
    columns = "record(kind, at, boot, source, body)"
    outbox.query(store, f"INSERT INTO {columns} VALUES (4, 1, 'b', 's', '{{}}')")
    files = opened(words, folder / "trace")
    assert str(store) in files and f"{store}.lock" in files, files
    assert outbox.query(store, "SELECT count(*) FROM record") == [(0,)]


def test_the_log_is_moved_by_the_writer_alone(start, store, socket_line, run, receiver):
    """Full speed into the smallest outbox, drained again and again: sound, nothing missing."""
    agent = start(configuration=with_report("all").replace("8MiB", "1MiB"))
    subscriber = agent.subscribe()
    server, line = receiver(), socket_line()
    outbox.waits_for(store, AUDIT, 2)
    for index in range(1, 31):
        line.send(EPISODE * 4)
        result = run(
            "store", "send", f"cloudevents:http://127.0.0.1:{server.port}/", "--store", store,
            "--agent", "bench-1",
        )
        assert result.returncode == 0, result.stderr
        assert json.loads(run("store", "verify", "--json", "--store", store).stdout)["ok"] is True
        subscriber.events("alert", 8 * index)
    eventually(
        lambda: run(
            "store", "send", f"cloudevents:http://127.0.0.1:{server.port}/", "--store", store,
            "--agent", "bench-1",
        ).returncode == 0
        and len([e for e in server.bodies if e["type"].endswith("alert")]) == 240,
        "every alert sent",
    )
    assert outbox.is_sound(store)
    agent.stop()


def test_a_second_agent_on_one_state_folder_is_refused(start, store, folder, native, socket_line):
    """It touches nothing of the first one's."""
    agent = start(more=outbox.configuration())
    subscriber = agent.subscribe()
    second = subprocess.run(
        [*native, "run", "--config", str(folder / "edgeagent.toml")],
        capture_output=True, text=True, timeout=PATIENCE,
    )
    assert second.returncode == 1
    assert "another edgeagent run works in this state folder" in second.stderr
    socket_line().send(EPISODE)
    subscriber.events("alert", 2)
    outbox.waits_for(store, ALERT, 2)
    agent.stop()
    # A lock dies with its process.
    agent.close()
    third = start(more=outbox.configuration())
    third.process.kill()
    third.close()
    start(more=outbox.configuration()).stop()


def test_a_file_that_another_process_holds_is_waited_for(start, store, folder, socket_line):
    """The agent's records wait meanwhile, and are written once the other one lets go."""
    import fcntl

    with open(f"{store}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        agent = start(more=outbox.configuration())
        subscriber = agent.subscribe()
        line = socket_line()
        line.send(EPISODE)
        subscriber.events("alert", 2)
        agent.says("another process is writing")
        assert not store.exists()
    outbox.waits_for(store, ALERT, 2)
    assert len(outbox.alerts(store)) == 2
    agent.stop()


# MARK: the door


def ask(path: Path, body: bytes, timeout: float = 2) -> bytes:
    """What the core answers; b"" where it hangs up."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(timeout)
        peer.connect(str(path))
        peer.sendall(struct.pack("<I", len(body)) + body)
        head = peer.recv(4)
        return peer.recv(struct.unpack("<I", head)[0]) if len(head) == 4 else b""


def test_the_door_answers_the_agents_user_and_root_alone(start, store):
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("it needs root, to be another user")
    agent = start(more=outbox.configuration())
    outbox.waits_for(store, AUDIT, 2)
    door = Path(f"{store}.sock")
    assert ask(door, b"\x01")[:1] == b"\x01"
    store.parent.chmod(0o711)
    script = (
        "import socket, sys\n"
        "peer = socket.socket(socket.AF_UNIX); peer.settimeout(5); peer.connect(sys.argv[1])\n"
        "try:\n"
        "    peer.sendall(b'\\x01\\0\\0\\0\\x01'); print(len(peer.recv(64)))\n"
        "except OSError:\n"
        "    print(0)\n"
    )
    words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3"]
    stranger = subprocess.run(
        [*words, "-c", script, door], capture_output=True, text=True, timeout=PATIENCE
    )
    assert stranger.stdout.strip() == "0", stranger
    agent.stop()


def test_a_peer_that_never_reads_disturbs_nobody(start, store, socket_line, run, receiver):
    agent = start(more=outbox.configuration())
    line, server = socket_line(), receiver()
    outbox.waits_for(store, AUDIT, 2)
    peers = []
    for _ in range(3):
        peer = socket.socket(socket.AF_UNIX)
        peer.setblocking(False)
        peer.connect(f"{store}.sock")
        try:
            for _ in range(5000):
                peer.send(struct.pack("<IBI", 5, 2, 256))
        except BlockingIOError:
            pass
        peers.append(peer)
    began = time.monotonic()
    line.send(EPISODE)
    outbox.waits_for(store, ALERT, 2)
    result = run(
        "store", "send", f"cloudevents:http://127.0.0.1:{server.port}/", "--store", store,
        "--agent", "bench-1",
    )
    assert result.returncode == 0, result.stderr
    assert len([e for e in server.bodies if e["type"].endswith("alert")]) == 2
    assert time.monotonic() - began < PATIENCE
    for peer in peers:
        peer.close()
    agent.stop()
