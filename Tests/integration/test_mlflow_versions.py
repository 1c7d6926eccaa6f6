"""Goal: a board works with the oldest MLflow that the documents name as with the newest; what goes
twice is there once.
Method: real servers of both versions, `edgeagent sync --once` with each as registry and uplink, and
an outbox that is put back as after a lost answer."""

import json
import shutil

import pytest

from conftest import absent
from mlflow_server import MLflowServer
from outbox import configuration, query
from syncing import Sync, add_records
from test_mlflow import digests
from test_model_versions import Board

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def oldest(tmp_path_factory):
    try:
        server = MLflowServer(tmp_path_factory.mktemp("oldest"), oldest=True)
    except AssertionError as error:
        absent(f"no oldest MLflow: Tests/integration/install-mlflow --oldest ({error})")
    yield server
    server.close()


@pytest.fixture(params=["oldest", "newest"])
def server(request):
    return request.getfixturevalue("oldest" if request.param == "oldest" else "mlflow")


@pytest.fixture
def once(native, folder):
    """Ends a round, or as many as it takes; returns how many."""

    def run(rounds: int = 1) -> int:
        for number in range(1, rounds + 1):
            sync = Sync(native, folder / "edgeagent.toml", "--once")
            code = sync.ends(120)
            log = sync.log
            sync.close()
            if code == 0:
                return number
        raise AssertionError(log)

    return run


def history(server: MLflowServer, run: str, key: str) -> list[tuple[int, float]]:
    found = server.get(f"/metrics/get-history?run_id={run}&metric_key={key}&max_results=5000")
    return sorted((metric["step"], metric["value"]) for metric in found.get("metrics", []))


def only_run(server: MLflowServer, experiment: str) -> str:
    found = server.get(f"/experiments/get-by-name?experiment_name={experiment}")["experiment"]
    [kept] = server.post("/runs/search", experiment_ids=[found["experiment_id"]])["runs"]
    return kept["info"]["run_id"]


def test_a_board_and_its_server(start, server, models, folder, once, run):
    """A model comes and is reported; results with and without numbers, alerts and audit go; the
    same a second time changes nothing."""
    owner = Board(run, folder)
    bundle = owner.bundle("2")
    tags = {"version": "2", "sha256": digests(bundle)}
    number = server.register(bundle, "level", f"a-{folder.name}", **tags)
    experiment = f"versions-{folder.name}"
    more = f"""{configuration()}
[sync]
registry = "mlflow:{server.url}"
models = [{{ name = "level", alias = "a-{folder.name}" }}]
trust = "{owner.trust}"
uplink = "mlflow:{server.url}"
experiment = "{experiment}"
recordings = "0KiB"
"""
    start(more=more).stop()
    check = run("check", "--config", folder / "edgeagent.toml", "--network")
    assert check.returncode == 0, check.stdout
    assert f"level@a-{folder.name} is version 2" in check.stdout
    assert check.stdout.count(": ok: MLflow 3.") == 2
    store = folder / "outbox.db"
    add_records(store, 64, body=scores(high=None, low=0.25))
    add_records(store, 30, body=scores(high=0.5, low=None))
    # More names of metrics than MLflow looks up at once.
    for name in range(120):
        add_records(store, 1, body=scores(**{f"label{name}": 1.0}))
    add_records(store, 2, kind=4, body='{"type":"alert","state":"raised"}')
    kept = folder / "kept.db"
    shutil.copy(store, kept)
    once()
    assert query(store, "SELECT count(*) FROM record") == [(0,)]
    assert (models / "level" / "active").readlink().name == "2"
    assert server.tags("level", number)["edgeagent.agent.bench-1"] == "active"
    identifier = only_run(server, experiment)

    def what_is_there() -> dict:
        keys = ["tank.high", "tank.high.nan", "tank.low", "tank.low.nan", "tank.label7"]
        return {key: history(server, identifier, key) for key in keys}

    first = what_is_there()
    assert {key: len(values) for key, values in first.items()} == {
        "tank.high": 30, "tank.high.nan": 64, "tank.low": 64, "tank.low.nan": 30, "tank.label7": 1,
    }  # fmt: skip
    assert all(value == 1 for _, value in first["tank.high.nan"])
    # As if no answer had come, and the process had ended.
    shutil.copy(kept, store)
    (folder / "sync.json").unlink(missing_ok=True)
    rounds = once(4)
    assert query(store, "SELECT count(*) FROM record") == [(0,)]
    assert query(store, "SELECT count(*) FROM set_aside") == [(0,)]
    assert what_is_there() == first, f"after {rounds} rounds"


def scores(**values: float | None) -> str:
    return json.dumps({"type": "score", "pipeline": "tank", "scores": values})
