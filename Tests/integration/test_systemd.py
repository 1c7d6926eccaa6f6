"""Goal: the agent is a good service, and its unit is as closed as it can be.
Method: systemd's own tools on the files that ship; a real notify socket for the agent."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from agent import PATIENCE, eventually
from conftest import HOST, ROOT, absent, say
from hot_path import PRIORITY
from signals import lines

EXPOSURE_MAX = 1.2


OTHERS = ["edgeagent-sync.timer", "edgeagent-audio.socket"]
UNITS = ["edgeagent.service", "edgeagent-sync.service", "edgeagent-sync-once.service"]


def unit(name: str) -> str:
    return (ROOT / "systemd" / name).read_text()


@pytest.fixture
def units(folder):
    """The units, starting the executable from where it was built."""
    agent = ROOT / "dist" / f"edgeagent-{HOST}"
    for name in [*UNITS, *OTHERS]:
        text, count = re.subn(
            r"^(Exec\w+=-?)/usr/bin/edgeagent\b", rf"\1{agent}", unit(name), flags=re.MULTILINE
        )
        assert count == len(re.findall("^Exec", text, re.MULTILINE)), f"{name}: other programs"
        assert (count > 0) == name.endswith(".service")
        (folder / name).write_text(text)
    return folder


def tool(name: str) -> str:
    path = shutil.which(name)
    if not path:
        absent(f"{name} is not there")
    return path


@pytest.mark.parametrize("name", [*UNITS, *OTHERS])
def test_the_unit_is_clean(units, name):
    """`systemd-analyze verify` finds nothing to say."""
    result = systemd([tool("systemd-analyze"), "verify", "--man=no", units / name])
    assert result.returncode == 0 and not (result.stdout + result.stderr).strip(), result.stderr


@pytest.mark.parametrize("name", UNITS)
def test_the_unit_is_closed(units, name, record_property, capsys):
    """Exposure by `systemd-analyze security`: most services have 9 of 10."""
    words = [tool("systemd-analyze"), "security", "--offline=true", "--no-pager", units / name]
    result = systemd(words)
    exposure = float(re.search(r"exposure level for \S+: ([\d.]+)", result.stdout)[1])
    say(capsys, f"{name}: exposure {exposure} (at most {EXPOSURE_MAX})")
    record_property("exposure", exposure)
    assert exposure <= EXPOSURE_MAX, result.stdout


def test_the_core_can_know_people():
    """With PrivateUsers= every person but root is `nobody` to the agent: no list of names in
    [control] could work, and no audit could say who acted. `make board` shows it under systemd."""
    assert not re.search("^PrivateUsers=", unit(UNITS[0]), re.MULTILINE)


def test_sync_is_a_user_of_its_own():
    """Both of its units: its own user, group and folder, and no way into the core's group."""
    for name in UNITS[1:]:
        lines = unit(name).splitlines()
        for line in [
            "User=edgeagent-sync", "Group=edgeagent-sync", "StateDirectory=edgeagent-sync",
            "StateDirectoryMode=0750", "UMask=0027",
        ]:  # fmt: skip
            assert line in lines, (name, line)
        assert not any(line.startswith("SupplementaryGroups=") for line in lines)
    core = unit(UNITS[0]).splitlines()
    assert "UMask=0077" in core and "StateDirectoryMode=0711" in core


def test_the_core_may_be_punctual_and_is_watched():
    """Nothing else notices where one of these is gone: without the limit the core works with memory
    that the Linux kernel may take back, without the watchdog nobody ends one that hangs."""
    lines = unit(UNITS[0]).splitlines()
    for line in [
        "Type=notify", "NotifyAccess=main", "WatchdogSec=10s", "WatchdogSignal=SIGABRT",
        "Restart=always", "LimitMEMLOCK=infinity", "CPUSchedulingPolicy=fifo",
        f"CPUSchedulingPriority={PRIORITY}", "CPUSchedulingResetOnFork=yes", "TimerSlackNSec=1",
    ]:  # fmt: skip
        (only,) = [other for other in lines if other.startswith(line.split("=")[0] + "=")]
        assert only == line


