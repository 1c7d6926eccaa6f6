"""Goal: whoever takes sync over reaches nothing that the core trusts: each cell of the table in
docs/trust.md.
Method: the core and sync as two users, with the owners and modes of the units, sysusers.d and
tmpfiles.d that ship; then a process with sync's identity tries each thing."""

import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

import outbox
from agent import Agent, eventually
from conftest import absent
from receiver import Receiver
from syncing import Sync
from test_model_versions import Board

CORE, SYNC, EVENTS = 24711, 24712, 24713

if os.geteuid() != 0:
    pytest.skip("needs root, to be two users", allow_module_level=True)


class TwoUsers:
    """A board on which the core is one user, and sync another one."""

    def __init__(self, run, folder, native):
        self.folder, self.native = folder, native
        folder.chmod(0o755)
        (folder / "models").mkdir()
        self.board = Board(run, folder)
        (folder / "models").rmdir()
        self.state = self.make("lib", 0o711, CORE, CORE)
        self.models = self.make("lib/models", 0o755, CORE, CORE)
        self.sync_state = self.make("libsync", 0o750, SYNC, SYNC)
        self.runtime = self.make("run", 0o750, CORE, CORE)
        self.events = self.make("events", 0o2750, CORE, EVENTS)
        self.control = self.runtime / "control.sock"
        self.door = self.state / "outbox.db.sock"
        self.board.models = self.models
        # The core finds sync's user by its name.
        self.passwd = folder / "passwd"
        self.passwd.write_text(
            Path("/etc/passwd").read_text()
            + f"edgeagent:x:{CORE}:{CORE}::/:/bin/false\n"
            + f"edgeagent-sync:x:{SYNC}:{SYNC}::/:/bin/false\n"
        )
        self.agent, self.syncs = None, []

    def make(self, name, mode, user, group):
        path = self.folder / name
        path.mkdir()
        os.chown(path, user, group)
        path.chmod(mode)
        return path

    def configure(self, more=""):
        (self.folder / "edgeagent.toml").write_text(
            f"""\
[agent]
id = "ward-7"
models = "{self.models}"
state = "{self.state}"
trust = "{self.board.trust}"

[events]
socket = "{self.events}/events.sock"
publish = ["alerts", "scores"]

[control]
socket = "{self.control}"

[store]

[sync]
registry = "dir:{self.board.stick}"
state = "{self.sync_state}"
{more}

[[sensor]]
name = "gauge"
port = "unix:{self.runtime}/sensor.sock"
rate = 50
fields = [{{ name = "level", unit = "g" }}]

[[pipeline]]
name = "tank"
sensor = "gauge"
model = "level"
deadline = "1s"

[[alert]]
name = "full"
source = "tank.high"
above = 0.75
clear_below = 0.25
outputs = ["socket"]

[[alert]]
name = "strong"
source = "sensor:gauge.level"
above = 1.5
outputs = ["socket"]
"""
        )
        return self.folder / "edgeagent.toml"

    def core(self, more=""):
        """In the units' way: the umask, the user, the group of sync beside its own."""
        script = f"mount --bind {self.passwd} /etc/passwd && umask 0077 && exec \"$@\""
        wrapper = ["unshare", "--mount", "sh", "-c", script, "sh", "setpriv"]
        wrapper += [f"--reuid={CORE}", f"--regid={CORE}", f"--groups={SYNC}"]
        self.agent = Agent(self.native, self.configure(more), wrapper=wrapper)
        os.chmod(self.agent.supervisor.path, 0o777)
        return self.agent.ready()

    @staticmethod
    def as_sync(groups=()):
        extra = [f"--groups={','.join(map(str, groups))}"] if groups else ["--clear-groups"]
        return ["setpriv", f"--reuid={SYNC}", f"--regid={SYNC}", *extra]

    def sync(self, *words, more="", groups=()):
        wrapper = ["sh", "-c", 'umask 0027 && exec "$@"', "sh", *self.as_sync(groups)]
        self.syncs.append(Sync(self.native, self.configure(more), *words, wrapper=wrapper))
        return self.syncs[-1]

    def tries(self, script, *words, groups=()):
        """What a process with sync's identity prints: `ok`, or the name of the error."""
        code = f"import os, socket, sys\ntry:\n    {script}\n    print('ok')\n"
        code += "except OSError as error:\n"
        code += "    print(type(error).__name__)\n"
        result = subprocess.run(
            [*self.as_sync(groups), sys.executable, "-c", code, *words],
            capture_output=True, text=True, timeout=20,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def active(self):
        link = self.models / "level" / "active"
        return os.readlink(link) if link.is_symlink() else None

    def close(self):
        for one in self.syncs:
            one.close()
        if self.agent:
            self.agent.close()


@pytest.fixture
def two(run, folder, native):
    for tool in ["setpriv", "unshare"]:
        if not shutil.which(tool):
            absent(f"{tool} is not there")
    board = TwoUsers(run, folder, native)
    yield board
    board.close()


@pytest.fixture
def running(two):
    """A core that got its first model from sync."""
    two.board.bundle("1")
    two.core()
    assert two.sync("--once").ends() == 0, two.syncs[-1].log
    two.agent.says("its first model level/1 scores")
    return two


def test_a_fresh_board_gets_its_first_model_and_the_next(two):
    """The core waits with an empty models folder; sync only asks it to adopt."""
    two.core()
    two.agent.says("waits for its first model level")
    assert "STATUS=pipeline tank waits for its first model level" in eventually(
        lambda: next((line for line in two.agent.supervisor.messages if "STATUS" in line), None),
        "a status",
    )
    two.board.bundle("1")
    assert two.sync("--once").ends() == 0, two.syncs[-1].log
    two.agent.says("its first model level/1 scores")
    assert two.active() == "1" and not list(two.sync_state.glob("staging/download-*"))
    two.board.bundle("2")
    assert two.sync("--once").ends() == 0
    two.agent.says("level/2 scores from sample")
    for path in (two.models / "level" / "2").iterdir():
        status = path.stat()
        assert (status.st_uid, status.st_mode & 0o777) == (CORE, 0o644), path
    assert two.tries(f"open('{two.models}/level/2/model.tflite', 'rb').read(1)") == "ok"
    assert two.agent.stop()


def test_where_no_core_runs_sync_cannot_write_the_models(two):
    two.board.bundle("1")
    assert two.sync("--once").ends() == 1
    assert "may not be written" in two.syncs[-1].log
    assert two.active() is None


def test_sync_reaches_no_file_of_the_core(running):
    """Each row of the table that is about files."""
    lib = running.state
    eventually(lambda: (lib / "outbox.db").exists(), "an outbox")
    for path in [lib / "outbox.db", lib / "alerts" / "state"]:
        assert path.exists(), path
        assert running.tries(f"open('{path}', 'rb').read(1)") == "PermissionError", path
        assert running.tries(f"open('{path}', 'ab')") == "PermissionError", path
        assert running.tries(f"os.unlink('{path}')") == "PermissionError", path
    for path in lib.iterdir():
        mode, user = path.stat().st_mode & 0o777, path.stat().st_uid
        if path.name not in ["models", "outbox.db.sock"]:
            assert user == CORE and mode & 0o077 == 0, f"{path}: {mode:o}"
    assert running.tries(f"os.listdir('{lib}')") == "PermissionError"
    assert running.tries(f"open('{lib}/new', 'w')") == "PermissionError"
    models = running.models
    assert running.tries(f"os.mkdir('{models}/level/9')") == "PermissionError"
    assert running.tries(f"open('{models}/level/1/model.tflite', 'ab')") == "PermissionError"
    assert running.tries(f"os.unlink('{models}/level/active')") == "PermissionError"
    assert running.tries(f"os.rename('{models}/level/1', '{models}/level/2')") == "PermissionError"
    assert running.tries(f"open('{models}/level/pinned', 'w')") == "PermissionError"
    trust = running.board.trust
    assert running.tries(f"open('{trust}/own.pem', 'w')") == "PermissionError"
    assert running.tries(f"open('{trust}/owner.pem', 'ab')") == "PermissionError"
    assert running.tries(f"open('{running.folder}/edgeagent.toml', 'ab')") == "PermissionError"
    assert running.agent.process.poll() is None


def test_sync_reaches_no_socket_but_the_door(running):
    connect = "s = socket.socket(socket.AF_UNIX); s.connect('{}')"
    assert running.tries(connect.format(running.control)) == "PermissionError"
    assert running.tries(connect.format(running.runtime / "sensor.sock")) == "PermissionError"
    assert running.tries(connect.format(running.events / "events.sock")) == "PermissionError"
    assert running.tries(connect.format(running.door)) == "ok"
    # The files of the process are closed to it too.
    pid = running.agent.process.pid
    assert running.tries(f"os.kill({pid}, 9)") == "PermissionError"
    assert running.tries(f"open('/proc/{pid}/mem', 'rb')") == "PermissionError"


def test_a_gate_of_a_sensor_needs_the_group_of_the_events(running):
    """With the group that sysusers.d gives it, sync reads events, and can do nothing more. What it
    sends comes over the door."""
    server = Receiver(keeps=True)
    more = f'uplink = "{server.uplink}"\ngate = "sensor:gauge.level above 0.5"'
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(running.runtime / "sensor.sock"))
    line.sendall(b"1.75\n")
    eventually(lambda: "strong" in outbox_sources(running), "an alert in the outbox")
    assert running.sync("--once", more=more).ends() == 1, "no group"
    assert "the core does not answer for sensor gauge" in running.syncs[-1].log
    line.sendall(b"1.75\n")
    assert running.sync("--once", more=more, groups=[EVENTS]).ends() == 0, running.syncs[-1].log
    eventually(lambda: "strong" not in outbox_sources(running), "the alert sent")
    connect = "s = socket.socket(socket.AF_UNIX); s.connect('{}')"
    for path in [running.control, running.runtime / "sensor.sock"]:
        assert running.tries(connect.format(path), groups=[EVENTS]) == "PermissionError"
    line.close()
    server.close()


