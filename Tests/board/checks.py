"""Goal: an alert drives the line it names, and whatever happens to the agent leaves no line as it
must not be. Sensors of which this system has none are read: a CAN bus, a microphone, an
accelerometer, an adapter that is pulled.
Method: the shipped unit under a real systemd, on a real arm64 kernel with a GPIO chip; the levels
are those of the chip's registers, which the emulator reads from outside.

    board check AGENT                  all of them
    board check AGENT pattern urgent   these

The first check boots the disk and installs the product on it; memory and disk of that board are
kept, so the others start in seconds. Times in an emulator are not a board's: what is judged is the
order of levels, and of patterns their middle lateness."""

import base64
import json
import statistics
import struct
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from disk import Disk
from vm import HOME, Board, Probe

sys.path.append(str(Path(__file__).parents[1] / "integration"))
import recordings  # noqa: E402

STATE, BASE, RUN = HOME / "base.state", HOME / "base.img", HOME / "run.img"
# The chip by its place, as the shipped rules show it: its number changes when it comes back.
CHIP = "9030000.pl061"
RULE = (
    f'SUBSYSTEM=="gpio", KERNEL=="gpiochip*", KERNELS=="{CHIP}", '
    'GROUP="edgeagent", MODE="0660", SYMLINK+="edgeagent/relays"\n'
)
DROP_IN = "/etc/edgeagent/edgeagent.d/check.toml"
PID = "$(systemctl show -P MainPID edgeagent)"

HOT = """[[alert]]
name = "hot"
source = "sensor:boiler.temperature"
above = 95
clear_below = 90
"""
FULL = """[[alert]]
name = "full"
source = "sensor:boiler.pressure"
above = 2.5
clear_below = 2
"""


def expect(true, *words):
    if not true:
        raise AssertionError(" ".join(map(str, words)))


def copy(source, target):
    command = ["cp", "--sparse=always", "--reflink=auto", source, target]
    subprocess.run(command, check=True)


@contextmanager
def installed(settings: str, drive: str | None = None):
    """The board with the product installed and those settings; its adapter is in."""
    if not STATE.exists():
        install()
    if not drive:
        copy(BASE, RUN)
    with Board(RUN, drive=drive, state=STATE) as board:
        board.ready()
        board.plug()
        board.wait("test -e /dev/edgeagent/wrist")
        board.sh("mkdir -p /etc/edgeagent/edgeagent.d").check()
        board.put(settings, DROP_IN)
        restart(board)
        yield board


def restart(board: Board):
    board.sh("systemctl daemon-reload; systemctl restart edgeagent").check()
    board.wait(f"readlink /proc/{PID}/fd/* | grep -q ^/dev/ttyUSB")
    time.sleep(0.2)  # a silent line: the agent takes the next byte as the beginning of a frame


def boiler(board: Board, temperature: float, pressure: float = 1.5):
    """The sensor on the adapter says it three times."""
    for _ in range(3):
        board.adapter.send(f"{temperature},{pressure}\n")
        time.sleep(0.1)


def log(board: Board) -> str:
    return board.sh("journalctl -u edgeagent -b -o cat --no-pager").out


def alerts(board: Board) -> dict[str, dict]:
    text = board.sh("edgeagent alerts list --json").check()
    return {alert["alert"]: alert for alert in json.loads(text)["alerts"]}


def standing(board: Board, name: str, phase: str, patience: float = 30) -> dict:
    end = time.monotonic() + patience
    while (alert := alerts(board)[name])["state"] != phase:
        if time.monotonic() > end:
            raise AssertionError(f"{name} is {alert['state']}, not {phase}: {log(board)[-1500:]}")
        time.sleep(0.3)
    return alert


def as_user(user: str, command: str) -> str:
    """With the groups that /etc/group gives them, as after a log-in."""
    return f"setpriv --reuid={user} --regid={user} --init-groups {command}"


def install() -> str:
    """The disk boots; somebody with scp installs the product; the unit starts and is enabled."""
    for path in [STATE, BASE]:
        path.unlink(missing_ok=True)
    copy(HOME / "disk.img", BASE)
    with Board(BASE) as board:
        booted = board.ready()
        board.sh("/root/product/install 2>&1").check()
        state = board.sh("systemctl is-system-running --wait; systemctl is-active edgeagent").out
        expect(state.split() == ["running", "active"], state, board.sh("systemctl --failed").out)
        kernel = board.sh("uname -rm").out.strip()
        chips = board.sh("grep -h . /sys/bus/gpio/devices/*/uevent | grep -c DEVNAME").out.strip()
        simulated = board.sh("modprobe -n gpio-sim 2>&1").code == 0
        board.save(STATE)
    return (
        f"boot {booted:.0f} s; {kernel}; GPIO chips: {chips}; "
        f"this kernel has {'a' if simulated else 'no'} gpio-sim"
    )


