"""Goal: a broker on the board knows the state of every alert, whatever dies and comes back, and a
dashboard finds everything by itself.
Method: the real mosquitto on its Unix socket, the real agent, and Eclipse's client as observer."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from agent import PATIENCE, eventually
from mosquitto import PROGRAM, Broker, Observer
from signals import HIGH, LOW, RAISE, lines

ROOT = "edgeagent/bench-1"
STATE = f"{ROOT}/alert/full"
CLEAR = [LOW] * 6


@pytest.fixture
def broker(folder):
    broker = Broker(folder)
    yield broker
    broker.close()


@pytest.fixture
def observe(broker):
    observers: list[Observer] = []

    def observe(**options) -> Observer:
        observers.append(Observer(broker, **options))
        return observers[-1]

    yield observe
    for observer in observers:
        observer.close()


@pytest.fixture
def begin(start):
    """Starts an agent whose alert goes to the broker."""

    def begin(more: str = "", **options):
        output = f'[[output]]\nname = "home"\nmqtt = "broker.sock"\n{more}'
        # Without a person to acknowledge it, the alert is over with its condition.
        options.setdefault("alert", 'outputs = ["socket", "home"]\nacknowledge = false')
        return start(more=output, publish='["alerts"]', **options)

    return begin


def is_state(state: str):
    return lambda payload: json.loads(payload)["state"] == state


def test_the_state_of_an_alert_is_kept(begin, observe, socket_line):
    """ON with the raise, OFF with the end; who comes later finds the newest at once."""
    agent = begin()
    observer = observe()
    observer.on(f"{ROOT}/status", lambda payload: payload == "online")
    observer.on(STATE, is_state("OFF"))
    line = socket_line()
    line.send(lines(RAISE))
    (on,) = map(json.loads, observer.on(STATE, is_state("ON")))
    assert on["severity"] == "critical" and on["source"] == "tank.high"
    (event,) = map(json.loads, observer.on(f"{ROOT}/events"))
    assert event["type"] == "alert" and event["alert"] == "full" and event["state"] == "raised"
    later = observe()
    later.wait(lambda message: message[0] == STATE and message[2] and is_state("ON")(message[1]))
    line.send(lines(CLEAR))
    observer.on(STATE, is_state("OFF"), count=2)
    agent.stop()
    observer.on(f"{ROOT}/status", lambda payload: payload == "offline")


def test_a_broker_that_dies_finds_everything_anew(begin, broker, observe, socket_line):
    """Killed, and started again with an empty memory, while the alert is raised in between."""
    agent = begin()
    subscriber = agent.subscribe()
    observe().on(STATE, is_state("OFF"))
    broker.kill()
    socket_line().send(lines(RAISE))
    subscriber.events("alert", state="raised")
    broker.start()
    observer = observe()
    observer.on(f"{ROOT}/status", lambda payload: payload == "online")
    observer.on(STATE, is_state("ON"))
    (event,) = map(json.loads, observer.on(f"{ROOT}/events"))
    assert event["state"] == "raised"
    agent.stop()


def test_the_last_will_is_told_when_the_agent_is_killed(begin, observe):
    """SIGKILL: the broker itself says that the agent is gone, also to those who come later."""
    agent = begin()
    observer = observe()
    observer.on(f"{ROOT}/status", lambda payload: payload == "online")
    agent.process.send_signal(signal.SIGKILL)
    observer.on(f"{ROOT}/status", lambda payload: payload == "offline")
    later = observe()
    later.wait(lambda message: message == (f"{ROOT}/status", "offline", True))


def test_nothing_is_lost_while_the_broker_comes_and_goes(begin, broker, observe, socket_line):
    """Forty transitions, three deaths of the broker: each event arrived or is counted as left out,
    and the last state is right."""
    agent = begin()
    subscriber = agent.subscribe()
    line = socket_line()
    seen: dict[int, dict] = {}
    for death in range(4):
        observer = observe()
        observer.on(f"{ROOT}/status", lambda payload: payload == "online")
        for cycle in range(1, 6):
            line.send(lines([LOW] * 4 + [HIGH] * 4 + [LOW] * 4))
            subscriber.events("alert", 2 * (5 * death + cycle))
        total = 10 * (death + 1)

        def accounted(observer=observer, total=total):
            for message in list(observer.messages):
                if message[0] == f"{ROOT}/events":
                    event = json.loads(message[1])
                    # The broker may get one twice, and the sample tells them apart.
                    seen[event["sample"]] = event
            return len(seen) + sum(event.get("missed", 0) for event in seen.values()) == total

        eventually(accounted, f"{total} transitions")
        eventually(lambda obs=observer: is_state("OFF")(obs.on(STATE)[-1]), "the last state")
        if death < 3:
            broker.kill()
            broker.start()
    agent.stop()


def test_a_dashboard_finds_the_alerts(begin, observe):
    """Home Assistant's description is there, retained, and again when it has started."""
    begin('discovery = "homeassistant"')
    observer = observe()
    topic = "homeassistant/device/bench-1/config"
    (text,) = observer.on(topic)
    config = json.loads(text)
    assert config["dev"]["ids"] == ["edgeagent_bench-1"] and config["dev"]["name"] == "bench-1"
    assert config["o"]["name"] == "edgeagent"
    full = config["cmps"]["full"]
    assert full["p"] == "binary_sensor" and full["device_class"] == "safety"
    assert full["unique_id"] == "edgeagent_bench-1_full"
    assert full["state_topic"] == full["json_attributes_topic"] == STATE
    assert full["availability_topic"] == f"{ROOT}/status"
    assert (full["payload_on"], full["payload_off"]) == ("ON", "OFF")
    before = len(observer.on(topic))
    observer.publish("homeassistant/status", "online")
    observer.on(topic, count=before + 1)
    later = observe()
    later.wait(lambda message: message[0] == topic and message[2])


