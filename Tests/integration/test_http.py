"""Goal: the HTTP client takes what it asked for from real servers, and nothing from hostile ones,
within its times and its memory.
Method: `edgeagent fetch` against nginx, TLS by openssl's certificates, and servers that misbehave
in every way known; a wrong answer must leave no file."""

import base64
import hashlib
import json
import random
import ssl
import subprocess
import time

import pytest

from web import Certificates, Nginx, Peer, answering, free_port, read_head, tunnelling

CONTENT = random.Random(7).randbytes(300_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def nginx(tmp_path_factory, certificates):
    """Plain and TLS servers; /strict wants a client certificate; /chunked comes from Python."""
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "file.bin").write_bytes(CONTENT)
    (folder / "empty.bin").write_bytes(b"")

    def chunked(connection):
        while read_head(connection)[0]:
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for start in range(0, len(CONTENT), 7777):
                piece = CONTENT[start : start + 7777]
                connection.sendall(b"%x;a=b\r\n%s\r\n" % (len(piece), piece))
            connection.sendall(b"0\r\nChecksum: none\r\n\r\n")

    upstream = Peer(chunked)
    certificate, key = certificates.sign("server")
    plain, tls, strict, old = (free_port() for _ in range(4))
    locations = f"""root {folder};
      location /chunked {{ proxy_pass http://127.0.0.1:{upstream.port}; proxy_http_version 1.1; }}
      location /moved {{ return 302 /file.bin; }}
      location /loop {{ return 302 /loop; }}
      location /upgrade {{ return 301 https://localhost:{tls}/file.bin; }}
      location /downgrade {{ return 301 http://localhost:{plain}/file.bin; }}
      location /gone {{ return 410; }}
      location /secret {{ if ($http_authorization != "Bearer token") {{ return 401; }}
        try_files /file.bin =404; }}"""
    cert = f"ssl_certificate {certificate}; ssl_certificate_key {key};"
    server = Nginx(
        folder,
        f"""
    server {{ listen 127.0.0.1:{plain}; {locations} }}
    server {{ listen 127.0.0.1:{tls} ssl; {cert} {locations} }}
    server {{ listen 127.0.0.1:{strict} ssl; {cert} {locations}
      ssl_client_certificate {certificates.authority}; ssl_verify_client on; }}
    server {{ listen 127.0.0.1:{old} ssl; {cert} {locations}
      ssl_protocols TLSv1.2; }}
""",
    ).ready(old)
    server.plain, server.tls, server.strict, server.old = plain, tls, strict, old
    server.certificate = certificate
    yield server
    server.close()
    upstream.close()


@pytest.fixture
def fetch(run, folder):
    """Fetches to `out` in the test's folder."""

    def fetch(url, *words, timeout=30, command=None):
        output = ["--output", folder / "out"]
        return run("fetch", url, *output, *words, timeout=timeout, command=command)

    return fetch


def took(result, folder, content=CONTENT):
    assert result.returncode == 0, result.stderr
    assert (folder / "out").read_bytes() == content
    assert sorted(path.name for path in folder.glob("out*")) == ["out"]


def refused(result, folder, *words):
    assert result.returncode == 1, result
    assert any(word in result.stderr for word in words), result.stderr
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize("path", ["file.bin", "chunked", "moved", "a/../file.bin"])
def test_nginx(fetch, folder, nginx, either, path):
    """Content-Length, chunked and a redirect, on both architectures."""
    took(fetch(f"http://127.0.0.1:{nginx.plain}/{path}", command=either), folder)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST"])
def test_nginx_with_tls(fetch, folder, nginx, certificates, either, host):
    """Names and addresses, resolved by the static executable itself."""
    for port in (nginx.tls, nginx.old):
        url = f"https://{host}:{port}/file.bin"
        took(fetch(url, "--ca", certificates.authority, command=either), folder)


def test_an_empty_file(fetch, folder, nginx):
    took(fetch(f"http://127.0.0.1:{nginx.plain}/empty.bin"), folder, b"")