def alert() -> str:
    """A field from the serial adapter, and one from a Unix socket, drive lines on and off: a siren,
    a lamp, a relay, and a line whose low level is on."""
    settings = HOT + (
        'severity = "critical"\noutputs = ["siren", "lamp", "relay", "low"]\n'
        '[[alert]]\nname = "open"\nsource = "sensor:door.open"\nabove = 0.5\nacknowledge = false\n'
        'outputs = ["gpio:gpiochip0/6"]\n'
        '[[output]]\nname = "siren"\ngpio = "gpiochip0/0"\n'
        '[[output]]\nname = "lamp"\ngpio = "gpiochip0/1"\nshows = "lamp"\n'
        '[[output]]\nname = "relay"\ngpio = "gpiochip0/2"\nshows = "relay"\n'
        '[[output]]\nname = "low"\ngpio = "gpiochip0/4"\nactive_low = true\n'
    )
    with installed(settings) as board, Probe(board) as probe:
        expect(board.pins() == "000z1z0z", "at rest", board.pins())
        text = board.sh("edgeagent outputs list --config /etc/edgeagent/edgeagent.toml").check()
        expect(text.count("in use by edgeagent") == 5, text)
        begin = probe.now()
        boiler(board, 96)
        took = [probe.wait(line, level, begin) for line, level in [(0, "1"), (2, "1"), (4, "0")]]
        probe.wait(1, "1", begin)
        probe.wait(1, "0", begin + 1)  # nobody has seen it: the lamp flashes
        seen = probe.now()
        board.sh("edgeagent alerts ack hot").check()
        probe.wait(0, "0", seen)  # seen: no sound
        time.sleep(1)
        steady = probe.now()
        time.sleep(1.5)
        expect(probe.levels(1, steady) == "1", "the lamp is steady", probe.line(1, steady))
        expect(probe.levels(2, begin) == "01", "the relay is on until the end", probe.line(2))
        end = probe.now()
        boiler(board, 85)
        probe.wait(2, "0", end)
        probe.wait(1, "0", end)
        expect(board.pins() == "000z1z0z", "after the end", board.pins())
        begin = probe.now()
        board.sh("say /run/edgeagent/door.sock 1 1 1").check()
        probe.wait(6, "1", begin)
        board.sh("say /run/edgeagent/door.sock 0 0 0").check()
        probe.wait(6, "0", probe.now())
        text = ", ".join(f"{t * 1000:.0f}" for t in took)
        return f"siren, relay, low line {text} ms after the sample was sent (emulated); socket too"


def pattern() -> str:
    """Patterns change the line in time. The first change seen is where the time begins."""
    settings = HOT + (
        'severity = "critical"\noutputs = ["fast", "burst"]\n' + FULL + 'outputs = ["slow"]\n'
        '[[output]]\nname = "fast"\ngpio = "gpiochip0/0"\npattern = "blink"\n'
        '[[output]]\nname = "slow"\ngpio = "gpiochip0/1"\npattern = "blink"\n'
        '[[output]]\nname = "burst"\ngpio = "gpiochip0/2"\npattern = "burst"\n'
    )
    half = [150, 100, 150, 100, 150, 350, 150, 100, 150]
    burst = [*half, 600, *half, 10_000]
    said = []
    with installed(settings) as board, Probe(board) as probe:
        begin = probe.now()
        boiler(board, 96, 3)
        time.sleep(26)
        for line, steps in [(0, [250, 250]), (1, [800, 800]), (2, burst)]:
            edges = probe.line(line, begin)[1:]
            start, due = edges[0][0], [(0.0, "1")]
            while due[-1][0] < edges[-1][0] - start:
                step = steps[(len(due) - 1) % len(steps)] / 1000
                due.append((due[-1][0] + step, "01"[due[-1][1] == "0"]))
            # The nearest due change to the same level: one that the probe missed moves no other.
            late, met = [], set()
            for at, level in edges:
                same = [want for want, to in due if to == level]
                nearest = min(same, key=lambda want: abs(at - start - want))
                late.append(at - start - nearest)
                met.add((nearest, level))
            share, middle = len(met) / len(due), statistics.median(late)
            name = "/".join(map(str, steps[:2]))
            expect(share >= 0.8, f"{name}: {len(met)} of {len(due)} changes", edges)
            expect(abs(middle) < 0.06, f"{name}: {middle * 1000:.0f} ms off", late)
            said.append(
                f"{name}: {len(met)} of {len(due)} changes, {min(late) * 1000:+.0f} to "
                f"{max(late) * 1000:+.0f} ms, median {middle * 1000:+.0f}"
            )
        said.append(f"the probe's greatest gap {probe.gap * 1000:.0f} ms")
    return "; ".join(said)


