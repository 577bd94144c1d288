"""A city in small: PostgreSQL, two processes of the application, and nginx with our own file.

Everything lies in a temporary folder and listens on this machine only; of deploy/nginx/ledger.conf
only ports and paths are other ones. Whoever comes from 127.0.0.2 comes "from outside".
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.browser.serving import free_port, log_tail
from tests.conftest import PROJECT_ROOT

NAME = "ledger.example.gov.cn"
OUTSIDE = "127.0.0.2"
_PATIENCE = 120


def nginx_program() -> str | None:
    """nginx, where there is one; Debian keeps it from the path of ordinary users."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@dataclass(frozen=True)
class Answer:
    """What came back, and every line of its headers."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    def one(self, name: str) -> str | None:
        found = self.all(name)
        assert len(found) < 2, f"{name} twice: {found}"
        return found[0] if found else None


@dataclass
class Site:
    """The running site: where it listens, its processes by port, and its folder."""

    folder: Path
    https: int
    plain: int
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "chain.pem"))

    def log(self, name: str) -> str:
        """The text of a log; of an application's by its port."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def lines(self, port: int) -> list[dict[str, object]]:
        """What a process logged of the requests that it answered."""
        found = [line for line in self.log(str(port)).splitlines() if line.startswith("{")]
        told = [json.loads(line) for line in found]
        return [one for one in told if one["message"] == "request"]


class Visitor:
    """Somebody's browser: keeps cookies, follows nothing."""

    def __init__(self, site: Site, address: str = OUTSIDE) -> None:
        self.site, self.address = site, address
        self.cookies: dict[str, str] = {}

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        straight_to: int | None = None,
        **headers: str,
    ) -> Answer:
        """One request over https, or past nginx ``straight_to`` a process of the application."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        told = {"Host": f"{NAME}:{self.site.https}", "Cookie": self.cookie} | told
        if straight_to is not None:
            connection = http.client.HTTPConnection("127.0.0.1", straight_to, timeout=60)
        else:
            connection = _Https(self.site, self.address)
        try:
            connection.request(method, path, body or None, told)
            response = connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()
        for line in answer.all("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @property
    def origin(self) -> str:
        return f"https://{NAME}:{self.site.https}"

    def sign_in(
        self, name: str, password: str, *, straight_to: int | None = None, **headers: str
    ) -> Answer:
        """Open the form, fill it in, send it."""
        opened = self.ask("GET", "/signin", accept="text/html", straight_to=straight_to)
        form = opened.body.decode()
        token = form.partition('name="csrf" value="')[2].partition('"')[0]
        fields = {"csrf": token, "username": name, "password": password, "next": "/"}
        kind = {"content_type": "application/x-www-form-urlencoded", "origin": self.origin}
        body = urlencode(fields).encode()
        return self.ask("POST", "/signin", body, straight_to=straight_to, **kind, **headers)


def connection_of(site: Site, address: str) -> socket.socket:
    """A connection to nginx from an address of this machine; not yet over TLS."""
    return socket.create_connection(("127.0.0.1", site.https), 60, source_address=(address, 0))


class _Https(http.client.HTTPSConnection):
    """To this machine, under the name that the certificate bears."""

    def __init__(self, site: Site, address: str) -> None:
        super().__init__(NAME, site.https, timeout=60)
        self._site, self._address = site, address

    def connect(self) -> None:
        raw = connection_of(self._site, self._address)
        self.sock = self._site.trust.wrap_socket(raw, server_hostname=NAME)


@contextmanager
def running(folder: Path, environment: Mapping[str, str]) -> Iterator[Site]:
    """The whole site, until the block is left."""
    site = Site(folder, free_port(), free_port())
    with ExitStack() as stack:
        for port in (free_port(), free_port()):
            site.processes[port] = stack.enter_context(application(site, port, environment))
        stack.enter_context(_nginx(site))
        for port in site.processes:
            until_it_answers(site, port)
        until_it_answers(site, site.plain)
        yield site


@contextmanager
def application(
    site: Site, port: int, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """One process of the application on that port; its log lies in the site's folder."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with (site.folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT_ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        _end(process)


@contextmanager
def _nginx(site: Site) -> Iterator[None]:
    program = nginx_program()
    assert program is not None
    whole = written(site)
    with (site.folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-c", str(whole), "-e", str(site.folder / "start.log")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        _end(process)


def site_file(site: Site) -> str:
    """deploy/nginx/ledger.conf with this site's ports and paths; fails if one is not in it."""
    text = (PROJECT_ROOT / "deploy" / "nginx" / "ledger.conf").read_text(encoding="utf-8")
    first, second = list(site.processes) or (8501, 8502)
    for there, here in {
        "127.0.0.1:8501 ": f"127.0.0.1:{first} ",
        "127.0.0.1:8502 ": f"127.0.0.1:{second} ",
        "listen 80;": f"listen 127.0.0.1:{site.plain};",
        "listen 443 ": f"listen 127.0.0.1:{site.https} ",
        "/etc/ledger/tls": str(site.folder),
        "fullchain.pem": "chain.pem",
        "privkey.pem": "key.pem",
        "/var/log/nginx/": f"{site.folder}/",
    }.items():
        assert there in text, f"deploy/nginx/ledger.conf has no {there}"
        text = text.replace(there, here)
    return text


def written(site: Site) -> Path:
    """Our file with what Debian's nginx.conf is around it, as far as it matters; a certificate."""
    make_certificate(site.folder)
    (site.folder / "site.conf").write_text(site_file(site), encoding="utf-8")
    kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    places = "\n".join(f"{kind}_temp_path {site.folder}/temp-{kind};" for kind in kept)
    owner = "user root;" if os.geteuid() == 0 else ""
    whole = site.folder / "nginx.conf"
    whole.write_text(
        f"{owner} daemon off; worker_processes 1; pid {site.folder}/nginx.pid;\n"
        "events { worker_connections 256; }\n"
        f"http {{ {places}\n gzip on; access_log {site.folder}/whole.log;\n"
        f"include {site.folder}/site.conf; }}\n",
        encoding="utf-8",
    )
    return whole


def make_certificate(folder: Path) -> None:
    """A certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, kind, plain)
    (folder / "key.pem").write_bytes(private)
    (folder / "chain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))


def until_it_answers(site: Site, port: int) -> None:
    """Wait for whoever listens on a port; fails with the logs if nobody does."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            connection.getresponse()
            return
        except OSError:
            time.sleep(0.1)
    told = [log_tail(log) for log in site.folder.glob("*.log")]
    raise AssertionError("\n".join(["nothing answers", *told]))


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
