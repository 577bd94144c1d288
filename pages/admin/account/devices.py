"""A browser's own description in a few words."""

from __future__ import annotations

_SYSTEMS = (
    ("Android", "安卓"),
    ("iPad", "苹果平板"),
    ("iPhone", "苹果手机"),
    ("Kylin", "麒麟电脑"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)
_BROWSERS = (
    ("Edg/", "Edge 浏览器"),
    ("Firefox/", "火狐浏览器"),
    ("360SE", "360 浏览器"),
    ("Chrome/", "Chrome 内核浏览器"),
    ("Safari/", "Safari 浏览器"),
)


def device_words(agent: str | None) -> str:
    """``User-Agent`` as people say it: the system and the browser, as far as they tell."""
    text = agent or ""
    system = next((word for sign, word in _SYSTEMS if sign in text), "未知设备")
    browser = next((word for sign, word in _BROWSERS if sign in text), "其他浏览器")
    return f"{system}，{browser}"
