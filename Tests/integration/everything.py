"""A configuration with all that the agent may have of sensors, pipelines and alerts, and a board's
work with it: what its memory is measured with, and which of its functions stand together."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent import Agent, SocketLine
from conftest import OWN
from signals import RAISE, lines

SENSORS, PIPELINES, ALERTS = 16, 32, 64
SAMPLES = 1000


def configuration() -> str:
    """The model of all pipelines is `level`."""
    tables = OWN
    for sensor in range(SENSORS):
        tables += f"""
[[sensor]]
name = "s{sensor}"
port = "unix:s{sensor}.sock"
rate = 50
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
def at_work(agent: Agent, folder: Path) -> Iterator[None]:
    """Every sensor has sent its samples, at the end of which every alert is raised; all of them and
    a subscriber are still connected."""
    subscriber = agent.subscribe()
    producers = [SocketLine(folder / f"s{sensor}.sock") for sensor in range(SENSORS)]
    for producer in producers:
        producer.send(lines([0.0] * (SAMPLES - len(RAISE)) + RAISE))
    subscriber.events("alert", ALERTS, state="raised")
    subscriber.waits_for_samples(SENSORS * SAMPLES)
    yield
    for producer in producers:
        producer.close()
