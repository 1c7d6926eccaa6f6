"""Scores bundles as the agent would: streamed, with votes; reports what was found and missed."""

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from data import RATE, Recording
from settings import RULE
from streaming import Rule, ends, judge, raises
from truth import impact
from windows import sliding

FALL_NAMES = {
    "fall1": "clockwise forward", "fall2": "clockwise backward", "fall3": "right to left",
    "fall4": "counterclockwise forward", "fall5": "counterclockwise backward",
    "fall6": "left to right",
}


@dataclass
class Tally:
    """What was found and missed in some recordings."""

    falls: int = 0
    delays: list[float] = field(default_factory=list)
    false_daily: int = 0
    false_fall: int = 0
    daily_seconds: float = 0
    fall_seconds: float = 0
    names: list[str] = field(default_factory=list)

    def add(self, recording: Recording, delay: int | None, false: int) -> None:
        if recording.is_fall:
            self.falls += 1
            self.fall_seconds += recording.seconds
            self.false_fall += false
            if delay is None:
                self.names.append(f"missed {recording.name}")
            else:
                self.delays.append(delay / RATE)
        else:
            self.daily_seconds += recording.seconds
            self.false_daily += false
        if false:
            self.names.append(f"false {recording.name} ×{false}")


def stream_scores(scorer, samples: np.ndarray, stride: int) -> tuple[np.ndarray, np.ndarray]:
    window = scorer.settings.window
    end = ends(len(samples), window, stride)
    return end, np.array([scorer.score(x) for x in sliding(samples, end, window)])


def alone(scores: dict, recordings: list[Recording], rule: Rule = RULE) -> dict[str, Tally]:
    """Each recording as a separate stream. `scores[name]`: ends and scores. By activity."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for recording in recordings:
        end, score = scores[recording.name]
        at = [int(end[index]) for index in raises(score, rule)]
        verdict = judge(at, impact(recording))
        tallies[recording.activity].add(recording, verdict.delay, len(verdict.false))
    return tallies


def joined(scorer, recordings: list[Recording], seed: int, rule: Rule = RULE) -> Tally:
    """All recordings back to back in one stream, in a seeded order."""
    order = np.random.default_rng(seed).permutation(len(recordings))
    recordings = [recordings[index] for index in order]
    end, score = stream_scores(
        scorer, np.concatenate([r.samples for r in recordings]), scorer.settings.stride
    )
    at = np.array([end[index] for index in raises(score, rule)], dtype=int)
    tally, start = Tally(), 0
    taken = np.zeros(len(at), bool)
    found = {}
    for recording in recordings:
        if recording.is_fall:
            delay = at - 1 - start - impact(recording)
            own = (delay >= -RATE) & (delay <= 3 * RATE)
            taken |= own
            found[recording.name] = int(delay[own][0]) if own.any() else None
        start += len(recording.samples)
    start = 0
    for recording in recordings:
        stop = start + len(recording.samples)
        false = int((~taken & (at > start) & (at <= stop)).sum())
        tally.add(recording, found.get(recording.name), false)
        start = stop
    return tally


def slower(samples: np.ndarray, factor: float) -> np.ndarray:
    """The same movement by a clock that ticks `factor` times as often."""
    time = np.arange(int((len(samples) - 1) * factor) + 1) / factor
    return np.stack([np.interp(time, np.arange(len(samples)), x) for x in samples.T], axis=1)


def noisy(samples: np.ndarray) -> np.ndarray:
    sigma = np.array([0.03] * 3 + [3.0] * 3)
    return samples + np.random.default_rng(len(samples)).normal(size=samples.shape) * sigma


# Other sensors and mountings than the recorded: what they make of a recording's samples.
DISTURBED = {
    "as recorded": lambda x: x,
    "turned upside down on the wrist": lambda x: x * [-1, -1, 1, -1, -1, 1],
    "turned by 90°": lambda x: x[:, [1, 0, 2, 4, 3, 5]] * [-1, 1, 1, -1, 1, 1],
    "other wrist (mirrored)": lambda x: x * [-1, 1, 1, 1, -1, -1],
    "clock 3 % fast": lambda x: slower(x, 1.03),
    "clock 3 % slow": lambda x: slower(x, 0.97),
    "noise of 0.03 g and 3 deg/s": noisy,
    "10 % more sensitive": lambda x: x * 1.1,
    "10 % less sensitive": lambda x: x * 0.9,
    "±8 g and ±500 deg/s": lambda x: np.clip(x, [-8] * 3 + [-500] * 3, [8] * 3 + [500] * 3),
}


def disturbed(scorer, recordings: list[Recording]) -> dict[str, Tally]:
    """How the recommended rule fares, each recording a stream, by disturbance."""
    result = {}
    for name, change in DISTURBED.items():
        changed = [
            Recording(r.name, r.subject, r.activity, change(r.samples).astype(np.float32))
            for r in recordings
        ]
        scores = {
            r.name: stream_scores(scorer, r.samples, scorer.settings.stride) for r in changed
        }
        result[name] = total(alone(scores, changed).values())
    return result


def total(tallies) -> Tally:
    result = Tally()
    for tally in tallies:
        for name in Tally.__dataclass_fields__:
            setattr(result, name, getattr(result, name) + getattr(tally, name))
    return result


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    share, square = hits / count, z * z / count
    middle = share + square / 2
    spread = z * math.sqrt(share * (1 - share) / count + square / 4 / count)
    return (middle - spread) / (1 + square), (middle + spread) / (1 + square)


def poisson(events: int) -> tuple[float, float]:
    """Exact 95 % interval of a count's mean, by bisection."""

    def below(mean: float, count: int) -> float:
        return sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count + 1))

    def solve(count: int, target: float) -> float:
        low, high = 0.0, 10.0 * (count + 5)
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if below(middle, count) > target else (low, middle)
        return low

    return (solve(events - 1, 0.975) if events else 0.0), solve(events, 0.025)