def outbox_sources(two):
    rows = outbox.query(two.state / "outbox.db", "SELECT source FROM record")
    return [source for (source,) in rows]


# MARK: what crosses over


def wish(two, name, version, flags=2):
    """Asks the core to adopt as a sync that somebody has taken over; the answer, as text."""
    def text(value):
        return bytes([len(value)]) + value.encode()

    body = b"\x14" + text(name) + text(version) + bytes([flags])
    script = (
        "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
        "s.sendall(bytes.fromhex(sys.argv[2])); print(s.recv(65536)[4:])"
    )
    return two.tries(script, str(two.door), (struct.pack("<I", len(body)) + body).hex())


def staged(two, version="2", sign=True):
    """A bundle in sync's staging, as sync leaves it."""
    bundle = two.board.bundle(version, sign=sign)
    place = two.sync_state / "staging" / f"download-level-{version}" / "level" / version
    shutil.copytree(bundle, place)
    for path in [two.sync_state / "staging", *(two.sync_state / "staging").rglob("*")]:
        os.chown(path, SYNC, SYNC)
        path.chmod(0o750 if path.is_dir() else 0o640)
    return place


def is_refused(two, answer, words):
    assert words in answer, answer
    assert two.active() == "1" and not (two.models / "level" / "2").exists()
    assert two.agent.process.poll() is None


