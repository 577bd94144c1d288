"""The local authority vouches for this server, is kept, and can vouch for nothing else."""

from __future__ import annotations

import ipaddress
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import verification

from deploy.installer import trusting
from deploy.installer.certificates import keep
from deploy.installer.layout import Layout
from deploy.installer.office import Office

NAMES = ["ledger.example.gov.cn", "localhost", "127.0.0.1", "10.1.2.3"]


def certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def believed(folder: Path, name: str) -> bool:
    """Whether somebody who trusts the authority believes the server under that name."""
    trusted = verification.Store([certificate(folder / "authority.crt")])
    try:
        subject: x509.DNSName | x509.IPAddress = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        subject = x509.DNSName(name)
    checker = verification.PolicyBuilder().store(trusted).build_server_verifier(subject)
    try:
        checker.verify(certificate(folder / "server.crt"), [])
    except verification.VerificationError:
        return False
    return True


def test_made_once_and_kept(tmp_path: Path) -> None:
    assert keep(tmp_path, NAMES)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert set(before) == {"authority.crt", "authority.key", "server.crt", "server.key"}
    assert not keep(tmp_path, NAMES)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    for name in ("authority.key", "server.key"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
        tmp_path / "server.crt", tmp_path / "server.key"
    )


def test_the_service_is_given_its_own_key_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the authority stays root's: mode 600, and nobody else's."""
    there = Layout(tmp_path, tmp_path, tmp_path, "ledger")
    given: list[Path] = []
    monkeypatch.setattr(Layout, "owner", (65534, 65534))
    monkeypatch.setattr(trusting, "_run", lambda *_: "new\n")
    monkeypatch.setattr(os, "chown", lambda file, *_: given.append(file))
    trusting.certificate(there, tmp_path, Office(443, 443, ("localhost",), nginx=False))
    assert given == [there.tls / "server.key"]


@pytest.mark.parametrize(("name", "well"), [*((name, True) for name in NAMES), ("10.9.9.9", False)])
def test_believed_under_its_own_names_alone(tmp_path: Path, name: str, well: bool) -> None:
    keep(tmp_path, NAMES)
    assert believed(tmp_path, name) is well


def test_a_new_address_gets_a_certificate_of_the_same_authority(tmp_path: Path) -> None:
    keep(tmp_path, NAMES)
    authority = (tmp_path / "authority.crt").read_bytes()
    assert keep(tmp_path, [*NAMES, "192.168.7.7"])
    assert (tmp_path / "authority.crt").read_bytes() == authority
    assert believed(tmp_path, "192.168.7.7")


def test_a_name_outside_of_it_needs_a_new_authority(tmp_path: Path) -> None:
    keep(tmp_path, NAMES)
    authority = (tmp_path / "authority.crt").read_bytes()
    assert keep(tmp_path, [*NAMES, "other.example.cn"])
    assert (tmp_path / "authority.crt").read_bytes() != authority


def test_renewed_before_it_ends(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    keep(tmp_path, NAMES, now - timedelta(days=600))
    assert not keep(tmp_path, NAMES, now)
    assert keep(tmp_path, NAMES, now + timedelta(days=30))


def test_the_authority_is_constrained(tmp_path: Path) -> None:
    keep(tmp_path, NAMES)
    extensions = certificate(tmp_path / "authority.crt").extensions
    found = extensions.get_extension_for_class(x509.NameConstraints)
    assert found.critical
    allowed = {str(one.value) for one in found.value.permitted_subtrees or ()}
    assert {"10.0.0.0/8", "ledger.example.gov.cn"} <= allowed
    assert not {one for one in allowed if one.endswith("/0")}
