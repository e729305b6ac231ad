"""The console's pure parts: passwords, codes, roles at the identity provider, words in two languages."""

from __future__ import annotations

import importlib
import pkgutil
import re
from string import Formatter

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Settings
from bot.console import passwords, words
from bot.console.oidc import role_of
from bot.console.signing_in import device, next_page
from bot.console.site import PAGES
from bot.console.words import ENGLISH, translated
from tests.conftest import ROOT

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CONSOLE = ROOT / "bot" / "console"


@pytest.mark.parametrize(
    ("at", "good"),
    [(0, True), (-30, True), (30, True), (-90, False), (90, False)],  # a phone's clock is a little off
)
def test_a_code_is_good_for_its_half_minute_and_the_ones_beside_it(at, good):
    code = pyotp.TOTP(SECRET).at(1_800_000_000 + at)
    assert (passwords.step_of(SECRET, code, 1_800_000_000.0) > 0) is good
    assert (passwords.step_of(SECRET, f"{code[:3]} {code[3:]}", 1_800_000_000.0) > 0) is good  # as apps show it


@given(st.text(max_size=10))
def test_any_text_is_a_code_or_none(text):
    assert passwords.step_of(SECRET, text, 1_800_000_000.0) >= 0
    assert passwords.step_of("", text, 1_800_000_000.0) == 0


def test_a_second_factor_is_sealed_with_the_key_of_the_installation():
    stored = passwords.seal(b"k" * 32, SECRET)
    assert SECRET not in stored
    assert passwords.unseal(b"k" * 32, stored) == SECRET
    assert passwords.unseal(b"x" * 32, stored) == ""


def test_without_a_password_none_is_right():
    assert not passwords.is_password("", "nobody")
    assert not passwords.is_password("no hash", "nobody")


@pytest.mark.parametrize(
    ("claims", "settings", "role"),
    [
        ({"roles": ["editor"]}, {}, "editor"),
        ({"roles": ["editor", "administrator", "x"]}, {}, "administrator"),  # what may most
        ({"roles": "office"}, {}, "office"),
        ({"roles": ["root"]}, {}, None),
        ({}, {}, None),
        ({"roles": {"editor": 1}}, {}, None),
        ({"realm_access": {"roles": ["lotse-text"]}}, {"oidc_role_claim": "realm_access.roles", "oidc_roles": "lotse-text=editor, lotse-chef=administrator"}, "editor"),  # Keycloak
        ({"roles": ["editor"]}, {"oidc_roles": "lotse-text=editor"}, None),  # named otherwise, nothing else counts
        ({"roles": ["a"]}, {"oidc_roles": "a=emperor"}, None),
        ({"realm_access": "x"}, {"oidc_role_claim": "realm_access.roles"}, None),
    ],
)  # fmt: skip
def test_roles_of_the_identity_provider(claims, settings, role):
    assert role_of(claims, Settings(_env_file=None, **settings)) == role


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8", "?"),
        ("", "?"),
    ],
)
def test_a_browser_in_two_words(agent, shown):
    assert device(agent) == shown


@given(st.text())
def test_after_signing_in_nobody_is_sent_elsewhere(wanted):
    assert re.fullmatch(r"(/\w[\w.-]*)*", next_page(wanted))


def sentences():
    """Every German sentence that templates and code show."""
    for path in sorted(CONSOLE.rglob("*.html")):
        for double, single in re.findall(r"""\bt\((?:"([^"]+)"|'([^']+)')""", path.read_text("utf-8")):
            yield path.name, double or single
    for page in PAGES:
        if page.nav:
            yield page.name, page.nav


@pytest.mark.parametrize(("where", "sentence"), sorted(set(sentences())))
def test_every_sentence_of_a_page_has_its_english(where, sentence):
    assert sentence in ENGLISH


def fields(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def test_a_sentence_has_its_english_once():
    """Of two, the module that comes last would win."""
    modules = [
        importlib.import_module(f"{words.__name__}.{each.name}") for each in pkgutil.iter_modules(words.__path__)
    ]
    assert sum(len(module.ENGLISH) for module in modules) == len(ENGLISH)


@pytest.mark.parametrize(("german", "english"), ENGLISH.items())
def test_both_languages_hold_the_same_values(german, english):
    assert fields(german) == fields(english)
    assert not re.search(r"\b(du|dein|deine)\b", german)  # Sie


def test_what_has_no_english_is_shown_in_german():
    assert translated("Das gibt es nur auf Deutsch.", "en") == "Das gibt es nur auf Deutsch."
