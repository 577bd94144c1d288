"""Take the program away; the office's data and settings stay where they are."""

from __future__ import annotations

import shutil
from pathlib import Path

from deploy.installer import files, office, web
from deploy.installer.layout import Layout
from deploy.installer.services import Service
from deploy.installer.stop import Stop
from deploy.installer.telling import say


def uninstall(layout: Layout) -> None:
    """Stop the service, remove units, site file, command and program. Raises `Stop`."""
    chosen = office.read_office(layout)
    if chosen is None or not layout.program.is_dir():
        raise Stop(f"“{layout.program}”没有装着本系统，没有做任何改动")
    with files.only_one(layout.program):
        Service(layout, chosen).forget()
        if chosen.nginx:
            web.forget()
        if layout.user is not None:
            Path("/usr/local/bin/ledger").unlink(missing_ok=True)
        shutil.rmtree(layout.program)
    say("程序已卸载。以下内容没有动，全部保留：")
    say(f"  {layout.data}  数据库、密钥、备份")
    say(f"  {layout.config}  设置、备份口令、证书")
    say("再执行 install.sh 就接着用。确定不再需要时，先拷出备份和密钥，再自己删除这两个文件夹。")
