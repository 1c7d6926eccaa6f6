"""Goal: what measures the sensors' side measures all of it.
Method: its short form; nobody judges the times."""

import json
import re
import subprocess
import sys

import pytest

from conftest import ROOT


def test_every_framing_is_timed(run, either):
    """Each frame became a sample, and each row has its figures."""
    result = run("bench", "--sensors", "--frames", 500, "--json", command=either)
    assert result.returncode == 0, result.stderr
    rows = json.loads(result.stdout)["sensors"]
    kinds = {row["sensor"].split(",")[0] for row in rows}
    assert kinds == set("line length sync cobs slip hdlc nmea ubx can s16le".split())
    for row in rows:
        assert row["samples"] == 500
        assert row["sample_ns"] > 0 and row["mb_per_s"] > 0 and row["frame_bytes"] >= 2


@pytest.mark.alone
@pytest.mark.timeout(180)
def test_the_benchmark_runs_in_its_short_form(native):
    script = ROOT / "Tests" / "benchmark" / "sensors.py"
    result = subprocess.run(
        [sys.executable, script, *native, "--short"], capture_output=True, text=True, timeout=150
    )
    assert result.returncode == 0, result.stderr
    said = result.stdout
    assert re.search(r"^line, csv, 6 fields +\d", said, re.MULTILINE)
    assert re.search(r"^16 lines at [\d.]+ of 11.52 kB/s each, .* % of one core", said, re.M)
    assert len(re.findall(r"another sensor's alert, p\d\d: .* %", said)) == 2
