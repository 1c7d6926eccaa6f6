"""Goal: the shipped executables compute what the references compute, for every operator.
Method: golden vectors through `edgeagent infer`, on both architectures: the small models of
Tests/golden/data, and where they are, the single operators and the real models of ../shared."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import ROOT, say, shared

GOLDEN = ROOT / "Tests" / "golden"
FOREIGN = "audio_preprocessor_int8"


def cases(folder: Path) -> list[dict]:
    return json.loads((folder / "cases.json").read_text())


def refused() -> set[str]:
    """Names in refused.txt, where lines that begin with # give the reasons; and the one real model
    whose operators are its maker's own."""
    lines = (GOLDEN / "refused.txt").read_text().splitlines()
    names = {name for line in lines if not line.startswith("#") for name in line.split()}
    return names | {FOREIGN}


@pytest.mark.timeout(600)  # some 700 starts, each a tenth of a second under an emulator
@pytest.mark.parametrize("data", ["own", "ops", "models"])
def test_every_operator_gives_the_reference_bytes(either, folder, data, capsys):
    """Every case; one that is refused has to be in refused.txt, and to say what it is refused
    for."""
    source = GOLDEN / "data" if data == "own" else shared(data)
    names, listed = [case["name"] for case in cases(source)], refused()
    assert names
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = pool.map(
            lambda name: fault(either, source, name, folder, name in listed), names
        )
    faults = [fault for fault in faults if fault]
    assert not faults, "\n".join([f"{len(faults)} of {len(names)} cases:", *faults])
    # A refusal must not look like a match.
    refusals = [name for name in names if name in listed]
    exact = len(names) - len(refusals)
    say(capsys, f"{data}: {exact} cases to the byte, refused as listed: {refusals or 'none'}")


def fault(
    command: list[str], data: Path, name: str, folder: Path, may_refuse: bool
) -> str | None:
    """What is wrong with one case, in words."""
    output = folder / f"{name}.out"
    words = ["infer", data / f"{name}.tflite", "--input", data / f"{name}.in.bin"]
    result = subprocess.run(
        [*command, *map(str, words), "--output", str(output)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if result.returncode == 1 and may_refuse:
        # The place in the file, and for operators of somebody's own, their kind.
        words = ["operator", "CUSTOM"] if name == FOREIGN else ["operator"]
        unsaid = [word for word in words if word not in result.stderr]
        return f"{name}: refused without {unsaid}: {result.stderr.strip()}" if unsaid else None
    if result.returncode != 0:
        return f"{name}: exit code {result.returncode}, {result.stderr.strip()}"
    if may_refuse:
        return f"{name}: loads; take it off refused.txt"
    found, golden = output.read_bytes(), (data / f"{name}.out.bin").read_bytes()
    if found == golden:
        return None
    places = [index for index, (a, b) in enumerate(zip(found, golden)) if a != b]
    if not places:
        return f"{name}: {len(found)} bytes, the reference has {len(golden)}"
    return f"{name}: {len(places)} of {len(golden)} bytes differ, the first at {places[0]}"
