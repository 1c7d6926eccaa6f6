"""Goal: a device of the Linux kernel's Industrial I/O that is not here is told with the remedy, and
its configuration is read for all that.
Method: the shipped executable on a machine without such a device. Scans of fake devices are in the
unit tests, those of a driver in Tests/board."""

import json
from pathlib import Path

import pytest

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
