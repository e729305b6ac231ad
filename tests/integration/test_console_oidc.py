"""Signing in at the city's own identity provider, with one that really signs tokens."""

from __future__ import annotations

import time

import pytest
from joserfc.jwk import RSAKey

from bot.storage import accounts
from tests.office import Site, running, words
from tests.servers.oidc import Provider

pytestmark = pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # signing in is the same with either database


@pytest.fixture
async def provider():
    async with Provider().running() as found:
        yield found


@pytest.fixture
async def site(engine, tmp_path, catalogues, provider):
    found = Site(engine, tmp_path, catalogues, **provider.settings)
    found.now = time.time()
    async with running(found):
        yield found


async def test_the_first_time_makes_an_account_with_the_role_the_provider_gives(site, provider):
    browser = site.browser()
    assert "Anmelden mit dem Konto der Stadt" in words((await browser.get("")).text)
    found = await browser.get("/oidc?next=/office/me")
    assert found.url.path == "/office/me"
    assert "eda.weber" in found.text
    account = await site.writer.run(lambda connection: accounts.by_name(connection, "eda.weber"))
    assert (account.role, account.password) == ("editor", "")
    # The role is the provider's, at every sign-in anew; the name may change, the person is the same.
    provider.claims |= {"roles": ["office"], "preferred_username": "eda.neu"}
    again = site.browser()
    assert "eda.weber" in (await again.get("/oidc")).text
    account = await site.writer.run(lambda connection: accounts.by_name(connection, "eda.weber"))
    assert account.role == "office"
    assert len(await site.writer.run(accounts.every)) == 1
    assert "Passwort" in (await browser.get("/me")).text  # the old role's session has ended


async def test_a_name_that_a_local_account_has_is_not_taken_over(site, provider):
    await site.account("eda.weber", "administrator")
    found = await site.browser().get("/oidc")
    assert "eda.weber (2)" in found.text
    local = await site.writer.run(lambda connection: accounts.by_name(connection, "eda.weber"))
    assert (local.role, local.subject) == ("administrator", "")


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"roles": []}, "hat hier keine Rolle"),
        ({"roles": ["root"]}, "hat hier keine Rolle"),
        ({"roles": None}, "hat hier keine Rolle"),
    ],
)
async def test_who_has_no_role_does_not_get_in(site, provider, claims, said):
    provider.claims |= claims
    found = await site.browser().get("/oidc")
    assert found.status_code == 403
    assert said in words(found.text)
    assert await site.writer.run(accounts.every) == []


async def test_who_is_blocked_here_does_not_get_in(site, provider):
    await site.browser().get("/oidc")
    account = await site.writer.run(lambda connection: accounts.by_name(connection, "eda.weber"))
    await site.writer.run(lambda connection: accounts.change(connection, account.id, disabled=1))
    assert (await site.browser().get("/oidc")).status_code == 403


@pytest.mark.parametrize(
    "forge",
    [
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"nonce": "of another sign-in"},
        {"sub": None},
    ],
)
async def test_a_token_that_is_not_for_us_is_refused(site, provider, forge):
    provider.forge = forge
    found = await site.browser().get("/oidc")
    assert found.status_code in (400, 502)
    assert await site.writer.run(accounts.every) == []


async def test_a_token_that_somebody_else_signed_is_refused(site, provider):
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "k1", "alg": "RS256", "use": "sig"})
    assert (await site.browser().get("/oidc")).status_code == 502
    assert await site.writer.run(accounts.every) == []


async def test_an_answer_that_nobody_asked_for_is_refused(site, provider):
    browser = site.browser()
    for query in ("code=x&state=y", "", "error=access_denied&state=y"):
        found = await browser.get(f"/oidc/back?{query}")
        assert found.status_code == 400
        assert "nicht beendet" in words(found.text)
    # A link that somebody else began signing in with: their state, no cookie here.
    other = site.browser()
    other.client.follow_redirects = False
    left = await other.get("/oidc")
    back = await other.client.get(left.headers["location"])
    assert (await browser.client.get(back.headers["location"])).status_code == 400
    site.now += 601
    assert (await other.client.get(back.headers["location"])).status_code == 400  # too late


async def test_a_provider_that_is_away_gets_a_clear_word(site, provider):
    provider.away = True
    found = await site.browser().get("/oidc")
    assert found.status_code == 503
    assert "antwortet nicht" in words(found.text)
    assert "Passwort" in found.text  # the other way in stays open


async def test_without_one_there_is_no_such_door(engine, tmp_path, catalogues):
    site = Site(engine, tmp_path, catalogues)
    async with running(site):
        assert (await site.browser().get("/oidc")).status_code == 404
        assert "Konto der Stadt" not in (await site.browser().get("")).text
