"""Goal: a configuration that is handed out works, with nothing but its device changed.
Method: every file of examples/ with a pseudo-terminal for the serial device."""

import subprocess
from pathlib import Path

import pytest

from conftest import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))


def moved(example: Path, folder: Path, device: str) -> Path:
    text = example.read_text()
    assert "/dev/ttyUSB0" in text and "/tmp/edgeagent-events.sock" in text
    text = text.replace("/dev/ttyUSB0", device).replace("../models", str(ROOT / "models"))
    text = text.replace("/tmp/edgeagent-events.sock", str(folder / "events.sock"))
    own = f'state = "{folder}"\n\n[control]\nsocket = "{folder}/control.sock"\n\n[events]'
    assert "\n[events]" in text
    text = text.replace("[events]", own)
    (folder / example.name).write_text(text)
    return folder / example.name


@pytest.mark.usefixtures("fall_model")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_passes_its_check(run, native, folder, serial_line, example):
    result = run("check", "--config", str(moved(example, folder, serial_line().path)))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "ok" in result.stdout.splitlines()


@pytest.mark.usefixtures("fall_model")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_without_its_device_the_check_names_the_place(run, native, folder, example):
    result = run("check", "--config", str(moved(example, folder, "/dev/ttyNONE")))
    assert result.returncode == 1
    assert f"{example.name}:" in result.stderr and "/dev/ttyNONE" in result.stderr
