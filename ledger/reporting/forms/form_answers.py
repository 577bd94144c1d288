"""What somebody answered about a form, once: as a text that is kept, and as a mapping file.

```toml
period = "2026-11"            # the form's period, where it states none
stock = "today"               # as things stand: today's numbers in a form of days gone by
replace = true                # write over what was filled in before
record = "YL-000001"          # whose registration form it is

[headers]                     # a word of a header or of a row's name = key of a count, or "leave"
"涉及老年人数" = "resettled"

[words]                       # a word = choices of a ledger's column
"其他措施" = { ledger = "dispositions", column = "measure", values = ["crackdown"] }

[fields]                      # a list's header = column of its ledger, "ledger.column", or "leave"
"整改完成时限" = "dispositions.deadline"

[list]                        # which records a list holds
ledger = "institutions"
where = { tier = ["2", "3", "4"] }

[areas]                       # an area's name in the form = its code
"城关" = "990101001"
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS, ledger_named
from ledger.domain.tiers.errors import RuleError
from ledger.domain.values import fold
from ledger.reporting.figures.definitions import Term
from ledger.reporting.forms.form_units import without_units
from ledger.reporting.forms.form_words import terms_of
from ledger.reporting.forms.senses import FieldWord, Filter, FormWords, RowChoice, Sense

LEAVE = "leave"
_PARTS = ("period", "stock", "replace", "record", "headers", "words", "fields", "list", "areas")


@dataclass(frozen=True)
class FormAnswers:
    """Answers as they were given: texts by the words of the form."""

    period: str = ""
    stock: Literal["", "today"] = ""
    replace: bool = False
    record: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Any] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)

    @property
    def left(self) -> frozenset[str]:
        """Words whose cells are to stay blank."""
        own = {**self.headers, **self.fields}
        return frozenset(fold(word) for word, said in own.items() if said == LEAVE)

    def senses(self, words: FormWords) -> dict[str, Sense]:
        """Words of the form → what they were said to mean. Raises `Invalid` for unknown ones."""
        found: dict[str, Sense] = {}
        for text, key in self.headers.items():
            if key == LEAVE:
                continue
            if key not in words.counts:
                raise Invalid(f"“{text}”的对照“{key}”不是可以数的项目，请照说明填写")
            found[_bare(text)] = words.counts[key]
        for text, said in self.words.items():
            try:
                terms = terms_of(said["ledger"], {said["column"]: list(said["values"])})
            except (KeyError, TypeError, RuleError) as error:
                raise Invalid(f"“{text}”的对照写得不对：{error}") from None
            found[_bare(text)] = Filter(said["ledger"], said["column"], tuple(terms[0].value))  # type: ignore[arg-type]
        return found

    @property
    def list_choice(self) -> str:
        """Which of the proposed readings of a list's title was chosen; empty for none."""
        return str(self.rows.get("choice", ""))

    def field_for(self, header: str, ledger_key: str) -> FieldWord | None:
        """The column that a list's header was said to be. Raises `Invalid` for an unknown one."""
        for text, said in self.fields.items():
            if fold(text) != fold(header) or said == LEAVE:
                continue
            other, _, key = said.rpartition(".")
            ledger = LEDGERS.get(other or ledger_key)
            if ledger is None or key not in ledger.by_key:
                raise Invalid(
                    f"“{text}”的对照“{said}”不是台账的列，应写列的键，如 dispositions.deadline"
                )
            return FieldWord(ledger_key, key, other=other if other != ledger_key else "")
        return None

    def chosen_rows(self) -> RowChoice | None:
        """Which records a list was said to hold."""
        if "where" not in self.rows and "choice" in self.rows:
            return None
        if not self.rows:
            return None
        try:
            ledger = ledger_named(str(self.rows["ledger"]))
            where: tuple[Term, ...] = terms_of(ledger.key, dict(self.rows.get("where", {})))
        except (KeyError, TypeError, RuleError) as error:
            raise Invalid(f"[list] 写得不对：{error}") from None
        return RowChoice(ledger.key, str(self.rows.get("label", "按选定的条件")), where)


def _bare(text: str) -> str:
    """A header as it was asked about, without its unit."""
    texts = without_units([text]).texts
    return texts[0] if texts else fold(text)


def parse_answers(text: str) -> FormAnswers:
    """Answers from the text of a mapping file.

    Raises
    ------
    Invalid
        If it is no TOML, or has parts that there are not; the message lists these.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"对照文件不是有效的 TOML 写法，请检查引号和等号（{error}）") from None
    unknown = [key for key in said if key not in _PARTS]
    if unknown:
        raise Invalid(f"对照文件里不认识“{unknown[0]}”，可用：{'、'.join(_PARTS)}")
    for key in ("headers", "words", "fields", "list", "areas"):
        if not isinstance(said.get(key, {}), dict):
            raise Invalid(f"对照文件的 {key} 应写成 [{key}] 一节")
    if said.get("stock", "today") != "today":
        raise Invalid('对照文件的 stock 只能写 "today"（存量填截至今天的数）')
    return FormAnswers(
        period=str(said.get("period", "")),
        stock="today" if "stock" in said else "",
        replace=said.get("replace") is True,
        record=str(said.get("record", "")),
        headers={key: str(one) for key, one in said.get("headers", {}).items()},
        words=said.get("words", {}),
        fields={key: str(one) for key, one in said.get("fields", {}).items()},
        rows=said.get("list", {}),
        areas={key: str(one) for key, one in said.get("areas", {}).items()},
    )


def answers_text(answers: FormAnswers) -> str:
    """The same as a mapping file; period and old numbers hold for one time and are not kept."""
    lines = ["# 上级报表的对照关系"]
    if answers.stock:
        lines.append(f"stock = {_quoted(answers.stock)}")
    if answers.record:
        lines.append(f"record = {_quoted(answers.record)}")
    for name, pairs in (
        ("headers", answers.headers),
        ("fields", answers.fields),
        ("areas", answers.areas),
    ):
        if pairs:
            lines += ["", f"[{name}]", *(f"{_quoted(k)} = {_quoted(v)}" for k, v in pairs.items())]
    if answers.words:
        lines += ["", "[words]"]
        lines += [f"{_quoted(key)} = {_value(one)}" for key, one in answers.words.items()]
    if answers.rows:
        lines += ["", "[list]"]
        lines += [f"{key} = {_value(one)}" for key, one in answers.rows.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _value(one: Any) -> str:
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, int | float):
        return str(one)
    if isinstance(one, list | tuple):
        return "[" + ", ".join(map(_value, one)) + "]"
    if isinstance(one, Mapping):
        return "{ " + ", ".join(f"{_quoted(str(k))} = {_value(v)}" for k, v in one.items()) + " }"
    return _quoted(str(one))
