"""Goal: an alert leaves a recording of what led to it, which raises the same alert again on any
board; and no alert is lost for one.
Method: real agents that raise alerts, of both architectures; the recordings that the outbox has,
replayed; kills and a full disk in between."""

import json
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

import recordings
from agent import eventually
from conftest import ARCHITECTURES, command_for, level_configuration

STORE = '\n[store]\npath = "outbox.db"\nsize = "1MiB"\n'
BOX = '\n[black_box]\nbefore = "10s"\nafter = "200ms"\n'


def rising(agent, line, count: int = 8) -> dict:
    """Low values, then high ones: the event that `full` is raised."""
    subscriber = agent.subscribe()
    for value in [0.0] * 6 + [1.0] * count:
        line.send(f"{value}\n".encode())
        time.sleep(0.02)
    return subscriber.events("alert", state="raised")[0]


def rows(folder: Path) -> list[tuple[int, str, bytes]]:
    """Episode, sensor and recording."""
    with sqlite3.connect(f"file:{folder}/outbox.db?mode=ro", uri=True) as database:
        return database.execute("SELECT alert, sensor, frames FROM recording").fetchall()


def has_row(folder: Path, count: int = 1):
    def there():
        try:
            return len(rows(folder)) >= count
        except sqlite3.OperationalError:
            return False

    return there


def recording(run, folder: Path, name: str = "full/1") -> Path:
    """The file that `alerts recording` gives."""
    path = folder / f"{name.replace('/', '-')}.rec"
    with path.open("wb") as file:
        result = subprocess.run(
            [*command_for(ARCHITECTURES[0]), "alerts", "recording", name, "--store",
             folder / "outbox.db"],
            stdout=file, stderr=subprocess.PIPE, text=True, timeout=30,
        )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return path


def replay(folder: Path, path: Path, architecture: str) -> bytes:
    return subprocess.run(
        [*command_for(architecture), "replay", "--config", folder / "edgeagent.toml", "--json",
         path],
        capture_output=True, timeout=60, check=True,
    ).stdout  # fmt: skip


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_an_alert_is_raised_again_by_its_recording(
    run, start, folder, socket_line, architecture
):
    """At the same sample, with the same score, and on every board with the same bytes."""
    agent = start(more=STORE + BOX, command=command_for(architecture))
    line = socket_line()
    for _ in range(30):
        line.send(b"0.25\n")
        time.sleep(0.005)
    raised = rising(agent, line)
    eventually(has_row(folder), "the recording")
    agent.stop()
    path = recording(run, folder)
    outputs = {other: replay(folder, path, other) for other in ARCHITECTURES}
    assert len(set(outputs.values())) == 1, outputs
    result = json.loads(outputs[architecture])
    again = [alert for alert in result["alerts"] if alert["state"] == "raised"]
    assert [(alert["alert"], alert["sample"]) for alert in again] == [("full", raised["sample"])]
    assert again[0]["score"] == raised["score"] and result["whole"]


def test_a_recording_says_what_was_judged(run, start, folder, socket_line):
    agent = start(more=STORE + BOX)
    rising(agent, socket_line())
    eventually(has_row(folder), "the recording")
    file = recording(run, folder).read_bytes()
    head = recordings.blocks(file)[0][1].decode()
    parts = ['name = "full"', "episode = 1", 'model = "level/1"', '"high" = ', 'name = "gauge"']
    for text in parts:
        assert text in head, head
    assert {kind for kind, *_ in recordings.items(file)} == {recordings.FRAMES}
    frames = [data for *_, data in recordings.items(file)]
    assert frames[0] == b"0.0" and frames.count(b"1.0") >= 4


def test_the_windows_of_a_recording_are_where_they_were(run, start, folder, socket_line):
    """Also where the ring begins between two windows."""
    more = STORE + BOX.replace("10s", "300ms")
    text = 'deadline = "1s"\nstride = 3'
    configuration = level_configuration("unix:sensor.sock", more=more)
    agent = start(configuration=configuration.replace('deadline = "1s"', text))
    line = socket_line()
    subscriber = agent.subscribe()
    for value in [0.0] * 31 + [1.0] * 10:
        line.send(f"{value}\n".encode())
        time.sleep(0.02)
    (raised,) = subscriber.events("alert", state="raised")[:1]
    eventually(has_row(folder), "the recording")
    agent.stop()
    result = json.loads(replay(folder, recording(run, folder), ARCHITECTURES[0]))
    assert result["samples"] < 30
    samples = [alert["sample"] for alert in result["alerts"] if alert["state"] == "raised"]
    assert samples == [raised["sample"]]


