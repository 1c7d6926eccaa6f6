"""Plays every fold's unseen recordings to the real agent, through a pseudo-terminal.

`edgeagent replay` starts the agent anew for each recording (with --joined: once a fold, all
recordings back to back), sends the rows as text at 115200 baud, and tells which sample caused
which alert. Here the alerts are compared with the impacts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import data
from evaluate import Tally, false_line, found_line, total
from streaming import judge
from truth import impact

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "fall.toml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("agent", help="the executable")
    parser.add_argument("--folds", type=Path, required=True, help="what train --folds left")
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--speed", default="line", choices=["line", "real", "max"])
    parser.add_argument("--joined", action="store_true", help="back to back, one agent a fold")
    options = parser.parse_args()
    recordings = data.load(options.data)
    folds = sorted(path for path in options.folds.iterdir() if (path / "subjects").exists())
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = list(pool.map(lambda fold: play(fold, recordings, options), folds))
    tallies, rows, lost = zip(*results)
    every = total(tallies)
    every.delays.sort()
    print(f"frames sent            {sum(rows):,}, {sum(lost)} lost")
    print(f"falls found            {found_line(every)}")
    if every.delays:
        middle, last = every.delays[len(every.delays) // 2], every.delays[-1]
        print(f"alert after impact     median {middle:.2f} s, slowest {last:.2f} s")
    daily = false_line(every.false_daily, every.daily_seconds)
    falls = false_line(every.false_fall, every.fall_seconds)
    print(f"false alerts           {daily}, daily life")
    print(f"                       {falls}, around falls")
    print("exceptions             " + ("; ".join(every.names) or "none"))
    sys.exit(1 if sum(lost) else 0)


def play(fold: Path, recordings: list, options) -> tuple[Tally, int, int]:
    subjects = {int(word) for word in (fold / "subjects").read_text().split()}
    unseen = {r.name: r for r in recordings if r.subject in subjects}
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "edgeagent.toml"
        # The rule that people are shown, with the fold's model instead of the shipped one.
        configuration.write_text(EXAMPLE.read_text().replace("../models", str(fold.resolve())))
        words = [options.agent, "replay", "--config", str(configuration), "--json"]
        words += ["--speed", options.speed] + ["--joined"] * options.joined
        words += [str(options.data / f"{name}.csv") for name in unseen]
        result = subprocess.run(words, capture_output=True, text=True)
    if result.returncode:
        print(result.stderr, file=sys.stderr)
    tally, rows, lost = Tally(), 0, 0
    for line in result.stdout.splitlines():
        played = json.loads(line)
        recording = unseen[Path(played["recording"]).stem]
        raised = [a["sample"] for a in played["alerts"] if a["state"] != "cleared"]
        verdict = judge(raised, impact(recording))
        tally.add(recording, verdict.delay, len(verdict.false))
        rows, lost = rows + played["rows"], lost + played["lost"]
    print(f"fold {fold.name}: subjects {sorted(subjects)}, {len(unseen)} recordings, "
          f"{len(tally.delays)} of {tally.falls} falls found", file=sys.stderr)
    return tally, rows, lost


if __name__ == "__main__":
    main()