def test_json(fetch, folder, nginx):
    """For programs."""
    result = fetch(f"http://127.0.0.1:{nginx.plain}/file.bin", "--json")
    took(result, folder)
    report = json.loads(result.stdout)
    assert report["sha256"] == DIGEST and report["bytes"] == report["fetched"] == len(CONTENT)


def test_redirects(fetch, folder, nginx, certificates):
    """To https, never back; at most five."""
    ca = ["--ca", certificates.authority]
    took(fetch(f"http://127.0.0.1:{nginx.plain}/upgrade", *ca), folder)
    (folder / "out").unlink()
    refused(fetch(f"https://localhost:{nginx.tls}/downgrade", *ca), folder, "from https to http")
    refused(fetch(f"http://127.0.0.1:{nginx.plain}/loop"), folder, "5 redirects")


def test_statuses(fetch, folder, nginx):
    refused(fetch(f"http://127.0.0.1:{nginx.plain}/none"), folder, "404")
    refused(fetch(f"http://127.0.0.1:{nginx.plain}/gone"), folder, "410")


def test_authorization_stays_with_its_server(fetch, folder, nginx):
    """It is sent to the server that was asked, not to the one that a redirect names."""
    headers = folder / "headers"
    headers.write_text("# comment\nAuthorization: Bearer token\n")
    words = ["--header-file", headers]
    took(fetch(f"http://127.0.0.1:{nginx.plain}/secret", *words), folder)
    (folder / "out").unlink()
    refused(fetch(f"http://127.0.0.1:{nginx.plain}/secret"), folder, "401")
    for status in (301, 302, 303, 307, 308):
        seen, later = [], []
        other = Peer(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", seen=later))
        location = b"Location: http://localhost:%d/next\r\n" % other.port
        first = Peer(
            answering(
                b"HTTP/1.1 %d Go\r\n%sContent-Length: 0\r\n\r\n" % (status, location), seen=seen
            )
        )
        took(fetch(f"http://127.0.0.1:{first.port}/a", *words), folder, b"hi")
        (folder / "out").unlink()
        assert seen[0][1]["authorization"] == "Bearer token"
        assert later[0][0] == "GET /next HTTP/1.1" and "authorization" not in later[0][1]
        first.close(), other.close()


def test_client_certificates(fetch, folder, nginx, certificates):
    url = f"https://localhost:{nginx.strict}/file.bin"
    ca = ["--ca", certificates.authority]
    certificate, key = certificates.sign("device")
    took(fetch(url, *ca, "--cert", certificate, "--key", key), folder)
    (folder / "out").unlink()
    # nginx says so in HTTP.
    refused(fetch(url, *ca), folder, "400")
    _, other = certificates.sign("another")
    refused(fetch(url, *ca, "--cert", certificate, "--key", other), folder, "does not belong")
    refused(fetch(url, *ca, "--cert", folder / "none"), folder, "none: No such file")
    refused(fetch(url, "--ca", folder / "none"), folder, "none: No such file")


def test_a_pin(fetch, folder, nginx, certificates):
    """As openssl computes it; beside the chain, not in its place."""
    url = f"https://localhost:{nginx.tls}/file.bin"
    der = subprocess.run(
        f"openssl x509 -in {nginx.certificate} -pubkey -noout | openssl pkey -pubin -outform DER",
        shell=True,
        check=True,
        capture_output=True,
    ).stdout
    pin = base64.b64encode(hashlib.sha256(der).digest()).decode()
    wrong = base64.b64encode(bytes(32)).decode()
    ca = ["--ca", certificates.authority]
    refused(fetch(url, "--pin", pin), folder, "no trusted authority vouches")
    refused(fetch(url, *ca, "--pin", wrong), folder, f"it has {pin}")
    took(fetch(url, *ca, "--pin", pin), folder)


@pytest.mark.parametrize(
    "name, alternatives, begins, ends, words",
    [
        ("other", "DNS:other.example", None, None, "another name"),
        ("expired", "DNS:localhost", "20200101000000Z", "20210101000000Z", "has expired"),
        ("early", "DNS:localhost", "20900101000000Z", "20910101000000Z", "not valid yet"),
    ],
)
def test_certificates_that_are_refused(
    fetch, folder, certificates, name, alternatives, begins, ends, words
):
    """Each with a reason that can be acted on."""
    context = tls_context(*certificates.sign(name, alternatives, begins, ends))
    peer = Peer(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), context)
    refused(
        fetch(f"https://localhost:{peer.port}/x", "--ca", certificates.authority), folder, words
    )
    peer.close()


