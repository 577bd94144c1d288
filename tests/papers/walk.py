"""The steps of a walk through the pages, as the guide writes them, and somebody who takes them.

A step is made of clauses: 打开“页”, 展开“栏”, “栏”填“字”, “栏”选“项”, 在“栏”上传“文件”, 按“按钮”.
What stands in brackets explains. Anything else is a clause that nobody can follow: `acts_of`
refuses it, so that a sentence of the guide that promises a step is a step of the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from pages.navigation import ENTRIES, PAGES

_CLAUSE = re.compile(
    r"在?“(?P<field>[^”]+)”(?P<how>填|选|上传)“(?P<value>[^”]+)”|(?P<verb>打开|展开|按)“(?P<what>[^”]+)”"
)
_SAID = re.compile(r"（[^（）]*）")
_STEP = re.compile(r"^\d+\. (.*)$")
_WHO = re.compile(r"^\*\*([^*]+)\*\*")
_FIELDS = ("text_input", "number_input", "text_area")


@dataclass(frozen=True)
class Act:
    """One thing done with the hand: ``verb`` on what is called ``label``."""

    verb: str
    label: str
    value: str = ""


@dataclass(frozen=True)
class Part:
    """What one person does, in order."""

    who: str
    acts: tuple[Act, ...]


def parts_of(section: str) -> list[Part]:
    """The walk of a section: each **person** with the numbered steps below."""
    found: list[tuple[str, list[Act]]] = []
    for line in section.splitlines():
        if who := _WHO.match(line):
            found.append((who[1], []))
        elif step := _STEP.match(line):
            assert found, f"nobody is named before: {line}"
            found[-1][1].extend(acts_of(step[1]))
    return [Part(who, tuple(acts)) for who, acts in found]


def acts_of(step: str) -> Iterator[Act]:
    """The clauses of a step; every word of it has to be one."""
    told = _SAID.sub("", step)
    rest = re.sub(r"[\s，。；]", "", _CLAUSE.sub("", told))
    assert not rest, f"no clause that can be followed: {rest!r} in {step!r}"
    for clause in _CLAUSE.finditer(told):
        if clause["verb"]:
            yield Act(clause["verb"], clause["what"])
        else:
            yield Act(clause["how"], clause["field"], clause["value"])


@dataclass
class Walker:
    """Somebody at a page: does what the guide says, and counts."""

    files: Path
    clicks: int = 0
    page: AppTest | None = None
    done: list[str] = field(default_factory=list)

    def take(self, act: Act) -> None:
        """One clause; fails with the words of the guide where the page has no such thing."""
        self.clicks += 1
        self.done.append(f"{act.verb}“{act.label}”{act.value}")
        if act.verb == "打开":
            (file,) = [one.file for one in ENTRIES if one.title == act.label]
            assert file is not None, f"“{act.label}” is no page of its own"
            self.page = AppTest.from_file(str(PAGES / file), default_timeout=120).run()
        else:
            _DOES[act.verb](self, act)
        assert self.page is not None
        assert not self.page.exception, f"{act}: {self.page.exception[0].value}"
        assert not self.page.error, f"{act}: {self.page.error[0].value}"

    def _found(self, kinds: tuple[str, ...], act: Act) -> Any:
        assert self.page is not None, f"no page was opened before {act}"
        every = [one for kind in kinds for one in self.page.get(kind)]
        every = [one for one in every if not getattr(one, "disabled", False)]
        same = [one for one in every if one.label == act.label]
        begun = same or [one for one in every if one.label.startswith(act.label)]
        there = sorted(one.label for one in every)
        assert len(begun) == 1, f"{act.verb}“{act.label}”: {len(begun)} on the page, of {there}"
        return begun[0]

    def fill(self, act: Act) -> None:
        one = self._found(_FIELDS, act)
        one.set_value(float(act.value) if one.type == "number_input" else act.value)
        self.page = one.run() if not one.form_id else self.page

    def choose(self, act: Act) -> None:
        one = self._found(("selectbox", "radio"), act)
        at = [n for n, text in enumerate(one.options) if text.startswith(act.value)]
        assert len(at) == 1, f"{act}: {one.options}"
        self.page = one.select_index(at[0]).run()

    def upload(self, act: Act) -> None:
        one = self._found(("file_uploader",), act)
        content = (self.files / act.value).read_bytes()
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        self.page = one.upload(act.value, content, kind).run()

    def press(self, act: Act) -> None:
        self.page = self._found(("button",), act).click().run()

    def unfold(self, act: Act) -> None:
        self._found(("expander",), act)


_DOES = {
    "填": Walker.fill,
    "选": Walker.choose,
    "上传": Walker.upload,
    "按": Walker.press,
    "展开": Walker.unfold,
}
