"""What a service is called with: by the name of the parameter, and for a few by the service.

A new service whose parameters bear known names is walked without an entry. Where one is missing
the walk fails and says what to add: a line in `BY_NAME` (name → value for a target) or, for a
parameter that means something else in this service, in `BY_SERVICE` (service → arguments).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from geo.validation import Fields
from ledger.casework import contradictions
from ledger.casework.fact_questions import asked_of
from ledger.casework.steps import Move
from ledger.domain.access import SYSTEM, Action, Actor, Role
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.domain.progress import silent
from ledger.domain.proposals import Answer, Asked
from ledger.domain.timing.periods import Period
from ledger.exchange.importing import imports, large_files
from ledger.exchange.importing.area_lists import CODE_BY_NAME, NamesOnly
from ledger.exchange.importing.comparison_choices import Choices
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.people_rows import Person
from ledger.exchange.reading.pieces import PiecedBook, open_in_pieces
from ledger.exchange.writing.exports import export
from ledger.exchange.writing.formats import Exported
from ledger.operations.local_settings import LocalSettings
from ledger.people.accounts import list_users
from ledger.people.new_accounts import NewAccount
from ledger.records import service as records
from ledger.records.area_layers import AreaFile, read_layers
from ledger.records.history.logbook import LogFilter
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.rulebook import TIERS, shipped
from ledger.records.service import Edit
from ledger.reporting.bulletins import archive
from ledger.reporting.forms.filling import FilledForm
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.form_shapes import Form
from ledger.reporting.statistics import hotspots
from ledger.reporting.statistics.requests import Request
from ledger.storage import Store
from tests.access import world
from tests.access.discovery import Service
from tests.access.world import BATCH, KEPT, PNG, SECRET, TOKEN, TOLD, UNTIL, Planted
from tests.ledger.conftest import EAST_SOUTH, WEST_GRID
from tests.people import PASSWORD

MONTH = Period(date(2026, 5, 1), date(2026, 5, 31))
WHY = "核对情况需要"
NO_FORM = Form((), (), (), {}, {})


@dataclass(frozen=True)
class Ground:
    """Where a call is made: the database, a target in it, the actor, a folder for files.

    ``guide`` is a database in which the target is there, for arguments that only it can give.
    """

    store: Store
    guide: Store
    target: Planted
    actor: Actor
    folder: Path
    ledger: str = "institutions"

    @property
    def record_id(self) -> int:
        return int(self.target.ids.get(self.ledger, 0) or 0)

    @property
    def version(self) -> int:
        return self.target.versions.get(self.ledger, 1)

    @property
    def number(self) -> str:
        return self.target.numbers.get(self.ledger, "")


BY_NAME: Mapping[str, Callable[[Ground], Any]] = {
    "action": lambda g: Action.READ,
    "area_code": lambda g: g.target.code,
    "atlas": lambda g: current_atlas(g.store),
    "attachment_id": lambda g: g.target.ids["attachment"],
    "batch": lambda g: g.target.ids["batch"],
    "bulletin_id": lambda g: g.target.ids["bulletin"],
    "by": lambda g: "area",
    "content": lambda g: PNG,
    "edit": lambda g: Edit(g.record_id, g.version, {"remarks": "补充"}),
    "edits": lambda g: [Edit(g.record_id, g.version, {"remarks": "补充"})],
    "entity_id": lambda g: g.target.ids["entities"],
    "entry_id": lambda g: g.target.ids["entry"],
    "fingerprint": lambda g: "abc",
    "form_id": lambda g: g.target.ids.get("form", 0),
    "form": lambda g: f"institutions/{g.record_id}",
    "format": lambda g: "csv",
    "keys": lambda g: ["number", "area_code", "updated_by"],
    "kind": lambda g: "daily",
    "kind_key": lambda g: "daily",
    "lead_id": lambda g: g.target.ids.get("leads", 0),
    "ledger": lambda g: INSTITUTIONS,
    "ledger_key": lambda g: g.ledger,
    "mapping": lambda g: FileMapping(),
    "mapping_id": lambda g: g.target.ids["mapping"],
    "message": lambda g: WHY,
    "name": lambda g: "新名称",
    "note": lambda g: WHY,
    "number": lambda g: 2,
    "period": lambda g: MONTH,
    "periods": lambda g: 2,
    "reason": lambda g: WHY,
    "record_id": lambda g: g.record_id,
    "months": lambda g: 36,
    "password": lambda g: PASSWORD + "9",
    "path": lambda g: _import_file(g),
    "request": lambda g: _request(g),
    "round_number": lambda g: 1,
    "scope_code": lambda g: g.target.code,
    "selection": lambda g: Selection(area_path=g.target.path),
    "selections": lambda g: (Selection(area_path=g.target.path), Selection(text=SECRET)),
    "setting": lambda g: {"kind": "none"},
    "suffix": lambda g: "csv",
    "text": lambda g: "第一行",
    "title": lambda g: "标题",
    "logged_title": lambda g: "标题",
    "token": lambda g: TOKEN,
    "until": lambda g: UNTIL,
    "user_id": lambda g: g.target.ids["user"],
    "values": lambda g: _new_record(g),
    "address": lambda g: f"area={g.target.code}",
    "view_id": lambda g: g.target.ids["view"],
    "version": lambda g: g.version,
    "versions": lambda g: {g.record_id: g.version},
    "village_code": lambda g: (g.target.code or "")[:12],
}


def _request(g: Ground) -> Request:
    return Request(MONTH, ledger="inspections", level="grid", scope=g.target.code)


def _new_record(g: Ground) -> dict[str, Any]:
    """A new record of the ledger in the target's area."""
    values = world._records(f"新增{g.ledger}", g.target.code)[g.ledger]
    values = {key: value for key, value in values.items() if value is not None}
    if "institution" in values:
        values["institution"] = g.target.numbers.get("institutions", "无")
    return values


