"""Goal: models come from an MLflow registry as they do from a stick: what its owner signed, whole,
or not at all, and what was received is not fetched again.
Method: a real MLflow server, the script that owners get, the shipped executable; proxies that count
and cut, and servers that lie."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import threading
from itertools import count
from pathlib import Path

import pytest

import level
from conftest import HOST, ROOT, absent, say
from test_http import MEASURE
from test_model_versions import Board, append, huge, other_vectors
from web import Certificates, Nginx, Peer, answering, free_port

# The server's start is a part of the first test.
pytestmark = pytest.mark.timeout(240)
names = (f"level-{number}" for number in count())


@pytest.fixture
def board(run, folder):
    """A board with version 1 of a model whose name no other test uses, and the model's owner."""
    return Fleet(run, folder, next(names))


class Fleet(Board):
    def __init__(self, run, folder, name):
        self.name = name
        level.write_bundle(folder / "models", name=name)
        super().__init__(run, folder)

    def bundle(self, version="2", sign=True, change=None):
        bundle = level.write_bundle(self.stick, name=self.name, version=version)
        if change:
            change(bundle)
        if sign:
            self.sign(bundle)
        return bundle

    def pull(self, server, reference="@champion", *words, **options):
        url = getattr(server, "url", server)
        return self.run("pull", f"mlflow:{url}", f"{self.name}{reference}", *words, **options)

    def level(self):
        models = json.loads(self.does("list", "--json"))["models"]
        return next(model for model in models if model["name"] == self.name)

    @property
    def download(self):
        [folder] = (self.models / ".staging").glob("download-*")
        return next(folder.glob("*/*"))


def digests(bundle: Path) -> str:
    files = sorted(path for path in bundle.iterdir() if path.name != "bundle.sig")
    return "".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in files)


class Line:
    """A TCP proxy that counts what comes back, and can end after so many bytes of it."""

    def __init__(self, port: int):
        self._port, self.left, self.received, self.requests = port, None, 0, []
        self._peer = Peer(self._serve)
        self.url = f"http://127.0.0.1:{self._peer.port}"

    def _serve(self, connection):
        with socket.create_connection(("127.0.0.1", self._port)) as server:
            threading.Thread(target=self._there, args=[connection, server], daemon=True).start()
            while data := server.recv(4096):
                if self.left is not None:
                    data = data[: self.left]
                    self.left -= len(data)
                self.received += len(data)
                connection.sendall(data)
                if self.left == 0:
                    connection.shutdown(socket.SHUT_RDWR)
                    return

    def _there(self, connection, server):
        try:
            while data := connection.recv(65536):
                self.requests += re.findall(rb"^(?:GET|POST|PUT) \S+", data, re.MULTILINE)
                server.sendall(data)
            server.shutdown(1)
        except OSError:
            pass

    def close(self):
        self._peer.close()


def test_what_is_published_is_pulled(board, mlflow, either):
    """By the owner's script, on both architectures; a second time nothing is fetched."""
    number = mlflow.publish(board.bundle("2"), "champion")
    assert mlflow.tags(board.name, number)["edgeagent.version"] == "2"
    result = board.pull(mlflow, command=either)
    assert result.returncode == 0, result.stderr
    assert f"{board.name}/2 is installed and active, instead of {board.name}/1" in result.stdout
    assert board.active() == "2" and not board.staged()
    line = Line(mlflow.port)
    assert "is current" in board.pull(line).stdout
    assert "is current" in board.pull(line, "").stdout
    assert not [request for request in line.requests if b"mlflow-artifacts" in request]
    line.close()


def test_the_newest_is_the_highest_number(board, mlflow):
    """10 after 9; without the tag the number is the bundle's version."""
    older = board.bundle("9")
    for _ in range(9):
        mlflow.register(older, board.name, version="9")
    bundle = board.bundle("10")
    assert mlflow.register(bundle, board.name) == "10"
    result = board.pull(mlflow, "")
    assert result.returncode == 0, result.stderr
    assert board.active() == "10"


