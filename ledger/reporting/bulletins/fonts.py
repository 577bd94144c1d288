"""A Chinese font for pictures that the server draws: found on the machine, never shipped."""

from __future__ import annotations

from functools import lru_cache

from matplotlib.font_manager import FontEntry, FontPath, FontProperties, fontManager, get_font

from ledger.domain.errors import Unequipped

# Best first: fonts for simplified Chinese of Linux distributions, Kylin and Windows.
NAMES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "FangSong",
    "SimSun",
    "Noto Serif CJK SC",
)
# Letters that every bulletin needs; a font without them would draw empty boxes.
NEEDED = "养老服务风险等级信访热点村镇"
MISSING = (
    "服务器上没有找到中文字体，无法绘制通报里的地图和图表。请管理员安装后重启服务："
    "Debian、Ubuntu、麒麟系统运行 apt install fonts-noto-cjk，"
    "或把一种中文字体(如黑体)放入 /usr/share/fonts 再运行 fc-cache"
)


def chinese_font() -> FontProperties:
    """The best Chinese font of the machine.

    Raises
    ------
    Unequipped
        If there is none; the message says what to install.
    """
    found = _found()
    if found is None:
        raise Unequipped(MISSING)
    return FontProperties(family=[found])


@lru_cache(maxsize=1)
def _found() -> str | None:
    entries = fontManager.ttflist
    by_name: dict[str, FontEntry] = {}
    for entry in entries:
        if entry.style == "normal" and entry.name not in by_name:
            by_name[entry.name] = entry
    known = [by_name[name] for name in NAMES if name in by_name]
    others = [entry for entry in by_name.values() if "CJK" in entry.name or "Hei" in entry.name]
    for entry in (*known, *others):
        if _has_letters(entry):
            return entry.name
    return None


def _has_letters(entry: FontEntry) -> bool:
    try:
        letters = get_font(FontPath(entry.fname, entry.index)).get_charmap()
    except (OSError, RuntimeError):
        return False
    return all(ord(letter) in letters for letter in NEEDED)
