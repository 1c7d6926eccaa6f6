"""Goal: what a board keeps ends in MLflow, and a model that its owner published on the board, by
the process that runs unattended.
Method: `edgeagent sync --once` with a real MLflow as registry and as uplink, and a store that the
agent made."""

import json
import time
import urllib.request
from itertools import count

import pytest

import level
from agent import eventually
from conftest import level_configuration, say
from outbox import configuration
from signals import HIGH, LOW, Feeding, wandering
from syncing import Sync, add_records
from test_mlflow import digests
from test_model_versions import REFUSALS, Board

pytestmark = pytest.mark.timeout(240)


def test_once(start, mlflow, models, folder, native, run, capsys):
    """Alerts and audit as files, results as metrics, the model active and reported; again:
    nothing."""
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


names = (f"synced-{number}" for number in count())


class Owner(Board):
    """Publishes versions of a model that no other test uses; the board follows its alias."""

    def __init__(self, run, folder, mlflow):
        self.name, self.mlflow = next(names), mlflow
        level.write_bundle(folder / "models", name=self.name)
        super().__init__(run, folder)

    def publish(self, version, *, before=None, after=None, **options):
        """Returns MLflow's number of it; the alias points at it."""
        bundle = level.write_bundle(self.stick, name=self.name, version=version, **options)
        if before:
            before(bundle)
        self.sign(bundle)
        tags = {"version": version, "sha256": digests(bundle)}
        if after:
            after(bundle)
        return self.mlflow.register(bundle, self.name, "champion", **tags)

    def told(self, number):
        """What the board has told the registry of a version."""
        return self.mlflow.tags(self.name, number).get("edgeagent.agent.bench-1", "")

    def level(self):
        models = json.loads(self.does("list", "--json"))["models"]
        return next(model for model in models if model["name"] == self.name)

    def configuration(self, pipeline="", interval="1s"):
        sync = f"""[sync]
registry = "mlflow:{self.mlflow.url}"
models = [{{ name = "{self.name}", alias = "champion" }}]
trust = "{self.trust}"
interval = "{interval}"
"""
        text = level_configuration("unix:sensor.sock", more=sync)
        text = text.replace('model = "level"', f'model = "{self.name}"\n{pipeline}', 1)
        return text.replace('state = "state"', 'state = "."', 1)


@pytest.fixture
def owner(run, folder, mlflow):
    return Owner(run, folder, mlflow)


@pytest.fixture
def syncing(native, folder):
    running = []

    def make(*words):
        running.append(Sync(native, folder / "edgeagent.toml", *words))
        return running[-1]

    yield make
    for one in running:
        one.close()


@pytest.mark.alone
def test_from_the_alias_to_the_first_score(owner, start, syncing, socket_line, capsys):
    """The owner moves the alias; the time until a running agent scores with the new version, three
    times: so often a pipeline changes its version at once. Sync looks once a second, and so does
    the agent."""
    agent = start(configuration=owner.configuration())
    subscriber = agent.subscribe()
    feeding = Feeding(socket_line(), [LOW, HIGH])
    sync = syncing()
    seconds = []
    for version in range(2, 5):
        number = owner.publish(str(version))
        began = time.monotonic()
        [*_, adopted] = subscriber.events("model", version - 1, timeout=30)
        assert adopted["version"] == str(version)
        after = subscriber.events("score", 1, sample=adopted["sample"] + 1, timeout=5)
        seconds.append(time.monotonic() - began)
        assert after
        eventually(lambda: owner.told(number) == "active", "the report")
    feeding.close()
    sync.stop()
    agent.stop()
    say(
        capsys,
        f"alias to first live score: {min(seconds):.2f} to {max(seconds):.2f} s "
        f"(both look once a second)",
    )
    assert max(seconds) < 10


def test_a_trial_decides(owner, start, syncing, socket_line, capsys):
    """A version that agrees takes over and its figures are told; one that says the opposite does
    not."""
    trial = 'trial = { windows = 50, agreement = 0.9 }'
    agent = start(configuration=owner.configuration(trial))
    subscriber = agent.subscribe()
    feeding = Feeding(socket_line(), wandering(500, seed=3))
    sync = syncing()
    good = owner.publish("2")
    [passed] = subscriber.events("trial", 1, timeout=40)
    assert passed["verdict"] == "passed"
    eventually(lambda: owner.told(good).startswith("active"), "the report")
    told = eventually(
        lambda: (t := owner.told(good)) and "after a trial" in t and t, "the figures", 20
    )
    assert "50 windows, agreement 1.000, inference p99 " in told
    bad = owner.publish("3", labels=["high", "low"])
    [_, failed] = subscriber.events("trial", 2, timeout=40)
    assert failed["verdict"] == "failed"
    told = eventually(lambda: (t := owner.told(bad)).startswith("refused: failed ") and t, "it", 20)
    assert told.startswith("refused: failed against 2: another verdict in ")
    assert owner.active() == "2"
    # It is not tried again by itself.
    time.sleep(3)
    assert len(subscriber.events("trial", 0)) == 2
    feeding.close()
    sync.stop()
    agent.stop()
    say(capsys, f"told: {told}")


