"""Settings: from the environment (LOTSE_...), from a `.env` file, else defaults that run at once.

Every setting is documented in docs/settings.md, and a test says so.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

_LOCAL = {"localhost", "127.0.0.1", "::1"}
_DOMAIN = r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$"


class Settings(BaseSettings):
    """What an operator can set. Relative paths count from where the command runs."""

    model_config = SettingsConfigDict(env_prefix="LOTSE_", env_file=".env", extra="ignore", env_ignore_empty=True)

    city: str = Field("erfurt", description="Folder below the knowledge folder: the city this bot serves.")
    knowledge: Path = Field(Path("knowledge"), description="The knowledge folder.")
    translations: Path = Field(Path("translations"), description="The bot's own sentences (gettext .po files).")
    var: Path = Field(Path("var"), description="Where Lotse writes: database, embeddings, mail in folder mode.")
    cache: Path | None = Field(
        None, description="What was made of the knowledge before (an image brings it); read, then `var`."
    )
    database_url: str = Field("", description="sqlite:///file or postgresql://...; empty: SQLite in `var`.")
    database_pool: int = Field(
        24, ge=4, description="Connections of one process to PostgreSQL, at most; times processes: below its 100."
    )

    telegram_token: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("LOTSE_TELEGRAM_TOKEN", "TELEGRAM_TOKEN"),
        description="The bot's token from @BotFather; empty: chat in the terminal.",
    )
    telegram_api: str = Field("https://api.telegram.org", description="The Bot API server.")

    webhook_url: str = Field(
        "",
        pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)[:/]\S*)?$",
        description="https address at which Telegram reaches this bot; empty: the bot asks Telegram by itself.",
    )
    webhook_host: str = Field("127.0.0.1", description="Where the webhook listens, behind your TLS proxy.")
    webhook_port: int = Field(
        0, ge=0, le=65535, description="Its port; 0: that of the chat in a browser, or 8443 where `web` is empty."
    )

    web: str = Field(
        "", description="HOST:PORT of the chat in a browser, with + behind it the next free port; empty: none."
    )
    web_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+)?$",
        description="Its address as people reach it, behind your TLS proxy: https://lotse.city.example.",
    )
    web_origins: str = Field("", description="Web sites that may show the chat in a frame, with commas: https://...")
    web_proxies: str = Field(
        "", description="Addresses of your proxies, with commas: only they are believed whom X-Forwarded-For names."
    )

    metrics: str = Field(
        "", description="HOST:PORT of /metrics (Prometheus), /healthz and /readyz for those who watch; empty: none."
    )
    oidc_issuer: str = Field(
        "",
        pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)[:/]\S*)?$",
        description="Identity provider of the console (Keycloak, Entra ID: see operators.md); empty: passwords alone.",
    )
    oidc_client_id: str = Field("", description="Lotse's id there.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Its secret.")
    oidc_name: str = Field("dem Konto der Stadt", description="How the sign-in page calls it: sign in with ...")
    oidc_role_claim: str = Field("roles", description="Where its token names roles; with dots: realm_access.roles.")
    oidc_roles: str = Field(
        "", description="Its names for the console's roles, with commas: lotse-text=editor,...; empty: the same names."
    )

    two_eyes: bool = Field(
        False, description="In the console a change by an editor waits until a reviewer publishes it."
    )

    office_email: str = Field("", description="Where handed-over questions go. Required with `smtp_host`.")
    mail_from: str = Field("", description="Sender address of Lotse's mails. Required with `smtp_host`.")
    reply_to: str = Field("", description="Mailbox that reads the office's replies; empty: `mail_from`.")
    smtp_host: str = Field("", description="Outgoing mail server; empty: mails become files in `var`/mail.")
    smtp_port: int = Field(587, description="Its port: 587 for STARTTLS, 465 for TLS.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`none` only for a server on this machine."
    )
    smtp_user: str = Field("", description="User name at the mail server; empty: no login.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the mail server.")
    smtp_ca_file: Path | None = Field(None, description="CA certificates, if the system's are not enough.")

    dkim_key_file: Path | None = Field(
        None, description="Private key (PEM) that signs outgoing mail (DKIM); empty: your mail server signs, or nobody."
    )
    dkim_selector: str = Field(
        "lotse", pattern=_DOMAIN, description="Name of that key in DNS: `lotse mail test` prints the record."
    )
    dkim_domain: str = Field(
        "", pattern=rf"^$|{_DOMAIN}", description="Domain it signs for; empty: the domain of `mail_from`."
    )

    office_email_2: str = Field("", description="The office's second address: where a mail goes that bounced.")
    office_senders: str = Field(
        "", description="Who else may reply for the office, with commas: addresses, or @domain for all of it."
    )
    centres: str = Field(
        "", description="Counselling centres that may ask by mail: addresses or @domains, with commas."
    )
    strangers: Literal["answer", "refuse", "ignore"] = Field("refuse", description="What others who write get.")
    mails_per_hour: int = Field(20, ge=1, description="Mails of ours to one address in an hour, at most.")
    authserv_id: str = Field(
        "",
        pattern=r"^[A-Za-z0-9._-]*$",
        description="Name of your mail server in Authentication-Results. Required when mail is read.",
    )
    dmarc: bool = Field(True, description="Believe a sender only with dmarc=pass; `false` only in a closed network.")
    imap_host: str = Field("", description="Mail server whose mailbox is read; empty: none.")
    imap_port: int = Field(993, description="Its port: 993 for TLS, 143 for STARTTLS.")
    imap_security: Literal["tls", "starttls", "none"] = Field("tls", description="`none` only on this machine.")
    imap_user: str = Field("", description="User name of the mailbox.")
    imap_password: SecretStr = Field(SecretStr(""), description="Its password; not needed with `oauth_client_id`.")
    imap_folder: str = Field("INBOX", description="The folder that is read.")
    imap_done: str = Field("", description="Folder that read mail is moved to; empty: it stays, marked as seen.")
    oauth_token_url: str = Field(
        "",
        pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)[:/]\S*)?$",
        description="Where access tokens come from (Microsoft 365: see operators.md).",
    )
    oauth_client_id: str = Field("", description="The application's id there; empty: a password is used.")
    oauth_client_secret: SecretStr = Field(SecretStr(""), description="The application's secret.")
    oauth_scope: str = Field("https://outlook.office365.com/.default", description="What the token is for.")
    lmtp_port: int = Field(0, description="Port on this machine where your mail server hands mail in; 0: none.")
    lmtp_host: str = Field("127.0.0.1", description="Address it listens on.")

    retention_days: int = Field(30, ge=1, le=366, description="A person who is silent for so long is forgotten.")
    backup_days: int = Field(
        30, ge=1, le=30, description="`lotse backup` deletes its older copies; askers are told 30 days at most."
    )
    per_minute: int = Field(20, ge=1, description="Messages of one person that are read in a minute; the rest waits.")
    questions_per_day: int = Field(20, ge=1, description="Questions of one sender in a day, by mail or to the office.")
    quarantine_mails: int = Field(500, ge=1, description="So many mails are held at most; unproven ones go first.")
    quarantine_mb: int = Field(200, ge=1, description="So many megabytes of them.")
    model: str = Field(
        "e5", description="`none`: by words alone, without the model; or a folder with model.onnx and tokenizer.json."
    )
    precision: Literal["auto", "fp32", "int8"] = Field(
        "auto", description="How the model computes; `auto`: int8 on a processor that multiplies bytes, else fp32."
    )
    operator_email: str = Field(
        "", description="Who is told what needs an operator, once an hour a kind; empty: the log."
    )
    operator_chat: int = Field(
        0, description="The same by Telegram: number of a chat that has written to the bot; 0: no."
    )
    health_minutes: float = Field(
        10, gt=0, description="A channel that fails for so long, or a row that waits, makes `lotse health` end with 1."
    )
    health_dead: int = Field(0, ge=0, description="So many rows that were given up are no matter for health.")
    health_held: int = Field(20, ge=0, description="So many mails in quarantine are no matter for health.")
    health_file: Path | None = Field(None, description="Written every few seconds; empty: `var`/health.json.")
    log_format: Literal["console", "json"] = Field("console", description="How log lines look (standard error).")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="From which level on.")

    def make_var(self) -> None:
        """Make ``var`` where it is not there yet, nobody else's to read, whichever command is first. Raises OSError."""
        self.var.mkdir(mode=0o700, parents=True, exist_ok=True)

    def cache_folder(self) -> Path:
        """Where Lotse keeps what it learns, in ``var``, which is there then if it can be made."""
        with suppress(OSError):  # where nothing can be written, it is learned again next time
            self.make_var()
        return self.var / "cache"

    @property
    def database(self) -> str:
        """The database address, with the default filled in."""
        return self.database_url or f"sqlite:///{self.var / 'lotse.db'}"

    @property
    def health(self) -> Path:
        return self.health_file or self.var / "health.json"

    @property
    def signs_for(self) -> str:
        """The domain that outgoing mail is signed for."""
        return (self.dkim_domain or self.mail_from.rpartition("@")[2]).lower()

    @property
    def reads_mail(self) -> bool:
        """Whether replies and questions come in by mail."""
        return bool(self.imap_host or self.lmtp_port)

    def check_mail(self) -> None:
        """Raises SettingsError when mail would be sent nowhere, from nowhere, or in the open, or read from anybody."""
        self._check_addresses()
        if self.reads_mail and self.dmarc and not self.authserv_id:
            raise SettingsError(
                "Mail is read, but LOTSE_AUTHSERV_ID is not set: nobody could be told from a forger. Set it to the "
                "name your mail server writes first in Authentication-Results, as in LOTSE_AUTHSERV_ID=mx.city.de."
            )
        asked, _, domain = self.reply_to.rpartition("@")
        if self.reads_mail and self.reply_to and asked.lower() != "reply":
            raise SettingsError(
                f"LOTSE_REPLY_TO: mail is read, and replies go to reply+...@{domain}: they would not reach "
                f"{self.reply_to}. Call the mailbox reply@{domain}, or give it that name too, and set it here."
            )
        if self.oauth_client_id and not (self.oauth_token_url and self.oauth_client_secret.get_secret_value()):
            raise SettingsError(
                "LOTSE_OAUTH_CLIENT_ID is set, but not LOTSE_OAUTH_TOKEN_URL and LOTSE_OAUTH_CLIENT_SECRET: no token "
                "can be asked for. Set both (docs/operators.md shows them for Microsoft 365)."
            )
        if self.imap_security == "none" and self.imap_host and self.imap_host not in _LOCAL:
            raise SettingsError("LOTSE_IMAP_SECURITY=none would send the password in the open. Set tls or starttls.")
        if not self.smtp_host:
            return
        for name in ("office_email", "mail_from"):
            if "@" not in getattr(self, name):
                raise SettingsError(
                    f"LOTSE_SMTP_HOST is set, but LOTSE_{name.upper()} is no address. "
                    f"Set it in the environment or in .env, for example LOTSE_{name.upper()}=name@example.org."
                )
        own = self.mail_from.rpartition("@")[2].lower()
        if self.dkim_key_file and not f".{own}".endswith(f".{self.signs_for}"):
            raise SettingsError(
                f"LOTSE_DKIM_DOMAIN: a signature of {self.signs_for} says nothing of mail from {own} "
                f"(LOTSE_MAIL_FROM). Set LOTSE_DKIM_DOMAIN={own}, or leave it empty."
            )
        local = self.smtp_host in _LOCAL
        if self.smtp_security == "none" and not local:
            raise SettingsError("LOTSE_SMTP_SECURITY=none would send questions in the open. Set starttls or tls.")

    def check_connections(self) -> None:
        """Raises SettingsError when what people write would cross a network in the open."""
        server = re.match(r"postgres(?:ql)?[^:]*://(?:[^@/]*@)?(\[[^]]*\]|[^:/?]*)", self.database_url)
        host = server[1].strip("[]") if server else ""
        if host and host not in _LOCAL and "sslmode=" not in self.database_url:
            raise SettingsError(
                f"LOTSE_DATABASE_URL: the database on {host} would be spoken to without TLS being asked for. Add "
                "?sslmode=verify-full (and sslrootcert=FILE for an authority of your own); ?sslmode=disable only in a "
                "network that is nobody else's."
            )
        api = re.match(r"http://(\[[^]]*\]|[^:/]*)", self.telegram_api)
        if api and api[1].strip("[]") not in _LOCAL:
            raise SettingsError(
                f"LOTSE_TELEGRAM_API: {self.telegram_api} would carry token and messages in the open. Use https."
            )

    def _check_addresses(self) -> None:
        """Raises SettingsError for what no mail server takes as an address."""
        for name in ("office_email", "office_email_2", "mail_from", "reply_to", "operator_email"):
            _address(f"LOTSE_{name.upper()}", getattr(self, name).strip())
        for name in ("office_senders", "centres"):
            for entry in filter(None, (part.strip() for part in getattr(self, name).split(","))):
                _address(f"LOTSE_{name.upper()}", f"x{entry}" if entry.startswith("@") else entry, entry)

    def remarks(self) -> list[str]:
        """What may go wrong with these settings, said at the start."""
        password = self.imap_password.get_secret_value()
        found = []
        if self.imap_host and not self.oauth_client_id and not (password + self.imap_user).isascii():
            found.append(
                "LOTSE_IMAP_PASSWORD or LOTSE_IMAP_USER has letters beyond ASCII (an umlaut, say): some mail servers "
                "do not take them. If the login is refused, choose a password of plain letters and digits."
            )
        if self.lmtp_port and self.lmtp_host not in _LOCAL:
            found.append(
                f"LOTSE_LMTP_HOST={self.lmtp_host}: whoever reaches port {self.lmtp_port} may write the "
                "Authentication-Results that prove a sender. Let your mail server alone reach it (a firewall, say)."
            )
        return found


