"""Goal: what a sensor brought can be looked at again, byte for byte and bit for bit, on any board.
Method: the shipped executables on pseudo-terminals and sockets; recordings that are read and made
without the agent's code, cut, and replayed on both architectures."""

import json
import signal
import struct
import subprocess
import time
from pathlib import Path

import pytest

import recordings
from agent import PATIENCE, eventually
from conftest import ARCHITECTURES, OWN, ROOT, command_for, level_configuration

HEAD = """\
[recording]
agent = "a"
samples_before = 0

[[sensor]]
name = "gauge"
port = "unix:/nowhere"
rate = 50
fields = [{ name = "level", unit = "g" }]
"""
EXAMPLE = ROOT / "examples" / "fall.rec"


class Recorder:
    """A running `edgeagent record`."""

    def __init__(self, command: list[str], *words: object, output: Path):
        self.output = output
        self.process = subprocess.Popen(
            [*command, "record", *map(str, words), "--output", str(output)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        eventually(self.has_begun, f"{output} is there")

    def has_begun(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        return self.output.exists() and self.output.stat().st_size > 0

    def has(self, data: bytes) -> bool:
        """Whether these bytes are in the file."""
        return data in b"".join(item[3] for item in recordings.items(self.output.read_bytes()))

    def stop(self, sign: signal.Signals = signal.SIGINT) -> str:
        self.process.send_signal(sign)
        out, err = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, err
        return out

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=PATIENCE)


@pytest.fixture
def record(native, folder):
    recorders: list[Recorder] = []

    def record(*words: object, name: str = "x.rec") -> Recorder:
        recorders.append(Recorder(native, *words, output=folder / name))
        return recorders[-1]

    yield record
    for recorder in recorders:
        recorder.close()


@pytest.fixture
def board(folder, models) -> Path:
    """A configuration of the sensor `gauge` with a model and an alert."""
    file = folder / "edgeagent.toml"
    file.write_text(level_configuration("unix:sensor.sock"))
    return file


def replay(board: Path, *files: Path, command: list[str], words: tuple = ()) -> list[dict]:
    result = subprocess.run(
        [*command, "replay", "--config", str(board), "--json", *words, *map(str, files)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_line_is_recorded_byte_for_byte(record, serial_line):
    """With the times at which its bytes came; the end mark counts them."""
    line = serial_line()
    recorder = record(f"serial:{line.path}", "--baud", "9600")
    pieces = [b"0.5\n", bytes(range(256)), b"\x00\xff"]
    for piece in pieces:
        line.send(piece)
        eventually(lambda: recorder.has(piece), "the bytes in the file")
        time.sleep(0.05)
    assert "262 bytes" in recorder.stop()
    file = recorder.output.read_bytes()
    items = recordings.items(file)
    assert b"".join(item[3] for item in items) == b"".join(pieces)
    times = [item[1] for item in items]
    assert times == sorted(times)
    assert times[-1] - times[0] >= 100_000_000, "two pauses of 50 ms"
    kind, totals = recordings.blocks(file)[-1]
    assert kind == recordings.END
    count, size, length = struct.unpack("<QQQ", totals)
    assert (count, size) == (len(items), sum(map(len, pieces))) and length >= times[-1]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_recording_well(record, serial_line, sign):
    recorder = record(f"serial:{serial_line().path}")
    assert "stopped" in recorder.stop(sign)
    assert recordings.blocks(recorder.output.read_bytes())[-1][0] == recordings.END


def test_a_recording_ends_by_time_and_by_size(native, folder, serial_line, record):
    line = serial_line()
    result = subprocess.run(
        [*native, "record", f"serial:{line.path}", "--for", "200ms", "--output", folder / "t.rec"],
        capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert result.returncode == 0 and "the time is over" in result.stdout, result
    recorder = record(f"serial:{line.path}", "--max", "64KiB")
    while recorder.process.poll() is None:
        line.send(b"x" * 1000)
        time.sleep(0.005)
    assert "--max" in recorder.process.communicate(timeout=PATIENCE)[0]
    size = recorder.output.stat().st_size
    assert 60 << 10 < size <= 64 << 10
    assert recordings.blocks(recorder.output.read_bytes())[-1][0] == recordings.END


def test_a_killed_recorder_leaves_what_was_written(record, board, native, serial_line):
    """Up to the last whole second."""
    line = serial_line()
    recorder = record(f"serial:{line.path}")
    for _ in range(8):
        line.send(b"1.0\n")
        time.sleep(0.02)
    eventually(lambda: recorder.has(b"1.0\n" * 7), "a second is over")
    recorder.process.kill()
    recorder.process.wait()
    (result,) = replay(board, recorder.output, command=native, words=("--sensor", "gauge"))
    assert result["samples"] >= 7 and not result["whole"]
    assert [alert["state"] for alert in result["alerts"]] == ["raised"]


def test_producers_of_a_socket_are_told_apart(record, board, folder, native, socket_line):
    """Of a slow sensor, so that no pause breaks the first one's frame off."""
    board.write_text(f"""\
{OWN}
[[sensor]]
name = "gauge"
port = "unix:sensor.sock"
rate = 0.5
fields = [{{ name = "level" }}]
""")
    recorder = record("gauge", "--config", board)
    eventually((folder / "sensor.sock").exists, "the socket")
    first, second = socket_line(), socket_line()
    first.send(b"1.")
    eventually(lambda: recorder.has(b"1."), "the first")
    second.send(b"1.0\n")
    eventually(lambda: recorder.has(b"1.0\n"), "the second")
    first.send(b"0\n")
    eventually(lambda: recorder.has(b"1.1.0\n0\n"), "the rest of the first")
    assert "stopped" in recorder.stop()
    (result,) = replay(board, recorder.output, command=native)
    assert result["samples"] == 2 and result["refused"] == 0
    assert result["sensor"] == "gauge", "the recording says whose it is"


def test_a_recording_stays_in_its_file(record, folder, serial_line):
    """Another one under its name gets nothing."""
    line = serial_line()
    recorder = record(f"serial:{line.path}")
    moved = folder / "moved.rec"
    recorder.output.rename(moved)
    recorder.output.write_bytes(b"mine")
    line.send(b"1.0\n")
    recorder.stop()
    assert recorder.output.read_bytes() == b"mine"
    assert recordings.blocks(moved.read_bytes())[-1][0] == recordings.END


def test_a_recording_is_not_overwritten(run, folder, serial_line):
    (folder / "x.rec").write_text("mine")
    result = run("record", f"serial:{serial_line().path}", "--output", folder / "x.rec")
    assert result.returncode == 1 and "a name that no file has" in result.stderr
    assert (folder / "x.rec").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "exit_code", "text"),
    [
        (["nobody", "--config", "edgeagent.toml"], 1, '"gauge"'),
        (["usb:x"], 2, "usb:x"),
        (["unix:/s", "--baud", "9600"], 2, "baud"),
        (["serial:/dev/none"], 1, "/dev/none"),
        (["gauge", "--config", "none.toml"], 78, "none.toml"),
        (["gauge", "--for", "25h"], 2, "24h"),
        (["gauge", "--max", "1KiB"], 2, "64KiB"),
        (["gauge", "--baud", "9600"], 2, "a port"),
    ],
)
def test_a_mistake_names_its_place(run, board, folder, words, exit_code, text):
    result = run("record", *words, "--output", "x.rec", cwd=folder)
    assert result.returncode == exit_code and text in result.stderr, result
    assert not (folder / "x.rec").exists()


# Replays.


def rising(count: int = 40) -> list[tuple[int, bytes]]:
    return [(20_000_000 * (i + 2), f"{i / 32}\n".encode()) for i in range(count)]


def test_a_replay_is_the_same_on_every_board(board, folder):
    """Byte for byte, in both forms of output; a gap of a second and bad frames are in it."""
    pieces = rising(30) + [(at + 1_600_000_000, piece) for at, piece in rising(30)]
    pieces[10:12] = [(pieces[10][0], b"x\n" + pieces[10][1] + b"0."), (pieces[11][0], b"25\n")]
    (folder / "x.rec").write_bytes(recordings.recording(HEAD, pieces))
    for words in (["--json"], []):
        outputs = {
            architecture: subprocess.run(
                [*command_for(architecture), "replay", "--config", board, *words, "x.rec"],
                cwd=folder, capture_output=True, timeout=60, check=True,
            ).stdout
            for architecture in ARCHITECTURES
        }  # fmt: skip
        assert len(set(outputs.values())) == 1, outputs
        assert b"raised" in outputs["aarch64"]


def test_the_times_are_the_recordings_own(board, folder, native):
    """The same samples with a pause in the middle are another thing than without it."""
    steady, paused = rising(20), rising(20)
    paused[10:] = [(at + 7_000_000_000, piece) for at, piece in paused[10:]]
    for name, pieces in (("steady", steady), ("paused", paused)):
        (folder / f"{name}.rec").write_bytes(recordings.recording(HEAD, pieces))
    begin = time.monotonic()
    first, second = replay(board, folder / "steady.rec", folder / "paused.rec", command=native)
    assert time.monotonic() - begin < 5, "it took no seven seconds"
    assert (first["windows"], second["windows"]) == (17, 14), "none spans the pause"
    assert second["nanoseconds"] - first["nanoseconds"] == 7_000_000_000


def test_real_time_is_as_long_as_the_recording(board, folder, native):
    (folder / "x.rec").write_bytes(recordings.recording(HEAD, rising(20)))
    begin = time.monotonic()
    real = replay(board, folder / "x.rec", command=native, words=("--speed", "real"))
    assert time.monotonic() - begin >= 0.42
    assert real == replay(board, folder / "x.rec", command=native)


def test_a_recording_is_read_with_its_own_framing(board, folder, native):
    """The configuration may have changed meanwhile; --sensor says that it is to be used."""
    head = HEAD.replace("rate = 50", 'rate = 50\ndecode = "labels"')
    pieces = [(at, b"level:" + piece) for at, piece in rising(20)]
    (folder / "x.rec").write_bytes(recordings.recording(head, pieces))
    (own,) = replay(board, folder / "x.rec", command=native)
    (configured,) = replay(board, folder / "x.rec", command=native, words=("--sensor", "gauge"))
    assert own["samples"] == 20 and configured["samples"] == 0


def test_what_cannot_be_replayed_says_why(run, board, folder):
    (folder / "csv").write_text("level\n1\n")
    file = recordings.recording(HEAD, rising(3))
    (folder / "x.rec").write_bytes(file)
    (folder / "head.rec").write_bytes(file[:30])
    (folder / "later.rec").write_bytes(file[:8] + b"\2" + file[9:])
    (folder / "bare.rec").write_bytes(recordings.recording("[recording]\n", rising(3)))
    for names, text in {
        ("x.rec", "csv"): "apart",
        ("head.rec",): "head",
        ("later.rec",): "format 2",
        ("x.rec", "--joined"): "--joined",
        ("bare.rec", "--sensor", "nobody"): "nobody",
    }.items():
        result = run("replay", "--config", board, *names, cwd=folder)
        assert result.returncode == 1 and text in result.stderr, result
    (folder / "cut.rec").write_bytes(file[:-10])
    result = run("replay", "--config", board, "cut.rec", cwd=folder)
    assert result.returncode == 0 and "cut off at byte" in result.stderr, result


TWO = """
[[sensor]]
name = "boiler"
port = "unix:boiler.sock"
rate = 50
fields = [{ name = "heat" }, { name = "level" }]
[[alert]]
name = "hot"
source = "sensor:boiler.heat"
above = 95
[[alert]]
name = "deep"
source = "sensor:boiler.level"
above = 95
"""


def test_a_replay_names_every_alert(run, board, folder):
    board.write_text(board.read_text() + TWO)
    low = [(at, b"0.1\n") for at, _ in rising(20)]
    (folder / "low.rec").write_bytes(recordings.recording(HEAD, low))
    result = run("replay", "--config", board, "low.rec", cwd=folder)
    assert result.returncode == 0, result
    assert "alert full: judged, not raised" in result.stdout
    assert "alert hot: left out: it needs sensor boiler" in result.stdout
    # A field that is not in the recording.
    head = HEAD.replace('"gauge"', '"boiler"')
    (folder / "boiler.rec").write_bytes(recordings.recording(head, low))
    result = run("replay", "--config", board, "boiler.rec", cwd=folder)
    assert result.returncode == 0, result
    assert "alert hot: left out: it needs field heat of boiler" in result.stdout
    assert "alert deep: judged, not raised" in result.stdout
    assert "window" not in result.stdout and "scores" not in result.stdout, "there is no model"
    (configured,) = replay(
        board, folder / "low.rec", command=command_for(ARCHITECTURES[0])
    )
    assert [alert["alert"] for alert in configured["judged"]] == ["full"]
    assert [alert["alert"] for alert in configured["left_out"]] == ["hot", "deep"]


def test_a_replay_that_can_judge_nothing_fails(run, board, folder):
    """A sensor of another name, or without the field: what each alert needs, and the remedy."""
    (folder / "x.rec").write_bytes(
        recordings.recording(HEAD.replace('"gauge"', '"other"'), rising(40))
    )
    result = run("replay", "--config", board, "x.rec", cwd=folder)
    assert result.returncode == 1, result
    for text in ("alert full: left out: it needs sensor gauge", "--sensor NAME", "other"):
        assert text in result.stderr, result
    result = run("replay", "--config", board, "--sensor", "gauge", "x.rec", cwd=folder)
    assert result.returncode == 0 and "alert full raised" in result.stdout, result


def test_an_empty_file_says_that_it_is_empty(run, board, folder):
    (folder / "x.rec").touch()
    result = run("replay", "--config", board, "x.rec", cwd=folder)
    assert result.returncode == 1 and "the file is empty" in result.stderr, result
    (folder / "x.rec").write_bytes(recordings.recording(HEAD, []))
    result = run("replay", "--config", board, "x.rec", cwd=folder)
    assert result.returncode == 0 and "the recording is empty" in result.stderr, result


# The recording that comes with the agent.


def test_the_example_is_what_the_demo_records(run, fall_model, folder):
    result = run("demo", "--record", folder / "x.rec")
    assert result.returncode == 0 and "1,050 frames" in result.stdout, result
    assert (folder / "x.rec").read_bytes() == EXAMPLE.read_bytes()


def test_the_example_has_its_fall_on_every_board(fall_model, folder):
    """And the same scores to the last bit."""
    outputs = {
        architecture: subprocess.run(
            [*command_for(architecture), "replay", "--config", "examples/fall.toml", EXAMPLE],
            cwd=ROOT, capture_output=True, timeout=120, check=True,
        ).stdout
        for architecture in ARCHITECTURES
    }  # fmt: skip
    assert len(set(outputs.values())) == 1, outputs
    assert outputs["x86_64"].count(b"alert fall raised") == 1