def fail_safe() -> str:
    """A fail-safe line is energised while all is well; it falls for an alert, for SIGKILL and for a
    stop. An ordinary line that is on goes off. Without ExecStopPost= this chip keeps both."""
    settings = HOT + (
        'acknowledge = false\noutputs = ["relay", "siren"]\n'
        '[[output]]\nname = "relay"\ngpio = "gpiochip0/0"\nfail_safe = true\n'
        '[[output]]\nname = "siren"\ngpio = "gpiochip0/1"\n'
    )
    with installed(settings) as board, Probe(board) as probe:

        def kill() -> tuple[float, float]:
            expect(board.pins()[:2] == "10", "well", board.pins())
            since = probe.now()
            board.sh("systemctl kill -s KILL edgeagent").check()
            fell = probe.wait(0, "0", since)
            return fell, probe.wait(0, "1", since + fell) + fell

        expect(board.pins()[:2] == "10", "well", board.pins())
        since = probe.now()
        boiler(board, 96)
        probe.wait(0, "0", since)
        probe.wait(1, "1", since)
        since = probe.now()
        boiler(board, 85)
        probe.wait(0, "1", since)
        probe.wait(1, "0", since)
        fell, back = kill()
        board.wait(f"readlink /proc/{PID}/fd/* | grep -q ^/dev/ttyUSB")
        time.sleep(0.2)
        # The siren is on when the agent is killed.
        boiler(board, 96)
        probe.wait(1, "1", probe.now())
        since = probe.now()
        board.sh("systemctl kill -s KILL edgeagent").check()
        probe.wait(1, "0", since)
        # It stands in the agent's state: after the start the siren is on again.
        probe.wait(1, "1", probe.now())
        board.wait(f"readlink /proc/{PID}/fd/* | grep -q ^/dev/ttyUSB")
        time.sleep(0.2)
        boiler(board, 85)
        probe.wait(0, "1", probe.now())
        since = probe.now()
        board.sh("systemctl stop edgeagent").check()
        stopped = probe.levels(0, since), board.pins()[:2]
        expect(stopped == ("10", "00"), "after the stop", stopped)
        free = board.sh("edgeagent outputs list --config /etc/edgeagent/edgeagent.toml").check()
        expect(free.count("free") == 2, free)
        expect("failed" not in board.sh("systemctl is-failed edgeagent").out)
        # The other way: what the chip does without that line of the unit.
        board.sh("mkdir -p /etc/systemd/system/edgeagent.service.d").check()
        override = "/etc/systemd/system/edgeagent.service.d/check.conf"
        board.put("[Service]\nExecStopPost=\n", override)
        restart(board)
        probe.wait(0, "1", probe.now())
        board.sh("systemctl stop edgeagent").check()
        time.sleep(1)
        kept = board.pins()[0]
        return (
            f"fell {fell * 1000:.0f} ms after SIGKILL, energised again after {back:.1f} s; off "
            f"after a stop; without ExecStopPost= this chip leaves a fail-safe line at {kept}"
        )


def changed() -> str:
    """A person edits the file and restarts the unit. With a broken file no agent comes back: a
    fail-safe line has to fall. With another line for the siren the old one has to be off."""
    settings = HOT + (
        'acknowledge = false\noutputs = ["relay", "siren"]\n'
        '[[output]]\nname = "relay"\ngpio = "gpiochip0/0"\nfail_safe = true\n'
        '[[output]]\nname = "siren"\ngpio = "gpiochip0/1"\n'
    )
    with installed(settings) as board, Probe(board) as probe:
        probe.wait(0, "1", probe.now())
        boiler(board, 96)
        probe.wait(1, "1", probe.now())
        board.put(settings.replace("gpiochip0/1", "gpiochip0/5"), DROP_IN)
        restart(board)
        probe.wait(5, "1", probe.now())
        moved = board.pins()[1]
        boiler(board, 85)
        probe.wait(0, "1", probe.now())
        board.put(settings + "oops\n", DROP_IN)
        board.sh("systemctl restart edgeagent")
        expect("failed" in board.sh("systemctl is-failed edgeagent").out, log(board))
        time.sleep(1)
        broken = board.pins()[0]
        expect(moved == "0", "the siren that was moved goes on at its old line")
        expect(broken == "0", "no agent, and the fail-safe line is still energised")
        return "the old line is off; with a broken file the fail-safe line falls"


