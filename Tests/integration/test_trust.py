"""Goal: models are vouched for by keys, with the agent's commands or with openssl alone.
Method: the shipped executable and the openssl and sha256sum commands sign and check each other."""

import base64
import shutil
import subprocess

import pytest

from conftest import ROOT

@pytest.fixture
def bundle(folder):
    """A copy of the repository's model, not signed."""
    copy = folder / "fall" / "1"
    shutil.copytree(ROOT / "models" / "fall" / "1", copy)
    return copy


def new_keys(run, folder, *words, command=None):
    """PRIVATE.pem and trust.d/owner.pem."""
    (folder / "trust.d").mkdir(exist_ok=True)
    private, public = folder / "private.pem", folder / "trust.d" / "owner.pem"
    result = run("keys", "new", "--private", private, "--public", public, *words, command=command)
    assert result.returncode == 0, result.stderr
    return private


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256"])
def test_keys_sign_and_verify(run, either, folder, bundle, algorithm):
    """new, sign, verify: the whole way, on both architectures."""
    private = new_keys(run, folder, "--algorithm", algorithm, command=either)
    assert private.stat().st_mode & 0o777 == 0o600
    unsigned = run("models", "verify", bundle, "--trust", folder / "trust.d", command=either)
    assert unsigned.returncode == 1 and "not signed" in unsigned.stderr
    signed = run("models", "sign", bundle, "--key", private, command=either)
    assert signed.returncode == 0, signed.stderr
    verified = run("models", "verify", bundle, "--trust", folder / "trust.d", command=either)
    assert verified.returncode == 0, verified.stderr
    (bundle / "model.toml").write_text((bundle / "model.toml").read_text() + "# harmless\n")
    changed = run("models", "verify", bundle, "--trust", folder / "trust.d", command=either)
    assert changed.returncode == 1 and "owner.pem" in changed.stderr


def test_a_key_is_never_written_over(run, folder):
    """There may be no other copy of it."""
    private = new_keys(run, folder)
    before = private.read_bytes()
    again = run("keys", "new", "--private", private, "--public", folder / "other.pem")
    assert again.returncode == 1 and str(private) in again.stderr
    assert private.read_bytes() == before


def test_openssl_signs_what_the_agent_verifies(run, folder, bundle):
    """The way that the documentation shows, without the agent on the signing machine."""
    private, public = folder / "openssl.pem", folder / "trust.d" / "openssl.pem"
    (folder / "trust.d").mkdir()
    sh(f"openssl genpkey -algorithm ed25519 -out {private}")
    sh(f"openssl pkey -in {private} -pubout -out {public}")
    message = sh(f"cd {bundle} && sha256sum $(ls | grep -v bundle.sig)")
    (folder / "list").write_bytes(message)
    signature = sh(f"openssl pkeyutl -sign -rawin -inkey {private} -in {folder}/list")
    identifier = sh(f"openssl pkey -pubin -in {public} -outform DER | sha256sum")[:16].decode()
    line = f"{identifier} ed25519 {base64.b64encode(signature).decode()}\n"
    (bundle / "bundle.sig").write_text(line)
    result = run("models", "verify", bundle, "--trust", folder / "trust.d")
    assert result.returncode == 0, result.stderr


def test_openssl_verifies_what_the_agent_signed(run, folder, bundle):
    """Nobody has to take the agent's word for it."""
    private = new_keys(run, folder)
    assert run("models", "sign", bundle, "--key", private).returncode == 0
    [_, algorithm, text] = (bundle / "bundle.sig").read_text().split()
    assert algorithm == "ed25519"
    (folder / "signature").write_bytes(base64.b64decode(text))
    (folder / "list").write_bytes(sh(f"cd {bundle} && sha256sum $(ls | grep -v bundle.sig)"))
    sh(
        f"openssl pkeyutl -verify -rawin -pubin -inkey {folder}/trust.d/owner.pem "
        f"-in {folder}/list -sigfile {folder}/signature"
    )


def sh(command: str) -> bytes:
    """Standard output of a command that must succeed."""
    return subprocess.run(["bash", "-c", command], capture_output=True, check=True).stdout
