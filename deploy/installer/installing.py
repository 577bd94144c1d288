"""Install the bundle in which this file lies; on an installed machine repair, or upgrade."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.installer import (
    checks,
    environment,
    files,
    office,
    system,
    taking_over,
    telling,
    trusting,
    web,
    windows,
)
from deploy.installer.finishing import self_check, write_command
from deploy.installer.layout import Layout
from deploy.installer.manifest import PUBLIC_KEY, Manifest, read_manifest, require_whole
from deploy.installer.office import Office
from deploy.installer.services import Service, systemd
from deploy.installer.stop import Stop
from deploy.installer.taking_over import Old
from deploy.installer.telling import say
from deploy.installer.upgrading import recover, upgrade

BUNDLE = Path(__file__).resolve().parents[3]
_SECRET_GROUPS, _SECRET_BYTES = 6, 3
_APP_PORT, _HTTPS, _OWN_PORT = 8501, 443, 8443


@dataclass(frozen=True)
class Wishes:
    """What the person asked for: port, names, nginx or not, an older database to take over."""

    port: int | None
    names: tuple[str, ...]
    nginx: bool
    take_over: Old | None


def install(layout: Layout, wishes: Wishes, bundle: Path = BUNDLE) -> None:
    """Bring the machine to the bundle's version. Raises `Stop`; asked again it goes on."""
    manifest = read_manifest(bundle)
    with files.only_one(layout.program):
        recover(layout)
        used = layout.used
        known = office.read_office(layout)
        if used is not None and known is not None:
            present = read_manifest(used)
            if present.name != manifest.name:
                upgrade(layout, known, bundle, present, manifest)
                return
            say(f"已经装有这个版本({manifest.name})，检查并修复。")
        chosen = known or _chosen(layout, wishes)
        telling.tell(_checks(layout, chosen, manifest, ours=known is not None))
        if layout.database.exists():
            taking_over.require_known(layout.database, manifest)
        elif wishes.take_over is not None:
            taking_over.require_usable(wishes.take_over)
            taking_over.require_known(wishes.take_over.database, manifest)
        say(f"核对安装包：{require_whole(bundle)} 个文件，均无损坏")
        _lay(layout, chosen, bundle, wishes.take_over)


def _checks(
    layout: Layout, chosen: Office, manifest: Manifest, *, ours: bool
) -> list[checks.Check]:
    machine = checks.this_machine()
    found = list(checks.checks(manifest, machine))
    found.append(checks.disk(layout.program, manifest.installed_bytes, "程序磁盘"))
    found.append(checks.data_disk(layout.data))
    if system.WINDOWS:
        found.append(checks.name_length(layout.versions / manifest.name))
    if not chosen.nginx:
        found.append(checks.port(chosen.port, ours=ours))
    return found


def _chosen(layout: Layout, wishes: Wishes) -> Office:
    names = (*wishes.names, *(name for name in _own_names() if name not in wishes.names))
    if wishes.nginx and layout.user is not None and web.is_there():
        return Office(_APP_PORT, _HTTPS, names, nginx=True)
    # Without systemd the service's user has no right to a port below 1024.
    may = system.is_administrator() if system.WINDOWS else layout.user is not None and systemd()
    port = wishes.port or (_HTTPS if may else _OWN_PORT)
    return Office(port, port, names, nginx=False)


def _own_names() -> list[str]:
    """The machine's addresses, its name, and itself. Addresses first: not every office has DNS."""
    name = socket.gethostname()
    if system.WINDOWS:
        return list(dict.fromkeys([*socket.gethostbyname_ex(name)[2], name, *office.ITSELF]))
    try:
        done = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False)  # noqa: S607
    except FileNotFoundError:
        return [name, *office.ITSELF]
    found = [word for word in done.stdout.split() if ":" not in word]
    return list(dict.fromkeys([*found, name, *office.ITSELF]))