def hung() -> str:
    """An agent that hangs (SIGSTOP) is killed by the watchdog; then the fail-safe line falls."""
    settings = '[[output]]\nname = "relay"\ngpio = "gpiochip0/0"\nfail_safe = true\n' + (
        HOT + 'outputs = ["relay"]\n'
    )
    with installed(settings) as board, Probe(board) as probe:
        probe.wait(0, "1", probe.now())
        since = probe.now()
        board.sh("systemctl kill -s STOP edgeagent").check()
        fell = probe.wait(0, "0", since, patience=90)
        back = probe.wait(0, "1", since + fell, patience=60)
        expect("Watchdog timeout" in log(board), log(board))
        return f"the line fell {fell:.1f} s after it hung, and was energised {back:.1f} s later"


def faults() -> str:
    """A line in use, a line and a chip that do not exist: the agent starts, says so with the
    remedy, and `output:NAME` is true. A line that comes free works; so does a chip that comes
    back."""
    names = {"driver": "gpiochip0/3", "held": "gpiochip0/5", "beyond": "gpiochip0/42",
             "nowhere": "gpiochip7/0", "well": "/dev/edgeagent/relays/0"}  # fmt: skip
    settings = "".join(
        f'[[output]]\nname = "{name}"\ngpio = "{line}"\n'
        f'[[alert]]\nname = "{name}-broken"\nsource = "output:{name}"\nacknowledge = false\n'
        for name, line in names.items()
    ) + (HOT + 'acknowledge = false\noutputs = ["driver", "held", "beyond", "nowhere", "well"]\n')
    with installed(settings) as board:
        board.sh("systemctl stop edgeagent").check()
        board.put(RULE, "/etc/udev/rules.d/71-check.rules")
        board.sh("udevadm control --reload").check()
        board.sh("udevadm trigger --settle --subsystem-match=gpio").check()
        board.sh("systemd-run -q --unit=holder hold /dev/gpiochip0 5").check()
        board.wait("journalctl -u holder -b --no-pager >/dev/null; systemctl is-active -q holder")
        time.sleep(1)
        restart(board)
        for name in names:
            standing(board, f"{name}-broken", "normal" if name == "well" else "unacknowledged")
        text = log(board)
        for words in [
            "output driver: /dev/gpiochip0: line 3 is in use by ",
            "output held: /dev/gpiochip0: line 5 is in use by other-program; stop that one, or",
            "output beyond: /dev/gpiochip0: there is no line 42; the chip has 8, from 0 on",
            "output nowhere: /dev/gpiochip7: no such device; is its driver loaded?",
        ]:
            expect(words in text, words, "is not in", text)
        holder = text.split("line 3 is in use by ")[1].split(";")[0]
        with Probe(board) as probe:
            boiler(board, 96)
            probe.wait(0, "1", 0)  # the line that works has its alert
            since = probe.now()
            board.sh("systemctl stop holder").check()
            took = probe.wait(5, "1", since)
        standing(board, "held-broken", "normal")
        expect("output held: works" in log(board), log(board))
        code = board.sh("edgeagent outputs off --config /etc/edgeagent/edgeagent.toml").code
        expect(code == 1, "outputs off says that it could not have the lines", code)
        said = f"line 3 in use by {holder}; a line that came free worked {took:.1f} s later"
        return said + "; " + unplugged(board)


def unplugged(board: Board) -> str:
    """The chip's driver lets go of it while the agent has lines of it, and takes it again."""
    driver = "/sys/bus/amba/drivers/pl061_gpio"
    board.sh("echo gpio-keys >/sys/bus/platform/drivers/gpio-keys/unbind").check()
    board.sh(f"echo {CHIP} >{driver}/unbind").check()
    standing(board, "well-broken", "unacknowledged")
    expect("output well: lost; trying again" in log(board), log(board))
    board.sh(f"echo {CHIP} >{driver}/bind").check()
    name = board.wait("udevadm settle; readlink /dev/edgeagent/relays").strip()
    standing(board, "well-broken", "normal")
    expect("output well: works" in log(board), log(board))
    expect(board.pins()[0] == "1", "it shows what is due", board.pins())
    return f"a chip that went while in use came back as {name}, and shows what is due"


