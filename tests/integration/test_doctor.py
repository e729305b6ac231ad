"""`lotse doctor` against servers on loopback: what is wrong is said with its remedy, what is well is said, too."""

from __future__ import annotations

import re
import time

import pytest
from aiosmtpd.smtp import AuthResult
from dns.resolver import NXDOMAIN

from bot.config import Settings
from bot.storage.database import close, engine_for, migrate
from bot.tools import doctor
from bot.wiring.secret import secret_of
from tests.conftest import SMALL
from tests.integration.test_mail_out import authority, ca_file, office, serve, server_context
from tests.servers.bot_api import BotApiServer
from tests.servers.process import TOKEN

__all__ = ["authority", "ca_file", "office", "serve"]


class Dns:
    """Knows no name but those given."""

    def __init__(self, *known):
        self.known = known

    async def resolve(self, name, kind, lifetime):
        if name not in self.known:
            raise NXDOMAIN


@pytest.fixture
def var(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    return folder


def settings(var, **given):
    return Settings(_env_file=None, var=var, knowledge=SMALL, city="musterstadt", **given)


async def said(given, dns=None, free=50_000_000_000, now=time.time):
    found = [each async for each in doctor.examine(given, lambda: dns or Dns(), lambda _: free, now)]
    return [sentence for well, sentence in found if well], [sentence for well, sentence in found if not well]


async def test_nothing_is_wrong_with_what_runs_at_once(var, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    well, wrong = await said(settings(var))
    assert wrong == []
    assert "The city's time zone is Europe/Berlin." in well
    assert "The database opens, and its tables are up to date." in well


async def test_a_token(var, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    async with BotApiServer(token=TOKEN) as api:
        where = api.base_url.removesuffix("/bot")
        well, wrong = await said(settings(var, telegram_token=TOKEN, telegram_api=where))
        assert any("Telegram knows the bot: @" in sentence for sentence in well)
        _, wrong = await said(settings(var, telegram_token="999:wrong", telegram_api=where))
        assert wrong == ["Telegram does not know TELEGRAM_TOKEN: get the right one from @BotFather."]
        _, wrong = await said(settings(var, telegram_token=TOKEN, telegram_api=where), now=lambda: time.time() - 120)
        (sentence,) = wrong  # the header holds whole seconds
        assert re.search("clock is 1(19|20) seconds from Telegram's.*NTP", sentence)
    _, (sentence,) = await said(settings(var, telegram_token=TOKEN, telegram_api="http://127.0.0.1:1"))
    assert "http://127.0.0.1:1 is not reachable" in sentence
    assert TOKEN not in sentence


def mail(var, port, **given):
    addresses = {"office_email": "buero@city.example", "mail_from": "lotse@city.example"}
    return settings(var, smtp_host="localhost", smtp_port=port, **addresses, **given)


async def test_the_mail_server(var, serve, authority, ca_file, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    refuse = lambda *_: AuthResult(success=False, handled=False)  # noqa: E731 # a table entry
    port = await serve(tls_context=server_context(authority), authenticator=refuse, auth_required=True)
    _, wrong = await said(mail(var, port, smtp_ca_file=ca_file, smtp_user="lotse", smtp_password="geheim"))
    assert any("refuses the login: check LOTSE_SMTP_USER" in sentence for sentence in wrong)
    assert "geheim" not in str(wrong)
    _, (sentence,) = await said(mail(var, port))  # a certificate of the city's own
    assert "LOTSE_SMTP_CA_FILE" in sentence
    well, wrong = await said(mail(var, port, smtp_ca_file=ca_file))
    assert wrong == []
    assert any("lets us in" in sentence for sentence in well)
    _, (sentence,) = await said(mail(var, 1, smtp_security="none"))
    assert "localhost:1 does not serve us" in sentence


async def test_a_mailbox_and_the_names_that_replies_need(var, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    reads = {"imap_host": "127.0.0.1", "imap_port": 1, "imap_security": "none", "authserv_id": "mx.city.example"}
    given = settings(var, **reads, reply_to="reply@city.example")
    _, wrong = await said(given)
    assert [sentence.partition(":")[0] for sentence in wrong] == [
        "The mailbox  at 127.0.0.1",
        "Replies to city.example find no mail server",
        "city.example publishes no DMARC policy",
    ]
    well, wrong = await said(given, Dns("city.example", "_dmarc.city.example"))
    assert len(wrong) == 1
    assert "city.example has a record of type MX." in well


async def test_settings_that_do_not_fit(var, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    _, wrong = await said(settings(var, smtp_host="mail.example"))
    assert any("LOTSE_OFFICE_EMAIL is no address" in sentence for sentence in wrong)
    _, wrong = await said(settings(var, database_url="sqlite:////no/such/folder/x.db"))
    assert any("cannot be opened" in sentence for sentence in wrong)


# what is changed in the folder, what is said
async def test_files_and_the_disk(var, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    secret_of(var / "secret")
    engine = engine_for(f"sqlite:///{var}/lotse.db")
    await migrate(engine)
    await close(engine)
    (var / "lotse.db").chmod(0o644)
    (var / "secret").chmod(0o640)
    (tmp_path / ".env").write_text("LOTSE_CITY=erfurt\n")
    (tmp_path / ".env").chmod(0o644)
    var.chmod(0o755)
    _, wrong = await said(settings(var), free=300_000_000)
    assert f"{var} can be read by others on this machine: chmod 700 {var}" in wrong
    assert f"{var}/secret can be read by others on this machine: chmod 600 {var}/secret" in wrong
    assert f"{var}/lotse.db can be read by others on this machine: chmod 600 {var}/lotse.db" in wrong
    assert ".env can be read by others on this machine: chmod 600 .env" in wrong
    assert any("Only 300 MB are free" in sentence for sentence in wrong)
    (var / "secret").write_bytes(b"")
    _, wrong = await said(settings(var))
    assert any("secret is damaged" in sentence for sentence in wrong)


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [("Europe/Erfurt", "the time zone Europe/Erfurt is not known here"), (None, "cannot be read")],
)
async def test_the_time_zone(var, tmp_path, monkeypatch, zone, sentence):
    monkeypatch.chdir(tmp_path)
    city = tmp_path / "knowledge" / "musterstadt"
    city.mkdir(parents=True)
    if zone:
        (city / "city.yaml").write_text(f"time_zone: {zone}\n")
    given = Settings(_env_file=None, var=var, knowledge=tmp_path / "knowledge", city="musterstadt")
    _, wrong = await said(given)
    assert any(sentence in each for each in wrong)


async def test_characters(var, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.tools.doctor.locale.getpreferredencoding", lambda _: "ANSI_X3.4-1968")
    _, wrong = await said(settings(var))
    assert wrong == ["The terminal's characters are ANSI_X3.4-1968, not UTF-8: set LANG=C.UTF-8."]
