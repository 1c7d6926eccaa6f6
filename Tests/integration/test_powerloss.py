"""Goal: an alert that was ever seen in the outbox is there after the power went, and the file is
whole.
Method: the shipped executable's own writes and syncs, recorded while another process reads the
outbox; then the states a disk may be found in, opened one by one. The control is the same with a
disk that does not sync, as `synchronous=OFF` would leave it: that has to fail."""

import json
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from bisect import bisect_left
from contextlib import closing
from pathlib import Path

import pytest

import outbox
import power_loss
from agent import Agent, eventually
from conftest import absent, level_configuration, say
from outbox import ALERT, AUDIT
from receiver import Receiver
from test_outbox import EPISODE, is_long, seeded

STATES = 50_000 if is_long() else 5_000


@pytest.fixture
def recorded(start, folder, socket_line) -> tuple[list[power_loss.Call], list[tuple[float, int]]]:
    """What was written, and when which alert was first seen in the outbox."""
    if not shutil.which("strace"):
        absent("strace is missing: Tests/integration/install-tools")
    text = level_configuration("PORT", more=outbox.configuration("1MiB"))
    text = text.replace('model = "level"', 'model = "level"\nreport = "all"')
    store = folder / "outbox.db"
    agent = start(configuration=text, wrapper=power_loss.recorder(folder / "trace"))
    outbox.waits_for(store, AUDIT, 2)
    line = socket_line()
    seen: list[tuple[float, int]] = []
    with closing(sqlite3.connect(store, timeout=5)) as reader:
        newest = "SELECT max(sequence) FROM record WHERE kind = 4"
        for _ in range(120):
            line.send(EPISODE)
            before = seen[-1][1] if seen else 0
            sequence = eventually(
                lambda: (found := reader.execute(newest).fetchone()[0] or 0) > before and found,
                "another alert in the outbox",
            )
            seen.append((time.time(), sequence))
    return ended(agent, folder), seen


def ended(agent: Agent, folder: Path) -> list[power_loss.Call]:
    """Ends the recorded agent; what it wrote to the outbox."""
    children = Path(f"/proc/{agent.process.pid}/task/{agent.process.pid}/children").read_text()
    os.kill(int(children.split()[0]), signal.SIGTERM)
    assert agent.ends() == 0, agent.log
    calls = power_loss.recorded(folder / "trace")
    # What another process maps, and a recovery makes anew, is no content of the outbox.
    name = str(folder / "outbox.db")
    return [c for c in calls if c.path.startswith(name) and not c.path.endswith("-shm")]


def judge(files: dict[str, bytes], acknowledged: int, alerts: list[int]) -> tuple[bool, int]:
    """Whether the file is whole, and how many acknowledged alerts are missing."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        for file, content in files.items():
            (Path(name) / file).write_bytes(content)
        expected = alerts[: bisect_left(alerts, acknowledged + 1)]
        try:
            with closing(sqlite3.connect(f"{name}/outbox.db")) as store:
                whole = store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                rows = store.execute("SELECT sequence FROM record WHERE kind = 4").fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                return False, len(expected)
            whole, rows = True, []
        except sqlite3.DatabaseError:
            return False, len(expected)
    return whole, len(set(expected) - {row[0] for row in rows})


@pytest.mark.timeout(3600)
def test_power_loss_loses_no_acknowledged_alert(recorded, folder, capsys):
    happened, seen = recorded
    store = folder / "outbox.db"
    rows = outbox.query(store, "SELECT sequence FROM record WHERE kind = 4 ORDER BY sequence")
    alerts = [sequence for (sequence,) in rows]
    times = [moment for moment, _ in seen]
    chance = seeded("crash states", capsys)

    def run(count: int, obeys: bool) -> tuple[int, int]:
        corrupt = lost = 0
        disk = power_loss.Disk(folder, tree=power_loss.Folder(), obeys=obeys, keeps_names=True)
        for moment, files in power_loss.states(disk, happened, count, chance):
            before = bisect_left(times, moment)
            whole, missing = judge(files, seen[before - 1][1] if before else 0, alerts)
            corrupt += not whole
            lost += missing
        return corrupt, lost

    started = time.monotonic()
    corrupt, lost = run(STATES, obeys=True)
    seconds = time.monotonic() - started
    control_corrupt, control_lost = run(300, obeys=False)
    say(
        capsys,
        f"{STATES} crash states of {len(happened)} writes and syncs, {len(alerts)} alerts: "
        f"{corrupt} corrupt, {lost} alerts lost, {seconds:.0f} s; "
        f"without syncs, of 300: {control_corrupt} corrupt, {control_lost} lost",
    )
    assert (corrupt, lost) == (0, 0)
    assert control_lost > 0


def given(files: dict[str, bytes]) -> tuple[str, int, dict[int, str]]:
    """The epoch of what is found after the power came back, the last sequence that it has given,
    and its records; "" for a file that is none yet."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        for file, content in files.items():
            (Path(name) / file).write_bytes(content)
        try:
            with closing(sqlite3.connect(f"{name}/outbox.db")) as store:
                epoch = store.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
                last = store.execute("SELECT seq FROM sqlite_sequence WHERE name = 'record'")
                rows = store.execute("SELECT sequence, body FROM record").fetchall()
                return (epoch or [""])[0], (last.fetchone() or [0])[0], dict(rows)
        except sqlite3.DatabaseError:
            return "", 0, {}


@pytest.mark.timeout(3600)
def test_power_loss_gives_no_name_again_that_a_server_knows(
    start, run, folder, socket_line, capsys
):
    """Results are sent too, and they are committed without a wait for the disk. The control is a
    disk that does not sync."""
    if not shutil.which("strace"):
        absent("strace is missing: Tests/integration/install-tools")
    text = level_configuration("PORT", more=outbox.configuration("1MiB"))
    text = text.replace('model = "level"', 'model = "level"\nreport = "all"')
    store, served = folder / "outbox.db", []
    agent = start(configuration=text, wrapper=power_loss.recorder(folder / "trace"))
    outbox.waits_for(store, AUDIT, 2)
    line = socket_line()

    def note(batch: list[dict]) -> None:
        served.extend((time.time(), *event["id"].split("-"), event) for event in batch)

    with closing(Receiver(answer=note)) as server:
        words = ["store", "send", f"cloudevents:http://127.0.0.1:{server.port}/"]
        for _ in range(60):
            line.send(EPISODE * 2)
            time.sleep(0.05)
            sent = run(*words, "--store", store, "--agent", "bench-1")
            assert sent.returncode == 0, sent.stderr
    calls = ended(agent, folder)
    assert sum(event["type"].endswith("result") for *_, event in served) > 100
    times = [moment for moment, *_ in served]
    chance = seeded("crash states", capsys)

    def run_through(count: int, obeys: bool) -> int:
        """How many names would be given to two records."""
        again = 0
        disk = power_loss.Disk(folder, tree=power_loss.Folder(), obeys=obeys, keeps_names=True)
        for moment, files in power_loss.states(disk, calls, count, chance):
            epoch, last, rows = given(files)
            for _, name, sequence, event in served[: bisect_left(times, moment)]:
                if name != epoch:
                    continue
                body = rows.get(int(sequence))
                again += int(sequence) > last
                if obeys and body is not None:
                    assert json.loads(body) == event["data"]
        return again

    again = run_through(STATES // 5, obeys=True)
    control = run_through(300, obeys=False)
    say(
        capsys,
        f"{STATES // 5} crash states, {len(served)} records that a server knows: {again} names "
        f"given again; without syncs, of 300 states: {control}",
    )
    assert again == 0
    assert control > 0