def test_the_user_and_the_folders_are_made(folder):
    """sysusers.d makes the user, tmpfiles.d its folders with their owners and modes."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to give folders away")
    root = folder / "root"
    (root / "etc").mkdir(parents=True)
    users = ROOT / "systemd" / "sysusers.d" / "edgeagent.conf"
    folders = ROOT / "systemd" / "tmpfiles.d" / "edgeagent.conf"
    made = systemd([tool("systemd-sysusers"), f"--root={root}", users])
    assert made.returncode == 0, made.stderr
    made = systemd([tool("systemd-tmpfiles"), "--create", f"--root={root}", folders])
    assert made.returncode == 0 and not made.stderr.strip(), made.stderr
    entries = [line.split(":") for line in (root / "etc/passwd").read_text().splitlines()]
    users = {name: int(number) for name, _, number, *_ in entries}
    entries = [line.split(":") for line in (root / "etc/group").read_text().splitlines()]
    groups = {name: members.split(",") for name, _, _, members in entries}
    user, sync = users["edgeagent"], users["edgeagent-sync"]
    # Who is in the group of the core may act on alerts; the core reads what sync has downloaded.
    assert groups["edgeagent"] == [""] and groups["edgeagent-sync"] == ["edgeagent"]
    assert groups["edgeagent-events"] == ["edgeagent-sync"]
    for path, mode, owner in [
        ("run/edgeagent", 0o750, user),
        ("run/edgeagent-events", 0o2750, user),
        ("var/lib/edgeagent", 0o711, user),
        ("var/lib/edgeagent/models", 0o755, user),
        ("var/lib/edgeagent-sync", 0o750, sync),
        ("etc/edgeagent", 0o755, 0),
        ("etc/edgeagent/trust.d", 0o755, 0),
        ("etc/edgeagent/credentials", 0o700, 0),
    ]:
        status = (root / path).stat()
        assert (status.st_mode & 0o7777, status.st_uid) == (mode, owner), path


def systemd(words: list) -> subprocess.CompletedProcess:
    environment = os.environ | {"SYSTEMD_COLORS": "0", "SYSTEMD_LOG_TARGET": "console"}
    return subprocess.run(words, capture_output=True, text=True, timeout=30, env=environment)


def test_ready_is_said_once_and_stopping_at_the_end(start, either):
    """READY=1 when it is ready, STOPPING=1 when it was told to stop; then exit code 0."""
    agent = start(command=either)
    agent.stop()
    messages = agent.supervisor.messages
    agent.supervisor.wait(lambda line: line == "STOPPING=1")
    assert messages.count("READY=1") == 1
    assert messages.index("READY=1") < messages.index("STOPPING=1")


def test_the_status_is_a_sentence(start):
    """`systemctl status` shows a line about the sensors."""
    agent = start()
    status, *_ = agent.supervisor.wait(lambda line: line.startswith("STATUS="))
    assert len(status) > len("STATUS=") and "\n" not in status
    agent.stop()


def test_the_unit_waits_as_long_as_the_documents_say():
    """10 s for a sign of life; at the end the 15 s of programs, and what other threads may take one
    after another: 22 s at most."""
    unit = (ROOT / "systemd" / "edgeagent.service").read_text().splitlines()
    assert "WatchdogSec=10s" in unit
    assert "TimeoutStopSec=30s" in unit


@pytest.mark.alone
def test_the_watchdog_is_fed_in_time(start, either):
    """With a limit of one second, no two signs of life are further apart, and not many more come
    than are needed."""
    agent = start(command=either, environment={"WATCHDOG_USEC": "1000000"})
    agent.supervisor.wait(lambda line: line == "WATCHDOG=1", count=8)
    times = signs(agent)
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    assert max(gaps) < 1.0, gaps
    assert len(times) / (times[-1] - times[0]) < 20
    agent.stop()


def test_no_watchdog_is_fed_that_was_not_asked_for(start, socket_line):
    """Without WATCHDOG_USEC, or with another process's WATCHDOG_PID, there is no sign."""
    agent = start(environment={"WATCHDOG_USEC": "300000", "WATCHDOG_PID": "1"})
    time.sleep(0.7)
    assert not signs(agent)
    agent.stop()


def test_a_hung_agent_gives_no_sign_of_life(start):
    """Stopped by SIGSTOP, it is silent; continued, it is alive again and ends cleanly."""
    agent = start(environment={"WATCHDOG_USEC": "500000"})
    agent.supervisor.wait(lambda line: line == "WATCHDOG=1", count=2)
    agent.process.send_signal(signal.SIGSTOP)
    status = Path(f"/proc/{agent.process.pid}/stat")
    eventually(lambda: status.read_text().rsplit(")", 1)[1].split()[0] == "T", "stopped")
    # What was on its way comes before this.
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
        own.sendto(b"STOPPED", str(agent.supervisor.path))
    agent.supervisor.wait(lambda line: line == "STOPPED")
    before = len(signs(agent))
    time.sleep(0.8)
    assert len(signs(agent)) == before
    agent.process.send_signal(signal.SIGCONT)
    agent.supervisor.wait(lambda line: line == "WATCHDOG=1", count=before + 1)
    agent.stop()


def test_interrupt_ends_it_as_well(start):
    """Ctrl-C in a terminal is as good as systemd's SIGTERM."""
    agent = start()
    agent.process.send_signal(signal.SIGINT)
    assert agent.ends(PATIENCE) == 0, agent.log


@pytest.mark.alone
def test_it_stops_at_once_under_load(start, socket_line):
    """SIGTERM with a line full of frames: gone within a second."""
    agent = start()
    line = socket_line()
    line.send(lines([0.5] * 2000))
    before = time.monotonic()
    agent.stop()
    assert time.monotonic() - before < 1


def signs(agent) -> list[float]:
    supervisor = agent.supervisor
    return [t for t, line in zip(supervisor.times, supervisor.messages) if line == "WATCHDOG=1"]
