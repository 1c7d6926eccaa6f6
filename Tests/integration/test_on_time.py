"""Goal: an alert is on time on a machine that is busy with everything else.
Method: `edgeagent bench` with the unit's real-time priority under stress-ng, beside cyclictest,
which measures the machine itself in the same seconds. The bounds are on p99 and p99.9: on a virtual
machine the longest delay of all is the host's."""

from pathlib import Path

import pytest

from conftest import say
from hot_path import LONG, CyclicTest, Steal, Times, bench, needs, real_time, stressed

# One frame of 200 raises or clears the alert: 1,000 alerts, of which p99.9 is the second worst, and
# 100 in the short form.
FRAMES = 200_000 if LONG else 20_000
RATE = 2_000
ATTEMPTS = 3
P99_MICROSECONDS_MAX = 500 if LONG else 2_500
P999_MICROSECONDS_MAX = 5_000 if LONG else 25_000


@pytest.mark.alone
@pytest.mark.hotpath
@pytest.mark.timeout(300)
def test_alerts_are_on_time_on_a_busy_machine(native, fall_model, capsys):
    needs("stress-ng", "cyclictest")
    priority = real_time(threads_too=True)
    if not priority:
        pytest.skip("this system grants no SCHED_FIFO")
    inference = bench(native, fall_model, "--runs", "1000")["p50_us"]
    for attempt in range(1, ATTEMPTS + 1):
        scores, alerts, machine, stolen = measured([*priority, *native], fall_model)
        say(capsys, f"under stress-ng: frame to alert {alerts}; frame to score {scores}; one "
                    f"inference {inference:.0f} µs; cyclictest {machine}; "
                    f"steal {stolen:.1f} %")  # fmt: skip
        if is_within(machine, 0):
            break
        say(capsys, f"machine too noisy: cyclictest alone breaks the bound (attempt {attempt})")
    else:
        pytest.skip(f"machine too noisy, {ATTEMPTS} times")
    if LONG:
        scores_then, alerts_then, _, _ = measured(native, fall_model, frames=20_000)
        say(capsys, f"the same without real-time priority: frame to alert {alerts_then}; frame to "
                    f"score {scores_then}")  # fmt: skip
    assert is_within(alerts, inference) and is_within(scores, inference), (alerts, scores)


def measured(
    command: list[str], model: Path, frames: int = FRAMES
) -> tuple[Times, Times, Times, float]:
    """Frame to score and to alert; what cyclictest saw meanwhile; percent of steal."""
    with stressed():
        steal, cyclic = Steal(), CyclicTest(frames / RATE)
        result = bench(command, model, "--frames", str(frames), "--rate", str(RATE))
        machine, stolen = cyclic.times(), steal.percent()
    assert result["lost"] == 0
    scores, alerts = (
        Times(times["p99_us"], times["p999_us"], times["max_us"])
        for times in (result["frame_to_score"], result["frame_to_alert"])
    )
    return scores, alerts, machine, stolen


def is_within(times: Times, inference: float) -> bool:
    p99, p999 = times.p99 - inference, times.p999 - inference
    return p99 <= P99_MICROSECONDS_MAX and p999 <= P999_MICROSECONDS_MAX