def test_a_pull_never_goes_back_without_an_alias(board, mlflow):
    level.write_bundle(board.models, name=board.name, version="3")
    mlflow.register(board.bundle("2"), board.name, "champion", version="2")
    assert f"{board.name}/3 is current; the newest there is" in board.pull(mlflow, "").stdout
    assert board.active() == "3"


def test_an_alias_that_moves_back_takes_the_board_back(board, mlflow):
    """And fetches nothing that is here already."""
    first = mlflow.register(board.bundle("2"), board.name, "champion", version="2")
    assert board.pull(mlflow).returncode == 0
    mlflow.register(board.bundle("3"), board.name, "champion", version="3")
    assert board.pull(mlflow).returncode == 0 and board.active() == "3"
    mlflow.alias(board.name, "champion", first)
    line = Line(mlflow.port)
    result = board.pull(line)
    assert f"{board.name}/2 was here, and is active, instead of" in result.stdout, result.stderr
    assert board.active() == "2"
    assert not [request for request in line.requests if b"mlflow-artifacts" in request]
    line.close()


def test_an_empty_file_is_a_file(board, mlflow):
    """MLflow leaves out the size of one."""
    bundle = board.bundle("2", change=lambda b: (b / "LICENCE").write_text(""))
    mlflow.register(bundle, board.name, "champion", version="2", sha256=digests(bundle))
    result = board.pull(mlflow)
    assert result.returncode == 0, result.stderr
    assert (board.models / board.name / "2" / "LICENCE").read_bytes() == b""


def noisy(bundle):
    (bundle / "notes").write_bytes(hashlib.shake_128(b"notes").digest(400_000))


@pytest.mark.parametrize("promised", [True, False], ids=["digests", "no digests"])
def test_a_cut_download_is_gone_on_with(board, mlflow, promised, capsys):
    """Cut again and again: little is fetched twice, and the small files are there first."""
    bundle = board.bundle("2", change=noisy)
    tags = {"sha256": digests(bundle)} if promised else {}
    mlflow.register(bundle, board.name, "champion", version="2", **tags)
    size = sum(path.stat().st_size for path in bundle.iterdir())
    line = Line(mlflow.port)
    for _ in range(5):
        line.left = 80_000
        result = board.pull(line)
        assert result.returncode == 1, result.stdout
        assert "closed the connection" in result.stderr and "1 stays active" in result.stderr
        assert (board.download / "bundle.sig").exists() and board.active() == "1"
        line.left = None
    result = board.pull(line)
    assert result.returncode == 0, result.stderr
    assert board.active() == "2" and not board.staged()
    # Heads and the registry's answers are some 5 KB a pull.
    again = (line.received - size) / size
    say(capsys, f"cut 5 times in {size} bytes: {again:.1%} more were received")
    assert again < 0.10
    line.close()


def test_another_version_takes_the_place_of_a_download(board, mlflow):
    mlflow.register(board.bundle("2", change=noisy), board.name, "champion", version="2")
    line = Line(mlflow.port)
    line.left = 100_000
    assert board.pull(line).returncode == 1
    line.left = None
    assert board.download.name == "2"
    mlflow.register(board.bundle("3", change=noisy), board.name, "champion", version="3")
    line.left = 100_000
    assert board.pull(line).returncode == 1
    line.left = None
    assert board.download.name == "3" and len(board.staged()) == 1
    line.close()


def nested(bundle):
    (bundle / "data").mkdir()
    (bundle / "data" / "x").write_text("x")


def crowded(bundle):
    for number in range(14):
        (bundle / f"extra{number}").write_text("x")


