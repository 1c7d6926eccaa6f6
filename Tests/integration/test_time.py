"""Goal: no one server and no file decides what time it is, and no date ends the process.
Method: the shipped executable, and TLS servers whose certificates let them tell any year."""

import json
import subprocess

import pytest

from test_http import tls_context
from test_sync import receiver, store, sync, uplink, waiting  # noqa: F401  fixtures
from web import Certificates

DATES = {
    "2035": "Mon, 01 Jan 2035 00:00:00 GMT",
    "3000": "Wed, 01 Jan 3000 00:00:00 GMT",
    "9999": "Thu, 30 Dec 9999 23:59:59 GMT",
    "0000": "Sat, 01 Jan 0000 00:00:00 GMT",
}


@pytest.fixture
def dated(receiver, tmp_path):  # noqa: F811
    """A server that tells a date, and the lines that lead sync to it."""
    certificates = Certificates(tmp_path / "tls")
    pair = certificates.sign("server", begins="00000101000000Z", ends="99991231235959Z")

    def make(date: str):
        answer = f"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n".encode()
        server = receiver(tls=tls_context(*pair), answer=lambda _: answer)
        return uplink(server, f'ca = "{certificates.authority}"')

    return make


@pytest.fixture
def told(native, folder):
    """What `edgeagent time` says."""

    def ask(*words: str) -> dict:
        words = (*native, "time", "--config", folder / "edgeagent.toml", "--json", *words)
        answer = subprocess.run(words, capture_output=True, text=True, timeout=20)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return ask


@pytest.mark.parametrize("year", DATES)
def test_one_server_that_lies_moves_nothing(sync, store, dated, told, year):  # noqa: F811
    """The records go out, the floor stays at what the clock bears, and a person sees why."""
    assert sync(dated(DATES[year]), "--once").ends() == 0
    assert waiting(store) == 0
    time = told()
    assert time["floor"][:4] == time["clock"][:4]
    assert time["judged_by"] == "clock"
    if year != "0000":
        assert time["witnesses"][0]["witness"] == "localhost"
        assert time["witnesses"][0]["told"].startswith(year)
        assert any("apart" in doubt for doubt in time["uncertain"])


def test_a_lie_is_told_once(sync, store, dated):  # noqa: F811
    process = sync(dated(DATES["2035"]), "--once")
    assert process.ends() == 0
    assert process.log.count("a later time than another witness bears") == 1
    assert "edgeagent time" in process.log


@pytest.mark.parametrize(
    "text, is_floor",
    [
        ("2035-01-01T00:00:00.000Z\n", False),
        ("9999-12-31T23:59:59.999Z\nanchor - 0\n", False),
        ("2035-01-01T00:00:00.000Z\nanchor - 0\n", True),
        ("\0" * 5000, False),
    ],
)
def test_a_file_with_a_far_floor(sync, store, receiver, told, folder, text, is_floor):  # noqa: F811
    """An older agent's needs a witness, one behind the horizon is none, and a person ends any."""
    server = receiver()
    (folder / "trusted-time").write_text(text)
    assert sync(uplink(server), "--once").ends() == 0
    assert waiting(store) == 0
    time = told()
    assert (time["judged_by"] == "floor") == is_floor
    assert (time["floor"] >= "2035") == is_floor
    time = told("--reset")
    assert time["judged_by"] == "clock" and time["witnesses"] == []
    assert time["floor"] < time["clock"]
