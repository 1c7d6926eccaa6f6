"""Goal: a wrong configuration is refused before anything runs, and says where and how to mend it.
Method: one mistake at a time in a good one, through `run` and `check`."""

import json
import re

import pytest

from conftest import level_configuration


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("deadline =", "dead_line =", ["dead_line", "deadline"]),
        ('name = "gauge"', 'nmae = "gauge"', ["nmae", "name"]),
        ('sensor = "gauge"', 'sensor = "gouge"', ["gouge", "gauge"]),
        ("rate = 50", 'rate = "fast"', ["rate"]),
        ("above = 0.75", "above = 75", ["above"]),
        ('id = "bench-1"', 'id = "bench-1', []),
        ('source = "tank.high"', 'source = "tank.hihg"', ["hihg", "high"]),
        ('model = "level"', 'model = "levle"', ["levle"]),
        ('unit = "g"', 'unit = "deg/s"', ["deg/s", "g"]),
    ],
    ids=lambda value: value if isinstance(value, str) and "=" in value else "",
)
def test_a_wrong_configuration_is_refused_with_its_place(start, run, folder, right, wrong, words):
    """Exit code 78, `file:line:column`, what was meant; from `run` and from `check` alike."""
    text = level_configuration("unix:sensor.sock")
    assert right in text
    number = text[: text.index(right)].count("\n") + 1
    text = text.replace(right, wrong, 1)
    agent = start(configuration=text, ready=False)
    assert agent.ends() == 78, agent.log
    place = re.search(rf"edgeagent\.toml:{number}:\d+", agent.log)
    assert place, agent.log
    for word in words:
        assert word in agent.log, agent.log
    checked = run("check", "--config", folder / "edgeagent.toml")
    assert checked.returncode == 78
    assert place[0] in checked.stdout + checked.stderr


def test_a_configuration_that_is_not_there(run, folder):
    """It is named, with exit code 78."""
    for command in ("run", "check"):
        result = run(command, "--config", folder / "nowhere.toml")
        assert result.returncode == 78 and "nowhere.toml" in result.stderr


def test_a_good_configuration_is_checked(run, models, folder):
    """`check` exits 0, for people and for programs."""
    (folder / "edgeagent.toml").write_text(level_configuration("unix:sensor.sock"))
    people = run("check", "--config", folder / "edgeagent.toml")
    assert people.returncode == 0, people.stderr
    programs = run("check", "--config", folder / "edgeagent.toml", "--json")
    assert programs.returncode == 0 and json.loads(programs.stdout)