def test_authorities_that_are_not_trusted(fetch, folder, nginx, certificates, tmp_path):
    """Neither the system's nor another one signed it; or it signed itself."""
    url = f"https://localhost:{nginx.tls}/file.bin"
    other = Certificates(tmp_path / "other")
    refused(fetch(url), folder, "no trusted authority vouches", "no certificate authorities")
    refused(fetch(url, "--ca", other.authority), folder, "no trusted authority vouches")
    own = tls_context(other.authority, other.folder / "ca.key")
    peer = Peer(answering(b""), own)
    words = [f"https://localhost:{peer.port}/", "--ca", certificates.authority]
    refused(fetch(*words), folder, "trusted")
    peer.close()


def test_old_tls(fetch, folder, certificates):
    """TLS 1.1 alone is none."""
    context = tls_context(*certificates.sign("old"))
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    peer = Peer(answering(b"HTTP/1.1 200 OK\r\n\r\n"), context)
    refused(
        fetch(f"https://localhost:{peer.port}/", "--ca", certificates.authority),
        folder,
        "neither TLS 1.2 nor TLS 1.3",
    )
    peer.close()


def test_a_cut_in_tls(fetch, folder, certificates):
    """A TLS connection that ends without saying so is cut, whatever HTTP thinks of it."""
    context = tls_context(*certificates.sign("cutter"))

    def serve(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhalf of it")

    peer = Peer(serve, context)
    url = f"https://localhost:{peer.port}/"
    ca = ["--ca", certificates.authority]
    refused(fetch(url, *ca, "--sha256", DIGEST), folder, "closed the connection")
    refused(fetch(url, *ca), folder, "does not say how long")
    peer.close()


def tls_context(certificate, key) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


OK = b"HTTP/1.1 200 OK\r\n"
HOSTILE = {
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "first line"),
    "HTTP 2": (b"HTTP/2 200\r\n\r\n", "first line"),
    "HTTP 0.9": (b"<html>hello</html>\n", "first line"),
    "status of two digits": (b"HTTP/1.1 20 OK\r\n\r\n", "first line"),
    "status 999": (b"HTTP/1.1 999 X\r\n\r\n", "first line"),
    "endless line": (OK + b"X: " + b"a" * 100_000, "line of more than 8192"),
    "endless fields": (OK + b"X: a\r\n" * 100_000, "more than 64"),
    "long head": (OK + b"".join(b"X%d: %s\r\n" % (n, b"a" * 4000) for n in range(20)), "32768"),
    "bare LF": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "first line"),
    "bare LF in a field": (OK + b"Content-Length: 2\n\r\nhi", "line 2"),
    "CR in a field": (OK + b"X: a\rContent-Length: 2\r\n\r\nhi", "line 2"),
    "NUL in a field": (OK + b"X: a\0\r\n\r\n", "line 2"),
    "space before colon": (OK + b"Content-Length : 2\r\n\r\nhi", "line 2"),
    "folded field": (OK + b"X: a\r\n Content-Length: 2\r\n\r\nhi", "line 3"),
    "no colon": (OK + b"Content-Length 2\r\n\r\nhi", "line 2"),
    "two lengths": (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi", "one way"),
    "list of lengths": (OK + b"Content-Length: 2, 2\r\n\r\nhi", "one way"),
    "signed length": (OK + b"Content-Length: +2\r\n\r\nhi", "one way"),
    "negative length": (OK + b"Content-Length: -1\r\n\r\nhi", "one way"),
    "hexadecimal length": (OK + b"Content-Length: 0x2\r\n\r\nhi", "one way"),
    "huge length": (OK + b"Content-Length: 99999999999999999999999\r\n\r\nhi", "one way"),
    "too long": (OK + b"Content-Length: 9999999999999\r\n\r\nhi", "at most"),
    "both framings": (
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        "one way",
    ),
    "other coding": (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "one way"),
    "hidden coding": (OK + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", "line 2"),
    "chunked in 1.0": (
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "one way",
    ),
    "negative chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nhi\r\n", "chunk size"),
    "hexadecimal chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n", "chunk size"),
    "spaced chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n 2\r\nhi\r\n", "chunk size"),
    "huge chunk": (
        OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nhi\r\n",
        "chunk size",
    ),
    "endless chunk line": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"a" * 5000,
        "chunk's line is too long",
    ),
    "chunk too long": (OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nhi\r\n", "CR LF"),
    "chunk cut": (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhi", "closed the connection"),
    "chunk bare LF": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\nhi\n0\n\n", "CR LF"),
    "endless trailer": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: a\r\n" * 5000,
        "last chunk",
    ),
    "endless 1xx": (b"HTTP/1.1 100 Continue\r\n\r\n" * 50, "1xx"),
    "upgrade": (b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n", "protocol unasked"),
    "cut": (OK + b"Content-Length: 200\r\n\r\nhi", "closed the connection"),
    "nothing": (b"", "closed the connection"),
    "head cut": (b"HTTP/1.1 200 OK\r\nContent-", "closed the connection"),
    "page": (OK + b"Content-Type: text/html; charset=x\r\nContent-Length: 2\r\n\r\nhi", "login"),
    "compressed": (OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi", "compressed"),
    "range unasked": (
        b"HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-1/2\r\nContent-Length: 2\r\n\r\nhi",
        "206",
    ),
    "until close": (OK + b"\r\nhi", "does not say how long"),
    "redirect nowhere": (b"HTTP/1.1 302 Go\r\n\r\n", "redirect to no address"),
    "redirect to a file": (b"HTTP/1.1 302 Go\r\nLocation: file:///etc/passwd\r\n\r\n", "redirect"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers(fetch, folder, name):
    """No file, one line that says why, and an end within a second."""
    answer, words = HOSTILE[name]
    peer = Peer(answering(answer))
    began = time.monotonic()
    refused(fetch(f"http://127.0.0.1:{peer.port}/x"), folder, words)
    assert time.monotonic() - began < 5
    peer.close()


def test_interim_answers_are_skipped(fetch, folder):
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    peer = Peer(answering(hints + OK + b"Content-Length: 2\r\n\r\nhi"))
    took(fetch(f"http://127.0.0.1:{peer.port}/x"), folder, b"hi")
    peer.close()


def test_the_length_and_the_digest_have_to_be_right(fetch, folder, nginx):
    url = f"http://127.0.0.1:{nginx.plain}/file.bin"
    refused(fetch(url, "--sha256", "0" * 64), folder, DIGEST)
    refused(fetch(url, "--bytes", "299999"), folder, "299,999 should be")
    took(fetch(url, "--sha256", DIGEST, "--bytes", "300000"), folder)


@pytest.mark.parametrize(
    "pieces, pause, words",
    [
        ([OK + b"Content-Length: 500\r\n\r\n"] + [b"a"] * 500, 0.05, "bytes a second"),
        ([bytes([byte]) for byte in OK * 50], 0.05, "bytes a second"),
        ([], 8, "closed the connection"),
    ],
    ids=["body", "head", "nothing"],
)
def test_slow_servers(fetch, folder, pieces, pause, words):
    """A byte now and then is not enough."""
    peer = Peer(answering(*pieces, pause=pause))
    began = time.monotonic()
    result = fetch(f"http://127.0.0.1:{peer.port}/x", "--idle", "1", "--min-rate", "100")
    refused(result, folder, words)
    assert time.monotonic() - began < 4
    peer.close()


def test_silent_servers(fetch, folder, certificates):
    """Nothing at all: neither in TLS nor in HTTP."""
    peer = Peer(lambda connection: connection.recv(1 << 20) and time.sleep(5))
    refused(
        fetch(f"http://127.0.0.1:{peer.port}/", "--idle", "1"),
        folder,
        "a time limit of 1 s ended waiting for the answer",
    )
    refused(
        fetch(f"https://127.0.0.1:{peer.port}/", "--idle", "1", "--ca", certificates.authority),
        folder,
        "a time limit of 1 s ended the TLS handshake",
    )
    peer.close()


def test_nobody_there(fetch, folder):
    port = free_port()
    refused(fetch(f"http://127.0.0.1:{port}/"), folder, f"127.0.0.1:{port}: no connection")
    refused(fetch("http://nobody.invalid/"), folder, "nobody.invalid: no address for this name")


def test_a_proxy(fetch, folder, nginx, certificates, run):
    """CONNECT for https, the absolute form for http; the environment is not asked."""
    seen = []
    proxy = Peer(tunnelling(seen))
    words = ["--proxy", f"http://127.0.0.1:{proxy.port}", "--ca", certificates.authority]
    took(fetch(f"https://localhost:{nginx.tls}/file.bin", *words), folder)
    assert seen[0][0] == f"CONNECT localhost:{nginx.tls} HTTP/1.1"
    proxy.close()
    forward = Peer(answering(OK + b"Content-Length: 2\r\n\r\nhi", seen=seen))
    words = ["--proxy", f"http://127.0.0.1:{forward.port}"]
    took(fetch("http://far.invalid/a?b", *words), folder, b"hi")
    assert seen[1][0] == "GET http://far.invalid/a?b HTTP/1.1"
    assert seen[1][1]["host"] == "far.invalid"
    forward.close()


@pytest.mark.parametrize(
    "answer, words",
    [
        (b"HTTP/1.1 407 Auth\r\nContent-Length: 0\r\n\r\n", "wants credentials"),
        (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "refused the connection: 403"),
        (b"HTTP/1.1 200 OK\r\n\r\nsomething early", "one way"),
        (b"nonsense\r\n", "first line"),
    ],
)
def test_proxies_that_refuse(fetch, folder, certificates, answer, words):
    proxy = Peer(tunnelling([], refuse=answer))
    ca = ["--ca", certificates.authority]
    url = "https://far.invalid/"
    refused(fetch(url, "--proxy", f"http://127.0.0.1:{proxy.port}", *ca), folder, words)
    proxy.close()


def test_memory_does_not_follow_the_server(folder, native, nginx, certificates):
    """64 MB over TLS, an endless head, an endless body: the same 8 MB."""
    (nginx.folder / "big.bin").write_bytes(bytes(64 << 20))
    chunks = [b"ffff\r\n" + bytes(65535) + b"\r\n"] * 1000
    endless = Peer(answering(OK + b"Transfer-Encoding: chunked\r\n\r\n", *chunks))
    urls = [f"https://localhost:{nginx.tls}/big.bin", f"http://127.0.0.1:{endless.port}/"]
    for url in urls:
        words = [*native, "fetch", url, "--output", folder / "out", "--ca", certificates.authority]
        measured = subprocess.run(
            ["python3", "-c", MEASURE, *map(str, words)], capture_output=True, text=True, check=True
        )
        kib = int(measured.stdout.splitlines()[-1])
        assert kib <= 8192, (url, kib)
        print(f"{url}: {kib} KiB")
    endless.close()


# The peak of a child alone: RUSAGE_CHILDREN of a process that has no other. A forked child begins
# with its parent's pages, so vfork's users (posix_spawn) are measured from exec on.
MEASURE = """
import os, resource, sys
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
peak = 0
while True:
    done, _ = os.waitpid(pid, os.WNOHANG)
    if done: break
    try:
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("VmHWM"): peak = max(peak, int(line.split()[1]))
    except OSError: pass
print(peak)
"""
