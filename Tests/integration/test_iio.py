"""Goal: a device of the Linux kernel's Industrial I/O that is not here is told with the remedy, and
its configuration is read for all that.
Method: the shipped executable on a machine without such a device. Scans of fake devices are in the
unit tests, those of a driver in Tests/board."""

import json
import struct
from pathlib import Path

import pytest

import recordings
from conftest import OWN
from test_sensor_page import blocks

BLOCK = next(case.values[0] for case in blocks() if case.values[1] == ["motion"])


@pytest.fixture(autouse=True)
def no_device():
    if Path("/sys/bus/iio/devices/iio:device0").exists():
        pytest.skip("this machine has a device")


def test_the_page_s_lines_are_read_and_the_device_is_missed(run, folder: Path):
    path = folder / "edgeagent.toml"
    path.write_text(f"{OWN}\n{BLOCK}")
    result = run("check", "--config", path, "--json")
    problems = json.loads(result.stdout)["problems"]
    assert result.returncode == 1 and len(problems) == 1, result
    assert problems[0].endswith(
        "sensor motion: no IIO device accel_3d; there is none at all: is its driver loaded?"
    )


def test_the_agent_waits_for_the_device(start, folder: Path):
    agent = start(configuration=f"{OWN}\n{BLOCK}")
    agent.says("sensor motion: no IIO device accel_3d")
    agent.stop()


def test_a_recording_is_replayed_without_the_device(run, folder: Path):
    """The frames have the Linux kernel's times: votes begin anew after a second without a scan,
    though all of them came at once."""
    path = folder / "edgeagent.toml"
    alert = '[[alert]]\nname = "shake"\nsource = "sensor:motion.x"\nabove = 3.5\nvotes = "3 of 3"\n'
    path.write_text(f"{OWN}\n{BLOCK}\n{alert}")
    for pause, raised in [(0, 31), (10**9, 33)]:
        times = [20_000_000 * number + (pause if number >= 30 else 0) for number in range(40)]
        frames = [struct.pack("<ddq", number / 8, 0, time) for number, time in enumerate(times)]
        pieces = [(10**9, b"".join(frames))]
        (folder / "x.rec").write_bytes(recordings.recording(f"[recording]\n\n{BLOCK}", pieces))
        result = run("replay", "--config", path, "--json", folder / "x.rec")
        told = json.loads(result.stdout.splitlines()[0])
        assert result.returncode == 0 and told["samples"] == 40, result
        assert [alert["sample"] for alert in told["alerts"]] == [raised], told


def test_sniff_says_so(run):
    result = run("sniff", "iio:accel_3d")
    assert result.returncode == 1 and "no IIO device accel_3d" in result.stderr, result


@pytest.mark.parametrize("port", ["iio:accel_3d", "alsa:Device"])
def test_a_port_with_a_rate_is_recorded_as_a_sensor(run, folder: Path, port: str):
    result = run("record", port, "--output", folder / "x.rec")
    assert result.returncode == 2, result
    assert f"{port} is set to a rate, which a port alone does not say; write a [[sensor]]" in (
        result.stderr
    )
    assert not (folder / "x.rec").exists()
