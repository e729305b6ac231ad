"""The console's door and guard, over a real socket: who gets in, who may what, and what is refused with a clear word."""

from __future__ import annotations

import re

import pyotp
import pytest
from sqlalchemy import select

from bot.console.guard import LONGEST_FIELD
from bot.console.office import IDLE_SECONDS, SESSION_SECONDS
from bot.console.roles import ALLOWED, May, Role, allowed
from bot.console.site import PAGES
from bot.storage import accounts, audit, tables
from bot.wiring.console import first_link
from tests.office import PASSWORD, Site, running, words


@pytest.fixture
async def site(engine, tmp_path, catalogues):
    async with running(Site(engine, tmp_path, catalogues)) as found:
        yield found


async def log(site):
    return [(each.who, each.action, each.object) for each in await site.writer.run(audit.entries)]


async def test_the_first_administrator_sets_up_an_account_by_a_link_that_is_good_once(site):
    path = (await first_link(site.office)).removeprefix(f"{site.address}/office")
    browser = site.browser()
    page = (await browser.get(path)).text
    secret = re.search(r'data-test="secret">([^<]+)<', page)[1].replace(" ", "")
    form = {"name": "Frau Amt", "password": PASSWORD, "repeat": PASSWORD}
    refused = [
        ({"code": "000000"}, "Der Code stimmt nicht"),
        ({"password": "kurz", "repeat": "kurz"}, "zu kurz"),
        ({"password": "a" * 20, "repeat": "a" * 20}, "zu leicht"),
        ({"repeat": "anders als oben"}, "nicht gleich"),
        ({"name": " "}, "Bitte geben Sie einen Namen an"),
        ({"name": "x" * 81}, "Bitte geben Sie einen Namen an"),
    ]
    for wrong, word in refused:
        code = pyotp.TOTP(secret).at(int(site.now))
        found = await browser.post(path, {**form, "code": code, **wrong}, page=path)
        assert word in words(found.text)
        assert secret in found.text.replace(" ", "")  # the app need not be set up again
    found = await browser.post(path, {**form, "code": pyotp.TOTP(secret).at(int(site.now))}, page=path)
    assert "Guten Tag, Frau Amt" in words(found.text)
    assert await log(site) == [("Frau Amt", "sign-in", ""), ("Frau Amt", "set-password", "Frau Amt")]
    stranger = site.browser()
    assert (await stranger.get(path)).status_code == 410
    assert await first_link(site.office) == ""  # there is an administrator now
    stored = await site.writer.run(lambda connection: accounts.by_name(connection, "frau amt"))
    assert stored.role == Role.ADMINISTRATOR
    assert secret not in stored.totp
    assert PASSWORD not in stored.password


async def test_the_first_link_expires_and_a_newer_one_takes_its_place(site):
    old = (await first_link(site.office)).removeprefix(f"{site.address}/office")
    new = (await first_link(site.office)).removeprefix(f"{site.address}/office")
    browser = site.browser()
    assert (await browser.get(old)).status_code == 410
    assert (await browser.get(new)).status_code == 200
    site.now += 86_401
    assert "gilt nicht mehr" in words((await browser.get(new)).text)
    assert (await browser.get("/first/" + "x" * 3000)).status_code == 410


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"password": "falsch aber lang"}, 403),
        ({"code": "000000"}, 403),
        ({"code": "abc"}, 403),
        ({"code": ""}, 403),
        ({"password": ""}, 403),
        ({"name": "Niemand"}, 403),
        ({"name": "'; drop table accounts --"}, 403),
        ({"password": "😀" * 100}, 403),
    ],
)
async def test_nobody_gets_in_with_less_than_all_three(site, wrong, status):
    await site.account("Eda", "editor")
    browser = site.browser()
    given = {"name": "Eda", **wrong}
    found = await browser.sign_in(**given)
    assert found.status_code == status
    assert "stimmen nicht" in words(found.text)
    assert "Abmelden" not in found.text


async def test_a_code_is_good_once_and_guessing_is_slow(site):
    await site.account("Eda", "editor")
    code = site.code()
    assert "Guten Tag, Eda" in words((await site.browser().sign_in(" eda ", code=code)).text)
    assert (await site.browser().sign_in("Eda", code=code)).status_code == 403
    guesses = [(await site.browser().sign_in("Eda", code="123456")).status_code for _ in range(10)]
    assert guesses[-1] == 429
    assert (await site.browser().sign_in("Eda")).status_code == 429  # also with the right one
    site.now += 901
    assert (await site.browser().sign_in("Eda")).status_code == 200


