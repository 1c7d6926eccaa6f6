"""Goal: a sensor that keeps its samples back and sends them in batches loses no alarm.
Method: the fall of the examples, with its samples in batches of every length and phase that a radio
may have, replayed in virtual time."""

import re

import pytest

from conftest import ROOT
from recordings import FRAMES, HEAD, blocks, items, recording

MILLISECOND = 1_000_000
WINDOWS = 86
"""In the recording as it is."""
PHASES = 12


def in_batches(file: bytes, period: int, phase: int) -> bytes:
    """Every item waits for the next of the moments that come every `period` milliseconds."""
    (head,) = [body.decode() for kind, body in blocks(file) if kind == HEAD]
    step, shift, batches = period * MILLISECOND, phase * MILLISECOND, {}
    for _, arrival, _, data in items(file):
        at = ((arrival + shift) // step + 1) * step - shift
        batches[at] = batches.get(at, b"") + data
    return recording(head, sorted(batches.items()))


@pytest.mark.parametrize("period", [500, 1000, 1200, 1500, 1900])
def test_a_fall_is_found_however_its_samples_are_bundled(run, folder, period):
    """At each phase the alert is raised; only windows of the last batch, of which nobody knows yet
    whether it is whole, are not judged."""
    file = (ROOT / "examples" / "fall.rec").read_bytes()
    assert FRAMES not in {kind for kind, _ in blocks(file)}
    for phase in range(0, period, period // PHASES):
        path = folder / f"{phase}.rec"
        path.write_bytes(in_batches(file, period, phase))
        said = run("replay", "--config", ROOT / "examples" / "fall.toml", path)
        assert said.returncode == 0 and "raised" in said.stdout, (phase, said)
        windows = int(re.search(r"(\d+) windows", said.stdout)[1])
        assert WINDOWS - period // 200 - 1 <= windows <= WINDOWS, phase
