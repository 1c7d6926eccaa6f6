"""Servers on 127.0.0.1 for the tests of the HTTP client: certificates by openssl, a real nginx,
servers that say exactly what a test wants, and a proxy."""

import contextlib
import itertools
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from agent import PATIENCE, eventually


# Below the ports that the kernel hands out, and a hundred for each process of the tests: between
# asking here and listening there, neither a connection nor another test takes the port away.
_FIRST_PORT, _PORTS = 20_000, 100
_ports = itertools.cycle(range(_PORTS))


def free_port() -> int:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw99")[2:])
    for _ in range(_PORTS):
        port = _FIRST_PORT + worker * _PORTS + next(_ports)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port")


class Certificates:
    """A certificate authority in a folder, and what it signed."""

    def __init__(self, folder: Path, name: str = "ca", since: str | None = None):
        """since: a day on which the authority was made, other than today."""
        folder.mkdir(exist_ok=True)
        self.folder, self.name = folder, name
        self._wrapper = ["faketime", since] if since else []
        self.authority = folder / f"{name}.pem"
        self._openssl(
            f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 "
            f"-subj /CN=test-{name} -keyout {folder}/{name}.key -out {self.authority} "
            "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign"
        )

    def sign(
        self,
        name: str,
        alternatives: str = "DNS:localhost,IP:127.0.0.1",
        begins: str | None = None,
        ends: str | None = None,
    ) -> tuple[Path, Path]:
        """Certificate and key. Times are `YYYYMMDDHHMMSSZ`; without them it is valid now."""
        key, request = self.folder / f"{name}.key", self.folder / f"{name}.csr"
        certificate = self.folder / f"{name}.pem"
        self._openssl(
            f"req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name} "
            f"-keyout {key} -out {request}"
        )
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternatives}\n")
        if begins is None:
            self._openssl(
                f"x509 -req -in {request} -CA {self.authority} "
                f"-CAkey {self.folder}/{self.name}.key -CAcreateserial "
                f"-days 10 -extfile {extensions} -out {certificate}"
            )
            return certificate, key
        # Only `openssl ca` takes both times.
        (self.folder / "index.txt").write_text("")
        (self.folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={self.folder}/index.txt\n"
            f"new_certs_dir={self.folder}\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n"
            "[p]\ncommonName=supplied\n"
        )
        self._openssl(
            f"ca -batch -notext -config {self.folder}/ca.cnf -in {request} -out {certificate} "
            f"-cert {self.authority} -keyfile {self.folder}/{self.name}.key "
            f"-startdate {begins} -enddate {ends} -extfile {extensions}"
        )
        return certificate, key

    def _openssl(self, words: str) -> None:
        words = [*self._wrapper, "openssl", *words.split()]
        subprocess.run(words, check=True, capture_output=True)


def listening(process: subprocess.Popen, port: int, output: Path) -> None:
    """Waits until the process, whose words are in that file, takes connections."""

    def listens() -> bool:
        assert process.poll() is None, output.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    eventually(listens, "nginx")


class Nginx:
    """A real nginx with one configuration."""

    def __init__(self, folder: Path, servers: str):
        self.folder = folder
        executable = shutil.which("nginx") or "/usr/sbin/nginx"
        configuration = folder / "nginx.conf"
        # Workers as the user who runs the tests: root's folders are closed to others.
        user = "user root;\n" if os.getuid() == 0 else ""
        configuration.write_text(
            f"{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\n"
            f"error_log {folder}/error.log;\nevents {{}}\nhttp {{\n"
            f"  access_log {folder}/access.log;\n"
            + "".join(
                f"  {kind}_temp_path {folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + servers
            + "}\n"
        )
        self._output = open(folder / "nginx.out", "wb")
        self.process = subprocess.Popen(
            [executable, "-e", f"{folder}/error.log", "-c", str(configuration)],
            stdout=self._output,
            stderr=self._output,
        )

    def ready(self, port: int) -> "Nginx":
        listening(self.process, port, self.folder / "nginx.out")
        return self

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        self._output.close()


class Peer:
    """A server that hands each connection to a function, in a thread of its own."""

    def __init__(self, serve: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None):
        self._serve, self._tls = serve, tls
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._socket.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._one, args=[connection], daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        # Clients of these tests go away in the middle of things.
        with contextlib.suppress(OSError), connection:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self._serve(connection)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def read_head(connection: socket.socket) -> tuple[str, dict[str, str]]:
    """The request line and the fields, by lower-case name. ("", {}) when nothing comes."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(1)
        if not piece:
            return "", {}
        data += piece
    first, *lines = data.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    return first, {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }


def answering(*pieces: bytes, seen: list | None = None, pause: float = 0):
    """A function for `Peer`: reads one request, says the pieces, closes."""

    def serve(connection: socket.socket) -> None:
        request = read_head(connection)
        if seen is not None:
            seen.append(request)
        for piece in pieces:
            connection.sendall(piece)
            if pause:
                threading.Event().wait(pause)
        # Closing with unread bytes would reset what was sent.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass

    return serve


def tunnelling(seen: list, refuse: bytes | None = None):
    """A function for `Peer`: an HTTP proxy for CONNECT."""

    def serve(connection: socket.socket) -> None:
        first, fields = read_head(connection)
        seen.append((first, fields))
        if refuse:
            connection.sendall(refuse)
            return
        host, _, port = first.split()[1].rpartition(":")
        with socket.create_connection((host, int(port))) as server:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=copy, args=[server, connection], daemon=True)
            back.start()
            copy(connection, server)
            back.join(PATIENCE)

    return serve


def copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
