"""Goal: the votes, the hysteresis and the impact are what the agent and the judge mean by them.

Method: scores and samples written by hand; no TensorFlow.
"""

import numpy as np
import pytest

from data import Recording, load
from evaluate import poisson, wilson
from streaming import Rule, ends, judge, raises, strength
from truth import impact


def recording(activity: str, steps: int = 500, peak: int = 200) -> Recording:
    samples = np.zeros((steps, 6), np.float32)
    samples[peak, 1] = -9
    samples[:, 3] = 500  # rotation has no say in where the impact is
    return Recording(f"s01-{activity}", 1, activity, samples)


@pytest.mark.parametrize("samples, expected", [
    (19, []), (20, [20]), (24, [20]), (25, [20, 25]), (31, [20, 25, 30]),
])
def test_scores_when_the_window_first_fills_and_then_every_stride(samples, expected):
    assert ends(samples, 20, 5).tolist() == expected


@pytest.mark.parametrize("scores, expected", [
    ([], []),
    ([1.0], []),
    ([0.9, 0.9], [1]),
    ([0.9, 0.89, 0.9], [2]),
    ([0.9, 0.5, 0.5, 0.9], []),
    ([0.9, 0.9, 0.1], [1]),
])
def test_two_of_three_scores_raise(scores, expected):
    assert raises(scores) == expected


def test_stays_raised_until_a_score_below_the_clear_level():
    assert raises([1, 1, 0.6, 1, 1]) == [1]
    assert raises([1, 1, 0.59, 1, 1]) == [1, 4]


def test_a_low_score_never_raises():
    assert raises([1, 0, 1, 0], Rule(votes=1, of=3)) == [0, 2]
    assert raises([0.95, 0.95, 0.5, 0.5, 0.5]) == [1]


def test_strength_is_the_level_at_which_the_alert_would_still_rise():
    scores = np.random.default_rng(1).random(200)
    best = strength(scores).max()
    assert raises(scores, Rule(above=best, clear_below=0))
    assert not raises(scores, Rule(above=np.nextafter(best, 2), clear_below=0))


def test_impact_is_the_largest_acceleration_of_a_fall():
    assert impact(recording("fall3")) == 200
    assert impact(recording("clap")) is None


@pytest.mark.parametrize("end, delay", [
    (150, None), (151, -50), (201, 0), (351, 150), (352, None),
])
def test_a_raise_counts_from_one_second_before_to_three_after(end, delay):
    verdict = judge([end], 200)
    assert verdict.delay == delay
    assert verdict.false == ([] if delay is not None else [end])


def test_every_raise_in_daily_life_is_false():
    assert judge([160, 400], None).false == [160, 400]


def test_intervals_agree_with_published_ones():
    assert wilson(77, 79) == pytest.approx((0.912, 0.993), abs=0.001)
    assert poisson(0) == pytest.approx((0, 3.689), abs=0.001)
    assert poisson(3) == pytest.approx((0.619, 8.767), abs=0.001)


def test_absent_recordings_exit_2(tmp_path):
    with pytest.raises(SystemExit) as stopped:
        load(tmp_path)
    assert stopped.value.code == 2
