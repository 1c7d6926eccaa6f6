"""How fast the store is emptied beside curl: the same bodies, POSTed to the same nginx, plain and
TLS, over one connection each, through the 100 Mbit/s that boards have and over loopback as fast as
it goes; the median of some runs, alternating.

    python3 Tests/benchmark/upload.py dist/edgeagent-x86_64

curl has the requests ready as files and nothing to read, write down or delete; the agent takes its
records from SQLite, writes the events, and deletes what arrived, with the disk's flushes in it.
"""

import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
import level  # noqa: E402
from agent import Agent  # noqa: E402
from conftest import level_configuration  # noqa: E402
from outbox import configuration  # noqa: E402
from receiver import TYPE, Receiver  # noqa: E402
from test_uplink import fill  # noqa: E402
from web import Certificates, Nginx, Peer, copy, free_port  # noqa: E402

RECORDS = 100_000
RUNS = 5
LINK_BYTES_PER_SECOND = 100_000_000 / 8


def main(agent: str) -> None:
    with tempfile.TemporaryDirectory(prefix="edgeagent-") as name:
        folder = Path(name)
        store = made(agent, folder)
        bodies = captured(agent, store, folder)
        certificates = Certificates(folder / "ca")
        certificate, key = certificates.sign("server")
        plain, tls = free_port(), free_port()
        # With a body that it has to read before it answers.
        location = "client_max_body_size 1m; client_body_buffer_size 1m;"
        location += " keepalive_requests 1000000;"
        location += " location / { return 204; }"
        server = Nginx(
            folder,
            f"server {{ listen 127.0.0.1:{plain}; {location} }}\n"
            f"server {{ listen 127.0.0.1:{tls} ssl; ssl_certificate {certificate};\n"
            f"  ssl_certificate_key {key}; {location} }}\n",
        ).ready(tls)
        try:
            for scheme, port in (("http", plain), ("https", tls)):
                link = Peer(lambda connection, port=port: carry(connection, port))
                for name, place in (("100 Mbit/s", link.port), ("loopback", port)):
                    url = f"{scheme}://127.0.0.1:{place}/"
                    compare(agent, name, url, folder, store, bodies, certificates.authority)
                link.close()
        finally:
            server.close()


def carry(connection: socket.socket, port: int) -> None:
    """A link with a rate, in the direction that matters."""
    with socket.create_connection(("127.0.0.1", port)) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=copy, args=[server, connection], daemon=True)
        back.start()
        free = time.perf_counter()
        while data := connection.recv(16384):
            # The link is busy until `free`; what it did not use is gone.
            free = max(free, time.perf_counter()) + len(data) / LINK_BYTES_PER_SECOND
            time.sleep(max(0, free - time.perf_counter()))
            server.sendall(data)
        server.shutdown(socket.SHUT_WR)
        back.join(10)


def made(agent: str, folder: Path) -> Path:
    """A store as the agent makes it, filled with records like its own."""
    level.write_bundle(folder / "models")
    file = folder / "edgeagent.toml"
    file.write_text(level_configuration("unix:sensor.sock", more=configuration("2048MiB")))
    running = Agent([agent], file).ready()
    running.stop()
    running.close()
    fill(folder / "outbox.db", RECORDS)
    with closing(sqlite3.connect(folder / "outbox.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "outbox.db"


def captured(agent: str, store: Path, folder: Path) -> list[Path]:
    """The very requests that the agent makes of it, each in a file."""
    copy = folder / "copy.db"
    shutil.copy(store, copy)
    bodies: list[Path] = []
    server = Receiver(keeps=True, takes_body=lambda body: keep(folder, bodies, body))
    words = [agent, "store", "send", server.uplink, "--store", copy, "--agent", "bench-1"]
    subprocess.run(list(map(str, words)), check=True, stdout=subprocess.DEVNULL)
    server.close()
    return bodies


def keep(folder: Path, bodies: list[Path], body: bytes) -> None:
    bodies.append(folder / f"body-{len(bodies)}")
    bodies[-1].write_bytes(body)


def compare(
    agent: str,
    link: str,
    url: str,
    folder: Path,
    store: Path,
    bodies: list[Path],
    authority: Path,
) -> None:
    script = folder / "curl.cfg"
    script.write_text(
        "\nnext\n".join(
            f'url = "{url}"\ndata-binary = "@{body}"\nheader = "Content-Type: {TYPE}"\n'
            f'header = "Expect:"\ncacert = "{authority}"\nsilent\nshow-error\nfail'
            for body in bodies
        )
    )
    copy = folder / "copy.db"
    send = [agent, "store", "send", f"cloudevents:{url}", "--store", copy, "--agent", "bench-1"]
    commands = {
        "edgeagent": [*send, "--ca", authority],
        "curl": ["curl", "-q", "-K", script],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, words in commands.items():
            shutil.copy(store, copy)
            began = time.perf_counter()
            subprocess.run(list(map(str, words)), check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - began)
    rates = {name: RECORDS / statistics.median(times) for name, times in seconds.items()}
    size = sum(body.stat().st_size for body in bodies) / 1e6
    scheme, requests = url.partition(":")[0], len(bodies)
    print(f"{scheme}, {link}: {RECORDS} records, {requests} requests, {size:.0f} MB")
    for name, rate in rates.items():
        spread = ", ".join(f"{RECORDS / taken:.0f}" for taken in sorted(seconds[name]))
        print(f"  {name}: {rate:.0f} records/s (runs: {spread})")
    print(f"  edgeagent : curl = {rates['edgeagent'] / rates['curl']:.2f}")


if __name__ == "__main__":
    main(sys.argv[1])
