"""Goal: whatever goes wrong outside, the agent says so and works with the rest.
Method: devices that come and go, wrong configurations, broken models."""

import re

import pytest

import level
from agent import eventually
from signals import RAISE, lines

RETRY = 12
"""The agent tries a device again after at most 5 s."""


def test_a_missing_device_is_picked_up_when_it_appears(start, folder, serial_line):
    """The agent starts without it, says so once, and opens it when somebody plugs it in."""
    device = folder / "ttyWRIST"
    agent = start(f"serial:{device}")
    assert "ttyWRIST" in agent.says("gauge")
    subscriber = agent.subscribe()
    line = serial_line()
    device.symlink_to(line.path)
    eventually(lambda: agent.has_open(line.path), "the device opened", RETRY)
    line.opened_by(agent).send(lines(RAISE))
    subscriber.events("alert", state="raised")
    log = agent.stop()
    assert log.count("No such") + log.count("not there") <= 2, "once per reason, not once per try"


def test_an_unplugged_device_is_opened_again(start, folder, serial_line):
    """Lost and connected are told; samples go on; half a window of before is forgotten."""
    device = folder / "ttyWRIST"
    first, second = serial_line(), serial_line()
    device.symlink_to(first.path)
    agent = start(f"serial:{device}")
    subscriber = agent.subscribe()
    first.opened_by(agent).send(lines([1.0, 1.0, 1.0]))
    subscriber.events("sample", 3)
    device.unlink()
    first.close()
    subscriber.events("sensor", sensor="gauge", state="lost")
    device.symlink_to(second.path)
    subscriber.events("sensor", sensor="gauge", state="connected", timeout=RETRY)
    second.opened_by(agent).send(lines([0.0, 0.0, 0.0, 0.0]))
    # Three samples of before and one of now are no window.
    (score,) = subscriber.events("score")
    assert (score["sample"], score["scores"]["high"]) == (7, 0.0)
    agent.stop()


def test_a_silent_sensor_is_stale(start, socket_line):
    """After `stale_after` it is told; the next sample ends it."""
    agent = start(sensor='stale_after = "300ms"')
    subscriber = agent.subscribe()
    line = socket_line()
    line.send(lines([0.5]))
    subscriber.events("sensor", state="stale")
    line.send(lines([0.5]))
    subscriber.events("sensor", state="connected")
    agent.stop()


def test_a_producer_that_leaves_makes_room_for_another(start, socket_line):
    """Ten one after the other, more than the port takes at once."""
    agent = start()
    subscriber = agent.subscribe()
    for count in range(1, 11):
        line = socket_line()
        line.send(b"0.5\n")
        subscriber.events("sample", count)
        line.close()
        subscriber.events("sensor", count, state="lost")
    agent.stop()


@pytest.mark.parametrize(
    ("right", "wrong", "place", "words"),
    [
        ("deadline =", "dead_line =", "col 1", ["dead_line", "deadline"]),
        ('name = "gauge"', 'nmae = "gauge"', "col 1", ["nmae", "name"]),
        ('sensor = "gauge"', 'sensor = "gouge"', None, ["gouge", "gauge"]),
        ("rate = 50", 'rate = "fast"', None, ["rate"]),
        ("above = 0.75", "above = 75", None, ["above"]),
        ('id = "bench-1"', 'id = "bench-1', None, []),
        ('source = "tank.high"', 'source = "tank.hihg"', None, ["hihg", "high"]),
        ('model = "level"', 'model = "levle"', None, ["levle"]),
        ('unit = "g"', 'unit = "deg/s"', None, ["deg/s", "g"]),
    ],
    ids=lambda value: value if isinstance(value, str) and "=" in value else "",
)
def test_a_wrong_configuration_is_refused_with_its_place(
    start, run, folder, right, wrong, place, words
):
    """Exit code 78, `file:line:column`, what was meant; from `run` and from `check` alike."""
    from conftest import level_configuration

    text = level_configuration("unix:sensor.sock")
    assert right in text
    number = text[: text.index(right)].count("\n") + 1
    text = text.replace(right, wrong, 1)
    agent = start(configuration=text, ready=False)
    assert agent.ends() == 78, agent.log
    found = re.search(r"edgeagent\.toml:(\d+):(\d+)", agent.log)
    assert found and int(found[1]) == number, agent.log
    if place:
        assert found[2] == place.split()[1]
    for word in words:
        assert word in agent.log, agent.log
    checked = run("check", "--config", folder / "edgeagent.toml")
    assert checked.returncode == 78
    assert found[0] in checked.stdout + checked.stderr