def _lay(layout: Layout, chosen: Office, bundle: Path, old: Old | None) -> None:
    service = Service(layout, chosen)
    damaged = layout.used is not None and not (
        environment.is_complete(layout.used) and environment.is_as_packed(bundle, layout.used)
    )
    if damaged:
        say("程序文件不全或被改动，重新铺设")
        service.stop()
    say("准备运行环境，约需一两分钟……")
    version = environment.make(bundle, layout.versions)
    say(f"签名：{trusting.require_trusted(layout, version, bundle)}")
    _folders(layout)
    _settings(layout, chosen)
    office.write_office(layout, chosen)
    if not (layout.trusted_key).exists():
        files.write(layout.trusted_key, (bundle / PUBLIC_KEY).read_bytes())
    renewed = trusting.certificate(layout, version, chosen)
    code = _database(layout, version, old)
    files.link(layout.current, version)
    write_command(layout)
    service.prepare(version)
    if chosen.nginx:
        web.prepare(layout, version, chosen, service.ports)
    if renewed and service.is_running:
        service.stop()
    say("启动服务……")
    service.start()
    self_check(layout, version, chosen)
    telling.farewell(layout, chosen, code)


def _folders(layout: Layout) -> None:
    if layout.user is not None:
        _user(layout.user)
    owner = layout.owner
    files.folder(layout.config, 0o755)
    files.folder(layout.tls, 0o755)
    for folder in (layout.data, layout.backups, layout.data / "log", layout.data / "cache"):
        files.folder(folder, 0o700, owner)
    if system.WINDOWS:
        windows.shut(layout)


def _user(name: str) -> None:
    import pwd  # Windows has none

    try:
        pwd.getpwnam(name)
    except KeyError:
        program = shutil.which("useradd") or "/usr/sbin/useradd"
        command = [program, "--system", "--user-group", "--no-create-home", "--home-dir"]
        command += ["/var/lib/ledger", "--shell", "/usr/sbin/nologin", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise Stop(f"不能建立用户 {name}：{done.stderr.strip()}") from None


def _settings(layout: Layout, chosen: Office) -> None:
    """Made once: what an office changed in them is theirs."""
    owner = layout.owner
    if not layout.secret.exists():
        groups = (secrets.token_hex(_SECRET_BYTES) for _ in range(_SECRET_GROUPS))
        files.write(layout.secret, "-".join(groups) + "\n", 0o600, owner)
    if layout.environment_file.exists():
        return
    lines = [
        "# 由安装程序建立，可以修改；修改后执行 ledger restart。各项见 deploy/README.md。",
        f"LEDGER_DATABASE_URL={layout.database_url}",
        f"LEDGER_KEY_FILE={layout.data / 'ledger.key'}",
        f"LEDGER_BACKUP_FOLDER={layout.backups}",
        f"LEDGER_AUTHORITY_FILE={layout.tls / 'authority.crt'}",
        "LEDGER_SECURE_COOKIES=true",
    ]
    if not chosen.nginx:
        lines += [
            "STREAMLIT_SERVER_ADDRESS=0.0.0.0",
            f"STREAMLIT_SERVER_SSL_CERT_FILE={layout.tls / 'server.crt'}",
            f"STREAMLIT_SERVER_SSL_KEY_FILE={layout.tls / 'server.key'}",
        ]
    files.write(layout.environment_file, "\n".join(lines) + "\n", 0o600, owner)


def _database(layout: Layout, version: Path, old: Old | None) -> str | None:
    """Make or migrate the database; returns the code for the first administrator, if there is none.

    An older one is copied here; one that lies here already, of a program that was removed, is
    backed up before it is migrated.
    """
    begins, there = layout.used is None, layout.database.exists()
    if old is not None and there:
        say(f"“{layout.database}”已有数据，没有再接收旧程序的数据")
    elif old is not None:
        taking_over.take_over(layout, version, old)
    elif begins and there:
        _keep(layout, version)
    try:
        said = office.ledger(layout, version, ["init"])
    except Stop as stop:
        if old is None or there:
            raise
        taking_over.give_back(layout, old)
        raise Stop(f"没有接收旧程序的数据，原来的文件夹没有改动。{stop}") from None
    say(f"数据库：{said['database']}")
    code = said["setup_code"]
    return None if code is None else str(code)


def _keep(layout: Layout, version: Path) -> None:
    copy = layout.backups / f"before-{version.name}-{time.strftime('%Y%m%d-%H%M%S')}.sealed"
    office.ledger(layout, version, ["backup", str(copy), "--secret", str(layout.secret)])
    say(f"这里已有数据，先备份：{copy}")