def _import_file(g: Ground, more: str = "") -> Path:
    """A table of one row that changes the target's institution, and more rows."""
    path = g.folder / "in.csv"
    # That a number is taken cannot be hidden from who may give numbers: others' stay unsaid.
    number = g.number if g.target.code == WEST_GRID else ""
    path.write_text(
        f"编号,机构名称,床位数,所属区域\n{number},改名机构,31,{g.target.code or ''}\n{more}",
        encoding="utf-8-sig",
    )
    return path


def _in_pieces(g: Ground) -> PiecedBook:
    """The same table as one that is read in pieces; of a text nothing is held open."""
    with open_in_pieces(_import_file(g)) as book:
        return book


def _returned_file(g: Ground) -> Path:
    """A workbook of the target's institution as it was exported by the system."""
    selection = Selection(area_path=g.target.path)
    path = g.folder / "back.xlsx"
    path.write_bytes(export(g.guide, SYSTEM, "institutions", selection, "xlsx").content)
    return path


def _area_file(g: Ground) -> AreaFile:
    path = g.folder / "areas.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":'
        '{"code":"990101003","name":"丙镇"},"geometry":{"type":"Polygon","coordinates":'
        "[[[127.2,29.0],[127.3,29.0],[127.3,29.1],[127.2,29.1],[127.2,29.0]]]}}]}",
        encoding="utf-8",
    )
    return AreaFile(path, "township", Fields("code", "name"), "wgs84")


def _area_list(g: Ground) -> Path:
    path = g.folder / "names.csv"
    path.write_text("代码,名称\n990101003,丙镇\n", encoding="utf-8")
    return path


def _people_list(g: Ground) -> Path:
    path = g.folder / "people.csv"
    path.write_text(f"姓名,角色,辖区\n新人,审计员,{g.target.code or ''}\n", encoding="utf-8")
    return path


def _record(g: Ground) -> Mapping[str, Any]:
    return records.get(g.guide, SYSTEM, g.ledger, g.record_id)


def _asked(g: Ground) -> dict[str, Any]:
    """The open questions about the target's institution, and an answer to them."""
    case = g.target.ids.get("petitions", 0), g.target.numbers.get("petitions", "")
    made_up = Asked(g.number, "complained", True, "petitions", *case, "信访事项涉及该机构")
    return {
        "questions": asked_of(g.guide, SYSTEM, g.number) or (made_up,),
        "answer": Answer(keep=True, reason=WHY),
    }


def _concluded_lead(g: Ground) -> dict[str, Any]:
    """A step that finds the target's lead true."""
    number = g.target.numbers.get("leads", "")
    lead = {"id": g.target.ids.get("leads", 0), "number": number, "institution": g.number}
    after = {**lead, "finding": "true", "verified_on": UNTIL}
    return {"ledger": LEDGERS["leads"], "record": lead, "after": after}


