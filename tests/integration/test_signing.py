"""DKIM: what a server gets is signed, whoever changes it breaks that, and DNS is asked for the record."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from email import message_from_bytes

import dkim
import dns.message
import dns.rrset
import pytest
from aiosmtpd.smtp import SMTP
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from dns.asyncresolver import Resolver

from bot.channels import signing
from bot.channels.mail_out import MailFolder, SmtpServer
from bot.channels.signing import Published
from bot.config import Settings
from bot.errors import SettingsError
from bot.flow.ports import Delivered
from bot.handover.answers import File, compose
from bot.presentation.outgoing import Letter
from bot.tools import mail_test
from bot.wiring import mail as building
from tests.integration.test_mail_out import Office


def pem(key, encryption=None, form=PrivateFormat.PKCS8):
    return key.private_bytes(Encoding.PEM, form, encryption or NoEncryption())


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
KEYS = [
    pytest.param(pem(RSA, form=PrivateFormat.TraditionalOpenSSL), id="rsa as openssl genrsa once wrote it"),
    pytest.param(pem(RSA), id="rsa"),
    pytest.param(pem(ED25519), id="ed25519"),
]


@pytest.fixture
def signature(tmp_path, request):
    (tmp_path / "dkim.pem").write_bytes(getattr(request, "param", pem(RSA)))
    return signing.signature("example.org", "lotse", tmp_path / "dkim.pem")


def letter(**more):
    """An answer to a counselling centre, with an attachment and words that need encoding."""
    return compose(
        to="anna@beratung.example",
        sender="lotse@example.org",
        reply_to="reply@example.org",
        subject="Frage zu Gebühren",
        text="Grüße\n.\nEine Zeile mit Leerzeichen am Ende   \n" + "lang " * 400 + "\n\n\n",
        message_id="answer.1@example.org",
        now=datetime(2026, 11, 21, tzinfo=UTC),
        references=["f1@beratung.example", "f2@beratung.example"],
        files=[File("Formular.pdf", "application/pdf", bytes(range(256)) * 40)],
        **more,
    ).as_bytes()


async def sent(signature, mail):
    """``mail`` as a real SMTP server got it."""
    office = Office()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(office), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        sender = SmtpServer("127.0.0.1", port, "none", sender="lotse@example.org", signature=signature)
        outcome = await sender.send("mail:1", Letter("anna@beratung.example", mail.decode("ascii")))
    assert isinstance(outcome, Delivered), outcome
    return office.mails[0].content


def verified(mail, signature):
    def txt(name, timeout=5):
        return signature.record.encode() if name == b"lotse._domainkey.example.org." else None

    return dkim.verify(mail, dnsfunc=txt)


@pytest.mark.parametrize("signature", KEYS, indirect=True)
async def test_a_server_gets_a_signed_mail_and_sees_what_was_changed(signature):
    mail = await sent(signature, letter())
    assert verified(mail, signature)
    assert signature.holds(mail)
    assert message_from_bytes(mail)["Message-ID"] == "<answer.1@example.org>"
    for old, new in [
        (b"Leerzeichen", b"Leerstellen"),  # the body
        (b"\r\nReply-To: reply@", b"\r\nReply-To: other@"),
        (b"\r\nIn-Reply-To: <f2@", b"\r\nIn-Reply-To: <f9@"),
        (b"\r\nReferences: <f1@", b"\r\nReferences: <f9@"),
        (b"\r\nAuto-Submitted: auto-replied\r\n", b"\r\n"),
        (b"\r\nFrom: ", b"\r\nFrom: x@evil.example\r\nFrom: "),  # one more, which another program would show
        (b"\r\nReply-To: ", b"\r\nReply-To: x@evil.example\r\nReply-To: "),
    ]:
        assert mail.count(old) == 1, old
        assert not verified(mail.replace(old, new), signature), new
        assert not signature.holds(mail.replace(old, new)), new


async def test_a_header_that_is_missing_cannot_be_added(signature):
    bare = b"From: lotse@example.org\r\nTo: a@b.example\r\nSubject: Hallo\r\n\r\nText\r\n"
    mail = await sent(signature, bare)
    assert verified(mail, signature)
    assert not verified(b"Reply-To: x@evil.example\r\n" + mail, signature)


async def test_headers_that_the_issue_names_are_signed(signature):
    mail = message_from_bytes(await sent(signature, letter()))
    names = re.search(r"\bh=([^;]*);", mail["DKIM-Signature"])[1]
    assert {name.strip().lower() for name in names.split(":")} >= {
        "from", "to", "subject", "date", "message-id", "reply-to", "references", "in-reply-to", "auto-submitted"
    }  # fmt: skip


async def test_a_mail_with_somebody_elses_signature_is_not_ours(signature, tmp_path):
    (tmp_path / "other.pem").write_bytes(pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    other = signing.signature("example.org", "lotse", tmp_path / "other.pem")
    elsewhere = signing.signature("elsewhere.example", "x", tmp_path / "other.pem")
    mail = letter()
    assert not signature.holds(mail)
    assert not signature.holds(other.sign(mail))
    assert not signature.holds(b"DKIM-Signature: nonsense\r\n" + mail)
    assert signature.holds(elsewhere.sign(signature.sign(mail)))  # a server that signs, too


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"v=DKIM1; k=rsa; p=MIIB", "is no private key in PEM form"),  # the record instead of the key
        (RSA.public_key().public_bytes(Encoding.PEM, signing.PublicFormat.SubjectPublicKeyInfo), "no private key"),
        (pem(RSA, BestAvailableEncryption(b"x")), "is protected by a password"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "neither RSA nor Ed25519"),
    ],
)
def test_a_wrong_key_file_stops_the_start(tmp_path, content, message):
    path = tmp_path / "dkim.pem"
    if content is not None:
        path.write_bytes(content)
    settings = configured(path)
    with pytest.raises(SettingsError) as raised:
        building.sender_of(settings)
    assert str(raised.value).startswith(f"LOTSE_DKIM_KEY_FILE: {path} ")
    assert message in str(raised.value)
    assert "openssl" in str(raised.value)


def test_a_key_that_nobody_believes(tmp_path, monkeypatch):
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    (tmp_path / "dkim.pem").write_bytes(pem(key))
    assert signing.signature("example.org", "lotse", tmp_path / "dkim.pem").algorithm == "rsa"
    monkeypatch.setattr(signing, "LEAST_BITS", 1025)  # a smaller one cannot be made today
    with pytest.raises(SettingsError, match="has 1024 bits, which nobody believes"):
        signing.signature("example.org", "lotse", tmp_path / "dkim.pem")


def configured(path, **more):
    return Settings(
        _env_file=None,
        smtp_host="mail.example.org",
        office_email="buero@example.org",
        mail_from="lotse@sub.example.org",
        dkim_key_file=path,
        **more,
    )


@pytest.mark.parametrize(
    ("domain", "signs_for"),
    [
        ("", "sub.example.org"),
        ("sub.example.org", "sub.example.org"),
        ("Example.org", "example.org"),  # the organisation signs for its parts
        ("other.example", None),
        ("le.org", None),
    ],
)
def test_the_domain_that_signs_is_the_senders(tmp_path, domain, signs_for):
    (tmp_path / "dkim.pem").write_bytes(pem(RSA))
    settings = configured(tmp_path / "dkim.pem", dkim_domain=domain)
    if signs_for is None:
        with pytest.raises(SettingsError, match=r"LOTSE_DKIM_DOMAIN: .* Set LOTSE_DKIM_DOMAIN=sub\.example\.org"):
            settings.check_mail()
        return
    settings.check_mail()
    assert building.sender_of(settings).signature.name == f"lotse._domainkey.{signs_for}"


class Dns(asyncio.DatagramProtocol):
    """A DNS server on loopback that knows TXT records."""

    def __init__(self, records):
        self.records = records

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        asked = dns.message.from_wire(data)
        answer = dns.message.make_response(asked)
        name = asked.question[0].name
        text = self.records.get(name.to_text().rstrip("."))
        if text is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            pieces = " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", pieces))
        self.transport.sendto(answer.to_wire(), address)


@pytest.fixture
async def resolver():
    """Asks a real DNS server; ``records`` are what it knows."""
    records = {}
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Dns(records), local_addr=("127.0.0.1", 0)
    )
    found = Resolver(configure=False)
    found.nameservers, found.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    found.records = records
    yield found
    transport.close()


@pytest.mark.parametrize(
    ("record", "published", "well", "says"),
    [
        (lambda right: right, Published.YES, True, "DNS has the key that Lotse signs with"),
        # as some editors of DNS records store it
        (lambda right: right.replace("; ", ";").replace("p=", "p= "), Published.YES, True, "DNS has the key"),
        (lambda right: right[:-8] + "AQAB", Published.OTHER, False, "DNS has another key"),
        (lambda right: "v=DKIM1; p=", Published.OTHER, False, "another LOTSE_DKIM_SELECTOR"),  # revoked
        (lambda right: None, Published.NO, False, "DNS does not have the key that Lotse signs with. Publish: "),
    ],
)
async def test_mail_test_tells_of_the_record(signature, resolver, tmp_path, record, published, well, says):
    if (text := record(signature.record)) is not None:
        resolver.records["lotse._domainkey.example.org"] = text
    assert await signature.published(resolver) is published
    steps = mail_test.run(MailFolder(tmp_path), None, "lotse@example.org", "r@example.org", "mx", signature, resolver)
    first = await anext(steps)
    await steps.aclose()
    assert first[0] is well
    assert says in first[1]
    assert (f'lotse._domainkey.example.org TXT "{signature.record}"' in first[1]) is not well


async def test_dns_that_is_away(signature, monkeypatch):
    monkeypatch.setattr(signing, "DNS_SECONDS", 0.2)
    away = Resolver(configure=False)
    away.nameservers, away.port = ["127.0.0.1"], 1
    assert await signature.published(away) is Published.UNKNOWN
