"""Goal: the outbox keeps every alert through faults of the process, the disk and the file; and no
fault of the outbox reaches an alert.
Method: the shipped executable, killed, starved and misled; its store read with SQLite."""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

import outbox
from agent import PATIENCE, Agent, eventually
from conftest import EVERYTHING, absent, level_configuration, say
from outbox import ALERT, ANOMALY, AUDIT, RECORDING, RESULT
from receiver import Receiver
from signals import RAISE, lines
from test_limits import allocations

EPISODE = lines(RAISE + [0.0] * 6)
"""One alert raised and cleared: two records."""


def is_long() -> bool:
    return bool(os.environ.get("EDGEAGENT_LONG"))


def seeded(purpose: str, capsys) -> random.Random:
    seed = int(os.environ.get("EDGEAGENT_SEED", random.randrange(1 << 32)))
    say(capsys, f"EDGEAGENT_SEED={seed} for {purpose}")
    return random.Random(seed)


@pytest.fixture
def store(folder: Path) -> Path:
    return folder / "outbox.db"


def with_report(policy: str) -> str:
    # A sensor that is silent while a disk comes back is no alert here.
    text = level_configuration("PORT", 'stale_after = "0s"', more=outbox.configuration())
    return text.replace('model = "level"', f'model = "level"\nreport = "{policy}"')


def test_an_alert_is_stored_with_its_history(start, store, socket_line):
    """Raised and cleared, the audit around them, in a file that every reader of SQLite can read."""
    agent = start(more=outbox.configuration())
    subscriber = agent.subscribe()
    socket_line().send(EPISODE)
    raised, cleared = outbox.waits_for(store, ALERT, 2)
    events = subscriber.events("alert", 2)
    assert [raised, cleared] == events
    agent.stop()
    assert [entry["action"] for entry in outbox.bodies(store, AUDIT)] == ["start", "model", "stop"]
    states = [entry["state"] for entry in outbox.bodies(store, ANOMALY)]
    assert "connected" in states
    assert outbox.is_sound(store)
    (row,) = outbox.query(store, "SELECT source, boot, time, at FROM record WHERE kind = 4 LIMIT 1")
    assert row[0] == "full" and row[1] == raised["boot"] and row[3] == raised["at"]
    assert abs(row[2] / 1e9 - time.time()) < 60


def test_the_shell_reads_it(start, store, socket_line):
    agent = start(more=outbox.configuration())
    socket_line().send(EPISODE)
    outbox.waits_for(store, ALERT, 2)
    shell = ["sqlite3", str(store), "SELECT count(*) FROM record WHERE kind = 4"]
    assert subprocess.run(shell, capture_output=True, text=True, check=True).stdout == "2\n"
    agent.stop()


def test_an_acknowledgement_is_in_the_audit(start, store, socket_line, run, folder):
    agent = start(alert='latch = true\noutputs = ["socket"]', more=outbox.configuration())
    subscriber = agent.subscribe()
    socket_line().send(EPISODE)
    subscriber.events("alert", state="raised")
    subscriber.events("sample", 16)
    done = run("alerts", "ack", "full", "--by", "Anna", "--config", folder / "edgeagent.toml")
    assert done.returncode == 0, done.stderr
    subscriber.events("alert", state="acknowledged")
    acts = eventually(
        lambda: [e for e in outbox.bodies(store, AUDIT) if e["action"] == "ack"], "audit"
    )
    assert acts[0]["by"] == "Anna" and acts[0]["uid"] == os.geteuid() and acts[0]["done"]
    agent.stop()


@pytest.mark.parametrize(
    ("policy", "expected"), [("all", 13), ("none", 0), ("every 10m", 1), ("change 0.3", 5)]
)
def test_results_are_stored_as_the_pipeline_says(start, store, socket_line, policy, expected):
    """Sixteen samples are thirteen windows."""
    agent = start(configuration=with_report(policy))
    subscriber = agent.subscribe()
    socket_line().send(EPISODE)
    subscriber.events("score", 13)
    agent.stop()
    results = outbox.bodies(store, RESULT)
    assert len(results) == expected, results
    assert all(r["type"] == "score" and r["model"] == "level/1" for r in results)