def _token(g: Ground) -> str:
    """What stands for the facts of the target's finding."""
    found = contradictions.findings(g.guide, SYSTEM, current_atlas(g.guide), TOLD)
    return next((one.token for one in found if one.record_id == g.record_id), "")


_STEPS = {
    "leads": ("verify", {"handler": "李四"}),
    "petitions": ("transfer", {"responsible_unit": "民政所"}),
    "dispositions": ("plan", {"plan": "约谈", "responsible": "李四", "deadline": "2026-06-30"}),
    "measures": ("approve", {}),
}


def _step(g: Ground) -> tuple[str, dict[str, Any]]:
    return _STEPS.get(g.ledger, ("verify", {}))


BY_SERVICE: Mapping[str, Callable[[Ground], dict[str, Any]]] = {
    "exchange.printing.visit_form.printed_visit_form": lambda g: {"number": g.number},
    "records.assessments.override": lambda g: {"tier": 2},
    "records.assessments.why": lambda g: {"record": _record(g)},
    "records.assessments.advice": lambda g: {"record": _record(g)},
    "records.attachments.attach": lambda g: {"name": "新.png"},
    "records.bulk.create_many": lambda g: {"rows": [_new_record(g)]},
    "reporting.bulletins.archive.fill_in": lambda g: {"version": 2, "next_steps": "继续排查"},
    "reporting.bulletins.archive.issue": lambda g: {"version": 2},
    "reporting.bulletins.archive.keep": lambda g: {
        "content": archive.read(g.guide, SYSTEM, g.target.ids["bulletin"]).content,
        "scope_path": archive.read(g.guide, SYSTEM, g.target.ids["bulletin"]).entry.scope_path,
        "pictures": {},
    },
    "reporting.bulletins.archive.remember_download": lambda g: {
        "entry": archive.read(g.guide, SYSTEM, g.target.ids["bulletin"]).entry,
        "filename": "通报.docx",
    },
    "reporting.bulletins.files.bulletin_file": lambda g: {"suffix": "docx"},
    "casework.alerts.acknowledge_lead": lambda g: {"version": g.target.versions.get("leads", 1)},
    "casework.by_area.open_within": lambda g: {"codes": frozenset({g.target.code or ""})},
    "casework.changed_since.changed_since": lambda g: {"since": date(2026, 5, 1)},
    "casework.case_facts.answer_fact": _asked,
    "casework.fact_questions.asked_by_step": _concluded_lead,
    "casework.fact_questions.asked_of": lambda g: {"institution": g.number},
    "casework.fact_moves.how_many_move": lambda g: {
        "rules_text": shipped(TIERS).read_text(encoding="utf-8")
    },
    "casework.entities.verify_entity": lambda g: {
        "version": g.target.versions["entities"],
        "is_institution": False,
    },
    "casework.contradictions.findings": lambda g: {"rule_id": TOLD},
    "casework.settling.settle": lambda g: {
        "rule_id": TOLD,
        "token": _token(g),
        "on": date(2026, 5, 1),
    },
    "casework.settling.withdraw": lambda g: {"rule_id": KEPT},
    "casework.steps.questions_of": lambda g: {
        "record": _record(g),
        **dict(zip(("step_key", "values"), _step(g), strict=True)),
    },
    "casework.steps.take_step": lambda g: dict(
        zip(("step_key", "values"), _step(g), strict=True), reason=WHY
    ),
    "casework.steps.take_steps": lambda g: {
        "moves": [Move(g.record_id, g.version, _step(g)[0], _step(g)[1], WHY)]
    },
    "exchange.writing.exports.export_to": lambda g: {"path": g.folder / "out.csv"},
    "exchange.writing.exports.remember": lambda g: {
        "exported": Exported("机构.xlsx", b"", "text/plain", 1),
        "title": "机构",
    },
    "exchange.importing.round_trip.read_back": lambda g: {"path": _returned_file(g)},
    # With a row that is called like one elsewhere: nobody is told that there is one.
    "exchange.importing.imports.check": lambda g: {
        "path": _import_file(g, f",{SECRET}机构{EAST_SOUTH},31,{g.target.code or ''}\n")
    },
    # A workbook that came back; `import_file` is walked with a file of others.
    "exchange.importing.imports.take": lambda g: {
        "path": _returned_file(g),
        "checked": imports.check(g.guide, SYSTEM, "institutions", _returned_file(g)),
        "choices": Choices(),
        "batch": BATCH,
    },
    # What `import_file` does with a file that is too large to be held at once.
    "exchange.importing.large_files.import_in_pieces": lambda g: {
        "sheet": None,
        "mapping": None,
        "asked": large_files.Asked(False, False, (), ()),
        "progress": silent,
    },
    "exchange.reading.reading.find_top": lambda g: {
        "book": _in_pieces(g),
        "sheet": None,
        "mapping": None,
    },
    "exchange.reading.own_words.add_word": lambda g: {"column": "name", "said": "又一种叫法"},
    "exchange.reading.own_words.remove_word": lambda g: {"word_id": g.target.ids["word"]},
    "exchange.importing.past_imports.undo_import": lambda g: {"number": g.target.ids["import"]},
    "exchange.importing.past_imports.past_imports": lambda g: {"ledger_key": "institutions"},
    "reporting.forms.filling.fill_form": lambda g: {"path": world.blank_form(g.folder)},
    "reporting.forms.kept_forms.keep_form": lambda g: {"path": world.blank_form(g.folder)},
    "reporting.forms.siblings.nearest_sibling": lambda g: {"asked": [("headers", "星级")]},
    "reporting.forms.kept_forms.answer_form": lambda g: {"answers": FormAnswers()},
    "reporting.forms.sent_forms.mark_sent": lambda g: {
        "filled": FilledForm(b"", "xlsx", NO_FORM, (), (), (), "甲", g.target.path or "/", "本月")
    },
    "reporting.figures.breakdowns.breakdown": lambda g: {"key": "petitions_registered"},
    "records.history.logbook.read_log": lambda g: {"wanted": LogFilter()},
    "records.putting_back.put_back_field": lambda g: {"key": "remarks"},
    "people.accounts.add_user": lambda g: {
        "name": "xinren",
        "role": Role.LEADER,
        "scope_code": g.target.code or "*",
        "password": PASSWORD + "9",
    },
    "exchange.reading.kept_words.take_kept": lambda g: {"words": [], "mappings": []},
    "reporting.forms.carried_forms.take_forms": lambda g: {"forms": []},
    "people.office.basemap_here": lambda g: {"portable": {"kind": "none"}},
    **dict.fromkeys(
        [f"operations.local_settings.{name}" for name in ("differences", "take_settings")],
        lambda g: {"given": LocalSettings(format=1, program="", made_at="", office="某镇")},
    ),
    "operations.first_day.set_step_aside": lambda g: {"key": "grids", "is_aside": True},
    "people.new_accounts.add_accounts": lambda g: {
        "accounts": [NewAccount("", "新人", Role.AUDITOR, g.target.code or "*", "hash")]
    },
    "exchange.importing.people_lists.add_people": lambda g: {
        "people": [Person(2, "", "新人", Role.AUDITOR, g.target.code or "*", "")]
    },
    "exchange.importing.people_lists.read_people": lambda g: {"path": _people_list(g)},
    "exchange.importing.people_lists.new_slips": lambda g: {
        "users": [one for one in list_users(g.guide, SYSTEM) if one.id == g.target.ids["user"]]
    },
    "people.resetting.reset_passwords": lambda g: {"hashes": {g.target.ids["user"]: "hash"}},
    "people.resetting.reset_password": lambda g: {"password": PASSWORD + "9"},
    "people.accounts.set_disabled": lambda g: {"disabled": True},
    "people.accounts.set_display_name": lambda g: {"display_name": "改名"},
    "people.accounts.set_role_and_scope": lambda g: {
        "role": Role.AUDITOR,
        "scope_code": g.target.code or "*",
    },
    **dict.fromkeys(
        [f"people.admin_reset.{name}" for name in ("ask", "confirm", "withdraw")],
        lambda g: {"user_id": g.target.ids["admin"]},
    ),
    "people.sessions.end_own_session": lambda g: {"key": g.target.ids["session"]},
    "people.signin.change_password": lambda g: {"old": PASSWORD, "new": PASSWORD + "9"},
    "records.area_loading.load_areas": lambda g: {"files": (_area_file(g),)},
    "records.area_loading.load_layers": lambda g: {"layers": read_layers([_area_file(g)])[0]},
    "exchange.importing.area_lists.load_list": lambda g: {
        "path": _area_list(g),
        "fields": Fields("代码", "名称"),
    },
    **dict.fromkeys(
        [f"exchange.importing.area_lists.{name}" for name in ("load_by_name", "match_names")],
        lambda g: {
            "file": replace(_area_file(g), fields=Fields(CODE_BY_NAME, "name")),
            "names": NamesOnly(_area_list(g), "990101"),
        },
    ),
    "records.revealing.reveal": lambda g: {
        "key": "petitioner" if g.ledger == "petitions" else "informant"
    },
    "reporting.rating.measures.propose": lambda g: {"kind": "notice"},
    "records.service.restore": lambda g: {"versions": {g.target.ids["binned"]: 2}},
    "operations.rule_files.adopt": lambda g: {"kind": "deadlines"},
    "operations.rule_files.rule_text": lambda g: {"kind": "deadlines"},
    "operations.rule_files.preview": lambda g: {"kind": "deadlines"},
    "reporting.statistics.red_homes.red_homes": lambda g: {
        "answer": hotspots.hotspots(
            g.guide, SYSTEM, Request(MONTH, ledger="inspections", level="grid")
        )
    },
    "reporting.statistics.exporting.remember": lambda g: {
        "answer": hotspots.hotspots(
            g.guide, SYSTEM, Request(MONTH, ledger="inspections", level="grid")
        ),
        "name": "热点.csv",
    },
    "reporting.statistics.exporting.table_for_scripts": lambda g: {"name": "热点.csv"},
    "people.own_columns.keep_columns": lambda g: {"shown": ["phone"], "widths": {"phone": 90}},
    "records.finding.find_everywhere": lambda g: {"text": "机构"},
    "records.office_calendar.choose_profile": lambda g: {"profile": "reply_3_answer_15"},
    "records.office_calendar.load_holiday_list": lambda g: {"text": _HOLIDAYS},
}
_HOLIDAYS = """国务院办公厅关于2027年部分节假日安排的通知
元旦：1月1日（周五）至3日（周日）放假，共3天。
"""
# Services that are walked in other ledgers besides; a ``ledger_key`` is, in all.
IN_LEDGERS = {
    "records.revealing.reveal": ("petitions", "leads"),
    "casework.by_area.open_within": ("leads", "dispositions"),
    "casework.steps.questions_of": tuple(_STEPS),
    "casework.steps.take_step": tuple(_STEPS),
    "casework.steps.take_steps": tuple(_STEPS),
    "records.service.restore": ("institutions",),
    "exchange.importing.imports.import_file": ("institutions",),
    "exchange.importing.imports.check": ("institutions",),
    "casework.by_area.cases_by_area": ("leads", "dispositions"),
}


