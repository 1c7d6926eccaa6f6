"""Goal: what is no file, in the place of one, keeps nobody waiting: sync and `models pull` say its
path and what to do, and alerts go out meanwhile.
Method: a FIFO, a device, a socket, a link to nothing and one to /dev/zero in the place of each file
that sync reads or writes."""

import os
import socket
import time
from pathlib import Path

import pytest

from agent import eventually
from test_model_versions import Board
from test_sync import receiver, store, sync, uplink, waiting  # noqa: F401  fixtures
from web import Peer, answering, free_port

ODDITIES = {
    "fifo": "a FIFO is there",
    "device": "a device is there",
    "socket": "a socket is there",
    "dangling link": "",
    "link to zero": "",
}


def put(path: Path, oddity: str) -> None:
    """Puts the thing in the place of what is there."""
    path.unlink(missing_ok=True)
    match oddity:
        case "fifo":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(str(path))
        case "device":
            if os.geteuid() != 0:
                pytest.skip("a device needs root")
            os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))
        case "dangling link":
            path.symlink_to("nowhere")
        case "link to zero":
            path.symlink_to("/dev/zero")


@pytest.fixture
def board(run, folder):
    return Board(run, folder)


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("name", ["model.tflite", "model.toml", "golden.bin", "bundle.sig"])
def test_a_bundle_of_a_folder(board, name, oddity):
    """`models pull` ends at once, says the path, and the current version stays."""
    bundle = board.bundle("2")
    put(bundle / name, oddity)
    before = time.monotonic()
    result = board.run("pull", f"dir:{board.stick}", "level/2")
    assert time.monotonic() - before < 5
    assert result.returncode == 1
    assert f"{bundle / name}: " in result.stderr, result.stderr
    assert ODDITIES[oddity] in result.stderr
    if "link" in oddity:
        assert "a symbolic link is there, and a file has to be; remove it" in result.stderr


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("name", ["model.tflite", "model.toml", "golden.bin", "bundle.sig"])
def test_what_is_left_in_staging(board, name, oddity):
    """An earlier try's folder is in the way of no later one."""
    board.bundle("2")
    place = board.models / ".staging" / "download-level-2" / "level" / "2"
    place.mkdir(parents=True)
    put(place / name, oddity)
    before = time.monotonic()
    board.does("pull", f"dir:{board.stick}", "level/2")
    assert time.monotonic() - before < 10


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("name", ["model.tflite", "bundle.sig"])
def test_alerts_go_out_meanwhile(sync, store, receiver, board, folder, name, oddity):  # noqa: F811
    """A bundle of a folder registry that cannot be read is told, and the uplink goes on."""
    bundle = board.bundle("2")
    put(bundle / name, oddity)
    server = receiver()
    process = sync(uplink(server, f'registry = "dir:{board.stick}"\ntrust = "trust.d"'))
    eventually(lambda: waiting(store) == 0, "everything sent", 15)
    process.says(str(bundle / name), 20)
    process.stop()


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize(
    "name", ["sync.json", "sync.json.new", "trusted-time", "trusted-time.new"]
)
def test_what_sync_keeps(sync, store, receiver, folder, name, oddity):  # noqa: F811
    """It begins anew, and what it writes replaces the thing."""
    put(folder / name, oddity)
    server = receiver()
    assert sync(uplink(server), "--once").ends() == 0
    assert waiting(store) == 0
    assert (folder / "sync.json").is_file()
    assert not (folder / "sync.json").is_symlink()


@pytest.mark.parametrize("oddity", ODDITIES)
def test_a_secret(sync, store, receiver, folder, oddity):  # noqa: F811
    """It names the path; an owner's link is followed, and leads to nothing here."""
    put(folder / "token", oddity)
    server = receiver()
    process = sync(uplink(server, 'uplink_headers = "token"'), "--once")
    assert process.ends() == 1
    assert f"{folder}/token: " in process.log, process.log
    if oddity == "dangling link":
        assert "No such file" in process.log
    else:
        assert "is there, and a file has to be; remove it" in process.log
    assert waiting(store) > 0


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("setting", ["ca", "certificate", "key"])
def test_a_file_of_tls(sync, store, folder, setting, oddity):  # noqa: F811
    """OpenSSL opens none of them."""
    put(folder / "odd.pem", oddity)
    lines = f'{setting} = "odd.pem"\n'
    if setting == "key":
        (folder / "own.pem").write_text("")
        lines += 'certificate = "own.pem"\n'
    process = sync(f'uplink = "cloudevents:https://127.0.0.1:{free_port()}/"\n{lines}', "--once")
    assert process.ends() == 1
    if setting != "key":
        assert f"{folder}/odd.pem: " in process.log, process.log


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("name", ["out.part", "out.part.state"])
def test_the_parts_of_a_download(run, folder, name, oddity):
    """What is no file is named, with what to do."""
    put(folder / name, oddity)
    head = b'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: 5\r\n\r\n'
    server = Peer(answering(head, b"12345"))
    before = time.monotonic()
    address = f"http://127.0.0.1:{server.port}/"
    result = run("fetch", address, "--output", folder / "out", timeout=20)
    server.close()
    assert time.monotonic() - before < 5
    assert result.returncode == 1
    assert f"{folder}/{name}: " in result.stderr, result.stderr
    assert "is there, and a file has to be; remove it" in result.stderr


@pytest.mark.parametrize("oddity", ["fifo", "device", "socket", "link to zero"])
@pytest.mark.parametrize("name", ["edgeagent.toml", "edgeagent.d/more.toml", "trust.d/owner.pem"])
def test_what_an_owner_writes(run, board, folder, name, oddity):
    """A configuration or a key that is no file: each verb says so at once."""
    (folder / "edgeagent.d").mkdir()
    (folder / "edgeagent.toml").write_text("[agent]\n")
    put(folder / name, oddity)
    if name.startswith("trust.d"):
        board.bundle("2")
        result = board.run("pull", f"dir:{board.stick}", "level/2")
    else:
        result = run("check", "--config", folder / "edgeagent.toml")
    assert result.returncode in (1, 78)
    assert f"{folder / name}: " in result.stderr + result.stdout, result.stderr
    assert "is there, and a file has to be; remove it" in result.stderr + result.stdout


def test_an_endless_folder(board):
    """A folder of more names than a bundle has is read to a bound, and refused."""
    bundle = board.bundle("2")
    for number in range(5000):
        (bundle / f"x{number}").touch()
    result = board.run("pull", f"dir:{board.stick}", "level/2")
    assert result.returncode == 1
    assert f"{bundle}: a bundle is up to 16 plain files" in result.stderr


@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize(
    "words", ["info", "verify", "export", "send cloudevents:http://127.0.0.1:1/ --agent a"]
)
def test_an_outbox(run, folder, words, oddity):
    """SQLite opens it itself, and reads at places that a FIFO and a device do not have."""
    put(folder / "outbox.db", oddity)
    result = run("store", *words.split(), "--store", folder / "outbox.db", timeout=10)
    assert result.returncode == 1
    assert f"{folder}/outbox.db: " in result.stderr, result.stderr