def test_a_summary_has_least_greatest_and_mean(start, store, socket_line):
    agent = start(configuration=with_report("summary 1h"))
    subscriber = agent.subscribe()
    socket_line().send(EPISODE)
    scores = subscriber.scores(13)
    agent.stop()
    (summary,) = outbox.bodies(store, RESULT)
    assert summary["windows"] == 13
    high = summary["scores"]["high"]
    assert (high["min"], high["max"]) == (min(scores), pytest.approx(max(scores)))
    assert high["mean"] == pytest.approx(sum(scores) / 13, abs=1e-4)


def test_storing_allocates_nothing_on_the_hot_thread(start, store, socket_line, either):
    """Every window stored, alerts raised: the count of the executable stays 0, and memory small."""
    agent = start(configuration=with_report("all"), command=either)
    subscriber = agent.subscribe()
    line = socket_line()
    for index in range(1, 21):
        line.send(EPISODE)
        subscriber.events("alert", 2 * index)
    outbox.waits_for(store, ALERT, 40)
    assert allocations(agent.stop()) == 0
    assert outbox.is_sound(store)


def test_its_memory_with_a_store_is_small(start, store, socket_line, capsys):
    agent = start(configuration=with_report("all"))
    subscriber = agent.subscribe()
    line = socket_line()
    for index in range(1, 101):
        line.send(EPISODE)
        subscriber.events("alert", 2 * index)
    outbox.waits_for(store, ALERT, 200)
    say(capsys, f"resident memory with a store {agent.memory_kib()} KiB")
    assert agent.memory_kib() <= 6 * 1024
    agent.stop()


@pytest.mark.timeout(3600)
def test_no_alert_is_lost_by_kill_9(start, store, socket_line, run, capsys):
    """What another process has seen in the outbox is there after every later kill, once; what
    subscribers were told is there without a hole, up to the last moments; and a server gets exactly
    what the outbox has, each once."""
    rounds = 1000 if is_long() else 200
    chance = seeded("moments of kill -9", capsys)
    seen: dict[int, str] = {}
    slowest, told_count, untold = 0.0, 0, 0
    # Room for all of them: at its cap the outbox drops the oldest, as it should.
    roomy = outbox.configuration(size="64MiB")
    for _ in range(rounds):
        before = max(seen, default=0)
        agent = start(more=roomy, publish='["alerts"]')
        slowest = max(slowest, time.monotonic() - agent.started)
        subscriber = agent.subscribe()
        line = socket_line()
        line.send(EPISODE * chance.randint(1, 20))
        time.sleep(chance.random() * 0.06)
        for sequence, body in outbox.query(store, "SELECT sequence, body FROM record WHERE kind=4"):
            assert seen.setdefault(sequence, body) == body
        agent.process.kill()
        agent.process.wait()
        line.close()
        agent.close()
        rows = dict(outbox.query(store, "SELECT sequence, body FROM record WHERE kind = 4"))
        lost = seen.keys() - rows.keys()
        assert not lost, f"{len(lost)} of {len(seen)} alerts lost"
        # What stood before is told again, and is no news.
        old = ("restored", "standing")
        new = [json.loads(rows[sequence]) for sequence in sorted(rows) if sequence > before]
        stored = [event for event in new if event["state"] not in old]
        told = [e for e in subscriber.messages if e["type"] == "alert" and e["state"] not in old]
        both = min(len(stored), len(told))
        assert stored[:both] == told[:both], "a hole among the alerts that were stored"
        told_count, untold = told_count + len(told), untold + len(told) - both
        seen |= rows
    assert outbox.is_sound(store)
    alerts = list(map(json.loads, seen.values()))
    names = [(b["boot"], b["at"], b["sample"], b["state"]) for b in alerts]
    assert len(names) == len(set(names)), "an alert is stored twice"
    server = Receiver(keeps=True)
    result = run("store", "send", server.uplink, "--config", store.with_name("edgeagent.toml"))
    server.close()
    assert result.returncode == 0, result.stderr
    ours = [event["data"] for event in server.bodies if event["type"] == "io.edgeagent.alert"]
    assert ours == alerts and len(server.events) == len(server.bodies)
    assert not outbox.losses(store)
    say(
        capsys,
        f"{rounds} kills, {len(seen)} alerts stored, sent and received once, 0 lost; "
        f"{told_count} told, {untold} of them in the moment of a kill; "
        f"start {slowest:.2f} s at most",
    )
    assert slowest < 2