def ledgers_of(service: Service) -> tuple[str, ...]:
    """The ledgers in which a service is walked."""
    if service.name in IN_LEDGERS:
        return IN_LEDGERS[service.name]
    return world.LEDGERS if "ledger_key" in service.parameters else ("institutions",)


def arguments(service: Service, ground: Ground) -> dict[str, Any]:
    """The arguments of one call. Fails for a parameter that nobody has told a value for."""
    own = BY_SERVICE.get(service.name, lambda _: {})(ground)
    given = dict(own)
    for name in service.parameters:
        if name in given or (name in service.optional and name not in _WORTH_GIVING):
            continue
        if name not in BY_NAME:
            raise AssertionError(
                f"{service.name} takes “{name}: {service.parameters[name]}”, which the access walk "
                f"does not know. Add to tests/access/arguments.py either BY_NAME[{name!r}] or "
                f"BY_SERVICE[{service.name!r}] with a value for a target inside a scope."
            )
        given[name] = BY_NAME[name](ground)
    return given


# Optional parameters that say what is asked for rather than how.
_WORTH_GIVING = frozenset({"area_code", "scope_code", "token"})


def variants(service: Service, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The call itself, as a trial where it offers one, and without a named area, where it takes
    one or a selection."""
    yield arguments
    if "preview" in service.optional:
        yield arguments | {"preview": True}
    for name in ("area_code", "scope_code"):
        if arguments.get(name) is not None:
            yield arguments | {name: None}
    if isinstance(arguments.get("selection"), Selection):
        yield arguments | {"selection": Selection()}


__all__ = ["LEDGERS", "Ground", "arguments", "ledgers_of", "variants"]
