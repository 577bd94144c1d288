"""``install`` and ``uninstall``, by the scripts of the bundle; ``ledger``, the office's command.

Exit code 0 done, 1 refused or failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.installer import checks, files, layout, office, system, trusting
from deploy.installer.environment import python_of
from deploy.installer.installing import Wishes, install
from deploy.installer.layout import Layout
from deploy.installer.manifest import APP, read_manifest, require_whole
from deploy.installer.removing import uninstall
from deploy.installer.services import Service
from deploy.installer.stop import Stop
from deploy.installer.taking_over import Old
from deploy.installer.telling import say
from deploy.installer.unpacking import unpack
from deploy.installer.upgrading import recover

_UNPACKED_SHARE = 1.3
_OWN_WORDS = """安装程序的命令：
  ledger upgrade 安装包.tar.gz   升级；出错时自动退回
  ledger start | stop | restart  启动、停止、重新启动服务
台账的命令："""


def main(words: Sequence[str] | None = None) -> int:
    """Run one of the three."""
    given = list(sys.argv[1:] if words is None else words)
    try:
        if given[:1] == ["ledger"]:
            return _ledger(layout.of_version(Path(__file__).resolve().parents[2]), given[1:])
        arguments = _parser().parse_args(given)
        there = layout.chosen(arguments.into)
        if arguments.action == "install":
            names = tuple(arguments.name)
            database = arguments.take_over
            old = None if database is None else Old(database.resolve(), arguments.key)
            install(there, Wishes(arguments.port, names, arguments.nginx, old))
        else:
            _confirm(arguments.yes)
            uninstall(there)
    except Stop as stop:
        print(stop, file=sys.stderr, flush=True)
        return 1
    except PermissionError as error:
        print(f"没有权限：{error.filename}。请用 sudo 执行", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="install.sh")
    actions = parser.add_subparsers(dest="action", required=True)
    for name in ("install", "uninstall"):
        one = actions.add_parser(name, prog=f"{name}.sh")
        one.add_argument("--into", type=Path, metavar="文件夹", help="全部装进这个文件夹，不动系统")
        if name == "uninstall":
            one.add_argument("--yes", action="store_true", help="不再询问")
            continue
        one.add_argument("--port", type=int, metavar="端口", help="默认 443；自己的文件夹默认 8443")
        one.add_argument(
            "--name", action="append", default=[], metavar="域名", help="浏览器用的域名或地址"
        )
        one.add_argument("--no-nginx", dest="nginx", action="store_false", help="有 nginx 也不用")
        one.add_argument(
            "--take-over", type=Path, metavar="ledger.db", help="接收旧程序的数据库，原文件不动"
        )
        one.add_argument(
            "--key", type=Path, metavar="ledger.key", help="旧程序的密钥文件，默认在它的数据库旁"
        )
    return parser


def _confirm(yes: bool) -> None:
    if not yes and input("卸载程序，数据保留。确定请输入 y 再回车：").strip().lower() != "y":
        raise Stop("没有卸载，没有做任何改动")


def _ledger(there: Layout, words: list[str]) -> int:
    chosen = office.read_office(there)
    version = there.used
    if chosen is None or version is None:
        raise Stop("还没有安装完，请再执行 install.sh")
    service = Service(there, chosen)
    match words[:1]:
        case ["upgrade"]:
            return _upgrade(there, version, words[1:])
        case ["recover"]:
            _recover_at_start(there)
        case ["start"]:
            with files.only_one(there.program):
                recover(there)
                trusting.renew(there, version, chosen)
                service.start()
            say(f"已启动：{chosen.url}")
        case ["stop"]:
            service.stop()
            say("已停止")
        case ["restart"]:
            service.stop()
            trusting.renew(there, version, chosen)
            service.start()
            say(f"已重新启动：{chosen.url}")
        case _:
            _run(there, version, words)
    return 0


def _recover_at_start(there: Layout) -> None:
    """Before the service starts with the machine; while an installer works, it is not needed."""
    try:
        with files.only_one(there.program):
            recover(there, start=False)
    except Stop as stop:
        say(str(stop))


def _upgrade(there: Layout, version: Path, words: list[str]) -> int:
    if len(words) != 1:
        raise Stop("用法：ledger upgrade 安装包.tar.gz")
    archive = Path(words[0]).resolve()
    with tempfile.TemporaryDirectory(dir=there.program, prefix=".incoming-") as folder:
        with files.only_one(there.program):
            bundle = _opened(there, archive, Path(folder))
            read_manifest(bundle)
            require_whole(bundle)
            trusting.require_trusted(there, version, bundle)
        # From here on the new version's own installer works.
        command = [os.path.realpath(sys.executable), "-P", "-m", "deploy.installer", "install"]
        if there.user is None:
            command += ["--into", str(there.program.parent)]
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        own = {"PYTHONPATH": str(bundle / APP), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, env=kept | own, check=False).returncode  # noqa: S603


def _opened(there: Layout, archive: Path, folder: Path) -> Path:
    if archive.is_dir():
        return archive
    if not archive.is_file():
        raise Stop(f"没有找到安装包“{archive}”，请检查路径")
    room = checks.disk(there.program, int(archive.stat().st_size * _UNPACKED_SHARE), "磁盘")
    if room.level == "stop":
        raise Stop(room.words)
    say("解开安装包……")
    return unpack(archive, folder)


def _run(there: Layout, version: Path, words: list[str]) -> None:
    """Become ``python -m ledger`` as the service's user, in the folder where the person stands."""
    if words in ([], ["--help"]):
        say(_OWN_WORDS)
    environment = office.environment_of(there, version)
    if there.owner is not None and os.geteuid() == 0:
        user, group = there.owner
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
    python = str(python_of(version))
    if system.WINDOWS:  # it has no exec: the console would not wait
        done = subprocess.run([python, "-P", "-m", "ledger", *words], env=environment, check=False)  # noqa: S603
        sys.exit(done.returncode)
    os.execve(python, [python, "-P", "-m", "ledger", *words], environment)  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
