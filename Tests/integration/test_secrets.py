"""Goal: a password in an address, or one that a server repeats, is in no output and in no file.
Method: every setting and every verb that takes an address, with a marked secret in each form that
people write; then all that came out and all files that were written are searched for it."""

import json

import pytest

from conftest import level_configuration, shared
from outbox import configuration as outbox
from test_sync import receiver, store, sync, uplink, waiting  # noqa: F401  fixtures

SECRET = "hunter2"
FORMS = {
    "user and password": "http://fleet:hunter2@127.0.0.1:1/p",
    "token as user": "https://hunter2@127.0.0.1:1/p",
    "slash in it": "https://fleet:x/hunter2/y@127.0.0.1:1/p",
    "blank in it": "https://fleet:x hunter2 y@127.0.0.1:1/p",
    "long": "https://fleet:" + "hunter2" * 20 + "@127.0.0.1:1/p",
    "one slash": "https:/fleet:hunter2@127.0.0.1:1/p",
    "no scheme": "fleet:hunter2@127.0.0.1:1",
    "query": "http://127.0.0.1:1/p?token=hunter2&a=1",
    "fragment": "http://127.0.0.1:1/p#access_token=hunter2",
}


def searched(folder, inputs=()) -> str:
    """Whatever lies in the folder, but the files that the test made to be read."""
    return "".join(
        path.read_bytes().decode("latin-1")
        for path in folder.rglob("*")
        if path.is_file() and path not in inputs
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("setting", ["registry", "uplink", "proxy"])
def test_no_setting_gives_a_secret_away(run, models, folder, setting, form):
    address = FORMS[form]
    lines = {
        "registry": f'registry = "mlflow:{address}"\nmodels = [{{ name = "level" }}]',
        "uplink": f'uplink = "cloudevents:{address}"',
        "proxy": f'uplink = "cloudevents:http://127.0.0.1:1/"\nproxy = "{address}"',
    }[setting]
    file = folder / "edgeagent.toml"
    file.write_text(
        level_configuration("unix:sensor.sock", more=f"{outbox()}\n[sync]\n{lines}\n").replace(
            'state = "state"', 'state = "."', 1
        )
    )
    (folder / "trust.d").mkdir()
    said = ""
    for words in (
        ["check"], ["check", "--json"], ["sync", "--once"], ["sync", "--status"],
        ["sync", "--status", "--json"], ["time"], ["time", "--json"],
    ):  # fmt: skip
        result = run(words[0], "--config", file, *words[1:])
        said += result.stdout + result.stderr
    assert SECRET not in said
    assert SECRET not in searched(folder, [file])
    if form == "user and password":
        assert "***" in said
        names = {"registry": "registry_headers", "uplink": "uplink_headers"}
        assert names.get(setting, "proxy_password") in said


@pytest.mark.parametrize("form", FORMS)
def test_no_command_line_gives_a_secret_away(run, folder, form):
    address = FORMS[form]
    said = ""
    for words in (
        ["models", "pull", f"mlflow:{address}", "fall@champion"],
        ["models", "pull", f"dir:{address}", "fall"],
        ["models", "pull", address, "fall"],
        ["models", "pull", "mlflow:http://127.0.0.1:1", address],
        ["models", "pull", "mlflow:http://127.0.0.1:1", "fall", "--proxy", address],
        ["models", "activate", address], ["models", "remove", address], ["models", address],
        ["fetch", address, "--output", folder / "out"],
        ["fetch", address, "--output", folder / "out", "--json"],
        ["fetch", "http://127.0.0.1:1/", "--output", folder / "out", "--proxy", address],
        ["fetch", address], ["fetch", "--url", address], [address],
        ["store", "send", folder / "none.db", "--to", f"cloudevents:{address}"],
        ["store", "send", folder / "none.db", "--to", address], ["store", "info", "a", address],
        ["sniff", address], ["init", "--port", address], ["check", address],
        ["sync", address], ["run", address], ["time", address], ["version", address],
        ["record", address, "--output", folder / "out.raw"], [f"--{address}"],
        ["fetch", f"--{address}", "a"], ["bench", "--runs", address, "x"],
    ):  # fmt: skip
        result = run(*words)
        # A folder's path may have any form; its name is no address.
        if words[:2] == ["models", "pull"] and str(words[2]).startswith("dir:"):
            if "@" not in address:
                continue
        said = result.stdout + result.stderr
        assert SECRET not in said, words
    assert SECRET not in searched(folder)


@pytest.mark.parametrize(
    "text", ["Authorization: Bearer hunter2", "fleet:hunter2", "credential:hun ter2/hunter2"]
)
@pytest.mark.parametrize("setting", ["uplink_headers", "registry_headers", "proxy_password"])
def test_a_secret_in_the_place_of_its_file_is_not_repeated(run, models, folder, setting, text):
    file = folder / "edgeagent.toml"
    file.write_text(
        level_configuration(
            "unix:sensor.sock",
            more=f'{outbox()}\n[sync]\nuplink = "cloudevents:http://127.0.0.1:1/"\n'
            'registry = "mlflow:http://127.0.0.1:1/"\nmodels = [{ name = "level" }]\n'
            f'proxy = "http://127.0.0.1:1"\n{setting} = "{text}"\n',
        )
    )
    result = run("check", "--config", file)
    assert result.returncode == 78
    assert SECRET not in result.stdout + result.stderr
    assert f"{setting} in [sync] is no path" in result.stdout + result.stderr


def test_what_a_server_repeats_is_hidden(sync, store, receiver, folder, run):  # noqa: F811
    """The client's own credentials, and an address in its answer: in the log, the status, the
    state."""
    body = json.dumps(
        {
            "message": "no such user: Bearer abc-hunter2 (abc-hunter2), see "
            "https://u:hunter2@elsewhere/?sig=hunter2"
        }
    ).encode()
    answer = (
        b"HTTP/1.1 403 No\r\nContent-Type: application/json\r\nContent-Length: "
        + str(len(body)).encode() + b"\r\n\r\n" + body
    )  # fmt: skip
    server = receiver(answer=lambda _: answer)
    headers = folder / "token"
    headers.write_text("Authorization: Bearer abc-hunter2\n")
    process = sync(uplink(server, 'uplink_headers = "token"'), "--once")
    assert process.ends() == 1
    assert "no such user" in process.log and "***" in process.log
    status = run("sync", "--config", folder / "edgeagent.toml", "--status")
    assert "no such user" in status.stdout
    assert SECRET not in process.log + status.stdout + status.stderr
    assert SECRET not in searched(folder, [headers])


def test_an_older_state_file_is_cleaned(sync, store, receiver, folder, run):  # noqa: F811
    """An agent that did not hide it left it in `sync.json`: shown no more, and gone with the next
    round."""
    server = receiver()
    (folder / "sync.json").write_text(
        json.dumps(
            {
                "uplink": {
                    "address": f"cloudevents:http://localhost:{server.port}/events",
                    "fault": "http://u:hunter2@localhost: no",
                }
            }
        )
    )
    process = sync(uplink(server), "--once")
    assert process.ends() == 0
    assert SECRET not in process.log
    assert SECRET not in (folder / "sync.json").read_text()


def test_the_shared_case(run, models, folder):
    """Each of its lines alone, and its command line."""
    case = shared("cases/secret-in-the-log")
    for line in (case / "settings.txt").read_text().splitlines():
        more = '\nmodels = [{ name = "level" }]' if line.startswith("registry") else ""
        if line.startswith("proxy"):
            more = '\nuplink = "cloudevents:http://127.0.0.1:1/"'
        file = folder / "edgeagent.toml"
        file.write_text(
            level_configuration("unix:sensor.sock", more=f"{outbox()}\n[sync]\n{line}{more}\n")
        )
        result = run("check", "--config", file)
        said = result.stdout + result.stderr
        assert SECRET not in said and "***" in said
    result = run("models", "pull", "mlflow:http://user:hunter2@127.0.0.1:1", "fall@champion")
    said = result.stdout + result.stderr
    assert SECRET not in said and "***" in said and "--header-file" in said
