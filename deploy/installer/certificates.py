"""A local authority, and the certificate that it signs for this server.

Run with the Python of an installed version:
``python -m deploy.installer.certificates FOLDER NAME…`` writes ``authority.crt`` (public, for PCs
and tablets to trust), ``authority.key``, ``server.crt`` and ``server.key``. What is good is kept:
PCs go on trusting. The authority can vouch for private addresses and the names given at its making
alone, so that trusting it opens no other door.
"""

from __future__ import annotations

import ipaddress
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.installer.files import write

AUTHORITY, SERVER = "authority", "server"
_AUTHORITY_DAYS, _SERVER_DAYS, _RENEW_DAYS = 3650, 820, 200
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7")
_TITLE = "养老服务风险台账 本地证书机构"


def keep(folder: Path, names: list[str], now: datetime | None = None) -> bool:
    """Make what is missing, expires within `_RENEW_DAYS`, or lacks a name.

    Returns whether the server's certificate is new. ``names`` are host names and IP addresses.
    """
    moment = now or datetime.now(UTC)
    key, authority = _authority(folder, names, moment)
    told = _read(folder / f"{SERVER}.crt")
    if told is not None and _is_good(told, authority, names, moment):
        return False
    own = ec.generate_private_key(ec.SECP256R1())
    made = (
        _begun(own, names[0], authority.subject, moment, _SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(_signed_by(authority), False)
        .sign(key, hashes.SHA256())
    )
    _write_key(folder / f"{SERVER}.key", own)
    write(folder / f"{SERVER}.crt", _pem(made) + _pem(authority))
    return True


def _authority(
    folder: Path, names: list[str], moment: datetime
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    known = _read(folder / f"{AUTHORITY}.crt")
    if known is not None and _vouches_for(known, names):
        kept = (folder / f"{AUTHORITY}.key").read_bytes()
        found = serialization.load_pem_private_key(kept, None)
        if isinstance(found, ec.EllipticCurvePrivateKey):
            return found, known
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _short(f"{_TITLE} {names[0]}"))])
    made = (
        _begun(key, subject, subject, moment, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(_usage(), True)
        .add_extension(x509.NameConstraints(_allowed(names), None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    _write_key(folder / f"{AUTHORITY}.key", key)
    write(folder / f"{AUTHORITY}.crt", _pem(made))
    return key, made


def _begun(
    key: ec.EllipticCurvePrivateKey,
    subject: x509.Name | str,
    issuer: x509.Name,
    moment: datetime,
    days: int,
) -> x509.CertificateBuilder:
    if isinstance(subject, str):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _short(subject))])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=days))
    )


def _short(name: str) -> str:
    """As much of it as a common name may hold: 64 bytes."""
    return name.encode()[:64].decode(errors="ignore")


def _usage() -> x509.KeyUsage:
    wanted = {"key_cert_sign": True, "crl_sign": True}
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
    none = dict.fromkeys((*names, "key_agreement", "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(**none, **wanted)


def _signed_by(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    found = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(found)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _allowed(names: list[str]) -> list[x509.GeneralName]:
    networks = [x509.IPAddress(ipaddress.ip_network(one)) for one in _PRIVATE]
    told = [_general(name) for name in names]
    own = [
        x509.IPAddress(ipaddress.ip_network(one.value)) if isinstance(one, x509.IPAddress) else one
        for one in told
    ]
    return list(dict.fromkeys([*networks, *own, x509.DNSName("localhost")]))


def _vouches_for(authority: x509.Certificate, names: list[str]) -> bool:
    """Whether every name is within what the authority is constrained to."""
    found = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = list(found.permitted_subtrees or ())
    return all(_is_within(_general(name), permitted) for name in names)


def _is_within(name: x509.GeneralName, permitted: list[x509.GeneralName]) -> bool:
    if isinstance(name, x509.DNSName):
        return name in permitted
    networks = [
        ipaddress.ip_network(str(one.value)) for one in permitted if isinstance(one, x509.IPAddress)
    ]
    address = ipaddress.ip_address(str(name.value))
    return any(address in one for one in networks if one.version == address.version)


def _is_good(
    told: x509.Certificate, authority: x509.Certificate, names: list[str], moment: datetime
) -> bool:
    found = told.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    try:
        told.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):  # of another authority
        return False
    lasting = told.not_valid_after_utc - moment > timedelta(days=_RENEW_DAYS)
    return lasting and told.not_valid_before_utc <= moment and {*map(_general, names)} <= set(found)


def _read(file: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError):
        return None


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    kind, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    write(file, key.private_bytes(serialization.Encoding.PEM, kind, plain), 0o600)


if __name__ == "__main__":
    sys.stdout.write("new\n" if keep(Path(sys.argv[1]), sys.argv[2:]) else "kept\n")
