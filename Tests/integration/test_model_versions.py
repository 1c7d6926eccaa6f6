"""Goal: models come onto the board from a folder, signed and verified; one version is active, and a
refusal, a full disk or a loss of power leaves the old version or the new, never neither.
Method: the shipped executable and bundles signed with openssl, so that wrong ones are signed too;
for the loss of power one that kills itself before its nth change to the disk."""

import base64
import fcntl
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import level
import power_loss
from conftest import ROOT
from held import go_on, holding, stopped
from signals import HIGH, LOW, frames
from test_limits import allocations, say
from test_trust import sh


@pytest.fixture
def board(run, folder):
    """A board with `level/1`, a stick for it, and an owner."""
    return Board(run, folder)


class Board:
    def __init__(self, run, folder):
        self._run, self.folder = run, folder
        self.models, self.stick, self.trust = (
            folder / name for name in ("models", "stick", "trust.d")
        )
        self.key = folder / "private.pem"
        self.trust.mkdir()
        sh(f"openssl genpkey -algorithm ed25519 -out {self.key}")
        sh(f"openssl pkey -in {self.key} -pubout -out {self.trust}/owner.pem")
        if not self.models.exists():
            level.write_bundle(self.models)
        # The core verifies what it finds there, too.
        for bundle in self.models.glob("*/[0-9]*"):
            if not bundle.is_symlink():
                self.sign(bundle)

    def bundle(self, version="2", sign=True, change=None):
        """Version `version` on the stick; `change` gets its folder before it is signed."""
        bundle = level.write_bundle(self.stick, version=version)
        if change:
            change(bundle)
        if sign:
            self.sign(bundle)
        return bundle

    def sign(self, bundle):
        """With openssl alone: the agent's own command refuses to sign what no board would take."""
        (self.folder / "list").write_bytes(
            sh(f"cd {bundle} && sha256sum $(ls | grep -v bundle.sig)")
        )
        signature = sh(f"openssl pkeyutl -sign -rawin -inkey {self.key} -in {self.folder}/list")
        der = sh(f"openssl pkey -in {self.key} -pubout -outform DER | sha256sum")
        text = base64.b64encode(signature).decode()
        (bundle / "bundle.sig").write_text(f"{der[:16].decode()} ed25519 {text}\n")

    def run(self, action, *words, **options):
        trust = ["--trust", self.trust] if action == "pull" else []
        return self._run("models", action, *words, "--models", self.models, *trust, **options)

    def does(self, action, *words, **options):
        result = self.run(action, *words, **options)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def pull(self, *words, **options):
        return self.run("pull", f"dir:{self.stick}", *words, **options)

    def verify(self, version):
        folder = self.models / "level" / version
        return self._run("models", "verify", folder, "--trust", self.trust)

    def level(self):
        """What `models list --json` says of it."""
        [model] = json.loads(self.does("list", "--json"))["models"]
        return model

    def active(self):
        return self.level()["active"]

    def staged(self):
        staging = self.models / ".staging"
        return list(staging.iterdir()) if staging.exists() else []


def test_the_newest_version_is_pulled_and_active(board, either):
    """From a stick with two, on both architectures; a second time nothing is done."""
    board.bundle("9")
    board.bundle("10")
    first = board.pull(command=either)
    assert first.returncode == 0, first.stderr
    assert "level/10 is installed and active, instead of level/1" in first.stdout
    assert board.level() == {
        "name": "level", "active": "10", "previous": "1", "candidate": None, "pinned": False,
        "versions": ["1", "10"], "trials": [],
    }  # fmt: skip
    assert "is current" in board.pull().stdout
    assert board.pull("level/9").returncode == 0
    assert board.active() == "9", "a version that is named is taken, older or not"
    assert not board.staged()


def test_a_pull_never_goes_back_by_itself(board):
    """An old stick in the drawer is no reason to score with an old model."""
    level.write_bundle(board.models, version="3")
    board.bundle("2")
    assert "level/3 is current; the newest there is level/2" in board.pull().stdout
    assert board.active() == "3"