def urgent() -> str:
    """Two alerts on one line: the critical one's pattern wins; when a person has seen it, the
    warning is shown again."""
    settings = (
        HOT + 'severity = "critical"\noutputs = ["siren"]\n' + FULL
        + 'severity = "warning"\noutputs = ["siren"]\n'
        '[[output]]\nname = "siren"\ngpio = "gpiochip0/0"\npattern = "blink"\n'
    )  # fmt: skip

    def period(probe: Probe, seconds: float) -> float:
        """From one rise to the next, the middle one of those seen."""
        since = probe.now()
        time.sleep(seconds)
        rises = [at for at, level in probe.line(0, since)[1:] if level == "1"]
        expect(len(rises) > 2, "it blinks", probe.line(0, since))
        return statistics.median(b - a for a, b in zip(rises, rises[1:], strict=False))

    with installed(settings) as board, Probe(board) as probe:
        boiler(board, 85, 3)
        probe.wait(0, "1", 0)
        warning = period(probe, 8)
        boiler(board, 96, 3)
        standing(board, "hot", "unacknowledged")
        critical = period(probe, 4)
        board.sh("edgeagent alerts ack hot").check()
        again = period(probe, 8)
        board.sh("edgeagent alerts ack full").check()
        since = probe.now()
        time.sleep(2)
        expect(probe.levels(0, since) == "0", "all seen: silent", probe.line(0, since))
        said = [round(value, 2) for value in (warning, critical, again)]
        expect(abs(warning - 1.6) < 0.3 and abs(critical - 0.5) < 0.15, said)
        expect(abs(again - 1.6) < 0.3, said)
        return f"periods {said} s; silent when both are acknowledged"


def people() -> str:
    """`alerts list` and `alerts ack` by a member of the unit's group, and by a stranger; the name
    that the log has; a list of names in [control]."""
    settings = HOT + 'severity = "critical"\noutputs = ["journal"]\n'
    with installed(settings) as board:
        boiler(board, 96)
        standing(board, "hot", "unacknowledged")
        for words in ["list", "ack hot"]:
            refused = board.sh(as_user("visitor", f"edgeagent alerts {words} 2>&1"))
            expect(refused.code == 1 and "may not open the control socket" in refused.out, refused)
        listed = board.sh(as_user("nurse", "edgeagent alerts list 2>&1"))
        expect(listed.code == 0 and "unacknowledged" in listed.out, listed)
        done = board.sh(as_user("nurse", "edgeagent alerts ack hot --note 'on my way' 2>&1"))
        expect(done.code == 0, done)
        standing(board, "hot", "acknowledged")
        refused = board.sh(as_user("nurse", "edgeagent alerts set hot above 99 2>&1"))
        expect(refused.code == 1, "a member of the group may not manage", refused)
        lines = [line for line in log(board).splitlines() if "hot" in line and "ack" in line]
        expect(any("nurse" in line for line in lines), "the log names the person:", lines)
        board.put(settings + '[control]\noperate = ["nurse"]\n', DROP_IN)
        restart(board)
        boiler(board, 85)
        boiler(board, 96)
        standing(board, "hot", "unacknowledged")
        done = board.sh(as_user("nurse", "edgeagent alerts ack hot 2>&1"))
        expect(done.code == 0, "by name, as [control] says", done)
        return f"by the group's member alone; the log: {lines[-1]}"


def power_cut() -> str:
    """The power goes while one alert stands that nobody has seen, and one that somebody has; what
    the disk had not flushed is lost. After the boot both stand, and the lines show it."""
    settings = (
        HOT + 'severity = "critical"\noutputs = ["siren", "lamp"]\n' + FULL
        + 'latch = true\noutputs = ["bell", "lamp"]\n'
        '[[output]]\nname = "siren"\ngpio = "gpiochip0/0"\n'
        '[[output]]\nname = "bell"\ngpio = "gpiochip0/1"\n'
        '[[output]]\nname = "lamp"\ngpio = "gpiochip0/2"\nshows = "lamp"\n'
        '[[output]]\nname = "relay"\ngpio = "gpiochip0/4"\nfail_safe = true\n'
    )
    if not STATE.exists():
        install()
    copy(BASE, RUN)
    disk = Disk(RUN, HOME / "run" / "nbd")
    with installed(settings, drive=disk.drive) as board:
        board.sh("sync").check()  # the settings, and what the check itself has changed
        boiler(board, 96, 3)
        before = {name: standing(board, name, "unacknowledged") for name in ["hot", "full"]}
        before["full"]["state"] = "acknowledged"
        # What the command says is done has to be on the disk: the power goes at once.
        board.sh("edgeagent alerts ack full --by Anna").check()
        board.cut()
    report = disk.power_cut(seed=1, chance=0.9)
    with Board(RUN) as board:
        booted = board.ready()
        board.wait("systemctl is-active -q edgeagent", 300)
        with Probe(board) as probe:
            probe.wait(0, "1", 0)
            after = {name: alerts(board)[name] for name in ["hot", "full"]}
            for name in before:
                was, now = ((a["state"], a["episode"]) for a in (before[name], after[name]))
                expect(was == now, name, was, now, log(board))
            time.sleep(2)
            expect(probe.levels(1) == "0", "what was seen stays silent", probe.line(1))
            expect("1" in probe.levels(2), "the lamp", probe.line(2))
        failed = board.sh("systemctl --failed --plain --no-legend").out
        expect(not failed, failed)
        return (
            f"{report['lost']} of {report['cached']} sectors lost; boot {booted:.0f} s; "
            f"hot {after['hot']['state']}, full {after['full']['state']}, same episodes"
        )


