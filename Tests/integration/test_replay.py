"""Goal: a replay shows what one sensor's samples would do, and leaves nothing behind.
Method: a board with two sensors, an outbox and a model that has a previous version; a recording of
each sensor, as the shipped executable replays it."""

import os
import subprocess
from pathlib import Path

import pytest

import level

ALERTS = {
    "wrist": ("level", "alert high raised, score 0.996"),
    "boiler": ("heat", "alert hot raised, value 96.500"),
}


@pytest.fixture
def board(folder: Path, models: Path) -> Path:
    """The configuration of a board whose sensors are both elsewhere."""
    level.write_bundle(models, version="2")
    (models / "level" / "active").symlink_to("2")
    (models / "level" / "previous").symlink_to("1")
    (folder / "tmp").mkdir()
    configuration = folder / "edgeagent.toml"
    configuration.write_text(f"""\
agent = {{ id = "a", models = "{models}", state = "{folder}/state" }}
events.socket = "{folder}/events.sock"
control.socket = "{folder}/control.sock"
store = {{}}
[[sensor]]
name = "wrist"
port = "serial:/dev/does-not-exist"
rate = 50
fields = [{{ name = "level", unit = "g" }}]
[[sensor]]
name = "boiler"
port = "unix:{folder}/boiler.sock"
rate = 50
fields = [{{ name = "heat" }}, {{ name = "flow" }}]
[[pipeline]]
name = "level"
sensor = "wrist"
model = "level"
[[alert]]
name = "high"
source = "level.high"
above = 0.9
outputs = ["exec:{folder}/siren"]
[[alert]]
name = "hot"
source = "sensor:boiler.heat"
above = 95
[[alert]]
name = "steep"
source = "sensor:boiler.heat rate 1s"
above = 1000
[[alert]]
name = "stuck"
source = "stuck:boiler.flow 1m"
""")
    return configuration


@pytest.mark.parametrize("sensor", ALERTS)
def test_one_of_two_sensors(native, board, sensor):
    """Each alone, though conditions on the other are there."""
    column, line = ALERTS[sensor]
    (board.parent / "recording.csv").write_text(
        {"level": "level\n", "heat": "heat,flow\n"}[column]
        + {"level": "1.0\n", "heat": "96.5,1\n"}[column] * 20
    )
    before = everything(board.parent)
    result = subprocess.run(
        [*native, "replay", "--config", board, "--sensor", sensor, "--speed", "max",
         board.parent / "recording.csv"],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"TMPDIR": str(board.parent / "tmp")},
    )  # fmt: skip
    assert result.returncode == 0, result
    assert line in result.stdout, result
    # No outbox, no state, no temporary folder; and nobody has counted a start of the model.
    assert everything(board.parent) == before


def everything(folder: Path) -> dict[str, int]:
    """All that is in a folder, with the time of its last change."""
    return {
        str(path): path.lstat().st_mtime_ns
        for path in folder.rglob("*")
        if path != folder / "tmp"
    }