def test_what_is_not_there_says_so(run, start, folder, socket_line):
    start(more=STORE + '\n[black_box]\nbefore = "0s"\n')
    line = socket_line()
    line.send(b"1.0\n" * 8)
    eventually(has_row(folder, 0), "the outbox")
    result = run("alerts", "recording", "full/1", "--store", folder / "outbox.db")
    assert result.returncode == 1 and "no recording of full/1" in result.stderr
    assert not result.stdout


def test_a_kill_at_any_moment_leaves_an_outbox_that_can_be_read(
    run, native, start, folder, socket_line
):
    """Alerts that were told are in it, and every recording in it is whole."""
    for round_ in range(6):
        agent = start(more=STORE + BOX.replace("200ms", "50ms"))
        line = socket_line()
        subscriber = agent.subscribe()
        for value in ([0.0] * 4 + [1.0] * 4) * 4:
            line.send(f"{value}\n".encode())
            time.sleep(0.005)
        subscriber.events("alert", state="raised")
        time.sleep(0.03 * round_)
        agent.process.send_signal(signal.SIGKILL)
        agent.process.wait()
        agent.close()
        line.close()
        result = run("store", "verify", "--store", folder / "outbox.db")
        assert result.returncode == 0, result
        for _, _, file in rows(folder):
            assert recordings.blocks(file)[-1][0] == recordings.END


def test_an_outbox_without_room_loses_recordings_and_no_alert(run, start, folder, socket_line):
    """Alerts fill the smallest outbox, and recordings make room for them."""
    agent = start(more=STORE + BOX.replace("200ms", "0s"))
    line = socket_line()
    subscriber = agent.subscribe()
    filler = "x" * 9000
    rising(agent, line)
    eventually(has_row(folder), "the first recording")
    with sqlite3.connect(folder / "outbox.db", timeout=10) as database:
        # Audit, which alerts displace and recordings do not; no larger than the agent would.
        database.execute("PRAGMA max_page_count=192")
        for _ in range(200):
            try:
                database.execute(
                    "INSERT INTO record(kind, at, boot, time, source, body) "
                    "VALUES (3, 1, 'b', NULL, 'full', ?)", (json.dumps({"a": filler}),)
                )  # fmt: skip
                database.commit()
            except sqlite3.OperationalError:
                break
    count = 20
    for number in range(count):
        line.send(b"0.0\n" * 5)
        line.send(b"1.0\n" * 5)
        subscriber.events("alert", number + 2, state="raised")
    agent.stop()
    with sqlite3.connect(folder / "outbox.db") as database:
        raised = database.execute(
            "SELECT count(*) FROM record WHERE body LIKE '%\"state\":\"raised\"%'"
        ).fetchone()[0]
        lost = dict(database.execute("SELECT kind, sum(count) FROM loss GROUP BY kind"))
    assert raised == count + 1
    assert lost.get(-1, 0) > 0, "recordings were lost"


def test_a_sensor_of_a_running_agent_is_recorded_through_it(native, start, folder, serial_line):
    """Its line is locked; the agent hands over the frames that it takes."""
    line = serial_line()
    agent = start(f"serial:{line.path}")
    line.opened_by(agent)
    line.send(b"0.5\n")
    process = subprocess.Popen(
        [*native, "record", "gauge", "--config", folder / "edgeagent.toml", "--for", "1s",
         "--output", folder / "x.rec"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    begin = time.monotonic()
    while process.poll() is None:
        line.send(b"1.0\n")
        time.sleep(0.02)
        assert time.monotonic() - begin < 20
    out, err = process.communicate()
    assert process.returncode == 0, err
    items = recordings.items((folder / "x.rec").read_bytes())
    assert {data for *_, data in items} == {b"1.0"} and len(items) >= 10
    result = json.loads(replay(folder, folder / "x.rec", ARCHITECTURES[0]))
    assert result["samples"] == len(items)
    busy = subprocess.run(
        [*native, "record", f"serial:{line.path}", "--output", folder / "y.rec"],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert busy.returncode == 1 and "in use" in busy.stderr


def test_a_sensor_without_an_alert_has_no_frames(run, start, folder):
    start(more=STORE + '\n[black_box]\nbefore = "0s"\n')
    result = run("record", "gauge", "--config", folder / "edgeagent.toml", "--output", "x.rec",
                 cwd=folder)  # fmt: skip
    assert result.returncode == 1 and "keeps no frames" in result.stderr, result