def heard(board: Board, sensor: str, count: int) -> list[dict]:
    """The samples that the agent has published, once there are so many."""
    end = time.monotonic() + 60
    while True:
        lines = board.sh("cat /run/heard").out.splitlines()
        events = [json.loads(line) for line in lines if line.endswith("}")]
        samples = [event for event in events if event.get("type") == "sample"]
        samples = [sample["values"] for sample in samples if sample["sensor"] == sensor]
        if len(samples) >= count:
            return samples
        expect(time.monotonic() < end, len(samples), "of", count, "samples:", log(board)[-1500:])
        time.sleep(0.5)


def listen(board: Board):
    board.sh("systemctl stop hearing; systemctl reset-failed hearing")
    board.sh("systemd-run -q --unit=hearing hear /run/heard").check()
    board.wait("test -e /run/heard")
    time.sleep(1)


def bus() -> str:
    """Two messages of a CAN bus, one with an identifier of 29 bits, by the kernel's own vcan."""
    settings = (
        '[events]\npublish = ["samples"]\n'
        '[[sensor]]\nname = "engine"\nport = "can:can7"\nframing = "can"\nid = "C9"\nrate = 100\n'
        'fields = [{ name = "rpm", bit = 0, bits = 16, scale = 0.25 }]\n'
        '[[sensor]]\nname = "brake"\nport = "can:can7"\nframing = "can"\nid = "18FEF100x"\n'
        'rate = 100\nfields = [{ name = "n", bit = 7, bits = 16, endian = "big" }]\n'
    )
    unit = "/etc/systemd/system/edgeagent.service.d/can.conf"
    with installed("") as board:
        if board.sh("modprobe vcan && modprobe can_raw").code:
            return "skipped: this kernel has no vcan"
        board.sh("can make can7").check()
        board.sh(f"mkdir -p {unit.rsplit('/', 1)[0]}").check()
        board.put("[Service]\nPrivateNetwork=no\nRestrictAddressFamilies=AF_CAN\n", unit)
        board.put(settings, DROP_IN)
        restart(board)
        listen(board)
        numbers = range(200)
        frames = " ".join(f"{4 * n & 255:02x}{4 * n >> 8:02x}" for n in numbers)
        board.sh(f"can send can7 C9 {frames}").check()
        board.sh("can send can7 98FEF100 " + " ".join(f"{n:04x}" for n in numbers)).check()
        engine, brake = heard(board, "engine", 200), heard(board, "brake", 200)
        expect([sample["rpm"] for sample in engine] == list(numbers), engine)
        expect([sample["n"] for sample in brake] == list(numbers), brake)
        return "200 frames of each identifier, each a sample"


