"""Payloads of ill will, and traps that spring if a browser takes anything of one for more than
letters: it runs, opens a dialog, asks another host, or grows an element."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Dialog, Error, Page, Request

RUN = "owned()"
CANARY = "canary.invalid"
_TRIES = 5
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f'"><svg/onload={RUN}>',
    f"' onmouseover={RUN} x='",
    f'" autofocus onfocus={RUN} tabindex=1 x="',
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"<a href=javascript:{RUN}>点</a>",
    f"[点](javascript:{RUN})",
    f"<details open ontoggle={RUN}>",
    f"</script></style></textarea><script>{RUN}</script>",
    f"<math><style><img src=1 onerror={RUN}></style></math>",
    f"${{{RUN}}}{{{{{RUN}}}}}`{RUN}`",
    f"<input onfocus={RUN} autofocus><body onload={RUN}>",
    "<img src=y onerror=alert(1)>",
    f"<img src=//{CANARY}/a.png>",
    f"![图](//{CANARY}/b.png)",
    f"<b style=background:url(//{CANARY}/c.png)>底</b>",
    f"<link rel=stylesheet href=//{CANARY}/d.css>",
    f"<style>@import '//{CANARY}/e.css'</style>",
    f"<form action=//{CANARY}><button>发</button></form>",
)
# Elements that no page of ours has; drawn by whoever took a payload for HTML or Markdown.
_GROWN = ", ".join(
    [
        *(f"[on{event}]" for event in ("error", "load", "mouseover", "focus", "toggle", "click")),
        *("iframe[srcdoc]", "img[src=x]", "img[src=y]", "img[src='1']", "[href^='javascript:' i]"),
        *(f"[{name}*='{CANARY}']" for name in ("src", "href", "style", "action")),
    ]
)
_GROWN_IN = f"""() => [...document.querySelectorAll("{_GROWN}")]
    .concat([...document.querySelectorAll("script:not([src]), style")].filter(
        e => e.textContent.includes("{RUN}") || e.textContent.includes("{CANARY}")))
    .map(e => e.outerHTML.slice(0, 120))"""
# In every frame, before anything of the page.
_HOOK = "window.owned = () => console.error('OWNED ' + location.href);"


@dataclass
class Traps:
    """What went off on a page and in its frames."""

    page: Page
    sprung: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.add_init_script(_HOOK)
        self.page.on("console", self._hear)
        self.page.on("dialog", self._dismiss)
        self.page.on("request", self._note)

    def look(self, where: str) -> None:
        """Search what is drawn now, frames included.

        A frame may go while it is searched, as a map that is drawn anew does: then once more.
        """
        for _ in range(_TRIES):
            try:
                grown = [html for one in self.page.frames for html in one.evaluate(_GROWN_IN)]
            except Error as error:
                if "detached" not in str(error):
                    raise
            else:
                self.sprung += [f"{where}: {html}" for html in grown]
                return
        raise AssertionError(f"{where}: its frames never stood still")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith("OWNED"):
            self.sprung.append(message.text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.sprung.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, request: Request) -> None:
        if CANARY in request.url:
            self.sprung.append(request.url)
