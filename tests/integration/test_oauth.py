"""Mail in with a token instead of a password, as at Microsoft 365: a token endpoint over HTTPS, and a real Dovecot that asks
the provider whether the token is good."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

import pytest
import structlog
import trustme
from aiohttp import web

from bot.channels.imap import LoginRefused
from bot.channels.oauth import NoToken, OAuth
from bot.config import Settings
from bot.wiring.mail import mailbox_of
from tests.servers import dovecot
from tests.servers.oauth import SCOPE, Provider

SECRET = "Qx~8Q~geheim-geheim"


@pytest.fixture
async def authority(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return authority


@pytest.fixture
async def provider(authority):
    provider = Provider(dovecot.Dovecot.user, SECRET)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    await provider.start(context)
    yield provider
    await provider.stop()


@pytest.fixture
async def mailbox(tmp_path, authority, provider):
    """A Dovecot that lets in who has a token of ``provider``."""
    with dovecot.running(tmp_path, authority, provider.for_dovecot) as server:
        yield server


class Inbox:
    """What was stored, in order."""

    def __init__(self):
        self.ids = []

    async def store(self, rows):
        self.ids += [row[1] for row in rows]
        return len(rows)


@pytest.fixture
def inbox():
    return Inbox()


def reader(server, provider, tmp_path, **changes):
    """The mailbox as an operator sets it up."""
    settings = {
        "imap_host": "localhost",
        "imap_port": getattr(server, "port", 0),
        "imap_user": server.user,
        "smtp_ca_file": tmp_path / "ca.pem",
        "oauth_token_url": provider.token_url,
        "oauth_client_id": provider.client_id,
        "oauth_client_secret": SECRET,
        **changes,
    }
    return mailbox_of(Settings(_env_file=None, **settings))


def deliver(server, *words):
    for word in words:
        server.deliver(f"From: a@b.example\r\nSubject: {word}\r\n\r\n{word}\r\n".encode())


async def test_mail_comes_in_with_a_token_which_is_kept_while_it_is_good(mailbox, provider, inbox, tmp_path):
    box = reader(mailbox, provider, tmp_path)
    deliver(mailbox, "eins", "zwei")
    assert await box.fetch(inbox.store) == 2
    assert provider.introspected == 1  # Dovecot asked about the token: it was no password
    deliver(mailbox, "drei")
    assert await box.fetch(inbox.store) == 1
    assert await box.fetch(inbox.store) == 0
    assert provider.issued == 1
    assert len(set(inbox.ids)) == 3


async def test_a_token_whose_time_is_over_is_asked_for_anew(mailbox, provider, inbox, tmp_path):
    provider.lifetime = 50  # less than what must be left of it
    box = reader(mailbox, provider, tmp_path)
    for word in ("eins", "zwei"):
        deliver(mailbox, word)
        assert await box.fetch(inbox.store) == 1
    assert provider.issued == 2
    assert len(set(inbox.ids)) == 2


async def test_a_token_that_the_server_does_not_take_any_more_is_asked_for_anew(mailbox, provider, inbox, tmp_path):
    box = reader(mailbox, provider, tmp_path)
    deliver(mailbox, "eins")
    assert await box.fetch(inbox.store) == 1
    provider.withdraw()
    deliver(mailbox, "zwei")
    assert await box.fetch(inbox.store) == 1  # in the same go: nobody is alarmed
    assert provider.issued == 2
    assert len(set(inbox.ids)) == 2


async def test_a_token_that_ends_between_two_mails_loses_none(mailbox, provider, inbox, tmp_path):
    """The connection breaks after the first mail is stored, and before it is marked."""
    box = reader(mailbox, provider, tmp_path)
    deliver(mailbox, "eins", "zwei")

    async def store_and_break(rows):
        await inbox.store(rows)
        provider.withdraw()
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await box.fetch(store_and_break)
    assert await box.fetch(inbox.store) == 2
    assert len(inbox.ids) == 3
    assert len(set(inbox.ids)) == 2  # the same id twice: the inbox stores it once


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        # the secret's id instead of its value, or one that has expired
        (
            {"secret": "falsch-geheim"},
            ["gave no token: 401 invalid_client AADSTS7000215: Invalid client secret", "LOTSE_OAUTH_CLIENT_SECRET"],
        ),
        ({"client_id": "1234"}, ["400 unauthorized_client AADSTS700016", "_CLIENT_ID"]),
        ({"scope": "Mail.Read"}, ["400 invalid_scope", "Check LOTSE_OAUTH_SCOPE"]),
        # nobody there; no address
        ({"token_url": "https://localhost:1/token"}, ["https://localhost:1/token", "not reachable (ConnectError)"]),
        ({"token_url": "https://[/token"}, ["https://[/token", "is not reachable"]),
        # another tenant
        ({"token_url": "{}x"}, ["gave no token: 404", "LOTSE_OAUTH_TOKEN_URL"]),
    ],
)
async def test_without_a_token_it_says_where_what_and_what_to_do(provider, tmp_path, change, sentences):
    settings = {"token_url": provider.token_url, "client_id": provider.client_id, "secret": SECRET, "scope": SCOPE}
    settings.update({key: value.replace("{}", provider.token_url) for key, value in change.items()})
    oauth = OAuth(settings["token_url"], settings["client_id"], settings["secret"], settings["scope"])
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))

    with pytest.raises(NoToken) as caught:
        await asyncio.to_thread(oauth.fresh, context)
    for sentence in sentences:
        assert sentence in str(caught.value)
    assert "geheim" not in f"{caught.value!r} {oauth!r}"
    assert "Trace ID" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "<html>Please log in to the Wi-Fi</html>", "content_type": "text/html"},  # a proxy in between
        {"text": "[]", "content_type": "application/json"},
        {"text": '{"token_type": "Bearer"}', "content_type": "application/json"},
        {"text": f'{{"error": "temporarily_unavailable", "error_description": "{SECRET}"}}', "status": 503},
    ],
)
async def test_whatever_the_provider_answers_the_polling_goes_on(
    mailbox, provider, inbox, tmp_path, answer, monkeypatch
):
    monkeypatch.setattr("bot.channels.imap.POLL_SECONDS", 0.05)
    box = reader(mailbox, provider, tmp_path)
    deliver(mailbox, "eins")
    alerts = []

    def alert(text):
        alerts.append(text)
        provider.broken = None  # it is mended

    provider.broken = web.Response(**answer)
    with structlog.testing.capture_logs() as logs:
        await poll_until(box, inbox, alert, 1)
    assert len(set(inbox.ids)) == 1
    assert f"The mailbox reply at localhost:{mailbox.port} cannot be read" in alerts[0]
    assert "gave no token" in alerts[0]
    assert "geheim" not in f"{alerts} {logs}"


async def poll_until(box, inbox, alert, count):
    """Poll until ``count`` mails are stored and marked."""
    done = asyncio.Event()

    async def ours():
        if len(inbox.ids) >= count:
            done.set()
        return not done.is_set()

    task = asyncio.create_task(box.poll(inbox.store, alert, ours))
    await asyncio.wait_for(done.wait(), 30)
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_token_for_somebody_elses_mailbox_is_refused(mailbox, provider, inbox, tmp_path):
    provider.user = "somebody-else"
    box = reader(mailbox, provider, tmp_path)
    with pytest.raises(LoginRefused) as caught:
        await box.fetch(inbox.store)
    assert "refused the token. Check LOTSE_IMAP_USER" in box.complaint(caught.value)
    assert provider.issued == 1


async def test_a_wrong_password_or_folder_is_named(mailbox, provider, inbox, tmp_path):
    box = reader(mailbox, provider, tmp_path, oauth_client_id="", imap_password="falsch")
    with pytest.raises(LoginRefused) as caught:
        await box.fetch(inbox.store)
    assert "Check LOTSE_IMAP_USER and LOTSE_IMAP_PASSWORD" in box.complaint(caught.value)
    box = reader(mailbox, provider, tmp_path, imap_folder="Nirgends")
    with pytest.raises(Exception) as caught:
        await box.fetch(inbox.store)
    assert "the folder Nirgends does not open. Check LOTSE_IMAP_FOLDER, and that" in box.complaint(caught.value)
    (tmp_path / "ca.pem").write_bytes(trustme.CA().cert_pem.bytes())
    with pytest.raises(ssl.SSLError) as caught:
        await box.fetch(inbox.store)
    assert "certificate does not hold. See LOTSE_SMTP_CA_FILE" in box.complaint(caught.value)


async def test_the_mailboxs_server_is_not_told_that_http_is_spoken(provider, authority, inbox, tmp_path):
    """As the one that gives the tokens is: Dovecot 2.4 then refuses."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    context.set_alpn_protocols(["http/1.1", "imap"])
    agreed = []

    async def met(_, writer):
        agreed.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        writer.close()

    async with await asyncio.start_server(met, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        box = reader(dovecot.Dovecot, provider, tmp_path, imap_port=port)
        with pytest.raises(Exception):  # noqa: B017 # whatever imaplib makes of a server that hangs up
            await box.fetch(inbox.store)
    assert (provider.issued, agreed) == (1, [None])


async def test_encryption_that_fails_is_no_fault_of_the_certificate(provider, tmp_path):
    box = reader(dovecot.Dovecot, provider, tmp_path, imap_port=993)
    said = box.complaint(ssl.SSLError(1, "[SSL] tlsv1 alert no application protocol (_ssl.c:1006)"))
    assert "the encryption fails" in said
    assert "certificate" not in said
