"""The chat in a browser, its pure parts: keys, limits, languages, and words as HTML."""

from __future__ import annotations

import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.presentation.message import Block
from bot.presentation.render import web
from bot.web import keys
from bot.web.languages import language_in, preferred
from bot.web.limits import Limits, client_address

SECRET = b"s" * 32


def test_a_code_is_read_as_people_write_it_down():
    code = keys.new_code(os.urandom)
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", code)
    letters = code.replace("-", "")
    for typed in (code, letters.lower(), f" {code.replace('-', ' ')} ", letters.replace("0", "O").replace("1", "l")):
        assert keys.read_code(typed) == letters


@pytest.mark.parametrize("typed", ["", "ABC", "ABCDEFGHJKM", "ABCDE-FGHU!", "АВСDE-FGHJK"])  # the last: Cyrillic
def test_what_cannot_be_a_code_opens_nothing(typed):
    assert keys.read_code(typed) == ""


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_none(text):
    assert keys.read_code(text) == "" or len(keys.read_code(text)) == keys.CODE_LETTERS


def test_keys_of_different_kinds_never_meet():
    assert keys.key_hash(SECRET, "code", "x") != keys.key_hash(SECRET, "link", "x")
    assert keys.key_hash(SECRET, "code", "x") != keys.key_hash(b"other", "code", "x")


@pytest.mark.parametrize(
    ("given", "now", "age"),
    [
        (keys.stamp(SECRET, 1000), 1003, 3),
        (keys.stamp(SECRET, 1000), 1000 + keys.STAMP_SECONDS + 1, None),  # of yesterday
        (keys.stamp(SECRET, 1000), 900, None),  # from the future
        (keys.stamp(b"other", 1000), 1003, None),  # of another installation
        ("1000.", 1003, None),
        ("٣.x", 1003, None),  # digits, but not ours
        ("\ud800", 1003, None),
        ("", 1003, None),
    ],
)
def test_a_form_is_ours_and_of_today(given, now, age):
    assert keys.stamp_age(SECRET, given, now) == age


def test_limits_count_by_address_and_in_all():
    limits = Limits(2, 3, 60, b"k")
    assert [limits.allows("192.0.2.1", 0), limits.allows("192.0.2.1", 1), limits.allows("192.0.2.1", 2)] == [
        True,
        True,
        False,
    ]
    assert limits.allows("192.0.2.2", 3)
    assert not limits.allows("192.0.2.3", 4)  # three in all
    assert limits.allows("192.0.2.1", 61)


def test_what_is_as_old_as_the_time_does_not_count_any_more():
    limits = Limits(1, 2, 60, b"k")
    assert limits.allows("192.0.2.1", 0)
    assert not limits.allows("192.0.2.1", 59.9)
    assert limits.allows("192.0.2.1", 60)
    assert limits.allows("192.0.2.2", 61)
    assert not limits.allows("192.0.2.3", 119.9)  # two in all; who is refused does not count
    assert limits.allows("192.0.2.3", 120)


@pytest.mark.parametrize("kept", [2, 3])
def test_of_very_many_addresses_the_oldest_are_forgotten(monkeypatch, kept):
    monkeypatch.setattr("bot.web.limits.MANY", kept)
    limits = Limits(1, 99, 60, b"k")
    addresses = [f"192.0.2.{number}" for number in range(4)]
    assert all(limits.allows(address, 0) for address in addresses)
    allowed = [limits.allows(address, 1) for address in reversed(addresses)]
    assert allowed == [False] * kept + [True] * (4 - kept)


def test_no_address_is_kept_as_it_is():
    one, other = Limits(1, 99, 60, b"k"), Limits(1, 99, 60, b"l")
    for limits in (one, other):
        limits.allows("192.0.2.1", 0)
    assert [len(key) for key in one._recent] == [16]
    assert one._recent.keys() != other._recent.keys()  # nor can it be looked up in a table
    assert Limits(1, 99, 60, b"k").allows("no address", 0)  # a socket has none


def test_a_customers_whole_network_counts_as_one():
    limits = Limits(1, 99, 60, b"k")
    assert limits.allows("2001:db8:1:2::1", 0)
    assert not limits.allows("2001:db8:1:2:ffff::9", 0)
    assert limits.allows("2001:db8:1:3::1", 0)


@pytest.mark.parametrize(
    ("peer", "header", "trusted", "address"),
    [
        ("192.0.2.9", "198.51.100.1", (), "192.0.2.9"),  # a stranger may claim what they like
        ("10.0.0.1", "198.51.100.1", ("10.0.0.1",), "198.51.100.1"),
        (
            "10.0.0.1",
            "1.1.1.1, 198.51.100.1",
            ("10.0.0.1",),
            "198.51.100.1",
        ),  # what the proxy saw, not what was claimed
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", ("10.0.0.1", "10.0.0.2"), "198.51.100.1"),  # two proxies of ours
        ("10.0.0.1", "", ("10.0.0.1",), "10.0.0.1"),
        ("10.0.0.1", " 198.51.100.1 ,, ", ("10.0.0.1",), "198.51.100.1"),
    ],
)
def test_only_our_own_proxies_are_believed(peer, header, trusted, address):
    assert client_address(peer, header, trusted) == address


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("ar,en;q=0.5", "ar"),
        ("de-AT,de;q=0.9", "de"),
        ("en;q=0.3, uk;q=0.9", "uk"),
        ("ku-TR", "kmr"),
        ("zh,ja", ""),
        ("x;q=viel,uk", "uk"),
        ("", ""),
    ],
)
def test_the_browsers_first_language_that_is_offered(header, code):
    assert preferred(header, ("de", "en", "uk", "ar", "kmr")) == code


def test_a_state_that_cannot_be_read_has_no_language():
    assert language_in("{broken") == ""
    assert language_in('{"language": "", "spoken": "fa"}') == "fa"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Amt**", "<p><strong>Amt</strong></p>"),
        ("Telefon: 0361 655-7844", '<p>Telefon: <a href="tel:03616557844" dir="ltr">0361 655-7844</a></p>'),
        ("Notruf **112**", '<p>Notruf <strong><a href="tel:112" dir="ltr">112</a></strong></p>'),
        ("seit 2026, § 112, 1120 €", None),  # no phone numbers
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[0361 655-7844](https://example.org)", '<p><a href="https://example.org">0361 655-7844</a></p>'),
        ("![x](https://example.org/x.png)", None),  # nothing is fetched from elsewhere
    ],
)
def test_words_as_html(text, shown):
    found = web([Block("markdown", text)]).strip()
    if shown is None:
        assert "tel:" not in found
        assert "<img" not in found
    else:
        assert found == shown


def test_an_address_leads_to_a_map_and_verbatim_text_stays_text():
    assert 'search?query=Musterstra%C3%9Fe%201%2C%2099096%20Erfurt">Musterstraße 1, 99096 Erfurt</a>' in web(
        [Block("markdown", "Musterstraße 1, 99096 Erfurt")]
    )
    assert (
        web([Block("verbatim", '<b onclick="x">\n**y**')])
        == "<blockquote>&lt;b onclick=&quot;x&quot;&gt;\n**y**</blockquote>"
    )


@given(st.text(max_size=200))
def test_no_text_becomes_markup_of_its_own(text):
    for block in (Block("markdown", text), Block("verbatim", text)):
        found = web([block])
        assert not re.search(r"<(?!/?(p|strong|em|a|ul|ol|li|br|blockquote)\b)", found)
        assert not re.search(r'<a href="(?!https?:|mailto:|tel:)', found)