@pytest.mark.timeout(300)
def test_the_cap_holds_and_loss_is_counted(start, store, socket_line):
    """1 MiB, far more results than fit: the file stays within, alerts stay, losses add up."""
    text = with_report("all").replace("8MiB", "1MiB").replace(EVERYTHING, '["alerts"]')
    agent = start(configuration=text)
    line = socket_line()
    for index in range(1, 201):
        line.send(EPISODE * 2)
        outbox.waits_for(store, ALERT, 4 * index)
    agent.stop()
    log = store.with_name("outbox.db-wal")
    size = store.stat().st_size + (log.stat().st_size if log.exists() else 0)
    assert size <= 1 << 20
    assert len(outbox.alerts(store)) == 800
    lost = outbox.losses(store)
    assert lost[("no room", RESULT)] > 0
    assert set(k for _, k in lost) <= {RECORDING, RESULT, ANOMALY}
    stored = len(outbox.bodies(store, RESULT))
    # What a reader keeps from being written for a moment, this test's own looks among them, counts
    # as a failure of the store.
    refused = sum(lost.get((reason, RESULT), 0) for reason in ("queue full", "store failed"))
    # On a machine that stood still the sensor had a gap, and a window begins anew after it.
    scored = int(re.search(r"([\d,]+) windows scored", agent.log)[1].replace(",", ""))
    assert stored + lost[("no room", RESULT)] + refused == scored >= 400 * 16 - 60
    reports = [b for b in outbox.bodies(store, AUDIT) if b["type"] == "loss"]
    assert reports and reports[0]["kind"] == "result"


@pytest.fixture
def small_disk(folder: Path):
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a small disk needs the right to mount one")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def accounts_for(store: Path, count: int):
    """Whether each of so many alerts is stored or counted as lost. Both go on while one looks."""

    def accounted() -> bool:
        lost = sum(n for (_, kind), n in outbox.losses(store).items() if kind == ALERT)
        return len(outbox.alerts(store)) + lost >= count

    return accounted


def test_a_full_disk_disturbs_no_alert(start, small_disk, socket_line):
    """The disk fills under the outbox: alerts go on, the log says so, and when there is room again
    the outbox goes on too and knows what it lost."""
    text = with_report("all").replace('path = "outbox.db"', 'path = "disk/outbox.db"')
    agent = start(configuration=text)
    store = small_disk / "outbox.db"
    subscriber = agent.subscribe()
    line = socket_line()
    line.send(EPISODE)
    outbox.waits_for(store, ALERT, 2)
    ballast = small_disk / "ballast"
    with open(ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    for index in range(2, 202):
        line.send(EPISODE)
        subscriber.events("alert", 2 * index)
    agent.says("alerts go on")
    ballast.unlink(missing_ok=True)
    agent.says("writing again", timeout=70)
    eventually(lambda: outbox.losses(store), "losses counted")
    # The outbox counts every alert that it does not hold.
    eventually(accounts_for(store, 402), "every alert accounted for")
    agent.stop()
    assert outbox.is_sound(store)


def test_a_read_only_store_disturbs_no_alert(start, folder, socket_line):
    """A folder in its place is as unwritable for root as for anybody."""
    (folder / "outbox.db").mkdir()
    agent = start(more=outbox.configuration())
    subscriber = agent.subscribe()
    line = socket_line()
    for index in range(1, 21):
        line.send(EPISODE)
        subscriber.events("alert", 2 * index)
    agent.says("alerts go on")
    agent.stop()


def test_a_read_only_disk_disturbs_no_alert(start, small_disk, socket_line):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    agent = start(more=outbox.configuration(path="disk/outbox.db"))
    subscriber = agent.subscribe()
    socket_line().send(EPISODE)
    subscriber.events("alert", 2)
    agent.says("alerts go on")
    agent.stop()


@contextlib.contextmanager
def ill(agent: Agent, error: str, calls: str):
    """While it lasts, these calls of the agent fail: strace answers them in the kernel's place."""
    if not shutil.which("strace"):
        absent("strace is missing: Tests/integration/install-tools")
    options = ["-f", "-qq", "-e", f"trace={calls}", "-e", f"inject={calls}:error={error}"]
    output = agent.folder / "strace"
    strace = subprocess.Popen(
        ["strace", *options, "-e", "signal=none", "-o", str(output), "-p", str(agent.process.pid)]
    )
    tasks = Path(f"/proc/{agent.process.pid}/task")

    def is_attached() -> bool:
        assert strace.poll() is None, "strace may not attach"
        states = [(task / "status").read_text() for task in tasks.iterdir()]
        return all(f"TracerPid:\t{strace.pid}" in state for state in states)

    eventually(is_attached, "strace attached")
    try:
        yield output
    finally:
        strace.send_signal(signal.SIGINT)
        strace.wait(PATIENCE)


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("error", "calls"),
    [
        ("EIO", "pwrite64"),
        ("EIO", "fdatasync,fsync"),
        ("EIO", "pwrite64,pread64,fdatasync,fsync,ftruncate"),
        ("ENOSPC", "pwrite64"),
    ],
)
def test_a_broken_disk_disturbs_no_alert(start, store, socket_line, error, calls):
    """Every alert goes out on time while the disk fails; the log says so; when the disk is well
    again the outbox goes on, has or counts every alert, and still has what was in it before."""
    agent = start(configuration=with_report("all"))
    subscriber = agent.subscribe()
    line = socket_line()
    line.send(EPISODE)
    before = outbox.waits_for(store, ALERT, 2)
    with ill(agent, error, calls) as trace:
        for index in range(2, 202):
            line.send(EPISODE)
            subscriber.events("alert", 2 * index)
        words = (f"{error} ", "INJECTED")
        eventually(lambda: all(word in trace.read_text() for word in words), error)
        agent.says("alerts go on")
    agent.says("writing again", timeout=90)
    eventually(accounts_for(store, 402), "every alert stored or counted", timeout=30)
    line.send(EPISODE)
    subscriber.events("alert", 404)
    last = subscriber.events("alert", 404)[-1]
    eventually(lambda: last in outbox.bodies(store, ALERT), "the next alert stored")
    agent.stop()
    stored = outbox.alerts(store)
    assert stored[:2] == before and outbox.is_sound(store)
    told = [event for event in subscriber.messages if event["type"] == "alert"]
    lost = sum(n for (_, kind), n in outbox.losses(store).items() if kind == ALERT)
    assert all(event in told for event in stored)
    assert len({(e["sample"], e["state"]) for e in stored}) == len(stored) == 404 - lost


