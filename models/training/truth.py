"""When a recording's fall hit the ground: `python truth.py RECORDING.csv …` prints it as JSON.

The impact is the sample with the largest |a|: no smoothing, so that any other tool finds the
same sample. Falls are known from the recording's name; daily life has no impact, however hard
the sensor was hit.
"""

import json
import sys
from pathlib import Path

import numpy as np

from data import RATE, Recording, read


def impact(recording: Recording) -> int | None:
    """The index of the impact's sample; None for daily life."""
    if not recording.is_fall:
        return None
    return peak(recording.samples)


def peak(samples: np.ndarray) -> int:
    """The first sample of the largest acceleration, whatever its direction."""
    return int(np.argmax(np.square(samples[:, :3].astype(np.float64)).sum(axis=1)))


def main() -> None:
    if len(sys.argv) < 2:
        print("usage: truth.py RECORDING.csv …", file=sys.stderr)
        raise SystemExit(2)
    for path in map(Path, sys.argv[1:]):
        recording = read(path)
        index = impact(recording)
        print(json.dumps({
            "recording": recording.name,
            "subject": recording.subject,
            "activity": recording.activity,
            "samples": len(recording.samples),
            "impact": index,
            "impact_seconds": None if index is None else index / RATE,
        }))


if __name__ == "__main__":
    main()