REFUSALS = {
    # name: change before signing, change after, tags, words
    "a folder": (None, nested, {}, "data is a folder"),
    "a hidden file": (None, lambda b: (b / ".x").write_text("x"), {}, 'file ".x"'),
    "a part": (None, lambda b: (b / "a.part").write_text("x"), {}, 'file "a.part"'),
    "too many": (None, crowded, {}, "more than 16 files"),
    "too large": (huge, None, {}, "at most 16,777,216"),
    "too large a signature": (None, append("bundle.sig", "#" * 9000), {}, "bundle.sig: 9,"),
    "no golden": (None, lambda b: (b / "golden.bin").unlink(), {}, "no file golden.bin"),
    "not signed": (None, lambda b: (b / "bundle.sig").unlink(), {}, "no file bundle.sig"),
    "changed after": (None, append("model.toml", "# x\n"), {}, "is of other files"),
    "wrong vectors": (other_vectors, None, {}, "golden.bin: sample 3, byte 1: computed"),
    "unknown key": (append("model.toml", "x = 1\n"), None, {}, "/model.toml:"),
    "another version": (None, None, {"version": "7"}, "is model"),
    "no version": (None, None, {"version": "../7"}, "tag edgeagent.version says"),
    "no list": (None, None, {"sha256": "nonsense"}, "tag edgeagent.sha256"),
    "another digest": (None, other_vectors, {"sha256": digests}, "SHA-256"),
    "another file": (None, lambda b: (b / "x").write_text(""), {"sha256": digests}, "x is not in"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_changes_nothing(board, mlflow, name):
    """It says why and where, the old version stays, and nothing is left in staging."""
    before, after, tags, words = REFUSALS[name]
    bundle = board.bundle("2", change=before)
    tags = {"version": "2"} | {k: v(bundle) if callable(v) else v for k, v in tags.items()}
    if after:
        after(bundle)
    mlflow.register(bundle, board.name, "champion", **tags)
    result = board.pull(mlflow)
    assert result.returncode == 1, result.stdout
    assert words in result.stderr and f"127.0.0.1:{mlflow.port}" in result.stderr, result.stderr
    assert f"{board.name}/1 stays active" in result.stderr
    assert board.level()["versions"] == ["1"] and board.active() == "1"
    assert not board.staged()


def test_a_strangers_signature_is_refused(board, mlflow):
    mlflow.register(board.bundle("2"), board.name, "champion", version="2")
    board.trust.joinpath("owner.pem").unlink()
    subprocess.run(
        f"openssl genpkey -algorithm ed25519 | openssl pkey -pubout -out {board.trust}/other.pem",
        shell=True, check=True,
    )  # fmt: skip
    result = board.pull(mlflow)
    assert result.returncode == 1 and "0 of 1 trusted signature" in result.stderr
    assert f"mlflow:{mlflow.url} {board.name}/2: " in result.stderr
    assert board.active() == "1" and not board.staged()


def test_what_the_registry_does_not_have(board, mlflow):
    """In the server's words."""
    result = board.pull(mlflow)
    assert result.returncode == 1 and "404" in result.stderr and "not found" in result.stderr
    result = board.pull(mlflow, "")
    assert result.returncode == 1 and f"no versions of a model {board.name}" in result.stderr
    mlflow.register(board.bundle("2"), board.name, version="2")
    result = board.pull(mlflow, "@nobody")
    assert "the server answers 400 (Registered model alias nobody not found.)" in result.stderr
    assert f"{board.name}/1 stays active" in result.stderr and not board.staged()


def test_artifacts_elsewhere_are_refused(board, mlflow):
    """With what to do about it."""
    bundle = board.bundle("2")
    for source in ("s3://bucket/level", "gs://bucket/level"):
        mlflow.register(bundle, board.name, "champion", source=source, version="2")
        result = board.pull(mlflow)
        assert result.returncode == 1 and f"artifacts at {source}" in result.stderr
        assert "--serve-artifacts" in result.stderr and not board.staged()


def test_a_pinned_model_is_not_fetched(board, mlflow):
    mlflow.register(board.bundle("2"), board.name, "champion", version="2")
    board.does("pin", board.name)
    line = Line(mlflow.port)
    assert "is pinned at version 1" in board.pull(line).stderr
    assert not [request for request in line.requests if b"mlflow-artifacts" in request]
    line.close()


def test_usage(board, run):
    """Exit code 2 and what is wrong, before anything is asked."""
    for words, text in [
        (["mlflow:https://h"], "NAME is missing"),
        (["mlflow:ftp://h", "a"], "not an address that begins with http"),
        (["mlflow:https://h", "a/1"], "NAME@ALIAS"),
        (["mlflow:https://h", "a@"], "NAME@ALIAS"),
        (["mlflow:https://h", "a@b/c", "d"], 'unexpected "d"'),
        (["mlflow:https://h", "../a@b"], "NAME@ALIAS"),
        (["mlflow:https://h", "a@b", "--key", "k"], "--key is given without --cert"),
        (["dir:/x", "--ca", "x"], "--ca is given without mlflow:URL"),
        (["ftp:/x"], "is no registry"),
    ]:
        result = run("models", "pull", *words)
        assert result.returncode == 2 and text in result.stderr, (words, result.stderr)
    result = board.run("pull", f"dir:{board.models}", f"{board.name}@champion")
    assert result.returncode == 1 and "a folder has no alias champion" in result.stderr


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
VERSION = b'{"model_version":{"name":"NAME","version":"1","status":"STATUS"}}'


def json_answer(body: bytes) -> bytes:
    return OK + b"Content-Length: %d\r\n\r\n" % len(body) + body


HOSTILE = {
    "login page": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        "a web page in the place of an answer",
    ),
    "nothing": (b"", "closed the connection"),
    "no JSON": (json_answer(b"{"), "JSON document"),
    "no object": (json_answer(b"[]"), "model version"),
    "no version": (json_answer(b'{"model_version":{}}'), "model version"),
    "another model": (json_answer(VERSION), "model version"),
    "a path": (json_answer(VERSION.replace(b'"1"', b'"../1"')), "model version"),
    "deep": (json_answer(b"[" * 100_000), "JSON document"),
    "commas": (json_answer(b"[" + b"0," * 1_300_000 + b"0]"), "model version"),
    "no text": (json_answer(bytes(300_000)), "JSON document"),
    "too long": (json_answer(b" " * (17 << 20)), "more than 16,777,216 bytes"),
    "endless": (OK + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n" + b" " * 65535, "16,777,216"),
    "busy": (b"HTTP/1.1 503 No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", "again in 7 s"),
    "who": (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "check the credentials"),
    "steered": (
        b"HTTP/1.1 400 No\r\nContent-Length: 28\r\n\r\n" + b'{"message": "\\u001b[2Jx\\n!"}  '[:28],
        "400",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers(board, name, native):
    """One line that says why; nothing changes; the memory is the same."""
    answer, words = HOSTILE[name]
    more = [b"\r\nffff\r\n" + b" " * 65535] * 280 if name == "endless" else []
    peer = Peer(answering(answer, *more))
    url = f"http://127.0.0.1:{peer.port}"
    result = board.pull(url)
    assert result.returncode == 1 and words in result.stderr, result.stderr
    assert "\x1b" not in result.stderr
    assert f"127.0.0.1:{peer.port}" in result.stderr and not board.staged()
    kib = peak(board, native, url)
    assert kib <= 8192, kib
    peer.close()


def peak(board, native, url, *more) -> int:
    """KiB."""
    words = [*native, "models", "pull", f"mlflow:{url}", f"{board.name}@champion", *more]
    words += ["--models", board.models, "--trust", board.trust]
    measured = subprocess.run(
        ["python3", "-c", MEASURE, *map(str, words)], capture_output=True, text=True, timeout=50
    )
    return int(measured.stdout.splitlines()[-1])


def test_memory_does_not_follow_the_files(board, mlflow, native, folder, capsys):
    """15 MB that turn out wrong at the last byte, over TLS: everything but the verification."""
    front = FrontEnd(folder, mlflow)
    bundle = board.bundle("2", change=lambda b: (b / "notes").write_bytes(bytes(15 << 20)))
    listed = digests(bundle)
    with open(bundle / "notes", "r+b") as notes:
        notes.seek(-1, 2)
        notes.write(b"x")
    mlflow.register(bundle, board.name, "champion", version="2", sha256=listed)
    kib = peak(board, native, front.url, *front.ca)
    front.close()
    say(capsys, f"15 MB fetched over TLS in {kib} KiB")
    assert kib <= 8192 and "SHA-256" in board.pull(mlflow).stderr
    assert not board.staged() and board.active() == "1"


def test_nobody_there(board):
    port = free_port()
    result = board.pull(f"http://127.0.0.1:{port}")
    assert result.returncode == 1 and f"127.0.0.1:{port}: no connection" in result.stderr
    assert f"{board.name}/1 stays active" in result.stderr


class FrontEnd:
    """nginx before MLflow, with a certificate, a prefix, and a password where one is given."""

    def __init__(self, folder, mlflow, password=None):
        signed = Certificates(folder / "tls")
        certificate, key = signed.sign("server")
        port = free_port()
        check = f'if ($http_authorization != "{password}") {{ return 401; }}' if password else ""
        server = f"""
          server {{
            listen 127.0.0.1:{port} ssl;
            ssl_certificate {certificate};
            ssl_certificate_key {key};
            location /team/mlflow/ {{ {check} proxy_pass http://127.0.0.1:{mlflow.port}/; }}
          }}"""
        self._nginx = Nginx(folder, server).ready(port)
        self.url = f"https://localhost:{port}/team/mlflow/"
        self.ca = ["--ca", signed.authority]
        self.close = self._nginx.close


def test_a_prefix_behind_tls_and_credentials(board, mlflow, folder):
    front = FrontEnd(folder, mlflow, password="Bearer secret")
    mlflow.register(board.bundle("2"), board.name, "champion", version="2")
    assert "no trusted authority vouches" in board.pull(front).stderr
    result = board.pull(front, "@champion", *front.ca)
    assert "401" in result.stderr and "check the credentials" in result.stderr
    (folder / "headers").write_text("Authorization: Bearer secret\n")
    result = board.pull(front, "@champion", *front.ca, "--header-file", folder / "headers")
    assert result.returncode == 0, result.stderr
    assert board.active() == "2"
    front.close()


@pytest.mark.timeout(300)
def test_the_documentation(mlflow, folder):
    """Every block of docs/mlflow.md that needs a server, one after the other, with this one."""
    # The small fleet has a model of that name too, and the documentation counts from 1.
    mlflow.forget("fall")
    text = (ROOT / "docs" / "mlflow.md").read_text()
    blocks = re.findall(
        r"<!-- not run: there is no MLflow server[^>]*-->\s*^```sh\n(.*?)^```$", text, re.M | re.S
    )
    assert len(blocks) >= 4
    (folder / "edgeagent").symlink_to(ROOT / "dist" / f"edgeagent-{HOST}")
    shutil.rmtree("/tmp/edgeagent-mlflow", ignore_errors=True)
    environment = mlflow.environment
    environment["PATH"] = f"{folder}:{environment['PATH']}"
    for block in blocks:
        block = block.replace("https://mlflow.example.org", mlflow.url)
        publish = "examples/publish-mlflow"
        block = block.replace(publish, f"{mlflow.tools}/bin/python {publish}")
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block], cwd=ROOT, env=environment,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert result.returncode == 0, block + result.stdout + result.stderr
    assert Path("/tmp/edgeagent-mlflow/models/fall/active").readlink() == Path("1")
    assert mlflow.tags("fall", "2")["edgeagent.version"] == "1"


@pytest.mark.timeout(120)
def test_the_parts_work_with_a_real_server(mlflow):
    """The Swift suite that needs one; `make unit` says that it is skipped there."""
    if not shutil.which("swift") or not (ROOT / ".build").exists():
        absent("the tests are not built: make unit")
    done = subprocess.run(
        ["swift", "test", "--skip-build", "--filter", "MLflowServerTests"],
        cwd=ROOT, env=os.environ | {"EDGEAGENT_MLFLOW": mlflow.url},
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert "Test run with 4 tests" in done.stdout and "skipped" not in done.stdout