def _address(setting: str, text: str, shown: str = "") -> None:
    """One bare address, or nothing. Raises SettingsError."""
    shown = shown or text
    if not text:
        return
    if re.search(r"[,;]", text) or text.count("@") > 1:
        raise SettingsError(
            f"{setting}: {shown} is more than one address. Name one; others who may reply for the "
            "office stand in LOTSE_OFFICE_SENDERS, a second address in LOTSE_OFFICE_EMAIL_2."
        )
    if "<" in text or " " in text:
        raise SettingsError(f"{setting}: {shown} holds more than the address. Write it alone, as in name@example.org.")
    local, at, domain = text.rpartition("@")
    if not domain.isascii():
        try:
            plain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            plain = "xn--..."
        written = f"{shown[: len(shown) - len(domain)]}{plain}"
        raise SettingsError(
            f"{setting}: {shown} has a domain with letters that mail servers do not take. Write {written}."
        )
    if not local.isascii():
        raise SettingsError(
            f"{setting}: {shown} has letters before the @ that mail servers do not take. Use another address."
        )
    if not at or not re.fullmatch(r"[^\s@<>\"]+", local) or not re.match(_DOMAIN, domain):
        raise SettingsError(f"{setting}: {shown} is no address. Write one, as in name@example.org.")


def load_settings(**overrides: object) -> Settings:
    """Settings from environment and .env, with ``overrides`` from the command line. Raises SettingsError."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        lines = [
            f"LOTSE_{'_'.join(str(part) for part in detail['loc']).upper()}: {detail['msg']}. See docs/settings.md."
            for detail in error.errors()
        ]
        raise SettingsError("\n".join(lines)) from None
