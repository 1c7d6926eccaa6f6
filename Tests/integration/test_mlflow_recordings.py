"""Goal: the recording of an alert is a file of the board's run in MLflow, byte for byte, and raises
the same alert there.
Method: a real agent, the shipped `edgeagent sync`, a real MLflow."""

import contextlib
import json
import urllib.request

import pytest

import outbox
from conftest import say
from test_black_box import recording as fetched
from test_black_box import replay
from test_sent_recordings import KIB, settings, status, store, sync

__all__ = ["settings", "store", "sync"]


@pytest.mark.timeout(240)
def test_a_real_mlflow_has_it_as_a_file(sync, store, mlflow, folder, run, capsys):
    """Beside the alert's; the same bytes, twice too."""
    experiment = f"recordings-{folder.name}"
    more = f'uplink = "mlflow:{mlflow.url}"\nexperiment = "{experiment}"\n'
    process, peaks = sync(more, "--once"), [0]
    while process.process.poll() is None:
        # In its last moment it has no memory to tell of.
        with contextlib.suppress(OSError, StopIteration):
            peaks.append(process.memory_kib())
    assert process.ends(60) == 0, process.log
    assert max(peaks) <= 8 * KIB
    found = mlflow.get(f"/experiments/get-by-name?experiment_name={experiment}")["experiment"]
    [kept] = mlflow.post("/runs/search", experiment_ids=[found["experiment_id"]])["runs"]
    identifier = kept["info"]["run_id"]
    (file,) = mlflow.get(f"/artifacts/list?run_id={identifier}&path=recordings")["files"]
    ((epoch,),) = outbox.query(store, "SELECT value FROM meta WHERE name = 'epoch'")
    assert file["path"] == f"recordings/full-1-{epoch}-r1.rec"
    place = kept["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")
    url = f"{mlflow.url}/api/2.0/mlflow-artifacts/artifacts/{place}/{file['path']}"
    with urllib.request.urlopen(url) as answer:
        arrived = answer.read()
    here = fetched(run, folder)
    assert arrived == here.read_bytes()
    there = folder / "arrived.rec"
    there.write_bytes(arrived)
    results = [json.loads(replay(folder, path, "x86_64")) for path in (here, there)]
    assert results[0]["alerts"] == results[1]["alerts"]
    assert any(one["state"] == "raised" for one in results[1]["alerts"])
    assert status(run, folder) == {"sent": 1, "over_budget": 0, "refused": 0}
    # What sync has forgotten it sends again: it is there once.
    (folder / "sync.json").unlink()
    assert sync(more, "--once").ends(60) == 0
    files = mlflow.get(f"/artifacts/list?run_id={identifier}&path=recordings")["files"]
    assert [one["path"] for one in files] == [file["path"]]
    say(capsys, f"MLflow: a recording of {len(arrived)} bytes, {max(peaks)} KiB at most")