def test_the_agent_takes_no_commands(begin, broker, observe):
    """It subscribes to the one topic by which a dashboard says that it has started."""
    agent = begin('discovery = "homeassistant"')
    observe().on(f"{ROOT}/status", lambda payload: payload == "online")
    agent.stop()
    observe().on(f"{ROOT}/status", lambda payload: payload == "offline")
    # Of each subscription its client, the quality and the topic; the observers' are there too.
    asked = re.findall(r"^\d+: (\S+) [012] (\S+)$", broker.log.read_text(), re.MULTILINE)
    assert [topic for _, topic in asked].count("#") == 2
    ours = [topic for client, topic in asked if client == "edgeagent-bench-1"]
    assert ours == ["homeassistant/status"]


def test_a_password_is_shown_and_a_wrong_one_is_told(folder, start):
    """From a file; the log says what to do, and the agent goes on."""
    passwords = folder / "passwords"
    tool = Path(PROGRAM).parent.parent / "bin" / "mosquitto_passwd"
    subprocess.run([tool, "-b", "-c", passwords, "edge", "right"], check=True)
    broker = Broker(folder, f"allow_anonymous false\npassword_file {passwords}")
    try:
        secret = folder / "secret"
        secret.write_text("wrong\n")
        secret.chmod(0o600)
        output = (
            '[[output]]\nname = "home"\nmqtt = "broker.sock"\n'
            f'user = "edge"\npassword = "{secret}"'
        )
        agent = start(alert='outputs = ["home"]', more=output)
        eventually(lambda: "refuses the user" in agent.log or "not allow" in agent.log, "a word")
        secret.write_text("right\n")
        observer = Observer(broker, user=("edge", "right"))
        observer.on(f"{ROOT}/status", lambda payload: payload == "online")
        observer.close()
        agent.stop()
    finally:
        broker.close()


def test_without_a_broker_the_agent_is_ready_and_alerts(begin, broker, socket_line):
    """A broker is never a reason to wait."""
    broker.kill()
    broker.socket.unlink(missing_ok=True)
    begun = time.monotonic()
    agent = begin()
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE))
    subscriber.events("alert", state="raised")
    agent.stop()
    assert time.monotonic() - begun < PATIENCE