async def test_a_session_ends_and_can_be_ended_from_elsewhere(site):
    office = await site.signed_in("editor", "Eda")
    home = site.browser(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/130"})
    await home.sign_in("Eda")
    page = (await office.get("/me")).text
    assert "Firefox, Linux" in page
    other = re.findall(r'name="session" value="([^"]+)"', page)[0]  # the newest
    await office.post("/me/end", session=other)
    assert "Passwort" in (await home.get("/me")).text  # the door
    site.now += IDLE_SECONDS - 65  # it is written down once a minute that one is there
    assert "Meine Anmeldungen" in words((await office.get("/me")).text)
    site.now += IDLE_SECONDS + 5
    assert "Passwort" in (await office.get("/me")).text
    await office.sign_in("Eda")
    for _ in range(int(SESSION_SECONDS / 3000) + 1):  # in use all the time
        site.now += 3000
        last = await office.get("/me")
    assert "Passwort" in last.text
    await office.sign_in("Eda")
    await office.post("/sign-out")
    assert "Passwort" in (await office.get("/me")).text


async def test_a_session_of_somebody_else_cannot_be_ended(site):
    eda, omar = await site.signed_in("editor", "Eda"), await site.signed_in("office", "Omar")
    his = re.search(r'name="session" value="([^"]+)"', (await omar.get("/me")).text)[1]
    await eda.post("/me/end", session=his)
    assert "Omar" in (await omar.get("")).text


async def test_cookies_are_kept_from_scripts_and_other_sites(site):
    await site.account("Eda", "editor")
    browser = site.browser()
    browser.client.follow_redirects = False
    cookie = (await browser.sign_in("Eda")).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/office" in cookie
    page = await browser.get("")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    key = browser.client.cookies["lotse_office"]
    rows = await site.writer.run(lambda connection: _all(connection, tables.office_sessions))
    assert key not in str(rows)


async def _all(connection, table):
    return (await connection.execute(select(table))).all()


async def test_every_page_says_what_it_needs_and_the_guard_holds_to_it(site):
    """Every page with every role: what the table does not allow is refused, whatever the handler does."""
    names = [page.name for page in PAGES]
    assert len(names) == len(set(names))
    assert {page.name for page in PAGES if page.may is None} == {
        "start", "sign-in", "sign-out", "link", "set-password", "oidc", "oidc-back",
    }  # fmt: skip
    guarded = {route.path for route in site.app.routes if getattr(route, "path", "").startswith("/office")}
    assert guarded == {page.address for page in PAGES} | {"/office/static"}
    nobody = site.browser()
    for role in Role:
        browser = await site.signed_in(role)
        for page in PAGES:
            if page.may is None or allowed(role, page.may):
                continue
            path = re.sub(r"\{\w+(:\w+)?\}", "1", page.path)
            found = await (browser.get(path) if page.method == "GET" else browser.post(path))
            assert found.status_code == 403, page
            assert "Ihre Rolle darf das nicht" in words(found.text)
    for page in PAGES:
        if page.may is not None:
            path = re.sub(r"\{\w+(:\w+)?\}", "1", page.path)
            found = await (nobody.get(path) if page.method == "GET" else nobody.post(path))
            assert "Passwort" in found.text if page.method == "GET" else found.status_code == 401


def test_figures_are_for_everybody_and_people_s_words_for_the_office_alone():
    assert all(May.FIGURES in ALLOWED[role] for role in Role)
    assert {role for role in Role if allowed(role, May.ANSWER)} == {Role.OFFICE, Role.ADMINISTRATOR}
    assert {role for role in Role if allowed(role, May.ACCOUNTS)} == {Role.ADMINISTRATOR}
    assert not allowed("emperor", May.ENTER)  # a role that a database was given by hand


async def test_a_form_from_elsewhere_or_of_another_session_is_refused(site):
    ada, eda = await site.signed_in("administrator", "Ada"), await site.signed_in("editor", "Eda")
    form = {"name": "Neu", "role": "editor"}
    token = await ada.token("/accounts")
    cases = [
        ({**form, "csrf": token}, {"origin": "https://evil.example"}),
        ({**form, "csrf": token}, {"origin": "null"}),
        ({**form, "csrf": token}, {"sec-fetch-site": "cross-site"}),
        ({**form, "csrf": await eda.token("/me")}, {}),
        ({**form, "csrf": ""}, {}),
        ({**form, "csrf": "ünsinn"}, {}),
        (form, {}),
    ]
    for data, headers in cases:
        found = await ada.client.post("/office/accounts", data=data, headers=headers)
        assert found.status_code == 403
        assert "nichts getan" in words(found.text)
    found = await ada.client.post("/office/accounts", data={**form, "csrf": token}, headers={"origin": site.address})
    assert "/office/first/" in found.text


async def test_accounts_are_made_changed_and_blocked_by_the_administration(site):
    ada = await site.signed_in("administrator", "Ada")
    found = await ada.post("/accounts", name="Omar", role="office")
    link = re.search(r'data-test="link">[^<]*/office([^<]+)<', found.text)[1]
    omar = site.browser()
    page = (await omar.get(link)).text
    secret = re.search(r'data-test="secret">([^<]+)<', page)[1].replace(" ", "")
    code = pyotp.TOTP(secret).at(int(site.now))
    found = await omar.post(link, page=link, password=PASSWORD, repeat=PASSWORD, code=code, name="Ada")
    assert "Guten Tag, Omar" in words(found.text)  # the name is the account's, whatever a form says
    assert (await ada.post("/accounts", name=" OMAR", role="office")).status_code == 409
    assert (await ada.post("/accounts", name="X", role="emperor")).status_code == 400
    id_ = (await site.writer.run(lambda connection: accounts.by_name(connection, "Omar"))).id
    assert (await ada.post(f"/accounts/{id_}", what="role", role="emperor")).status_code == 400
    await ada.post(f"/accounts/{id_}", what="off")
    assert "Passwort" in (await omar.get("/me")).text  # at once
    await ada.post(f"/accounts/{id_}", what="on")
    own = (await site.writer.run(lambda connection: accounts.by_name(connection, "Ada"))).id
    for last in ({"what": "off"}, {"what": "role", "role": "editor"}):
        found = await ada.post(f"/accounts/{own}", last)
        assert found.status_code == 409
        assert "Es muss ein Konto der Administration bleiben" in words(found.text)
    assert (await ada.post("/accounts/999", what="off")).status_code == 404
    assert (await ada.post(f"/accounts/{id_}", what="explode")).status_code == 400
    done = [(who, what) for who, what, _ in await log(site)]
    await ada.post(f"/accounts/{id_}", what="delete")
    assert "Omar" not in (await ada.get("/accounts")).text
    assert done.count(("Ada", "change-account")) == 2  # what was refused is no change
    assert done.count(("Ada", "add-account")) == 1


async def test_a_new_link_signs_out_whoever_had_the_old_password(site):
    ada, eda = await site.signed_in("administrator", "Ada"), await site.signed_in("editor", "Eda")
    id_ = (await site.writer.run(lambda connection: accounts.by_name(connection, "Eda"))).id
    found = await ada.post(f"/accounts/{id_}", what="link")
    link = re.search(r'data-test="link">[^<]*/office([^<]+)<', found.text)[1]
    other = site.browser()
    secret = re.search(r'data-test="secret">([^<]+)<', (await other.get(link)).text)[1].replace(" ", "")
    code = pyotp.TOTP(secret).at(int(site.now))
    new = "Ein anderer langer Satz"
    assert "Eda" in (await other.post(link, page=link, password=new, repeat=new, code=code)).text
    assert "Passwort" in (await eda.get("/me")).text
    assert (await eda.sign_in("Eda")).status_code == 403


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("<script>alert(1)</script>", 200),  # taken, and shown as what it is
        ("x" * 100_000, 413),
        ("ab\x00c", 400),
        ("ab\x1b[31mc", 400),
        ("\u202eabc", 200),
        ("{name}", 200),
        ("'\"><img src=x onerror=alert(1)>", 200),
    ],
)
async def test_odd_input_gets_a_clear_word_and_never_becomes_markup(site, value, status):
    ada = await site.signed_in("administrator", "Ada")
    found = await ada.post("/accounts", name=value, role="editor")
    assert found.status_code == status
    for page in (found.text, (await ada.get("/accounts")).text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    if len(value) > LONGEST_FIELD:
        assert "zu lang" in words(found.text)


async def test_what_is_no_form_is_refused(site):
    ada = await site.signed_in("administrator", "Ada")
    for body in (b"\xff\xfe", b"a=1&" * 5000, b"x" * 1_000_001):
        found = await ada.client.post("/office/accounts", content=body)
        assert found.status_code in (403, 413)
    assert (await ada.client.put("/office/accounts")).status_code == 405


async def test_what_was_typed_is_not_lost_when_the_session_has_ended(site):
    ada = await site.signed_in("administrator", "Ada")
    site.now += IDLE_SECONDS + 1
    found = await ada.client.post("/office/accounts", data={"name": "Ein langer Text, an dem jemand saß", "csrf": "x"})
    assert found.status_code == 401
    assert "Ein langer Text, an dem jemand saß" in found.text


async def test_signing_in_goes_on_to_where_one_wanted_and_never_elsewhere(site):
    await site.account("Ada", "administrator")
    for wanted, end in (
        ("/office/accounts", "/office/accounts"),
        ("//evil.example", "/office"),
        ("/office//x.y", "/office"),
        ("https://evil.example/office", "/office"),
        ("/office/../x", "/office"),
        ("", "/office"),
    ):
        browser = site.browser()
        found = await browser.sign_in("Ada", next=wanted)
        assert found.url.path == end
        site.now += 901
    door = await site.browser().get("/accounts")
    assert 'name="next" value="/office/accounts"' in door.text


async def test_german_and_english(site):
    browser = site.browser(headers={"accept-language": "en-GB,en;q=0.9"})
    assert "Password" in (await browser.get("")).text
    assert "Passwort" in (await browser.get("?lang=de")).text
    assert "Passwort" in (await browser.get("")).text  # and it stays so
    assert "Passwort" in (await site.browser(headers={"accept-language": "fr"}).get("")).text


async def test_a_double_click_makes_one_account(site):
    ada = await site.signed_in("administrator", "Ada")
    first, second = [await ada.post("/accounts", name="Omar", role="office") for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 409)
    assert len(await site.writer.run(accounts.every)) == 2