def test_a_configuration_that_is_not_there(run, folder):
    """It is named, with exit code 78."""
    for verb in ("run", "check"):
        result = run(verb, "--config", folder / "nowhere.toml")
        assert result.returncode == 78 and "nowhere.toml" in result.stderr


def test_a_good_configuration_is_checked(run, models, folder):
    """`check` exits 0, for people and for programs."""
    import json

    from conftest import level_configuration

    (folder / "edgeagent.toml").write_text(level_configuration("unix:sensor.sock"))
    people = run("check", "--config", folder / "edgeagent.toml")
    assert people.returncode == 0, people.stderr
    programs = run("check", "--config", folder / "edgeagent.toml", "--json")
    assert programs.returncode == 0 and json.loads(programs.stdout)


BROKEN = {
    "truncated": lambda bundle: shorten(bundle / "model.tflite"),
    "unsupported": lambda bundle: (bundle / "model.tflite").write_bytes(level.tflite(level.SIN)),
    "golden vectors wrong": lambda bundle: spoil(bundle / "golden.bin"),
    "manifest missing": lambda bundle: (bundle / "model.toml").unlink(),
}


def shorten(path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def spoil(path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_model_alone_is_a_wrong_configuration(start, models, fault):
    """Nothing is left to run: exit code 78, and the message names the model's file."""
    BROKEN[fault](models / "level" / "1")
    agent = start(ready=False)
    assert agent.ends() == 78, agent.log
    assert "level/1" in agent.log
    if fault == "unsupported":
        assert "SIN" in agent.log


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_model_does_not_stop_the_others(start, models, socket_line, fault):
    """The broken one is named in the log; the pipeline beside it raises its alert."""
    BROKEN[fault](level.write_bundle(models, name="broken"))
    agent = start(
        more="""
[[pipeline]]
name = "other"
sensor = "gauge"
model = "broken"
"""
    )
    assert "broken" in agent.says("broken/1")
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE))
    subscriber.events("alert", state="raised")
    agent.stop()


USAGE = [
    [],
    ["fly"],
    ["run"],
    ["run", "--config"],
    ["run", "--confg", "x"],
    ["inspect"],
    ["inspect", "one", "two"],
    ["infer", "model.tflite", "--input", "x"],
    ["bench", "model.tflite", "--runs", "many"],
    ["bench", "model.tflite", "--runs", "0"],
    ["replay"],
    ["demo", "--speed", "0"],
    ["version", "extra"],
]


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_a_wrong_command_line_is_exit_code_2(run, words):
    """With a message on standard error, and nothing on standard output."""
    result = run(*words)
    assert result.returncode == 2, result
    assert result.stderr.strip() and not result.stdout


def test_the_version_is_told(run, either):
    """For people and for programs."""
    import json

    people = run("version", command=either)
    assert people.returncode == 0 and re.search(r"\d+\.\d+\.\d+", people.stdout)
    programs = json.loads(run("version", "--json", command=either).stdout)
    assert programs["version"] in people.stdout


def test_help_is_help(run):
    """`--help` lists the verbs on standard output with exit code 0."""
    result = run("--help")
    assert result.returncode == 0, result.stderr
    for verb in ("run", "check", "inspect", "infer", "bench", "replay", "demo", "version"):
        assert verb in result.stdout