def test_what_is_signed_is_adopted(running):
    staged(running)
    assert "ok" in wish(running, "level", "2")
    eventually(lambda: running.active() == "2", "version 2 active")
    running.agent.says("level/2 scores from sample")


def test_an_unsigned_bundle_is_refused(running):
    staged(running, sign=False)
    is_refused(running, wish(running, "level", "2"), "not signed")


@pytest.mark.parametrize("name", ["model.tflite", "golden.bin", "bundle.sig", "model.toml"])
def test_a_changed_file_is_refused(running, name):
    place = staged(running)
    if name == "bundle.sig":
        (place / name).write_text("# by nobody\n")
    else:
        with open(place / name, "ab") as file:
            file.write(b"\n# more\n")
    is_refused(running, wish(running, "level", "2"), "level/2")


@pytest.mark.parametrize("odd", ["fifo", "link", "device", "huge", "hidden", "folder"])
def test_what_is_no_file_of_a_bundle_is_refused_and_not_read(running, odd):
    """A FIFO, a device or a link in the place of the model stops nobody."""
    place = staged(running)
    model = place / "model.tflite"
    if odd == "hidden":
        (place / ".x").write_text("")
    elif odd == "folder":
        shutil.move(place, place.parent / "aside")
        place.symlink_to(place.parent / "aside")
    else:
        model.unlink()
    if odd == "fifo":
        os.mkfifo(model)
    elif odd == "link":
        model.symlink_to(running.board.stick / "level" / "2" / "model.tflite")
    elif odd == "device":
        os.mknod(model, 0o20666, os.makedev(1, 5))
    elif odd == "huge":
        with open(model, "wb") as file:
            file.truncate(1 << 40)
    for path in [place, *place.iterdir()]:
        if not path.is_symlink():
            os.chown(path, SYNC, SYNC)
    is_refused(running, wish(running, "level", "2"), "level/2")


def test_names_lead_nowhere_else(running):
    """A wish has two names, and neither can be a way."""
    for name, version in [("..", "2"), ("level", ".."), ("level", "../../lib"), ("", "2")]:
        answer = wish(running, name, version)
        assert "ok" in answer and running.active() == "1"
    staged(running)
    for version in ["active", "previous", "trials"]:
        answer = wish(running, "level", version)
        assert running.active() == "1", answer


def test_an_older_version_is_no_newer_one(running):
    """Without a person's or an alias's choice an older version is refused."""
    running.board.bundle("0")
    staged(running)
    assert "ok" in wish(running, "level", "2")
    eventually(lambda: running.active() == "2", "version 2 active")
    assert "older" in wish(running, "level", "1", flags=1)
    assert running.active() == "2"


def test_alerts_go_on_while_sync_asks_all_the_time(running):
    """Wishes and garbage at the door as fast as they are taken: an alert is raised all the same."""
    staged(running, sign=False)
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(running.runtime / "sensor.sock"))
    code = (
        "import socket, sys, time\nend = time.monotonic() + 3\nwhile time.monotonic() < end:\n"
        "    try:\n        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
        "        s.sendall(bytes.fromhex(sys.argv[2])); s.recv(65536)\n"
        "        s.sendall(b'\\xff' * 64)\n    except OSError: pass\n"
    )
    body = b"\x14\x05level\x012\x02"
    words = [str(running.door), (struct.pack("<I", len(body)) + body).hex()]
    hostile = subprocess.Popen([*running.as_sync(), sys.executable, "-c", code, *words])
    subscriber = socket.socket(socket.AF_UNIX)
    subscriber.connect(str(running.events / "events.sock"))
    subscriber.settimeout(10)
    line.sendall(b"1.75\n")
    text = b""
    while b'"raised"' not in text:
        text += subscriber.recv(65536)
    assert b'"strong"' in text
    hostile.wait(20)
    assert running.active() == "1" and running.agent.process.poll() is None
    line.close()
