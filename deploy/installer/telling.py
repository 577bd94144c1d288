"""What the installer prints, and how an installation ends: addresses, code, words of care."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterable
from pathlib import Path

from deploy.installer.checks import Check
from deploy.installer.layout import Layout
from deploy.installer.office import Office
from deploy.installer.stop import Stop

_SIGNS = {"good": "通过", "mind": "注意", "stop": "不行"}


def say(line: str) -> None:
    """One line, at once."""
    print(line, flush=True)


def tell(checks: Iterable[Check]) -> None:
    """Print each check. Raises `Stop` after the last one if any keeps from going on."""
    bad = []
    for check in checks:
        say(f"{_SIGNS[check.level]}  {check.label}：{check.words}")
        if check.level == "stop":
            bad.append(check.label)
    if bad:
        raise Stop(f"没有安装，没有做任何改动。请先解决：{'、'.join(bad)}")


def farewell(layout: Layout, office: Office, code: str | None) -> None:
    """What the person has to know and do now."""
    say("")
    say("安装完成。")
    say(f"  网址        {'，'.join(_urls(office))}")
    say(f"  信任证书    {office.url}/trust  (每台电脑、平板做一次)")
    say(f"  证书指纹    {fingerprint(layout.tls / 'authority.crt')}")
    if code is not None:
        say(f"  一次性代码  {code}  (首次打开网页时用它设置第一位系统管理员)")
    say(f"  命令        {layout.command} --help")
    say("")
    say("请现在就把下面两个文件拷到 U 盘，与服务器分开保管：")
    say(f"  {layout.data / 'ledger.key'}  密钥：没有它，姓名、电话等读不出来，谁也恢复不了")
    say(f"  {layout.secret}  备份口令：没有它，备份打不开")
    say(f"备份每天 02:30 写到 {layout.backups}，留最近 30 份；请定期拷到另一台机器。")


def _urls(office: Office) -> list[str]:
    return [office.at(name) for name in office.outside]


def fingerprint(certificate: Path) -> str:
    """SHA-256 of a certificate, in pairs of digits, as PCs and tablets show it."""
    plain = ssl.PEM_cert_to_DER_cert(certificate.read_text(encoding="ascii"))
    return hashlib.sha256(plain).digest().hex(":").upper()
