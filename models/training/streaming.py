"""What the agent does with a stream: when it scores, and when the scores raise an alert."""

from collections import deque
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rule:
    """Raise when `votes` of the last `of` scores reach `above`; clear below `clear_below`."""

    above: float = 0.9
    clear_below: float = 0.6
    votes: int = 2
    of: int = 3


def ends(samples: int, window: int, stride: int) -> np.ndarray:
    """How many samples had arrived at each score: when the window first filled, then every stride.

    >>> ends(30, 20, 5)
    array([20, 25, 30])
    """
    return np.arange(window, samples + 1, stride)


def raises(scores, rule: Rule = Rule()) -> list[int]:
    """Indices of the scores at which the alert was raised, as the agent's `AlertRule` does it.

    An episode's votes end with it: after a clear the next one needs new votes.
    """
    recent: deque[bool] = deque(maxlen=rule.of)
    raised, at = False, []
    for index, score in enumerate(scores):
        over = bool(score >= rule.above)
        recent.append(over)
        if raised:
            if score < rule.clear_below:
                raised = False
                recent.clear()
        elif over and sum(recent) >= rule.votes:
            raised = True
            at.append(index)
    return at


def strength(scores, rule: Rule = Rule()) -> np.ndarray:
    """For each score the highest `above` at which it would complete the votes.

    The score is one of the votes, so it is the smaller of itself and the best of the others.
    """
    scores = np.asarray(scores, dtype=np.float64)
    result = np.full(len(scores), -np.inf)
    for index in range(len(scores)):
        before = np.sort(scores[max(0, index - rule.of + 1):index])[::-1]
        if len(before) >= rule.votes - 1:
            others = before[rule.votes - 2] if rule.votes > 1 else np.inf
            result[index] = min(scores[index], others)
    return result


@dataclass(frozen=True)
class Verdict:
    """`delay`: from impact to the first raise that counts, in samples, None when it was missed.
    `false`: raises that belong to no fall, as numbers of samples that had arrived."""

    delay: int | None
    false: list[int]


def judge(at: list[int], impact: int | None, rate: int = 50) -> Verdict:
    """Sorts the raises of one recording. `at`: samples that had arrived at each raise.

    A raise counts as the fall's from 1 s before the impact to 3 s after it.
    """
    if impact is None:
        return Verdict(None, list(at))
    delays = {end: end - 1 - impact for end in at}
    own = [end for end in at if -rate <= delays[end] <= 3 * rate]
    return Verdict(delays[own[0]] if own else None, [end for end in at if end not in own])
