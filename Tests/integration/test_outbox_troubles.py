"""Goal: what others do to the outbox while the agent runs costs no alert: a reader that keeps its
transaction open, a file that is taken away, pages that are written over.
Method: the shipped executable; SQLite and the shell beside it."""

import json
import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

import outbox
from agent import eventually
from conftest import say
from outbox import ALERT, AUDIT
from test_outbox import EPISODE, is_long, with_report

HELD = 500
"""Episodes while a reader holds the log: each is two transitions."""


@pytest.fixture
def store(folder: Path) -> Path:
    return folder / "outbox.db"


@pytest.fixture
def held(store):
    """A reader that keeps its transaction open until it is closed."""
    readers = []

    def hold() -> sqlite3.Connection:
        reader = sqlite3.connect(store, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM record").fetchone()
        readers.append(reader)
        return reader

    yield hold
    for reader in readers:
        reader.close()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("end", ["lets go", "killed meanwhile"])
def test_a_reader_that_holds_the_log_costs_no_alert(
    start, store, socket_line, held, capsys, end
):
    # What does not fit the reserve of a small outbox waits in memory.
    size = 1 if end == "lets go" else 8
    agent = start(configuration=with_report("all").replace("8MiB", f"{size}MiB"))
    subscriber = agent.subscribe()
    line = socket_line()
    line.send(EPISODE)
    outbox.waits_for(store, ALERT, 2)
    reader = held()
    for index in range(2, HELD + 2):
        line.send(EPISODE)
        subscriber.events("alert", 2 * index)
    agent.says("a reader has held its log")
    files = [file for file in store.parent.glob("outbox.db*") if not file.name.endswith("-shm")]
    assert sum(file.stat().st_size for file in files) <= size << 20
    told = [event for event in subscriber.messages if event["type"] == "alert"]
    if end == "lets go":
        reader.close()
    else:
        # What is in the rings at this moment is in no file yet: until the reserve is at rest.
        reserve = store.with_name("outbox.db-reserve")
        before = 0
        while before != (before := reserve.read_bytes().count(b'"state"')):
            time.sleep(1)
        agent.process.kill()
        agent.close()
        reader.close()
        agent = start(configuration=with_report("all"))
    waiting = eventually(
        lambda: (found := outbox.alerts(store)) and len(found) >= len(told) and found,
        "every transition in the outbox", 90,
    )
    # The agent that begins tells what it restored.
    kept = [event for event in waiting if event["state"] != "restored"]
    key = lambda e: (e["episode"], e["at"], e["state"])
    assert sorted(map(key, kept)) == sorted(map(key, told))
    assert not {kind for _, kind in outbox.losses(store)} & {ALERT, AUDIT}
    agent.stop()
    assert outbox.is_sound(store)
    say(capsys, f"{len(told)} transitions while a reader held the log ({end}): all in the outbox")


@pytest.mark.parametrize("what", ["removed", "replaced", "emptied", "folder moved"])
def test_a_file_that_is_taken_away_is_begun_anew(start, folder, socket_line, what):
    (folder / "kept").mkdir()
    store = folder / "kept" / "outbox.db"
    agent = start(more=outbox.configuration(path="kept/outbox.db"))
    line = socket_line()
    line.send(EPISODE)
    outbox.waits_for(store, ALERT, 2)
    began = time.monotonic()
    match what:
        case "removed":
            for file in store.parent.glob("outbox.db*"):
                file.unlink()
        case "replaced":
            copy = store.with_name("other")
            copy.write_bytes(b"no database at all" * 1000)
            copy.rename(store)
        case "emptied":
            new = store.with_name("new")
            new.touch()
            new.rename(store)
        case "folder moved":
            store.parent.rename(folder / "gone")
            (folder / "kept").mkdir()
    agent.says("removed or replaced")
    assert time.monotonic() - began < 3
    line.send(EPISODE)
    rows = outbox.waits_for(store, ALERT, 3)
    (told,) = [row for row in rows if row["type"] == "store" and row["state"] == "replaced"]
    assert told["lost"] >= 4, "two transitions and the audit"
    lost = outbox.losses(store)
    assert lost["store failed", ALERT] == 2
    agent.stop()
    assert outbox.is_sound(store)


@pytest.mark.timeout(120)
def test_pages_that_are_written_over_are_found(start, store, socket_line, run):
    """By the slow reading: nobody asks for these records."""
    agent = start(configuration=with_report("all"))
    subscriber = agent.subscribe()
    line = socket_line()
    for index in range(1, 101):
        line.send(EPISODE)
        subscriber.events("alert", 2 * index)
    outbox.waits_for(store, ALERT, 200)
    # Until it is in the file and not in the log alone.
    agent.stop()
    agent.close()
    agent = start(configuration=with_report("all"))
    pages = store.stat().st_size // 4096
    assert pages > 20
    with open(store, "r+b") as file:
        file.seek(pages // 2 * 4096)
        file.write(os.urandom(3 * 4096))
    agent.says("kept as", timeout=60)
    line = socket_line()
    line.send(EPISODE)
    rows = outbox.waits_for(store, ALERT, 3)
    assert "quarantined" in {row["state"] for row in rows}
    agent.stop()
    assert outbox.is_sound(store)


def test_a_read_page_that_is_written_over_is_found_at_once(start, store, socket_line, run):
    """By whoever asks for the records that are on it."""
    agent = start(configuration=with_report("all"))
    subscriber = agent.subscribe()
    line = socket_line()
    for index in range(1, 101):
        line.send(EPISODE)
        subscriber.events("alert", 2 * index)
    outbox.waits_for(store, ALERT, 200)
    agent.stop()
    agent.close()
    agent = start(configuration=with_report("all"))
    with open(store, "r+b") as file:
        for page in range(3, store.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\x99" * 4096)
    began = time.monotonic()
    words = ["cloudevents:http://127.0.0.1:9/", "--store", store, "--agent", "b"]
    result = run("store", "send", *words)
    assert result.returncode == 1
    agent.says("kept as", timeout=5)
    assert time.monotonic() - began < 5
    agent.stop()


def test_what_was_sent_stays_as_long_as_it_shall(start, store, socket_line, run, folder):
    from receiver import Receiver

    text = with_report("all").replace('size = "8MiB"', 'size = "8MiB"\nkeep = "30d"')
    agent = start(configuration=text)
    line = socket_line()
    line.send(EPISODE)
    outbox.waits_for(store, ALERT, 2)
    with closing(Receiver(keeps=True)) as server:
        words = ["store", "send", f"cloudevents:http://127.0.0.1:{server.port}/"]
        result = run(*words, "--config", folder / "edgeagent.toml")
        assert result.returncode == 0, result.stderr
        sent = len(server.bodies)
        assert sent >= 4
        again = run(*words, "--config", folder / "edgeagent.toml")
        assert "0 records" in again.stdout and len(server.bodies) == sent
    assert outbox.query(store, "SELECT count(*) FROM record WHERE sent > 0")[0][0] == sent
    info = json.loads(run("store", "info", "--json", "--store", store).stdout)
    assert info["sent"] == sent
    agent.stop()
