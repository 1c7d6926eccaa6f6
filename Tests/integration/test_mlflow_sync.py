"""Goal: what a board keeps ends in MLflow, and a model that its owner published on the board, by the
process that runs unattended.
Method: `edgeagent sync --once` with a real MLflow as registry and as uplink, and a store that the agent
made."""

import json
import urllib.request

import pytest

from conftest import say
from outbox import configuration
from syncing import Sync, add_records
from test_model_versions import Board
from test_mlflow import digests

pytestmark = pytest.mark.timeout(240)


def test_once(start, mlflow, models, folder, native, run, capsys):
    """Alerts and audit as files, results as metrics, the model active and reported; again: nothing."""
    owner = Board(run, folder)
    bundle = owner.bundle("2")
    number = mlflow.register(bundle, "level", "champion", version="2", sha256=digests(bundle))
    experiment = f"bench-{folder.name}"
    more = f"""{configuration()}
[sync]
registry = "mlflow:{mlflow.url}"
models = [{{ name = "level", alias = "champion" }}]
trust = "{owner.trust}"
uplink = "mlflow:{mlflow.url}"
experiment = "{experiment}"
"""
    agent = start(more=more)
    agent.stop()
    store, file = folder / "outbox.db", folder / "edgeagent.toml"
    add_records(store, 300)
    add_records(store, 2, kind=4, body='{"type":"alert","state":"raised"}')
    peaks = []
    for _ in range(2):
        sync = Sync(native, file, "--once")
        while sync.process.poll() is None:
            try:
                peaks.append(sync.memory_kib())
            except (OSError, StopIteration):
                pass
        assert sync.ends(60) == 0, sync.log
        sync.close()
    assert (models / "level" / "active").readlink().name == "2"
    assert mlflow.tags("level", number)["edgeagent.agent.bench-1"] == "active"
    found = mlflow.get(f"/experiments/get-by-name?experiment_name={experiment}")["experiment"]
    [kept] = mlflow.post("/runs/search", experiment_ids=[found["experiment_id"]])["runs"]
    assert kept["info"]["run_name"] == "bench-1"
    identifier = kept["info"]["run_id"]
    history = mlflow.get(
        f"/metrics/get-history?run_id={identifier}&metric_key=tank.high&max_results=1000"
    )["metrics"]
    assert len(history) == 300 and len({metric["step"] for metric in history}) == 300
    assert all(metric["timestamp"] > 1_700_000_000_000 for metric in history)
    listed = mlflow.get(f"/artifacts/list?run_id={identifier}&path=alerts")["files"]
    assert len(listed) == 2
    place = kept["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")
    url = f"{mlflow.url}/api/2.0/mlflow-artifacts/artifacts/{place}/{listed[0]['path']}"
    with urllib.request.urlopen(url) as answer:
        alert = json.load(answer)
    assert alert["kind"] == "alert" and alert["body"]["state"] == "raised" and alert["time"]
    kinds = {entry["path"] for entry in mlflow.get(f"/artifacts/list?run_id={identifier}")["files"]}
    assert {"alerts", "audit"} <= kinds
    say(capsys, f"300 results, 2 alerts and a model in at most {max(peaks)} KiB")
    assert max(peaks) <= 8192
