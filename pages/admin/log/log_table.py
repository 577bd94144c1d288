"""The log as a table: one line an entry, everything made inert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from ledger.domain.timing import clock
from ledger.records.history.audit import Entry
from pages._text import markup, safe
from pages._ui.html_table import html_table
from pages.admin.log.log_words import action_words, change_words, subject_words

HEADS = ("序号", "时间", "操作人", "操作", "对象", "内容(原值 → 新值)")
_MOST_LINES = 6


def log_html(entries: Iterable[Entry], names: Mapping[str, str]) -> str:
    """The entries in the order given; ``names`` are those of the people who made them."""
    rows = [_row(entry, names[entry.actor]) for entry in entries]
    return html_table(HEADS, rows, look="log", frame="log-frame", label="日志")


def _row(entry: Entry, who: str) -> tuple[object, ...]:
    at, subject = clock.local_text(entry.at), subject_words(entry)
    return entry.id, at, _who(entry.actor, who), action_words(entry), subject, _content(entry)


def _who(login: str, name: str) -> str:
    """The name; in the log the user name stands behind it, for names can be changed."""
    return name if name == login else f"{name}({login})"


def _content(entry: Entry) -> Markup:
    """Every change in a line of its own, folded where they are many; then the reason."""
    lines = [markup("<div>{}</div>", safe(line)) for line in change_words(entry)]
    body = Markup("").join(lines)
    if len(lines) > _MOST_LINES:
        folded = "<details><summary>{} 项内容</summary>{}</details>"
        body = markup(folded, len(lines), body)
    if entry.reason:
        body += markup("<div>理由：{}</div>", safe(entry.reason))
    return body
