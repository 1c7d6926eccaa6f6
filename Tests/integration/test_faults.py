"""Goal: whatever goes wrong outside, the agent says so and works with the rest.
Method: devices that come and go, broken models."""

import time

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
    eventually(lambda: agent.waits_for(second.path), "opened again", RETRY)
    time.sleep(0.1)  # five samples are missing; one that is back within its period has lost none
    second.opened_by(agent).send(lines([0.0, 0.0, 0.0, 0.0]))
    subscriber.events("sensor", 2, sensor="gauge", state="connected")
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


def test_garbage_after_the_cable_was_pulled_is_no_life(start, folder, serial_line):
    """The device is there again and talks, but not sense: lost, then stale, and not connected."""
    device = folder / "ttyWRIST"
    first, second = serial_line(), serial_line()
    device.symlink_to(first.path)
    agent = start(f"serial:{device}", sensor='stale_after = "3s"')
    subscriber = agent.subscribe()
    first.opened_by(agent).send(lines([1.0]))
    subscriber.events("sensor", state="connected")
    device.unlink()
    first.close()
    subscriber.events("sensor", state="lost")
    device.symlink_to(second.path)
    eventually(lambda: agent.waits_for(second.path), "opened again", RETRY)
    second.opened_by(agent).send(b"\x01garbage\n" * 10)
    subscriber.events("sensor", state="stale", timeout=RETRY)
    second.send(b"\x01garbage\n" * 10)
    second.send(lines([0.5]))
    subscriber.events("sensor", 2, state="connected")
    states = [event["state"] for event in subscriber.events("sensor", 4)]
    assert states == ["connected", "lost", "stale", "connected"]
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


BROKEN = {
    "truncated": lambda bundle: shorten(bundle / "model.tflite"),
    "unsupported": lambda bundle: (bundle / "model.tflite").write_bytes(level.tflite(level.UNIQUE)),
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
        assert "UNIQUE" in agent.log


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