def sound() -> str:
    """A loopback card: what is played is heard, word for word, and the agent that runs misses none
    of it."""
    settings = (
        '[[sensor]]\nname = "microphone"\nport = "alsa:Loopback,1"\n'
        'fields = ["v"]\nrate = 8000\n'
    )
    record = (
        "setpriv --reuid=edgeagent --regid=edgeagent --init-groups edgeagent record microphone "
        "--config /etc/edgeagent/edgeagent.toml --output /run/edgeagent/heard.rec --for 1m"
    )
    with installed("") as board:
        if board.sh("modprobe snd-aloop").code:
            return "skipped: this kernel has no snd-aloop"
        board.sh("usermod -aG audio edgeagent").check()
        board.put(settings, DROP_IN)
        restart(board)
        board.wait(f"readlink /proc/{PID}/fd/* | grep -q ^/dev/snd/")
        board.sh("play /dev/snd/pcmC0D0p 8000 16000").check()
        status = json.loads(board.sh("edgeagent status --json").check())
        microphone = next(each for each in status["sensor_list"] if each["sensor"] == "microphone")
        text = log(board)
        for words in ["microphone: disconnected", "microphone: a gap"]:
            expect(words not in text, text[-1500:])
        expect(microphone["samples"] >= 16000 and microphone["bad_frames"] == 0, microphone)
        # Word for word: by the same port, without the agent that runs.
        board.sh("systemctl stop edgeagent").check()
        board.sh(f"systemd-run -q --unit=recording {record}").check()
        board.wait("ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q pcmC0D1c")
        # The card may end before its last period is heard: so there is more than is compared.
        board.sh("play /dev/snd/pcmC0D0p 8000 17000").check()
        board.sh("systemctl stop recording")
        file = base64.b64decode(board.sh("base64 -w0 /run/edgeagent/heard.rec").check())
        heard = b"".join(bytes for _, _, _, bytes in recordings.items(file))
        words = struct.unpack(f"<{len(heard) // 2}h", heard)
        first = next(place for place, word in enumerate(words) if word)
        played = tuple(number % 10000 for number in range(1, 16000))
        found = words[first : first + len(played)]
        wrong = sum(a != b for a, b in zip(found, played, strict=False))
        expect(found == played, wrong, "of", len(found), "words are others", found[-33:])
        return (
            f"16,000 words at 8 kHz, each as it was played; the agent took {microphone['samples']} "
            "samples and missed none"
        )


IIO_RULE = (
    'ACTION=="add", SUBSYSTEM=="iio", KERNEL=="iio:device*", ATTR{name}=="accel_3d", '
    'GROUP="edgeagent", MODE="0660", RUN+="/bin/sh -c \'cd /sys%p && for f in buffer scan_elements '
    "trigger current_timestamp_clock *sampling_frequency; do chgrp -R edgeagent $$f; "
    "chmod -R g+w $$f; done'\"\n"
)


# As docs/sensors.md has it.
IIO_UNIT = "[Unit]\nWants=modprobe@industrialio.service\nAfter=modprobe@industrialio.service\n"


