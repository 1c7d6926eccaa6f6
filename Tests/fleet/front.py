"""The one server that the boards see: nginx before the registry and the receiver, and what it
saw."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from agent import PATIENCE
from web import free_port, listening

FORMAT = (
    "$msec $request_time $http_x_agent $status $connection_requests "
    "$body_bytes_sent $sent_http_retry_after $request_method $request_uri"
)


@dataclass(slots=True, frozen=True)
class Request:
    begin: float
    end: float
    device: str
    status: int
    opens: bool
    """The first of its connection: a round has a connection of its own."""
    bytes: int
    retry_after: float | None
    method: str
    path: str

    @property
    def lane(self) -> str:
        return "uplink" if self.path == "/events" else "registry"

    @property
    def key(self) -> tuple[str, str]:
        return self.device, self.lane


class Front:
    def __init__(self, folder: Path, registry: int, receiver: int, *, at_once: int):
        """at_once: requests that MLflow is given at a time; others are told to come again."""
        folder.mkdir()
        self._folder, self._registry, self._receiver = folder, registry, receiver
        self._at_once = at_once
        self._configuration = folder / "nginx.conf"
        self._log = folder / "access.log"
        self._output = open(folder / "nginx.out", "ab")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen | None = None

    def start(self) -> float:
        """Returns the time from which on it answers."""
        self._write(self._serving)
        executable = shutil.which("nginx") or "/usr/sbin/nginx"
        self._process = subprocess.Popen(
            [executable, "-e", self._folder / "error.log", "-c", self._configuration],
            stdout=self._output, stderr=self._output,
        )  # fmt: skip
        begin = time.time()
        listening(self._process, self.port, self._folder / "nginx.out")
        return begin

    def stop(self) -> None:
        """Connections are refused from now on; what is under way comes to its end."""
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.terminate()
            self._process.wait(PATIENCE)

    def be_busy(self, seconds: int) -> None:
        """503 to everybody, with that Retry-After."""
        self._write(f"location / {{ add_header Retry-After {seconds} always; return 503; }}")
        self._process.send_signal(signal.SIGHUP)

    def serve(self) -> None:
        self._write(self._serving)
        self._process.send_signal(signal.SIGHUP)

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(PATIENCE)
        self._output.close()

    def requests(self) -> list[Request]:
        """All that were answered, in the order in which they began."""
        found = []
        for line in self._log.read_text().splitlines():
            end, took, device, status, nth, size, after, method, path = line.split(" ")
            found.append(
                Request(
                    float(end) - float(took), float(end), device, int(status), nth == "1",
                    int(size), None if after == "-" else float(after), method, path,
                )
            )  # fmt: skip
        return sorted(found, key=lambda request: request.begin)

    @property
    def _serving(self) -> str:
        return f"""
    location /events {{ proxy_pass http://127.0.0.1:{self._receiver}; }}
    location /mlflow/ {{
      proxy_pass http://127.0.0.1:{self._registry}/;
      client_max_body_size 32m;
      limit_conn all {self._at_once};
      limit_conn_status 503;
      error_page 503 @busy;
    }}
    location @busy {{ add_header Retry-After 30 always; return 503; }}"""

    def _write(self, locations: str) -> None:
        folder = self._folder
        # Workers as the user who runs this: root's folders are closed to others.
        user = "user root;" if os.getuid() == 0 else ""
        temporary = "\n".join(
            f"  {kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        self._configuration.write_text(f"""{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  log_format fleet '{FORMAT}';
  access_log {self._log} fleet;
  limit_conn_zone $server_name zone=all:1m;
{temporary}
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
    server_name fleet;
{locations}
  }}
}}
""")
