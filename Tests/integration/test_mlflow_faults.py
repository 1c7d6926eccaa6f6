"""Goal: an MLflow server that refuses what it has, that takes minutes over it, or that has the tags
of a fleet, loops no board and costs it no memory.
Method: the shipped `edgeagent sync` with a server of a few lines that does so."""

import json
import time

import pytest

import outbox
from agent import eventually
from conftest import say
from fake_mlflow import FakeMLflow
from outbox import RESULT
from syncing import add_records
from test_model_versions import Board
from test_sync import store, sync, waiting  # noqa: F401


@pytest.fixture
def server():
    made: list[FakeMLflow] = []

    def make(**options) -> FakeMLflow:
        made.append(FakeMLflow(**options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def fill(store, count: int, score: float | None) -> None:
    body = json.dumps({"type": "score", "pipeline": "tank", "scores": {"high": score}})
    add_records(store, count, RESULT, body)


def uplink(server: FakeMLflow) -> str:
    return f'uplink = "mlflow:{server.url}"\nrecordings = "0KiB"\ninterval = "1s"'


@pytest.mark.parametrize("numbers", [0, 30])
def test_a_repeated_nan(sync, store, server, numbers):  # noqa: F811
    """The first batch is stored and its answer lost. The server refuses a NaN that it has."""
    outbox.query(store, "DELETE FROM record")
    fill(store, 64, None)
    fill(store, numbers, 0.5)
    fake = server(loses=lambda number: number == 1, refuses_repeated_nan=True)
    for _ in range(4):
        sync(uplink(fake), "--once").ends()
    assert waiting(store) == 0
    assert outbox.query(store, "SELECT count(*) FROM set_aside") == [(0,)]
    assert len(fake.steps("tank.high.nan")) == 64 and len(fake.steps("tank.high")) == numbers


def test_a_batch_that_takes_too_long_a_second_time(sync, store, server):  # noqa: F811
    """As with a long history: the answer to what the server has gets lost again and again. So it is
    not sent again."""
    outbox.query(store, "DELETE FROM record")
    fill(store, 250, 0.5)
    fake = server(loses=lambda number: number == 2, repeats_take=0.2)
    process = sync(uplink(fake))
    eventually(lambda: waiting(store) == 0, "all of them", 20)
    process.stop()
    assert len(fake.steps("tank.high")) == 250
    assert fake.batches <= 6
    assert outbox.query(store, "SELECT count(*) FROM set_aside") == [(0,)]


def test_the_same_after_a_power_cut(sync, store, server):  # noqa: F811
    """The board does not know of the request whose answer it did not see; more has come since."""
    outbox.query(store, "DELETE FROM record")
    fill(store, 90, 0.5)
    fake = server(repeats_take=0.2)
    sync(uplink(fake), "--once").ends()
    assert waiting(store) == 0
    stored = {metric for metric in fake.metrics}
    fake.metrics.clear()
    fake.metrics.update(stored)
    # The first 40 are in the outbox again, with those that the server never saw.
    rows = sorted((step, timestamp) for _, step, timestamp, _ in stored)[50:]
    boot = "an earlier boot"
    body = json.dumps({"type": "score", "pipeline": "tank", "scores": {"high": 0.5}})
    for step, timestamp in rows:
        outbox.query(
            store, "INSERT INTO record(sequence, kind, at, boot, time, source, body) "
            "VALUES (?, 1, 1, ?, ?, 'tank', ?)", step, boot, timestamp * 1_000_000, body,
        )  # fmt: skip
    fill(store, 20, 0.5)
    for _ in range(4):
        sync(uplink(fake), "--once").ends()
    assert waiting(store) == 0
    assert len(fake.steps("tank.high")) == 110
    assert outbox.query(store, "SELECT count(*) FROM set_aside") == [(0,)]


BOARDS = 10_000


def fleet_tags(boards: int) -> list[dict]:
    """As boards and an owner write them; the owner's are in the middle."""
    state = "active after a trial (1000 windows, agreement 0.987, inference p99 412 us)"
    tags = [
        {"key": f"edgeagent.agent.ward-{number // 100}-bed-{number % 100}", "value": state}
        for number in range(boards)
    ]
    tags.insert(boards // 2, {"key": "edgeagent.version", "value": "1"})
    return tags


def test_ten_thousand_boards_on_one_version(sync, start, run, folder, server, capsys):  # noqa: F811
    """One more board looks at the version, finds its own, and reports."""
    board = Board(run, folder)
    fake = server(tags=fleet_tags(BOARDS))
    settings = f"""registry = "mlflow:{fake.url}"
models = [{{ name = "level", alias = "champion" }}]
trust = "{board.trust}"
interval = "1s"
"""
    began = time.monotonic()
    process = sync(settings)
    eventually(
        lambda: fake.requests.count("GET /api/2.0/mlflow/registered-models/alias") >= 5,
        "five looks", 60,
    )  # fmt: skip
    seconds = time.monotonic() - began
    peak = process.memory_kib()
    log = process.stop()
    assert "lacks" not in log and "more than" not in log, log
    tags = {tag["key"]: tag["value"] for tag in fake._tags}
    assert tags.get("edgeagent.agent.bench-1") == "active", log
    size = fake.answer_bytes["/api/2.0/mlflow/registered-models/alias"]
    say(
        capsys,
        f"{BOARDS} boards on one version: {size} bytes a look, five looks in {seconds:.1f} s "
        f"(one a second), {peak} KiB at most",
    )
    assert size > 1_000_000
    assert peak <= 8 * 1024