def iio() -> str:
    """An accelerometer by a driver of the Linux kernel's Industrial I/O: what keeps the agent from
    it is said, each scan is one sample in m/s², it is stopped with the agent, taken over from a
    killed one, and opened again after it was pulled. Debian's kernel has no iio_dummy and no
    hrtimer trigger; its driver of HID sensors is a real one, and uhid is the sensor."""
    settings = (
        '[events]\npublish = ["samples"]\n'
        '[[sensor]]\nname = "motion"\nport = "iio:accel_3d"\nrate = 100\n'
        'fields = [{ name = "x", channel = "accel_x" }, { name = "z", channel = "accel_z" }]\n'
    )
    unit = "/etc/systemd/system/edgeagent.service.d/iio.conf"
    on = "cat /sys/bus/iio/devices/iio:device*/buffer/enable"
    is_open = f"readlink /proc/{PID}/fd/* | grep -q ^/dev/iio"

    def measured(board: Board, count: int, since: int = 0):
        samples = heard(board, "motion", count)
        numbers = [round(sample["x"] / 0.00980665) for sample in samples]
        expect(numbers == list(range(since, since + count)), numbers[-200:])
        for number, sample in zip(numbers, samples, strict=True):
            due = number * 0.00980665, (number + 1000) * 0.00980665
            found = sample["x"], sample["z"]
            near = all(abs(a - b) < 1e-5 for a, b in zip(due, found, strict=True))
            expect(near, sample, "is not", due)

    with installed("") as board:
        if board.sh("modprobe -n hid-sensor-accel-3d && modprobe uhid").code:
            return "skipped: this kernel has no uhid, or no driver for HID sensors"
        says = "journalctl -u edgeagent -b -o cat --no-pager | grep -q "
        board.put(settings, DROP_IN)
        board.sh(f"mkdir -p {unit.rsplit('/', 1)[0]}").check()
        board.put(IIO_UNIT, unit)
        board.sh("! test -e /sys/bus/iio").check()
        restart(board)
        board.wait(says + "'no IIO device accel_3d; there is none at all'")
        # Plugged in after the start of a unit that had no such kind of device.
        board.sh("mkfifo /run/motion; systemd-run -q --unit=motion motion /run/motion").check()
        board.wait(says + "'/dev/iio:device0: permission denied'")
        board.put(IIO_RULE, "/etc/udev/rules.d/71-iio.rules")
        board.sh("udevadm control --reload").check()
        board.sh("udevadm trigger --action=add --settle --subsystem-match=iio").check()
        board.wait(says + "'the unit needs ReadWritePaths'")
        board.put(IIO_UNIT + "[Service]\nReadWritePaths=/sys/devices\n", unit)
        restart(board)
        board.wait(is_open)
        table = board.sh("edgeagent sniff iio:accel_3d").check()
        expect('{ name = "accel_z", unit = "m/s2" }' in table and "rate = 100" in table, table)
        listen(board)
        count = board.sh(f"ls /proc/{PID}/fd | wc -l").out
        # An odd count: at 100 Hz the last one would be kept back, if scans came by pairs.
        board.sh("echo 201 >/run/motion").check()
        measured(board, 201)
        # A second program may not have it.
        busy = board.sh("edgeagent check --config /etc/edgeagent/edgeagent.toml 2>&1")
        expect("in use by another program" in busy.out, busy.out)
        expect(board.sh(on).out.split() == ["1"], "it runs")
        board.sh("systemctl stop edgeagent").check()
        expect(board.sh(on).out.split() == ["0"], "it stands when the agent has stopped")
        restart(board)
        board.wait(is_open)
        board.sh("systemctl kill -s KILL edgeagent").check()
        time.sleep(1)
        board.wait(is_open)
        listen(board)
        board.sh("echo 99 >/run/motion").check()
        measured(board, 99, 201)
        took = []
        for _ in range(5):
            board.sh("systemctl stop motion").check()
            begin = time.monotonic()
            board.wait(f"! {is_open}")
            took.append(time.monotonic() - begin)
            board.sh("systemd-run -q --unit=motion motion /run/motion").check()
            board.wait(is_open)
        listen(board)
        board.sh("echo 100 >/run/motion").check()
        measured(board, 100)
        after = board.sh(f"ls /proc/{PID}/fd | wc -l").out
        expect(count == after, count, "descriptors before,", after, "after")
        return (
            "400 scans, each one sample in m/s²; stopped with the agent, taken over from a killed "
            f"one; pulled 5 times, gone after {statistics.median(took):.1f} s, and opened again"
        )


def replug() -> str:
    """The adapter is pulled and put in again, 20 times, by a stable name: each line that was sent
    while it was open is one sample, and no descriptor is left."""
    with installed('[events]\npublish = ["samples"]\n') as board:
        listen(board)
        count = board.sh(f"ls /proc/{PID}/fd | wc -l").out
        sent, took = 0, []
        for _ in range(20):
            for _ in range(10):
                board.adapter.send(f"{sent},1\n")
                sent += 1
            heard(board, "boiler", sent)
            board.qmp.say("device_del", id="adapter")
            board.wait(f"! readlink /proc/{PID}/fd/* | grep -q ^/dev/ttyUSB")
            board.wait("! test -e /dev/edgeagent/wrist")
            begin = time.monotonic()
            board.plug()
            board.wait(f"readlink /proc/{PID}/fd/* | grep -q ^/dev/ttyUSB")
            took.append(time.monotonic() - begin)
            time.sleep(0.2)
        samples = heard(board, "boiler", sent)
        expect([sample["temperature"] for sample in samples] == list(range(sent)), samples[-20:])
        after = board.sh(f"ls /proc/{PID}/fd | wc -l").out
        expect(count == after, count, "descriptors before,", after, "after")
        return f"{sent} lines, each once; open again {statistics.median(took):.1f} s after plugging"


CHECKS = [
    install, alert, pattern, fail_safe, changed, hung, faults, urgent, people, bus, sound, iio,
    replug, power_cut,
]  # fmt: skip


def main():
    names = {check.__name__: check for check in CHECKS}
    if unknown := [word for word in sys.argv[1:] if word not in names]:
        sys.exit(f"{unknown[0]}: no such check; there are {' '.join(names)}")
    failed = 0
    for name, check in names.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        begin = time.monotonic()
        try:
            said, verdict = check(), "ok  "
        except (AssertionError, RuntimeError, OSError, EOFError, KeyError) as error:
            said, verdict, failed = f"{type(error).__name__}: {error}", "FAIL", failed + 1
        print(f"{verdict} {name:10} {time.monotonic() - begin:4.0f} s  {said}", flush=True)
    print(f"{failed} failed" if failed else "all well")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
