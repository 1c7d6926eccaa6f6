"""Goal: a serial line may be pulled out and put back as often as it likes: no frame is lost that
came whole while it was open, none comes twice, and nothing leaks.
Method: a link as the stable name that udev gives, and another pseudo-terminal behind it each time.
EDGEAGENT_LONG=1 pulls a thousand times, else fifty."""

import os
import random
import statistics
import time
from pathlib import Path

import pytest

from agent import PATIENCE, SerialLine, eventually
from conftest import say
from test_outbox import seeded

PULLS = 1000 if os.environ.get("EDGEAGENT_LONG") else 50
GAP = 0.4
"""Longer than three samples and 0.3 s, so that the pause is a gap."""


def point(link: Path, line: SerialLine) -> None:
    """As udev: in one step, so that the name never leads nowhere."""
    new = link.with_name("new")
    new.symlink_to(line.path)
    new.replace(link)


@pytest.mark.timeout(120 + PULLS)
def test_a_line_that_is_pulled_again_and_again(start, folder, capsys):
    chance: random.Random = seeded("pulls", capsys)
    (folder / "by-id").mkdir()
    link = folder / "by-id" / "probe"
    agent = start(f"serial:{link}", publish='["samples"]')
    subscriber = agent.subscribe()
    number, sent, pauses, reopenings, gaps = 0, [], 0, [], 0
    first_descriptors = 0
    for pull in range(PULLS):
        line = SerialLine()
        began = time.monotonic()
        if pull % 2:
            point(link, line)
        else:  # the name itself goes and comes
            link.unlink(missing_ok=True)
            point(link, line)
        eventually(lambda line=line: agent.waits_for(line.path), f"pull {pull}: open again")
        reopenings.append(time.monotonic() - began)
        if pull == 1:
            first_descriptors = agent.descriptors()
        line.send(b"\n")  # a boundary: the agent may have joined in the middle of a frame
        frames = [f"{number + n}\n".encode() for n in range(chance.randint(1, 5))]
        line.send(b"".join(frames))
        sent += range(number, number + len(frames))
        number += len(frames)
        # What stands in the line when it is pulled is lost in the kernel.
        subscriber.events("sample", len(sent))
        if chance.random() < 0.5:
            line.send(b"77")  # half a frame
        line.close()
        subscriber.events("sensor", pull + 1, state="lost")
        # Now and then the pause is a gap.
        if pull < PULLS - 1 and pull % 25 == 10:
            time.sleep(GAP)
            gaps += 1
    values = [event["values"]["level"] for event in subscriber.events("sample", len(sent))]
    assert values == sent, "each frame once, in its order"
    assert agent.descriptors() <= first_descriptors, "a descriptor leaked"
    assert len(subscriber.events("gap", gaps)) >= gaps
    say(
        capsys,
        f"{PULLS} pulls: open again after {statistics.median(reopenings) * 1e3:.0f} ms in the "
        f"median, {max(reopenings) * 1e3:.0f} ms at most",
    )
    # By timer alone the pauses grow to 5 s.
    assert sum(reopenings) < PULLS, "the agent was not woken"
    agent.stop()


def test_the_folder_of_the_name_may_come_and_go(start, folder):
    """`/dev/serial/by-id` goes with the last device, and comes with the first."""
    link = folder / "serial" / "by-id" / "probe"
    agent = start(f"serial:{link}", publish='["samples"]')
    subscriber = agent.subscribe()
    agent.says("no such device")
    for number in range(3):
        line = SerialLine()
        link.parent.mkdir(parents=True)
        link.symlink_to(line.path)
        line.opened_by(agent).send(b"1\n")
        subscriber.events("sample", number + 1)
        link.unlink()
        link.parent.rmdir()
        link.parent.parent.rmdir()
        line.close()
    agent.stop()


@pytest.mark.parametrize("startup", ["wait", "error"])
def test_a_port_that_is_missing_at_the_start(start, folder, startup):
    agent = start("serial:probe", sensor=f'startup = "{startup}"', ready=startup == "wait")
    if startup == "error":
        assert agent.ends(PATIENCE) == 1
        assert "with startup" in agent.log and "no such device" in agent.log
    else:
        agent.says("trying again")
        agent.stop()
