"""Goal: no program keeps an alert from another program, and none keeps the agent.
Method: real programs that hang, leave their process group, fail and come too late."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from agent import eventually
from conftest import OWN
from signals import LOW, RAISE, lines

CLEAR = [LOW] * 6


@pytest.fixture
def program(folder):
    """Makes an executable script; at the end every process that wrote its number is gone."""

    def make(name: str, text: str) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\necho $$ >>{folder}/numbers\n{text}\n")
        path.chmod(0o755)
        return path

    yield make
    numbers = folder / "numbers"
    for number in numbers.read_text().split() if numbers.exists() else []:
        with suppress(ProcessLookupError):
            os.kill(int(number), signal.SIGKILL)


def other(program: Path, severity: str = "info") -> str:
    """A second alert on the same score."""
    return (
        f'[[alert]]\nname = "other"\nsource = "tank.high"\nabove = 0.5\nclear_below = 0.25\n'
        f'votes = "1 of 1"\nseverity = "{severity}"\noutputs = ["exec:{program}"]\n'
    )


def test_a_hanging_program_delays_no_siren(start, folder, program, socket_line):
    """The lesser alert's program hangs before the critical one is raised."""
    hang = program("hang", f"touch {folder}/hangs; exec sleep 600")
    siren = program("siren", f"echo $EDGEAGENT_STATE >>{folder}/heard")
    agent = start(alert=f'outputs = ["exec:{siren}", "socket"]', more=other(hang))
    subscriber = agent.subscribe()
    line = socket_line()
    # The mean climbs to 0.5: the lesser alert alone.
    line.send(lines(RAISE[:6]))
    eventually((folder / "hangs").exists, "the hanging program")
    begun = time.monotonic()
    line.send(lines(RAISE[6:]))
    subscriber.events("alert", state="raised")
    heard = folder / "heard"
    eventually(lambda: heard.exists() and heard.read_text() == "raised\n", "the siren")
    # The other program has ten seconds.
    assert time.monotonic() - begun < 5
    agent.process.kill()


@pytest.mark.parametrize(
    "escape",
    [
        'exec perl -e \'setpgrp(0, getpgrp(getppid)); $SIG{TERM} = "IGNORE"; sleep 600\'',
        "kill -STOP $$",
    ],
    ids=["leaves its group", "stops itself"],
)
def test_no_program_outlives_its_limit(start, folder, program, socket_line, escape):
    """It is killed whatever it does, the alert's end comes after it, and the agent stops."""
    end = f"[ $EDGEAGENT_STATE = raised ] || {{ touch {folder}/end; exit 0; }}"
    wild = program("wild", f"{end}\n{escape}")
    output = f'[[output]]\nname = "wild"\nexec = "{wild}"\nlimit = "1s"'
    agent = start(alert='outputs = ["wild", "socket"]', more=output)
    subscriber = agent.subscribe()
    socket_line().send(lines(RAISE + CLEAR))
    subscriber.events("alert", 2)
    assert "killed" in agent.says("wild")
    eventually((folder / "end").exists, "the end of the alert")
    agent.stop()


def test_a_failed_program_is_run_again(start, folder, program, socket_line):
    """It fails once, and is told the same alert after a second."""
    mend = f"[ -e {folder}/mended ] || {{ touch {folder}/mended; exit 1; }}"
    moody = program("moody", f"cat >>{folder}/heard; {mend}")
    output = f'[[output]]\nname = "moody"\nexec = "{moody}"\nretries = 2'
    agent = start(alert='outputs = ["moody", "socket"]', more=output)
    socket_line().send(lines(RAISE))
    heard = folder / "heard"
    eventually(lambda: heard.exists() and heard.read_text().count("raised") == 2, "two runs")
    agent.stop()


def test_what_remains_at_the_end_is_named(start, program, folder, socket_line):
    """A program that hangs when the agent stops has 15 s: then the log says which alert it was."""
    hang = program("hang", f"touch {folder}/hangs; exec sleep 600")
    output = f'[[output]]\nname = "hang"\nexec = "{hang}"\nlimit = "60s"'
    agent = start(alert='outputs = ["hang"]', more=output)
    socket_line().send(lines(RAISE))
    eventually((folder / "hangs").exists, "the hanging program")
    began = time.monotonic()
    agent.process.terminate()
    assert agent.process.wait(timeout=25) == 0
    assert 14.5 < time.monotonic() - began < 20, "docs/outputs.md, and TimeoutStopSec= of the unit"
    assert "stopped before this was told: alert full raised: hang" in agent.log


def test_the_outputs_are_listed(run, folder, models):
    """Each by its name, with what it is."""
    file = configuration(folder)
    result = run("outputs", "list", "--config", file)
    assert result.returncode == 0, result.stderr
    listed = result.stdout.splitlines()
    assert listed[0].startswith(
        "siren: /dev/gpiochip99 line 17, siren, steady, fail-safe; /dev/gpiochip99: no such device"
    )
    assert listed[1] == f"page: program {folder}/page"


def test_lines_that_cannot_be_released_are_named(run, folder, models):
    """`outputs off` tries every line and says what is wrong with each."""
    result = run("outputs", "off", "--config", configuration(folder))
    assert result.returncode == 1
    assert "output siren: /dev/gpiochip99: no such device" in result.stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["outputs"], "ACTION is missing"),
        (["outputs", "on", "--config", "x"], 'unknown action "on"'),
        (["outputs", "off"], "--config is missing"),
    ],
)
def test_a_wrong_use_is_told(run, words, complaint):
    result = run(*words)
    assert result.returncode == 2 and complaint in result.stderr


def configuration(folder: Path) -> Path:
    file = folder / "outputs.toml"
    file.write_text(
        f"{OWN}"
        '[[output]]\nname = "siren"\ngpio = "gpiochip99/17"\nfail_safe = true\n'
        f'[[output]]\nname = "page"\nexec = "{folder}/page"\n'
        '[[sensor]]\nname = "gauge"\nport = "unix:sensor.sock"\nrate = 50\n'
        'fields = [{ name = "level", unit = "g" }]\n'
        '[[pipeline]]\nname = "tank"\nsensor = "gauge"\nmodel = "level"\n'
        '[[alert]]\nname = "full"\nsource = "tank.high"\nabove = 0.75\nclear_below = 0.25\n'
        'outputs = ["siren", "page"]\n'
    )
    return file
