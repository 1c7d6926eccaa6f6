"""The recordings: one CSV a recording, named s<subject>-<activity>.csv, 50 Hz, six columns."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATE = 50
COLUMNS = ["ax", "ay", "az", "wx", "wy", "wz"]
DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "data" / "falls"
NAME = re.compile(r"s(\d+)-([a-z]+\d?)$")


@dataclass(frozen=True)
class Recording:
    """`samples` is [steps, 6] float32: acceleration in g without gravity, then deg/s."""

    name: str
    subject: int
    activity: str
    samples: np.ndarray

    @property
    def is_fall(self) -> bool:
        return self.activity.startswith("fall")

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def read(path: Path) -> Recording:
    """Reads one recording; refuses a file whose columns are not the six, in order."""
    match = NAME.match(path.stem)
    if not match:
        raise ValueError(f"{path}: the name is not s<subject>-<activity>.csv")
    with open(path, encoding="ascii") as file:
        header = file.readline().strip().split(",")
        if header != COLUMNS:
            raise ValueError(f"{path}: columns are {header}, expected {COLUMNS}")
        samples = np.loadtxt(file, delimiter=",", dtype=np.float32, ndmin=2)
    if not np.isfinite(samples).all():
        raise ValueError(f"{path}: a value is not finite")
    return Recording(path.stem, int(match[1]), match[2], samples)


def load(folder: Path = DEFAULT) -> list[Recording]:
    """All recordings of a folder, by name. Exits 2 where there is none."""
    paths = sorted(Path(folder).glob("s*-*.csv"))
    if not paths:
        print(
            f"no recordings (s*-*.csv) in {folder}: give their folder with --data", file=sys.stderr
        )
        raise SystemExit(2)
    return [read(path) for path in paths]
