"""Goal: a socket that systemd made is the sensor's socket, and a list says who may send through
one. Method: sockets made here and handed over as sd_listen_fds(3) says, by a small launcher;
programs of other users."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from agent import SocketLine
from conftest import absent

LAUNCHER = """
import os, sys
count, names, *command = sys.argv[1:]
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=count, LISTEN_FDNAMES=names)
os.execv(command[0], command)
"""
KINDS = {
    "unix": socket.SOCK_STREAM,
    "unix-seqpacket": socket.SOCK_SEQPACKET,
    "unix-dgram": socket.SOCK_DGRAM,
}


def made(path: Path, kind: int) -> socket.socket:
    """As systemd makes it."""
    one = socket.socket(socket.AF_UNIX, kind)
    one.bind(str(path))
    if kind != socket.SOCK_DGRAM:
        one.listen()
    return one


def handed_over(start, sockets: list[socket.socket], port: str, **options):
    """An agent that gets these from descriptor 3 on."""
    # A shell moves them there, since the descriptors of this process are in use.
    moves = " ".join(f"{3 + n}<&{one.fileno()}" for n, one in enumerate(sockets))
    names = ":".join(["sensor"] * len(sockets))
    shell = f'exec "$@" {moves}'
    command = ["bash", "-c", shell, "bash", sys.executable, "-c", LAUNCHER]
    inherits = [one.fileno() for one in sockets]
    return start(port, wrapper=[*command, str(len(sockets)), names], inherits=inherits, **options)


@pytest.mark.parametrize("scheme", KINDS)
def test_a_socket_of_systemd(start, folder, scheme):
    """What was sent before the agent ran is there, and the file stays when the agent ends."""
    path = folder / "sensor.sock"
    ours = made(path, KINDS[scheme])
    inode = path.stat().st_ino
    with socket.socket(socket.AF_UNIX, KINDS[scheme]) as early:
        early.connect(str(path))
        early.sendall(b"0.5\n")
        agent = handed_over(start, [ours], f"{scheme}:{path}")
        subscriber = agent.subscribe()
        subscriber.waits_for_samples(1)
        early.sendall(b"0.25\n")
        (sample,) = subscriber.events("sample", sample=2)
        assert sample["values"]["level"] == 0.25
    assert "in use" not in agent.log and "passed" not in agent.log
    agent.stop()
    assert path.stat().st_ino == inode
    ours.close()


def test_a_socket_that_no_sensor_names_is_told(start, folder):
    ours = made(folder / "other.sock", socket.SOCK_STREAM)
    agent = handed_over(start, [ours], "unix:sensor.sock")
    agent.says("other.sock, which is no sensor's port")
    SocketLine(folder / "sensor.sock").close()
    agent.stop()
    ours.close()


def test_the_sockets_of_another_process_are_not_taken(start, folder):
    """The variables may be inherited from a program that did not clear them."""
    agent = start(environment={"LISTEN_PID": "1", "LISTEN_FDS": "1"})
    assert "passed" not in agent.log
    SocketLine(folder / "sensor.sock").close()
    agent.stop()


CLIENT = """
import os, socket, sys
os.setgroups([])
os.setgid(12345)
os.setuid(54321)
one = socket.socket(socket.AF_UNIX)
one.connect(sys.argv[1])
one.sendall(b"0.5\\n")
sys.exit(0 if one.recv(1) else 7)
"""


@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_list_says_who_may_send(start, folder, is_allowed):
    """Another user gets in by its number or its group's, and else is hung up on."""
    if os.geteuid() != 0:
        absent("only root can start programs of another user")
    names = '["group:12345"]' if is_allowed else '["4321", "group:4321"]'
    agent = start(sensor=f"allow = {names}")
    subscriber = agent.subscribe()
    folder.chmod(0o755)
    (folder / "sensor.sock").chmod(0o666)
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, folder / "sensor.sock"], stderr=subprocess.DEVNULL
    )
    if is_allowed:
        subscriber.events("sample", 1)
        client.kill()
        client.wait()
    else:
        agent.says("allow in [[sensor]] does not name its user")
        assert client.wait(15) != 0
        assert subscriber.events("sample", 0) == []
    # Root can become any user.
    line = SocketLine(folder / "sensor.sock")
    line.send(b"1\n")
    subscriber.events("sample", 2 if is_allowed else 1)
    line.close()
    agent.stop()