class SlowBundle:
    """A bundle on the stick whose model comes when it is told to: a slow link."""

    def __init__(self, board, version, native):
        model = board.bundle(version) / "model.tflite"
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._result = self._pool.submit(board.pull, command=holding(model, native))
        self._process = stopped(board.folder)

    def comes(self):
        go_on(self._process)

    def result(self):
        return self._result.result(timeout=60)


def test_a_pull_that_was_overtaken_does_not_go_back(board, folder, native):
    """While the newest of a slow stick comes, a person brings a newer one."""
    slow = SlowBundle(board, "2", native)
    quick = folder / "quick"
    shutil.copytree(board.stick, quick, ignore=shutil.ignore_patterns("2"))
    board.stick, slow_stick = quick, board.stick
    board.bundle("3")
    board.does("pull", f"dir:{quick}", "level/3")
    board.stick = slow_stick
    slow.comes()
    result = slow.result()
    assert result.returncode == 1 and "level/2 is older than level/3" in result.stderr
    assert "level/3 stays active" in result.stderr
    assert board.level()["active"] == "3"


def test_a_pull_waits_for_another_process_at_its_end(board, native):
    """What has come is not given up because another process is changing the folder."""
    slow = SlowBundle(board, "2", native)
    lock = os.open(board.models, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    slow.comes()
    time.sleep(2)  # enough for the pull to find the folder busy, on most machines
    os.close(lock)
    result = slow.result()
    assert result.returncode == 0 and "instead of level/1" in result.stdout
    assert board.level()["active"] == "2"


def test_actions(board):
    """list, activate, rollback, pin, unpin, remove."""
    board.bundle("2")
    assert board.pull().returncode == 0
    assert "level/1 is active again" in board.does("rollback", "level")
    assert "level/2 is active\n" in board.does("activate", "level/2")
    assert re.search(r"level/2 +active\n", board.does("list"))
    refused = board.run("remove", "level/2")
    assert refused.returncode == 1 and "is the active version" in refused.stderr
    assert "pinned at version 2" in board.does("pin", "level")
    board.bundle("3")
    for result in (board.pull(), board.run("rollback", "level")):
        assert result.returncode == 1 and "models unpin level" in result.stderr
    board.does("unpin", "level")
    assert board.pull().returncode == 0 and board.active() == "3"
    board.does("remove", "level/2")
    assert board.level()["versions"] == ["1", "3"] and board.level()["previous"] is None
    assert board.run("rollback", "level").returncode == 1
    for action in ("activate", "remove"):
        missing = board.run(action, "level/2")
        assert missing.returncode == 1
        assert 'level/2: no such version; installed: "1", "3"' in missing.stderr
    assert board.run("activate", "level").returncode == 2
    assert board.run("activate", "../level").returncode == 2
    assert board.run("pull", "ftp:x").returncode == 2
    assert not board.staged()


def append(name, text):
    def change(bundle):
        (bundle / name).write_text((bundle / name).read_text() + text)

    return change


def cut(name):
    def change(bundle):
        (bundle / name).write_bytes((bundle / name).read_bytes()[:-40])

    return change


def fall_within(limit):
    """The fall model in the place of the small one, which fits any limit, with a limit of its
    own."""

    def change(bundle):
        for name in ("model.tflite", "golden.bin", "model.toml"):
            shutil.copy(ROOT / "models" / "fall" / "1" / name, bundle)
        text = (bundle / "model.toml").read_text().split("[limits]")[0]
        text = re.sub(r'^name( *)= "fall"', r'name\1= "level"', text, flags=re.MULTILINE)
        text = re.sub(r'^version( *)= "1"', r'version\1= "2"', text, flags=re.MULTILINE)
        (bundle / "model.toml").write_text(f"{text}\n[limits]\n{limit}\n")

    return change


def huge(bundle):
    with open(bundle / "model.tflite", "ab") as file:
        file.truncate(17 << 20)


def other_vectors(bundle):
    golden = bytearray((bundle / "golden.bin").read_bytes())
    golden[-1] ^= 1
    (bundle / "golden.bin").write_bytes(golden)


REFUSALS = {
    "truncated and signed": (cut("model.tflite"), None, "truncated or damaged"),
    "truncated after signing": (None, cut("model.tflite"), "the bundle was changed"),
    "changed after signing": (None, append("model.toml", "# x\n"), "the bundle was changed"),
    "a file too many": (None, lambda bundle: (bundle / "x").write_text("x"), "was changed"),
    "a file missing": (None, lambda bundle: (bundle / "golden.bin").unlink(), "golden.bin"),
    "not signed": (None, lambda bundle: (bundle / "bundle.sig").unlink(), "not signed"),
    "wrong golden vectors": (other_vectors, None, "sample 3, byte 1: computed"),
    "too much memory": (fall_within("arena = '1KiB'"), None, "limit of 1024 bytes"),
    "too large a file": (huge, None, "larger than the limit"),
    "too slow": (fall_within("inference = '1us'"), None, "an inference takes"),
    "another model": (append("model.toml", "x = 1\n"), None, "model.toml:"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_changes_nothing(board, name):
    """It says why, and that the old version stays; nothing is left in staging."""
    before, after, words = REFUSALS[name]
    bundle = board.bundle("2", change=before)
    if after:
        after(bundle)
    result = board.pull()
    assert result.returncode == 1
    assert words in result.stderr and str(bundle) in result.stderr, result.stderr
    assert "level/1 stays active" in result.stderr
    assert board.level()["versions"] == ["1"] and board.active() == "1"
    assert not board.staged()


def test_a_strangers_signature_is_refused(board):
    """Signed, but by a key that this board does not trust."""
    board.bundle("2")
    sh(f"openssl genpkey -algorithm ed25519 | openssl pkey -pubout -out {board.trust}/owner.pem")
    result = board.pull()
    assert result.returncode == 1 and "0 of 1 trusted signature" in result.stderr
    assert board.active() == "1" and not board.staged()


def test_an_installed_version_never_changes(board):
    """The same name with other bytes is a mistake of its maker."""
    board.bundle("2")
    assert board.pull().returncode == 0
    shutil.rmtree(board.stick)
    board.bundle("2", change=append("model.toml", "# other\n"))
    board.does("activate", "level/1")
    result = board.pull("level/2")
    assert result.returncode == 1 and "a version never changes" in result.stderr
    assert board.active() == "1"


def test_a_full_disk_changes_nothing(board, native):
    """A file system without room for the second version."""
    board.bundle("2", change=lambda bundle: (bundle / "notes").write_bytes(bytes(200_000)))
    words = " ".join(
        [*native, "models", "pull", f"dir:{board.stick}", "--models", f"{board.models}"]
        + ["--trust", f"{board.trust}"]
    )
    script = f"""
        cp -r {board.models} {board.folder}/saved
        mount -t tmpfs -o size=128k none {board.models} &&
          cp -r {board.folder}/saved/. {board.models}
        {words} && exit 9
        ls -A {board.models} {board.models}/.staging {board.models}/level
    """
    result = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "bash", "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if "mount:" in result.stderr or "unshare" in result.stderr:
        pytest.skip(f"no mount in a namespace: {result.stderr}")
    assert "the disk is full" in result.stderr and "level/1 stays active" in result.stderr
    assert result.returncode == 0 and "install-" not in result.stdout, result.stdout
    assert result.stdout.strip().endswith("\n1"), result.stdout


@pytest.mark.timeout(300)
@pytest.mark.parametrize("action", ["pull", "trial", "back", "activate", "rollback", "remove"])
def test_killed_at_any_point_it_leaves_the_old_or_the_new(board, planted, action, capsys):
    """Killed before each change to the disk in turn: afterwards one version is active and whole,
    the same command goes through, and staging is empty."""
    board.bundle("2")
    board.sign(board.models / "level" / "1")
    if action not in ("pull", "trial"):
        assert board.pull().returncode == 0
        board.does("activate", "level/1")
    saved = board.folder / "saved"
    shutil.copytree(board.models, saved, symlinks=True)
    words = {
        "pull": ["pull", f"dir:{board.stick}"],
        "trial": ["pull", f"dir:{board.stick}", "--trial"],
        # It was active before, so there is no trial.
        "back": ["pull", f"dir:{board.stick}", "level/2", "--trial"],
        "activate": ["activate", "level/2"],
        "rollback": ["rollback", "level"],
        "remove": ["remove", "level/2"],
    }[action]
    outcomes = []
    for point in range(1, 200):
        shutil.rmtree(board.models)
        shutil.copytree(saved, board.models, symlinks=True)
        result = board.run(*words, command=planted, env={"EDGEAGENT_FAULT_POINT": str(point)})
        active = board.active()
        assert active in ("1", "2")
        whole = board.verify(active)
        assert whole.returncode == 0, (point, whole.stderr)
        outcomes.append(active)
        if result.returncode == 0:
            break
        assert result.returncode == -9, result.stderr
        if not (action == "rollback" and active == "2"):
            again = board.run(*words)
            # What was removed before the kill is gone already.
            assert again.returncode == 0 or "no such version" in again.stderr, (point, again.stderr)
        assert not board.staged() or action == "rollback"
    else:
        pytest.fail("it never came to its end")
    assert point > 3 and outcomes == sorted(outcomes), outcomes
    assert outcomes[-1] == ("1" if action in ("remove", "trial") else "2")
    assert board.level()["candidate"] == ("2" if action == "trial" else None)
    old = outcomes.count("1")
    say(capsys, f"{action}: killed at {point - 1} points, {old} left the old version")


def current(state):
    """The version that a reference without one means, and its files."""
    versions = {name: node for name, node in state["level"].items() if isinstance(node, dict)}
    link = state["level"].get("active")
    chosen = getattr(link, "target", None)
    if chosen not in versions:
        chosen = max(versions, default=None)
    return chosen, versions.get(chosen)


@pytest.mark.parametrize("action", ["pull", "trial", "activate", "rollback"])
def test_lost_power_leaves_the_old_or_the_new(board, native, action, capsys):
    """Every state that a disk may be in, drawn at random with a fixed seed, after each of the calls
    that really happened; without fsync (the control) some of them would be broken."""
    bundle = board.bundle("2")
    if action != "trial":
        # For a trial nothing is active yet, and the newest is current.
        board.does("activate", "level/1")
    if action not in ("pull", "trial"):
        assert board.pull().returncode == 0
    if action == "activate":
        board.does("activate", "level/1")
    saved = board.folder / "saved"
    shutil.copytree(board.models, saved, symlinks=True)
    words = {
        "pull": ["pull", f"dir:{board.stick}", "--trust", board.trust],
        "trial": ["pull", f"dir:{board.stick}", "--trial", "--trust", board.trust],
        "activate": ["activate", "level/2"],
        "rollback": ["rollback", "level"],
    }[action]
    command = [*native, "models", *map(str, words), "--models", str(board.models)]
    calls = power_loss.trace(command, board.folder / "trace")
    whole = {
        "1": {path.name: path.read_bytes() for path in (saved / "level" / "1").iterdir()},
        "2": {path.name: path.read_bytes() for path in bundle.iterdir()},
    }

    def broken(obeys_fsync):
        shutil.rmtree(board.models)
        shutil.copytree(saved, board.models, symlinks=True)
        disk = power_loss.Disk(board.models, obeys=obeys_fsync)
        chance = random.Random(4)
        states = list(power_loss.states_after_each(disk, calls, each=60, chance=chance))
        bad = [state for state in states if current(state)[1] != whole.get(current(state)[0])]
        return len(bad), len(states), {current(state)[0] for state in states}

    bad, count, versions = broken(obeys_fsync=True)
    bad_without, _, _ = broken(obeys_fsync=False)
    say(capsys, f"{action}: {bad} of {count} states broken, without fsync {bad_without}")
    assert bad == 0 and count > 300
    assert versions == ({"1"} if action == "trial" else {"1", "2"})
    assert bad_without > 0 or action != "pull"


@pytest.mark.alone
def test_a_running_agent_adopts_what_is_activated(start, board, socket_line, capsys):
    """No sample is lost, the scores go on, its hot thread allocates nothing; and the time it
    takes."""
    board.bundle("2")
    assert board.pull().returncode == 0
    board.does("activate", "level/1")
    # By the device's clock no sample is late, however long this test waits between two of them.
    agent = start(
        sensor='decode = "csv"\nclock = { column = 1, unit = "ms" }\n'
        'fields = [{ name = "level", unit = "g", column = 2 }]'
    )
    subscriber = agent.subscribe()
    line, times = socket_line(), itertools.count(0, 20)

    def send(values: list[float]) -> None:
        line.send_samples([f"{next(times)},{value}\n".encode() for value in values], subscriber)

    send([LOW] * 10)
    milliseconds = []
    for version, previous in [("2", "1"), ("1", "2")] * 3:
        board.does("activate", f"level/{version}")
        began = time.monotonic()
        adopted = []
        while not adopted:
            send([HIGH])
            adopted = subscriber.events("model", 0, version=version, previous=previous)
            adopted = adopted[len(milliseconds) // 2 :]
            time.sleep(0.01)
        milliseconds.append((time.monotonic() - began) * 1000)
        first = adopted[0]["sample"] + 1
        send([HIGH] * 2)
        assert subscriber.events("score", 1, sample=first)
        agent.says(f"level/{version} scores from sample {first} on, instead of level/{previous}")
    count = len(subscriber.events("sample", 0))
    assert [e["sample"] for e in subscriber.events("score", 0)] == list(range(4, count + 1))
    low, high = min(milliseconds), max(milliseconds)
    say(capsys, f"from activate to the first score of the new version {low:.0f} to {high:.0f} ms")
    assert allocations(agent.stop()) == 0


def test_a_running_agent_keeps_its_version_when_the_new_one_is_of_no_use(
    start, board, socket_line
):
    """A label that an alert needs is missing: it goes on, and says so once."""
    bundle = level.write_bundle(board.models, version="2")
    board.does("activate", "level/1")
    text = (bundle / "model.toml").read_text()
    (bundle / "model.toml").write_text(text.replace('"high"', '"higher"'))
    agent = start()
    subscriber = agent.subscribe()
    board.does("activate", "level/2")
    agent.says("level/2 is refused, level/1 goes on scoring")
    socket_line().send_samples(frames([LOW] * 3 + [HIGH] * 4), subscriber)
    assert subscriber.events("alert", 1, state="raised")
    time.sleep(1.2)
    log = agent.stop()
    assert log.count("level/2 is refused") == 1 and 'no label "high"' in log


def test_check_counts_the_room_for_the_next_version(run, folder, models):
    """And only where a pipeline follows the active version."""
    source = (ROOT / "examples" / "fall.toml").read_text()
    assert 'model = "fall"' in source
    budgets = {}
    for reference in ("fall", "fall/1"):
        text = source.replace('model = "fall"', f'model = "{reference}"')
        text = re.sub(r"^models *=.*$", f'models = "{ROOT}/models"', text, flags=re.MULTILINE)
        (folder / "check.toml").write_text(text)
        report = json.loads(run("check", "--config", folder / "check.toml", "--json").stdout)
        budgets[reference] = [item["name"] for item in report["memory"]]
    assert "models: room for the next version" in budgets["fall"]
    assert "models: room for the next version" not in budgets["fall/1"]
