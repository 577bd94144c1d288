"""Tables of the application itself: accounts, drafts, settings, files. Ledgers are in `tables`."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from ledger.storage.schema import Id, Moment, PathText, metadata

attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("ledger", String(40), nullable=False),
    Column("record_id", Id, nullable=False),
    Column("name", String(120), nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("size", Integer, nullable=False, doc="bytes"),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)
Index(None, attachments.c.ledger, attachments.c.record_id)


drafts = Table(
    "drafts",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("form", String(120), primary_key=True, doc="ledger and record, or ledger and 'new'"),
    Column("values", JSON, nullable=False, doc="what was typed, as typed"),
    Column("version", Integer, doc="of the record when the draft was begun; NULL for a new one"),
    Column("updated_at", Moment, nullable=False),
)


backdrop = Table(
    "backdrop",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False, doc="road or water"),
    Column("name", Text),
    Column("class_", Text),
    Column("geometry", LargeBinary, nullable=False, doc="WKB, WGS84"),
)


users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("display_name", String(80), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("scope_code", String(40), nullable=False, doc="an area code, or * for the whole tree"),
    Column("must_change", Boolean, nullable=False, server_default=false()),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failed_since", Moment, doc="when the first of these failures was"),
    Column("locked_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("demo", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)


failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("key", String(64), primary_key=True, doc="keyed hash of an address or unknown name"),
    Column("failures", Integer, nullable=False),
    Column("since", Moment, nullable=False, doc="when the first of these failures was"),
    Column("until", Moment, doc="nothing may be tried before"),
)
Index(None, failed_sign_ins.c.since)


sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("csrf_token", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("address", String(80)),
    Column("agent", String(200)),
    Column("sign_on", String(64), doc="hash of the single sign-on that began it; NULL: a password"),
)
Index(None, sessions.c.user_id)
Index(None, sessions.c.sign_on, unique=True)


options = Table(
    "options",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("value", JSON, nullable=False),
)


counters = Table(
    "counters",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("value", Id, nullable=False),
)


bulletins = Table(
    "bulletins",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False, doc="daily, weekly, halfmonthly, monthly"),
    Column("scope_code", String(40), nullable=False, doc="an area code, or * for the whole tree"),
    Column("scope_path", PathText, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False, doc="counted by kind, scope and year"),
    Column("state", String(20), nullable=False, doc="draft, issued, superseded"),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("title", String(200), nullable=False),
    Column("content", Text, nullable=False, doc="frozen: canonical JSON of what it says"),
    Column("pictures", JSON, nullable=False, doc="frozen: name to PNG in base64"),
    Column("digest", String(64), nullable=False, doc="SHA-256 of content and pictures"),
    Column("next_steps", Text, nullable=False, doc="typed by hand until it is issued"),
    Column("version", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("issued_at", Moment),
    Column("issued_by", String(80)),
    sqlite_autoincrement=True,
)
Index(None, bulletins.c.scope_path, bulletins.c.ends_on)


remembered_mappings = Table(
    "remembered_mappings",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("ledger", String(40), nullable=False),
    Column("scope_path", PathText, nullable=False, doc="whose it is"),
    Column("fingerprint", String(64), nullable=False, doc="of the header's texts, in their order"),
    Column("name", String(80), nullable=False),
    Column("content", Text, nullable=False, doc="a mapping file (TOML)"),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", String(80), nullable=False),
    UniqueConstraint("ledger", "scope_path", "fingerprint"),
    sqlite_autoincrement=True,
)


own_words = Table(
    "own_words",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("ledger", String(40), nullable=False),
    Column("scope_path", PathText, nullable=False, doc="whose it is"),
    Column("column", String(80), nullable=False, doc="the key of the ledger's column"),
    Column("said", String(80), nullable=False, doc="what files call it, or write in its cells"),
    Column("meant", String(200), nullable=False, doc="the choice that is meant; empty: a heading"),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", String(80), nullable=False),
    UniqueConstraint("ledger", "scope_path", "column", "said"),
    sqlite_autoincrement=True,
)


saves = Table(
    "saves",
    metadata,
    Column("token", String(64), primary_key=True, doc="one press of 保存; safe to press twice"),
    Column("at", Moment, nullable=False),
    Column("result", JSON, nullable=False),
)


settled_findings = Table(
    "settled_findings",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("rule", String(80), nullable=False, doc="id of a rule of contradictions"),
    Column("ledger", String(40), nullable=False),
    Column("record_id", Id, nullable=False),
    Column("facts", Text, nullable=False, doc="what it rested on; with others it is open again"),
    Column("reason", Text, nullable=False),
    Column("settled_on", Date, nullable=False),
    Column("settled_at", Moment, nullable=False),
    Column("settled_by", String(80), nullable=False),
    Column("withdrawn_at", Moment),
    Column("withdrawn_by", String(80)),
    sqlite_autoincrement=True,
)
Index(None, settled_findings.c.ledger, settled_findings.c.record_id)


saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("ledger", String(40), nullable=False),
    Column("name", String(80), nullable=False),
    Column("address", Text, nullable=False, doc="the parameters of the ledger page"),
    Column("shared", Boolean, nullable=False, server_default=false()),
    Column("scope_path", PathText, nullable=False, doc="of its owner when it was kept"),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("user_id", "ledger", "name"),
    sqlite_autoincrement=True,
)
Index(None, saved_views.c.ledger)


# Which columns of a ledger a person has on show, in their order: keys separated by commas. How wide
# they drew some: ``key:pixels``, separated by commas.
own_columns = Table(
    "own_columns",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("ledger", String(40), primary_key=True),
    Column("shown", Text),
    Column("widths", Text),
)


kept_forms = Table(
    "kept_forms",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("scope_path", PathText, nullable=False, doc="whose it is"),
    Column("fingerprint", String(64), nullable=False, doc="of the words of the blank form"),
    Column("name", String(120), nullable=False),
    Column("suffix", String(10), nullable=False),
    Column("blank", LargeBinary, nullable=False, doc="the file as it came"),
    Column("content", Text, nullable=False, doc="what was answered about it (TOML)"),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", String(80), nullable=False),
    UniqueConstraint("scope_path", "fingerprint"),
    sqlite_autoincrement=True,
)


sent_forms = Table(
    "sent_forms",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column(
        "form_id", Id, ForeignKey("kept_forms.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("scope_path", PathText, nullable=False, doc="which office sent it"),
    Column("at", Moment, nullable=False),
    Column("by", String(80), nullable=False),
    Column("area", String(120), nullable=False),
    Column("days", String(80), nullable=False, doc="the period in words"),
    Column("cells", JSON, nullable=False, doc="place → header and what stood there"),
    sqlite_autoincrement=True,
)
