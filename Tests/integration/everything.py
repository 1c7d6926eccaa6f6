"""A configuration with all that the agent may have of sensors, pipelines and alerts, and a board's
work with it: what its memory is measured with, and which of its functions stand together."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent import PATIENCE, Agent, SocketLine
from conftest import OWN
from level import WINDOW
from signals import RAISE, lines

SENSORS, PIPELINES, ALERTS = 16, 32, 64
SAMPLES = 1000
RATE, PAUSE = 50, 1.2
SAMPLES_IN_ALL = SENSORS * (SAMPLES + WINDOW + int(PAUSE * RATE) + 2)


def configuration() -> str:
    """The model of all pipelines is `level`."""
    tables = OWN
    for sensor in range(SENSORS):
        tables += f"""
[[sensor]]
name = "s{sensor}"
port = "unix:s{sensor}.sock"
rate = {RATE}
fields = [{{ name = "level", unit = "g" }}]
"""
    for pipeline in range(PIPELINES):
        tables += f"""
[[pipeline]]
name = "p{pipeline}"
sensor = "s{pipeline % SENSORS}"
model = "level"
"""
    for alert in range(ALERTS):
        tables += f"""
[[alert]]
name = "a{alert}"
source = "p{alert % PIPELINES}.high"
above = 0.75
outputs = ["socket", "journal"]
"""
    return tables


@contextmanager
def at_work(agent: Agent, folder: Path, timeout: float = PATIENCE) -> Iterator[None]:
    """Every sensor has sent its samples, at the end of which every alert is raised; then a frame
    that is none, samples that clear the alerts, a pause that is made up for, one that is not, and
    another connection. All sensors and a subscriber are connected."""
    subscriber = agent.subscribe()
    producers = [SocketLine(folder / f"s{sensor}.sock") for sensor in range(SENSORS)]
    for producer in producers:
        producer.send(lines([0.0] * (SAMPLES - len(RAISE)) + RAISE))
    subscriber.events("alert", ALERTS, timeout, state="raised")
    for producer in producers:
        producer.send(b"none\n" + lines([0.0] * WINDOW))
    subscriber.events("alert", ALERTS, timeout, state="cleared")
    time.sleep(PAUSE)
    for producer in producers:
        producer.send(lines([0.0] * int(PAUSE * RATE)))
    time.sleep(PAUSE)
    for _ in range(2):
        for producer in producers:
            producer.send(lines([0.0]))
        time.sleep(1 / RATE)
    producers.pop().close()
    producers.append(SocketLine(folder / f"s{SENSORS - 1}.sock"))
    subscriber.waits_for_samples(SAMPLES_IN_ALL, timeout)
    yield
    for producer in producers:
        producer.close()