def test_an_owners_way_back_is_no_trial(owner, start, syncing, socket_line):
    """The bad version took over without one; the good one would fail beside it. The owner moves the
    alias back, and then says `none` of a version that differs, and means it."""
    trial = "trial = { windows = 50, agreement = 0.9 }"
    agent = start(configuration=owner.configuration(trial))
    subscriber = agent.subscribe()
    feeding = Feeding(socket_line(), wandering(500, seed=3))
    sync = syncing()
    good = owner.publish("2")
    assert subscriber.events("model", 1, timeout=40, version="2")
    bad = owner.publish("3", labels=["high", "low"])
    subscriber.events("trial", 2, timeout=40)
    eventually(lambda: owner.told(bad).startswith("refused: failed against 2:"), "it", 20)
    owner.mlflow.post(
        "/model-versions/set-tag", name=owner.name, version=bad, key="edgeagent.trial", value="none"
    )
    assert subscriber.events("model", 1, timeout=40, version="3")
    eventually(lambda: owner.told(bad) == "active", "the report", 20)
    owner.mlflow.alias(owner.name, "champion", good)
    assert subscriber.events("model", 1, timeout=40, version="2", previous="3")
    eventually(lambda: owner.told(bad) == "replaced by 2", "the report", 20)
    assert owner.active() == "2" and owner.level()["candidate"] is None
    assert len(subscriber.events("trial", 0)) == 2
    feeding.close()
    sync.stop()
    agent.stop()


def test_an_alias_that_goes_back_ends_a_trial(owner, start, syncing, socket_line):
    """The candidate must not win it. A tag that means nothing is told, and there is a trial."""
    agent = start(configuration=owner.configuration("trial = { windows = 100000 }"))
    owner.sign(owner.models / owner.name / "1")
    sync = syncing()
    one = owner.mlflow.register(
        owner.models / owner.name / "1", owner.name, "champion", version="1"
    )
    eventually(lambda: owner.told(one) == "active", "the report", 20)
    two = owner.publish("2")
    agent.says(f"{owner.name}/2 is on trial")
    owner.mlflow.post(
        "/model-versions/set-tag", name=owner.name, version=two, key="edgeagent.trial", value="no"
    )
    sync.says('the registry says "no" of its trial')
    assert owner.level()["candidate"] == "2"
    owner.mlflow.alias(owner.name, "champion", one)
    agent.says(f"the trial of {owner.name}/2 ends without a verdict")
    eventually(lambda: owner.told(two) == "replaced by 1", "the report", 20)
    assert owner.active() == "1" and owner.level()["candidate"] is None
    assert sync.stop().count("of its trial") == 1
    agent.stop()


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_told_and_changes_nothing(owner, folder, syncing, name):
    """Once; the next look fetches nothing again."""
    before, after, _ = REFUSALS[name]
    (folder / "edgeagent.toml").write_text(owner.configuration())

    def renamed(bundle):
        before(bundle)
        file = bundle / "model.toml"
        file.write_text(file.read_text().replace('"level"', f'"{owner.name}"'))

    number = owner.publish("2", before=before and renamed, after=after)
    process = syncing("--once")
    process.ends(60)
    assert owner.active() == "1" and owner.level()["versions"] == ["1"]
    told = owner.told(number)
    assert told.startswith("refused: ") or process.process.returncode == 1, process.log
    assert not owner.staged() or not told
    if told:
        assert process.process.returncode == 0
        again = syncing("--once")
        assert again.ends(60) == 0 and again.log == ""


def test_an_alias_that_goes_back(owner, folder, syncing):
    """Re-deployed without a download, and both versions' tags say how it is now."""
    (folder / "edgeagent.toml").write_text(owner.configuration())
    two = owner.publish("2")
    assert syncing("--once").ends(60) == 0
    three = owner.publish("3")
    assert syncing("--once").ends(60) == 0
    assert (owner.told(two), owner.told(three)) == ("replaced by 3", "active")
    owner.mlflow.alias(owner.name, "champion", two)
    assert syncing("--once").ends(60) == 0
    assert owner.active() == "2"
    assert (owner.told(two), owner.told(three)) == ("active", "replaced by 2")


def test_store_send(start, mlflow, folder, run):
    """By hand, to the same place and under the same name as by sync; the second sends nothing."""
    agent = start(more=configuration())
    agent.stop()
    add_records(folder / "outbox.db", 3)
    experiment = f"by hand {folder.name}"
    words = ["store", "send", f"mlflow:{mlflow.url}", "--config", folder / "edgeagent.toml"]
    words += ["--json", "--experiment", experiment]
    sent = run(*words)
    assert sent.returncode == 0, sent.stderr
    report = json.loads(sent.stdout)
    assert report["server"] == f"127.0.0.1:{mlflow.port}" and report["sent"] >= 3
    name = experiment.replace(" ", "%20")
    found = mlflow.get(f"/experiments/get-by-name?experiment_name={name}")["experiment"]
    [kept] = mlflow.post("/runs/search", experiment_ids=[found["experiment_id"]])["runs"]
    assert kept["info"]["run_name"] == "bench-1"
    metrics = mlflow.get(
        f"/metrics/get-history?run_id={kept['info']['run_id']}&metric_key=tank.high"
    )["metrics"]
    assert len(metrics) == 3
    assert json.loads(run(*words).stdout)["sent"] == 0
