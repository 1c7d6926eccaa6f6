"""Cross-validates, trains on all subjects, writes the bundle. `./train --help` has the options."""

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

import bundle
import data
import evaluate
from settings import FOLDS, SEED, Settings
from windows import Pool, preprocess

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edgeagent"
STREAMS_A_FOLD = 5


def fold_of(subject: int) -> int:
    """Every fourth subject: subjects 1, 5, 9 and 13 are fold 0."""
    return (subject - 1) % FOLDS


def train(recordings, settings: Settings, seed: int, folder: Path) -> bytes:
    """Trains, converts, writes a bundle."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    # One thread and fixed kernels: the same machine gives the same bytes.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    from network import fit

    def log(line: str) -> None:
        print(f"{folder}: {line}", flush=True)

    model = fit(recordings, settings, seed, log)
    windows, _ = Pool(recordings, settings, seed + 1).batch(512)
    return bundle.write(folder, model, settings, preprocess(windows, settings))


def run_fold(fold: int, folder: str, settings: Settings, data_folder: str):
    """One fold: its bundle in `folder`, and how it did on the subjects it never saw."""
    recordings = data.load(Path(data_folder))
    held = [r for r in recordings if fold_of(r.subject) == fold]
    rest = [r for r in recordings if fold_of(r.subject) != fold]
    target = Path(folder) / str(fold)
    tflite = train(rest, settings, SEED + fold, target / bundle.NAME / bundle.VERSION)
    subjects = sorted({r.subject for r in held})
    (target / "subjects").write_text("".join(f"{subject}\n" for subject in subjects))
    scorer = bundle.Scorer(tflite, settings)
    scores = {
        r.name: evaluate.stream_scores(scorer, r.samples, settings.stride) for r in held
    }
    streams = [evaluate.joined(scorer, held, SEED + seed) for seed in range(STREAMS_A_FOLD)]
    return held, scores, streams, evaluate.disturbed(scorer, held)


def run_all(folder: str, settings: Settings, data_folder: str) -> None:
    train(data.load(Path(data_folder)), settings, SEED + FOLDS, Path(folder))


def summarize(results) -> str:
    """All folds together, as if one model: each recording was scored by one that never saw it."""
    held = [recording for fold, _, _, _ in results for recording in fold]
    scores = {name: score for _, fold, _, _ in results for name, score in fold.items()}
    streams = [
        evaluate.total(streams[index] for _, _, streams, _ in results)
        for index in range(STREAMS_A_FOLD)
    ]
    rules = {
        name: evaluate.total(evaluate.alone(scores, held, rule).values())
        for name, rule in evaluate.OTHER_RULES.items()
    }
    disturbances = {
        name: evaluate.total(tallies[name] for _, _, _, tallies in results)
        for name in evaluate.DISTURBED
    }
    return evaluate.report(evaluate.alone(scores, held), streams, rules, disturbances)


def put_in_card(card: Path, figures: str) -> None:
    """Replaces what stands between the card's two marks."""
    begin, end = "<!-- figures -->\n", "<!-- end of figures -->"
    text = card.read_text(encoding="utf-8")
    before, rest = text.split(begin, 1)
    card.write_text(before + begin + "\n" + figures + "\n" + end + rest.split(end, 1)[1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="train", description=__doc__)
    parser.add_argument("--data", type=Path, default=data.DEFAULT, help="recordings' folder")
    parser.add_argument("--out", type=Path, default=HERE.parent / bundle.NAME / bundle.VERSION,
                        help="the bundle's folder")
    parser.add_argument("--folds", type=Path, help="also keep each fold's bundle here")
    parser.add_argument("--only-folds", action="store_true", help="leave the bundle as it is")
    options = parser.parse_args()
    data.load(options.data)  # says so at once when there is no data
    began, settings = time.monotonic(), Settings()
    folds = options.folds or CACHE / "fall-folds"
    workers = min(FOLDS, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, get_context("spawn"), max_tasks_per_child=1) as pool:
        jobs = [
            pool.submit(run_fold, fold, str(folds), settings, str(options.data))
            for fold in range(FOLDS)
        ]
        last = None
        if not options.only_folds:
            last = pool.submit(run_all, str(options.out), settings, str(options.data))
        figures = summarize([job.result() for job in jobs])
        if last:
            last.result()
    print(figures)
    (folds / "figures.md").write_text(figures, encoding="utf-8")
    card = options.out / "README.md"
    if card.exists() and not options.only_folds:
        put_in_card(card, figures)
    print(f"{time.monotonic() - began:.0f} s; folds in {folds}", file=sys.stderr)


if __name__ == "__main__":
    main()
