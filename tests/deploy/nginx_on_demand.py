"""nginx takes its file: ``pytest tests/deploy/nginx_on_demand.py`` where nginx is installed."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SELF_SIGNED = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout {} -out {}"


def test_nginx_takes_its_file(project_root: Path, tmp_path: Path) -> None:
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    made = _SELF_SIGNED.format(key, chain).split()
    subprocess.run(made, check=True, capture_output=True)
    site = (project_root / "deploy" / "nginx" / "ledger.conf").read_text(encoding="utf-8")
    site = site.replace("/etc/ledger/tls/privkey.pem", str(key))
    site = site.replace("/etc/ledger/tls/fullchain.pem", str(chain))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"events {{}}\npid {tmp_path}/pid;\nhttp {{\n{site}\n}}\n", encoding="utf-8")
    done = subprocess.run(
        ["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