@pytest.mark.timeout(600)
def test_single_errors_of_the_disk_lose_nothing(start, store, socket_line, capsys):
    """One of a hundred calls or two fails, at another place each time: none hangs the agent, loses
    an alert, or stores one twice."""
    if not shutil.which("strace"):
        absent("strace is missing: Tests/integration/install-tools")
    chance = seeded("calls that fail", capsys)
    calls = "pwrite64,fdatasync,ftruncate"
    failed = 0
    for _ in range(40 if is_long() else 3):
        for file in store.parent.glob("outbox.db*"):
            file.unlink()
        first, step = chance.randint(1, 40), chance.randint(60, 150)
        trace = store.with_name("strace")
        wrapper = ["strace", "-f", "-qq", "-e", f"trace={calls}", "-e", "signal=none"]
        wrapper += ["-e", f"inject={calls}:error=EIO:when={first}+{step}", "-o", str(trace)]
        agent = start(configuration=with_report("all"), wrapper=wrapper)
        subscriber = agent.subscribe()
        line = socket_line()
        for index in range(1, 61):
            line.send(EPISODE)
            subscriber.events("alert", 2 * index)
        what = f"every alert stored or counted ({first}+{step})"
        eventually(accounts_for(store, 120), what, timeout=120)
        children = Path(f"/proc/{agent.process.pid}/task/{agent.process.pid}/children").read_text()
        os.kill(int(children.split()[0]), signal.SIGTERM)
        assert agent.ends() == 0, agent.log
        line.close()
        agent.close()
        failed += trace.read_text().count("INJECTED")
        assert outbox.is_sound(store)
        stored = [(e["sample"], e["state"]) for e in outbox.alerts(store)]
        assert len(stored) == len(set(stored))
    assert failed > 0
    say(capsys, f"{failed} calls failed")


@pytest.fixture
def filled(start, store, socket_line) -> bytes:
    """A store as a stopped agent leaves it."""
    agent = start(configuration=with_report("all"))
    line = socket_line()
    subscriber = agent.subscribe()
    for index in range(1, 41):
        line.send(EPISODE)
        subscriber.events("alert", 2 * index)
    agent.stop()
    agent.close()
    assert not store.with_name("outbox.db-wal").exists()
    return store.read_bytes()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("harm", ["flip", "truncate"])
