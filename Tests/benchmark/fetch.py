"""How fast `edgeagent fetch` is beside curl: 64 MB from nginx on loopback, plain and TLS, both
writing a file; the median of some runs, alternating.

    python3 Tests/benchmark/fetch.py dist/edgeagent-x86_64
"""

import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from web import Certificates, Nginx, free_port  # noqa: E402

BYTES = 64 << 20
RUNS = 5


def main(agent: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = bytes(range(256)) * (BYTES // 256)
        (folder / "file").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        certificates = Certificates(folder / "ca")
        certificate, key = certificates.sign("server")
        plain, tls = free_port(), free_port()
        server = Nginx(
            folder,
            f"server {{ listen 127.0.0.1:{plain}; root {folder}; }}\n"
            f"server {{ listen 127.0.0.1:{tls} ssl; root {folder};\n"
            f"  ssl_certificate {certificate}; ssl_certificate_key {key}; }}\n",
        ).ready(tls)
        try:
            for url in (f"http://127.0.0.1:{plain}/file", f"https://127.0.0.1:{tls}/file"):
                compare(agent, url, folder / "out", certificates.authority, digest)
        finally:
            server.close()


def compare(agent: str, url: str, out: Path, authority: Path, digest: str) -> None:
    commands = {
        "edgeagent": [agent, "fetch", url, "--output", out, "--ca", authority, "--sha256", digest],
        # To be fair it hashes and flushes too.
        "curl": [
            "sh",
            "-c",
            f"curl -sS --cacert {authority} -o {out}.part {url} && sha256sum {out}.part >/dev/null "
            f"&& sync {out}.part && mv {out}.part {out}",
        ],
        "curl, no hash, no flush": ["curl", "-sS", "--cacert", authority, "-o", out, url],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, words in commands.items():
            out.unlink(missing_ok=True)
            began = time.perf_counter()
            subprocess.run(list(map(str, words)), check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - began)
    rates = {name: BYTES / 1e6 / statistics.median(times) for name, times in seconds.items()}
    print(url.partition(":")[0])
    for name, rate in rates.items():
        print(f"  {name}: {rate:.0f} MB/s")
    for name in list(rates)[1:]:
        print(f"  edgeagent : {name} = {rates['edgeagent'] / rates[name]:.2f}")


if __name__ == "__main__":
    main(sys.argv[1])