def found_line(tally: Tally) -> str:
    low, high = wilson(len(tally.delays), tally.falls)
    share = len(tally.delays) / max(1, tally.falls)
    return (
        f"{len(tally.delays)} of {tally.falls} falls, {share:.1%} "
        f"(95 % interval {low:.1%} to {high:.1%})"
    )


def false_line(events: int, seconds: float) -> str:
    hours = seconds / 3600
    low, high = (bound / hours for bound in poisson(events))
    return (
        f"{events} in {hours:.2f} h, {events / hours:.2f} an hour "
        f"(95 % interval {low:.2f} to {high:.2f})"
    )


def mean_line(streams: list[Tally], part: str) -> str:
    """The streams hold the same recordings in another order: no interval, but the extremes."""
    if part == "found":
        counts = [len(tally.delays) for tally in streams]
        share = np.mean(counts) / max(1, streams[0].falls)
        return f"{share:.1%} ({min(counts)} to {max(counts)} of {streams[0].falls})"
    counts = [getattr(tally, f"false_{part}") for tally in streams]
    hours = getattr(streams[0], f"{part}_seconds") / 3600
    return f"{np.mean(counts) / hours:.2f} an hour ({min(counts)} to {max(counts)} a stream)"


def report(
    by_activity: dict[str, Tally],
    streams: list[Tally],
    rules: dict[str, Tally],
    disturbances: dict[str, Tally],
) -> str:
    """The figures as Markdown."""
    every = total(by_activity.values())
    delays = np.array(every.delays or [np.nan])
    lines = [
        f"| | each recording a stream | back to back, {len(streams)} orders |",
        "|---|---|---|",
        f"| falls found within 3 s | {found_line(every)} | {mean_line(streams, 'found')} |",
        f"| false alerts, daily life | {false_line(every.false_daily, every.daily_seconds)} | "
        f"{mean_line(streams, 'daily')} |",
        f"| false alerts, the rest of falls' recordings | "
        f"{false_line(every.false_fall, every.fall_seconds)} | "
        f"{mean_line(streams, 'fall')} |",
        "",
        f"From impact to alert: median {np.median(delays):.2f} s, 90 % within "
        f"{np.quantile(delays, 0.9):.2f} s, slowest {delays.max():.2f} s, "
        f"fastest {delays.min():.2f} s.",
        "",
        "| fall | found | | daily life | minutes | false alerts |",
        "|---|---|---|---|---|---|",
    ]
    falls = sorted(name for name in by_activity if name.startswith("fall"))
    daily = sorted(name for name in by_activity if not name.startswith("fall"))
    for row in range(max(len(falls), len(daily))):
        left, right = "| | |", " | | | |"
        if row < len(falls):
            tally = by_activity[falls[row]]
            left = f"| {FALL_NAMES[falls[row]]} | {len(tally.delays)} of {tally.falls} |"
        if row < len(daily):
            tally = by_activity[daily[row]]
            right = f" | {daily[row]} | {tally.daily_seconds / 60:.1f} | {tally.false_daily} |"
        lines.append(left + right)
    for title, tallies in [("rule", rules), ("disturbance", disturbances)]:
        lines += ["", f"| {title} | falls found | false alerts in daily life |", "|---|---|---|"]
        lines += [
            f"| {name} | {len(tally.delays)} of {tally.falls} | {tally.false_daily} |"
            for name, tally in tallies.items()
        ]
    lines += ["", "Each recording a stream: " + ("; ".join(every.names) or "no error") + "."]
    return "\n".join(lines) + "\n"


OTHER_RULES = {
    f"{votes} of {of} at {above}": Rule(above=above, votes=votes, of=of)
    for votes, of, above in [
        (2, 3, 0.5), (2, 3, 0.7), (2, 3, 0.8), (2, 3, 0.9), (2, 3, 0.95), (2, 3, 0.98),
        (1, 1, 0.9), (3, 3, 0.9), (3, 5, 0.9),
    ]
}
