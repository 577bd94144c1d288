"""Settings of one installation, read from the environment (prefix ``LEDGER_``)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Every field can be set as ``LEDGER_<FIELD>``; times are minutes unless named otherwise."""

    model_config = SettingsConfigDict(env_prefix="LEDGER_")

    database_url: str = f"sqlite:///{PROJECT / 'data' / 'var' / 'ledger.db'}"
    key_file: Path | None = None
    session_idle_minutes: int = 30
    session_absolute_minutes: int = 12 * 60
    lockout_failures: int = 5
    lockout_minutes: int = 15
    max_upload_megabytes: int = 50
    # Of files whose cells cannot be counted before they are read (ods, html, xml, docx).
    max_import_rows: int = 200_000
    # How much memory a table that is read at once may need.
    max_import_megabytes: int = 1500
    # The command line reads sheets of more than this (as XML) in pieces, up to a largest one.
    pieces_from_megabytes: int = 200
    piece_megabytes: int = 24
    max_pieces_megabytes: int = 4000
    max_import_columns: int = 300
    max_cell_characters: int = 32_767
    # Real ledgers of the largest allowed size unpack to a third of this.
    max_unpacked_megabytes: int = 1000
    max_formulas: int = 1_000_000
    # Files that people send are read in a process of its own, which may take this much memory.
    reading_apart: bool = True
    max_reading_megabytes: int = 3000
    secure_cookies: bool = False
    # Where `python -m ledger backup` is told to put its copies, so that their age can be shown.
    backup_folder: Path = PROJECT / "data" / "var" / "backups"
    backup_oldest_hours: int = 26
    # The certificate of the local authority that browsers are to trust (deploy/installer).
    authority_file: Path | None = None
    # A demo answers on this machine only, unless somebody says that it may be open to others.
    demo_open: bool = False
    # Below this the disk counts as full: the service says so before a save fails.
    minimum_free_megabytes: int = 200
    slow_statement_milliseconds: int = 200
    # Who asks for /metrics from another machine has to send this as a bearer token.
    metrics_token: str = ""
    # Single sign-on by OpenID Connect (deploy/README.md); off without an issuer and a client.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_client_secret_file: Path | None = None
    oidc_scopes: str = "openid profile"
    # Which claim holds the user name of this system.
    oidc_claim: str = "preferred_username"
    oidc_label: str = "统一身份认证登录"
    # The authority that signed the provider's certificate, where it is the intranet's own.
    oidc_ca_file: Path | None = None


@lru_cache
def settings() -> Settings:
    """The settings, read once; tests call ``settings.cache_clear()`` after changing them."""
    return Settings()