def test_a_broken_file_stops_nothing(start, store, folder, filled, socket_line, capsys, harm):
    """Each 512 bytes flipped, or the file cut there: the agent starts, alerts, stores them; it
    quarantines a file that it can tell is broken."""
    places = list(range(0, len(filled), 512))
    chance = seeded("broken places", capsys)
    if not is_long():
        places = sorted({0, *chance.sample(places, 12)})
    quarantined = 0
    for place in places:
        for file in folder.glob("outbox.db*"):
            file.unlink()
        data = bytearray(filled)
        if harm == "flip":
            for index in range(place, min(place + 512, len(data))):
                data[index] ^= 0xFF
        else:
            del data[place:]
        store.write_bytes(data)
        agent = start(more=outbox.configuration())
        assert time.monotonic() - agent.started < 5
        subscriber = agent.subscribe()
        line = socket_line()
        line.send(EPISODE)
        events = [
            subscriber.events("alert", state=state)[0] for state in ("raised", "cleared")
        ]
        agent.stop()
        stored = [body for body in outbox.bodies(store, ALERT) if body in events]
        assert stored == events, f"damage at {place}"
        line.close()
        agent.close()
        if (folder / "outbox.db.bad-1").exists():
            quarantined += 1
            (told,) = [e for e in outbox.bodies(store, ALERT) if e["type"] == "store"]
            assert told["state"] == "quarantined"
            assert outbox.is_sound(store)
    say(capsys, f"{len(places)} places ({harm}), {quarantined} files quarantined")
    assert quarantined > 0


def test_a_foreign_database_is_quarantined(start, store, folder, socket_line):
    with closing(sqlite3.connect(store)) as foreign, foreign:
        foreign.executescript("CREATE TABLE mine(a); INSERT INTO mine VALUES (7)")
    agent = start(more=outbox.configuration())
    agent.says("another program")
    socket_line().send(EPISODE)
    outbox.waits_for(store, ALERT, 3)
    agent.stop()
    assert outbox.query(folder / "outbox.db.bad-1", "SELECT a FROM mine") == [(7,)]


def test_the_command_store(start, store, folder, socket_line, run):
    """info, verify, export, drain; drain deletes only what it has written."""
    agent = start(configuration=with_report("all"))
    subscriber = agent.subscribe()
    line = socket_line()
    line.send(EPISODE * 10)
    subscriber.events("alert", 20)
    outbox.waits_for(store, ALERT, 20)
    agent.stop()
    where = ["--store", str(store)]
    info = json.loads(run("store", "info", "--json", *where).stdout)
    kinds = {entry["kind"]: entry["records"] for entry in info["kinds"]}
    assert kinds["alert"] == 20 and info["bytes"] <= info["bytes_max"] == 8 << 20
    told = run("store", "info", "--config", folder / "edgeagent.toml").stdout
    assert "hours at this rate" in told, told
    assert json.loads(run("store", "verify", "--json", *where).stdout)["ok"] is True
    exported = [json.loads(text) for text in run("store", "export", *where).stdout.splitlines()]
    assert len(exported) == sum(kinds.values())
    assert [e["body"] for e in exported if e["kind"] == "alert"] == outbox.bodies(store, ALERT)
    file = folder / "drained.jsonl"
    result = run("store", "drain", "--output", str(file), *where)
    assert result.returncode == 0, result.stderr
    assert [json.loads(text) for text in file.read_text().splitlines()] == exported
    assert outbox.query(store, "SELECT count(*) FROM record") == [(0,)]
    again = run("store", "drain", "--output", str(folder / "no" / "file"), *where)
    assert again.returncode == 0 and "0 records" in again.stdout


def test_drain_to_a_full_disk_deletes_nothing(start, store, socket_line, run):
    agent = start(more=outbox.configuration())
    socket_line().send(EPISODE)
    outbox.waits_for(store, ALERT, 2)
    agent.stop()
    before = outbox.query(store, "SELECT count(*) FROM record")
    for file in ("/dev/full", "/nowhere/file"):
        result = run("store", "drain", "--output", file, "--store", str(store))
        assert result.returncode == 1 and file in result.stderr
    assert outbox.query(store, "SELECT count(*) FROM record") == before


def test_verify_finds_a_broken_page(store, filled, run):
    data = bytearray(filled)
    data[3 * 4096 : 4 * 4096] = bytes(4096)
    store.write_bytes(data)
    result = run("store", "verify", "--store", str(store))
    assert result.returncode == 1 and str(store) in result.stderr


def test_a_missing_store_is_told(run, folder):
    result = run("store", "info", "--store", str(folder / "none.db"))
    assert result.returncode == 1 and "none.db" in result.stderr
