"""Slips that hand out first passwords: ten on a sheet of A4, to be cut along dashed lines.

One HTML text for both ways: the page shows and prints it, the command line writes it as a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from ledger.exchange.importing.people_lists import Slip

_STYLE = Path(__file__).with_name("slips.css")
_PAGE = (
    '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
    "</head><body>{body}</body></html>\n"
)
_CARE = "首次登录须改密码。改好后请销毁本条；本条遗失请告知系统管理员重置。"


def slips_html(slips: Sequence[Slip], office: str = "") -> str:
    """The slips as HTML with their style, in the order given; every text is inert."""
    head = escape(office or "养老服务风险台账")
    cards = "".join(_card(slip, head) for slip in slips)
    style = _STYLE.read_text(encoding="utf-8")
    return f'<style>{style}</style><div class="slips">{cards}</div>'


def slips_file(slips: Sequence[Slip], office: str = "") -> bytes:
    """The slips as a page of their own, to be opened and printed in a browser."""
    return _PAGE.format(title="初始密码条", body=slips_html(slips, office)).encode()


def _card(slip: Slip, head: str) -> str:
    lines = (
        ("姓名", slip.display_name),
        ("角色", f"{slip.role.label}，{slip.scope_name}"),
        ("电话", slip.phone),
        ("用户名", slip.name),
        ("初始密码", slip.password),
    )
    said = "".join(
        f'<p class="{"code" if label == "初始密码" else "said"}"><b>{label}</b>'
        f"<span>{escape(text)}</span></p>"
        for label, text in lines
        if text
    )
    return f'<div class="slip"><p class="head">{head}</p>{said}<p class="care">{_CARE}</p></div>'
