"""Editing the texts in the console: checked, previewed, saved to YAML and git, by one pair of eyes or two; undone."""

from __future__ import annotations

import asyncio
import errno
import re
import shutil
import threading

import pytest

from bot.storage import audit
from tests.office import Site, fields, git, in_git, running, words
from tests.servers.disk import Mounted, small_disk

ANSWER = "de.answer"
PHONE = "/places/integration-office"
TOPIC = "/topics/appointment-book"

pytestmark = pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # the files are the same with either database


@pytest.fixture
async def site(engine, tmp_path, catalogues):
    found = Site(engine, tmp_path, catalogues)
    in_git(found.knowledge)
    async with running(found):
        yield found


async def form(browser, path):
    """What the page's form sends when nothing was touched."""
    return fields((await browser.get(path)).text)


async def save(browser, path, **changed):
    data = {**await form(browser, path), **{name.replace("__", "."): text for name, text in changed.items()}}
    return await browser.client.post(f"/office{path}", data={**data, "do": "save"})


def text(site, path):
    return (site.knowledge / path).read_text("utf-8")


def subjects(site):
    return git(site.knowledge, "log", "--format=%an: %s").splitlines()


async def until(condition):
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError


async def test_a_clerk_corrects_a_phone_number_and_takes_it_back(site):
    eda = await site.signed_in("editor", "Eda")
    before = text(site, "musterstadt/places.yaml")
    found = await save(eda, PHONE, place__phone="0361 655-9999")
    assert "Gespeichert" in words(found.text)
    assert text(site, "musterstadt/places.yaml") == before.replace("0361 655-1234", "0361 655-9999")
    assert subjects(site)[0] == "Eda: Integrationsbüro *Musterstadt*: Telefon"
    await until(lambda: site.live.current.knowledge.places["integration-office"].phone == "0361 655-9999")
    page = await eda.get(f"{PHONE}/history")
    assert "0361 655- [weg: 1234 ] [neu: 9999 ]" in words(page.text)
    commit = re.findall(r'name="commit" value="(\w+)"', page.text)[0]
    found = await eda.client.post(f"/office{PHONE}/history", data={"csrf": fields(page.text)["csrf"], "commit": commit})
    assert "Zurückgenommen" in words(found.text)
    assert text(site, "musterstadt/places.yaml") == before
    await until(lambda: site.live.current.knowledge.places["integration-office"].phone == "0361 655-1234")
    entries = await site.writer.run(audit.entries)
    assert [(each.who, each.action, each.object) for each in entries][:2] == [("Eda", "save", "integration-office")] * 2


async def test_a_form_that_was_not_touched_saves_nothing(site):
    eda = await site.signed_in("editor", "Eda")
    before = {path: path.read_bytes() for path in site.knowledge.rglob("*.yaml")}
    for path in (PHONE, TOPIC, "/topics/lost-card/values", "/topics/lost-card?language=en"):
        found = await save(eda, path)
        assert "nichts geändert" in words(found.text)
    assert before == {path: path.read_bytes() for path in site.knowledge.rglob("*.yaml")}
    assert len(subjects(site)) == 1


async def test_faults_are_told_in_german_and_stop_a_save(site):
    eda = await site.signed_in("editor", "Eda")
    cases = [
        (PHONE, {"place.phone": "anrufen!"}, "Telefon: „anrufen!“ ist keine Telefonnummer."),
        (PHONE, {"place.hours": "immer"}, "sind keine Öffnungszeiten"),
        (PHONE, {"place.email": "amt"}, "ist keine E-Mail-Adresse"),
        (PHONE, {"place.name": ""}, "name fehlt"),
        (TOPIC, {ANSWER: "Rufen Sie an: {integration-office.fone}."}, "{integration-office.fone} steht für nichts."),
        (TOPIC, {ANSWER: "Eine { Klammer"}, "eine einzelne geschweifte Klammer"),
        (TOPIC, {ANSWER: ""}, "answer fehlt"),
        ("/topics/lost-card/values", {"germany.fee.euro": "viel"}, "ist keine Zahl"),
        ("/topics/lost-card/values", {"germany.review_by": "bald"}, "ist kein Datum"),
    ]
    for path, changed, said in cases:
        data = {**await form(eda, path), **changed}
        checked = await eda.client.post(f"/office{path}", data={**data, "do": "check"}, headers={"hx-request": "true"})
        saved = await eda.client.post(f"/office{path}", data={**data, "do": "save"})
        known = {"name fehlt": "Name fehlt", "answer fehlt": "Antwort fehlt"}
        assert known.get(said, said) in words(checked.text), (changed, words(checked.text))
        assert "<html" not in checked.text  # a part of the page, for the script
        assert saved.status_code == 400
        assert "Es wurde nicht gespeichert" in words(saved.text)
        assert next(iter(changed.values()))[:20] in saved.text  # and what was typed is still there
    assert len(subjects(site)) == 1


async def test_advice_is_told_and_stops_nothing(site):
    eda = await site.signed_in("editor", "Eda")
    data = {**await form(eda, TOPIC), ANSWER: "Rufen Sie 0361 655-1234 an."}
    found = await eda.client.post(f"/office{TOPIC}", data={**data, "do": "check"})
    assert "sieht aus wie eine Telefonnummer" in words(found.text)
    assert "setzen Sie hier einen Platzhalter ein" in words(found.text)
    assert "Gespeichert" in words((await eda.client.post(f"/office{TOPIC}", data={**data, "do": "save"})).text)


async def test_the_preview_is_what_people_will_read_in_every_language(site):
    eda = await site.signed_in("editor", "Eda")
    data = {
        **await form(eda, TOPIC),
        ANSWER: "Kommen Sie **morgen** zu {integration-office.address}.",
        "en.answer": "Come *tomorrow*.",
    }
    found = await eda.client.post(f"/office{TOPIC}", data={**data, "do": "preview"})
    phones = re.findall(r'data-language="(\w+)">(.*?)</article>', found.text, re.DOTALL)
    assert [language for language, _ in phones] == ["de", "en"]
    assert "<strong>morgen</strong>" in phones[0][1]
    assert "Marktplatz 1, 99999 Musterstadt" in words(phones[0][1]).replace("\u2068", "").replace("\u2069", "")
    assert "<em>tomorrow</em>" in phones[1][1]
    assert "Termine gibt es" in text(site, "germany/de/all.yaml")  # nothing was saved
    data = {**await form(eda, PHONE), "place.phone": "0361 655-9999"}
    found = await eda.client.post(f"/office{PHONE}", data={**data, "do": "preview"})
    phones = re.findall(r'data-language="\w+">(.*?)</article>', found.text, re.DOTALL)
    assert len(phones) == 2
    assert all("03616559999" in re.sub(r"\D", "", words(phone)) for phone in phones)


async def tried(browser, path, questions, **changed):
    data = {**await form(browser, path), **changed, "questions": questions, "do": "try"}
    return words((await browser.client.post(f"/office{path}", data=data)).text)


async def test_questions_are_tried_before_saving_and_answered_from_what_is_typed(site):
    eda = await site.signed_in("editor", "Eda")
    running_now = site.live.current
    found = await tried(eda, TOPIC, "Wie bekomme ich einen Termin?\nxyzzy\n")
    assert "Wie bekomme ich einen Termin? : Antwort Termin vereinbaren" in found
    assert "xyzzy : Rückfrage" in found
    assert "Sie haben nichts geändert" in found
    typed = "Wie bekomme ich einen Termin?\nWohin mit meinem Zauberstab?"
    question = "Wohin mit meinem Zauberstab?"
    found = await tried(eda, TOPIC, question, **{"de.title": "Zu uns kommen", "de.questions": typed})
    assert f"{question} : Antwort Zu uns kommen" in found
    assert "noch nicht gespeichert" in found
    # What runs was not touched, and knows nothing of it.
    assert site.live.current is running_now
    assert running_now.matcher.match(question).topic != "appointment-book"
    assert len(subjects(site)) == 1


async def test_nothing_is_tried_with_words_that_are_wrong(site):
    eda = await site.signed_in("editor", "Eda")
    found = await tried(eda, TOPIC, "Wie bekomme ich einen Termin?", **{ANSWER: "Rufen Sie {no-such-place.phone} an."})
    assert "Ausprobieren geht nicht, solange der Text Fehler hat" in found
    assert "Antwort Termin vereinbaren" not in found


async def test_a_trial_that_takes_long_says_so_and_the_next_one_waits_for_it(site, monkeypatch):
    eda = await site.signed_in("editor", "Eda")
    go_on, at_once = threading.Event(), []
    make = site.live.trial

    def slow(files):
        at_once.append(1)
        go_on.wait(30)
        return make(files)

    monkeypatch.setattr(site.live, "trial", slow)
    monkeypatch.setattr("bot.console.trying.PATIENCE", 0.5)
    changed = {"de.title": "Zu uns kommen"}
    found = await tried(eda, TOPIC, "Wie bekomme ich einen Termin?", **changed)
    assert "dauert gerade zu lange" in found
    await tried(eda, TOPIC, "Wie bekomme ich einen Termin?", **changed)
    assert len(at_once) == 1  # two do not take two processors
    assert (await eda.get(TOPIC)).status_code == 200  # and nobody else waits
    monkeypatch.setattr("bot.console.trying.PATIENCE", 30.0)
    go_on.set()
    assert "Antwort Zu uns kommen" in await tried(eda, TOPIC, "Wie bekomme ich einen Termin?", **changed)


async def test_what_germany_s_words_do_to_another_city_is_known_before_they_are_saved(site):
    """An address that Musterstadt never names, and the city beside it does."""
    eda = await site.signed_in("editor", "Eda")
    shutil.copytree(site.knowledge / "musterstadt", site.knowledge / "nebenstadt")
    own, places = site.knowledge / "nebenstadt/de/all.yaml", site.knowledge / "germany/places.yaml"
    own.write_text(own.read_text("utf-8").replace("{integration-office.email}", "{police.email}"), "utf-8")
    before = places.read_text("utf-8").replace('phone: "110"', 'phone: "110"\n    email: wache@example.org')
    places.write_text(before, "utf-8")
    found = await save(eda, "/places/police", place__email="")
    assert found.status_code == 400
    assert "nebenstadt: " in words(found.text)
    assert "police.email" in words(found.text)
    assert text(site, "germany/places.yaml") == before
    assert "Gespeichert" in words((await save(eda, "/places/police", place__email="wache2@example.org")).text)


async def test_a_changed_german_text_makes_translations_stale_and_reading_them_mends_it(site):
    eda = await site.signed_in("editor", "Eda")
    await save(eda, TOPIC, de__title="Einen Termin vereinbaren")
    stale = words((await eda.get("/topics?show=stale&language=en")).text)
    assert "Einen Termin vereinbaren" in stale
    data = {**await form(eda, f"{TOPIC}?language=en"), "en.title": "Make an appointment", "read.en": "1", "do": "save"}
    found = await eda.client.post(f"/office{TOPIC}?language=en", data=data)
    assert "Gespeichert" in words(found.text)
    assert "by: Eda" in text(site, "germany/en/status.yaml")
    assert (
        "Termin vereinbaren" not in words((await eda.get("/topics?show=stale&language=en")).text).partition("Thema")[2]
    )
    assert "Termin vereinbaren" in words((await eda.get("/topics?show=reviewed&language=en")).text)


async def test_the_list_is_searched_in_any_language_and_filtered(site):
    eda = await site.signed_in("editor", "Eda")

    async def rows(query):
        return re.findall(r'<span class="mute">([\w-]+)</span>', (await eda.get(f"/topics?{query}")).text)

    assert await rows("q=childcare") == ["kita-place"]
    assert await rows("q=KARTE+gestohlen") == ["lost-card"]
    assert await rows("q=gibtesnicht") == []
    assert "duldung" in await rows("show=missing&language=en")
    assert "appointment-book" not in await rows("show=missing&language=en")
    assert await rows("show=nonsense&language=xx&q=" + "x" * 300) == []
    assert "kita-place" in await rows("show=never")

    async def asked():
        return {"kita-place": (9, 4), "duldung": (5, 0)}

    site.office.asked = asked
    assert await rows("show=unanswered") == ["kita-place"]
    assert "appointment-book" in await rows("show=never")
    assert "duldung" not in await rows("show=never")


async def test_somebody_else_s_change_is_shown_and_never_overwritten(site):
    eda, omar = await site.signed_in("editor", "Eda"), await site.signed_in("editor", "Omar")
    hers, his = await form(eda, TOPIC), await form(omar, TOPIC)
    await eda.client.post(f"/office{TOPIC}", data={**hers, ANSWER: "Ihrs.", "do": "save"})
    found = await omar.client.post(f"/office{TOPIC}", data={**his, ANSWER: "Seins.", "do": "save"})
    assert found.status_code == 409
    assert "Jemand hat das inzwischen geändert" in words(found.text)
    assert "[weg: Ihrs ]" in words(found.text)
    assert "Seins." in fields(found.text)[ANSWER]
    assert "Ihrs." in text(site, "germany/de/all.yaml")
    again = await omar.client.post(f"/office{TOPIC}", data={**fields(found.text), "do": "save"})
    assert "Gespeichert" in words(again.text)  # he has seen it
    # Another field of the same entry is no conflict, and hers stays.
    hers, his = await form(eda, TOPIC), await form(omar, TOPIC)
    await eda.client.post(f"/office{TOPIC}", data={**hers, ANSWER: "Wieder ihrs.", "do": "save"})
    found = await omar.client.post(f"/office{TOPIC}", data={**his, "de.title": "Termin machen", "do": "save"})
    assert "Gespeichert" in words(found.text)
    assert "Wieder ihrs." in text(site, "germany/de/all.yaml")
    assert "title: Termin machen" in text(site, "germany/de/all.yaml")


async def test_the_back_button_and_a_double_click_do_no_harm(site):
    eda = await site.signed_in("editor", "Eda")
    old = await form(eda, TOPIC)
    changed = {**old, ANSWER: "Einmal.", "do": "save"}
    await eda.client.post(f"/office{TOPIC}", data=changed)
    again = await eda.client.post(f"/office{TOPIC}", data=changed)
    assert "nichts geändert" in words(again.text)
    assert len(subjects(site)) == 2


async def test_files_changed_by_hand_are_noticed_and_keep_their_own_commit(site):
    eda = await site.signed_in("editor", "Eda")
    file = site.knowledge / "musterstadt/places.yaml"
    file.write_text(file.read_text("utf-8").replace("Marktplatz 1", "Marktplatz 2"), "utf-8")
    assert "Von Hand geändert und noch nicht in git: 1" in words((await eda.get("/topics")).text)
    await save(eda, PHONE, place__phone="0361 655-9999")
    assert subjects(site)[:2] == ["Eda: Integrationsbüro *Musterstadt*: Telefon", "von Hand: Beside the console"]
    assert "Marktplatz 2" in git(site.knowledge, "show", "HEAD~1:musterstadt/places.yaml")
    page = await eda.get(f"{PHONE}/history")
    assert "von Hand" in words(page.text)
    hand = re.findall(r'name="commit" value="(\w+)"', page.text)[1]
    await eda.client.post(f"/office{PHONE}/history", data={"csrf": fields(page.text)["csrf"], "commit": hand})
    assert "Marktplatz 1" in text(site, "musterstadt/places.yaml")  # the hand's is taken back, hers stays
    assert "655-9999" in text(site, "musterstadt/places.yaml")


async def test_what_was_changed_again_cannot_be_taken_back(site):
    eda = await site.signed_in("editor", "Eda")
    for number in ("0361 655-2", "0361 655-3"):
        await save(eda, PHONE, place__phone=number)
    page = await eda.get(f"{PHONE}/history")
    older = re.findall(r'name="commit" value="(\w+)"', page.text)[1]
    token = fields(page.text)["csrf"]
    found = await eda.client.post(f"/office{PHONE}/history", data={"csrf": token, "commit": older})
    assert found.status_code == 409
    assert "655-3" in text(site, "musterstadt/places.yaml")
    found = await eda.client.post(f"/office{PHONE}/history", data={"csrf": token, "commit": "--help"})
    assert found.status_code == 404


async def test_a_broken_file_beside_a_save_is_named_and_stops_nothing_else(site):
    eda = await site.signed_in("editor", "Eda")
    (site.knowledge / "germany/de/broken.yaml").write_text("x: [\n", "utf-8")
    found = await save(eda, PHONE, place__phone="0361 655-9999")
    assert "Gespeichert" in words(found.text)
    (site.knowledge / "musterstadt/places.yaml").write_text("places: [\n", "utf-8")
    found = await eda.get(PHONE)
    assert found.status_code == 409
    assert "beschädigt" in words(found.text)
    assert "musterstadt/places.yaml" in found.text


async def test_git_that_is_locked_or_in_a_merge_saves_nothing_and_says_so(site):
    eda = await site.signed_in("editor", "Eda")
    before = text(site, "musterstadt/places.yaml")
    for name, said in (("index.lock", "git ist gerade gesperrt"), ("MERGE_HEAD", "Zusammenführen")):
        file = site.knowledge / ".git" / name
        file.write_text("")
        found = await save(eda, PHONE, place__phone="0361 655-9999")
        assert found.status_code == 503
        assert said in words(found.text)
        assert fields(found.text)["place.phone"] == "0361 655-9999"  # what was typed is still there
        assert text(site, "musterstadt/places.yaml") == before
        file.unlink()
    found = await save(eda, PHONE, place__phone="0361 655-9999")
    assert "Gespeichert" in words(found.text)


def _no_git(site, monkeypatch):
    shutil.rmtree(site.knowledge / ".git")


def _no_program(site, monkeypatch):
    """As in a container: git is not in the image."""
    monkeypatch.setattr("bot.console.git.shutil.which", lambda name: None)


def _another_owner(site, monkeypatch):
    """As in a container that runs as another user."""
    program = site.knowledge.parent / "git"
    program.write_text('#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr("bot.console.git.shutil.which", lambda name: str(program))


@pytest.mark.parametrize(
    ("without", "why"),
    [
        (_no_git, "Die Texte liegen nicht in git"),
        (_no_program, "Das Programm git fehlt"),
        (_another_owner, "Er gehört jemand anderem"),
    ],
)
async def test_without_git_a_save_is_live_and_has_no_history(site, monkeypatch, without, why):
    without(site, monkeypatch)
    eda = await site.signed_in("editor", "Eda")
    found = await save(eda, PHONE, place__phone="0361 655-9999")
    assert "Gespeichert" in words(found.text)
    assert "0361 655-9999" in text(site, "musterstadt/places.yaml")
    assert why in words((await eda.get(f"{PHONE}/history")).text)


def _no_space():
    raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_full_disk_saves_nothing_and_breaks_nothing(engine, tmp_path, catalogues, monkeypatch):
    disk = small_disk(tmp_path / "disk")
    try:
        site = Site(engine, tmp_path / "disk", catalogues)
        async with running(site):
            eda = await site.signed_in("editor", "Eda")
            before = text(site, "musterstadt/places.yaml")
            data = {**await form(eda, PHONE), "place.phone": "0361 655-9999", "do": "save"}
            disk.fill()
            if not isinstance(disk, Mounted):  # only root may mount a small disk: what it says is said here
                monkeypatch.setattr("bot.console.shelf.os.fsync", lambda _: _no_space())
            found = await eda.client.post(f"/office{PHONE}", data=data)
            assert found.status_code == 503
            assert "Der Speicher ist voll" in words(found.text)
            assert text(site, "musterstadt/places.yaml") == before
            assert not list(site.knowledge.rglob("*.tmp"))
            disk.free()
            monkeypatch.undo()
            assert "Gespeichert" in words((await eda.client.post(f"/office{PHONE}", data=data)).text)
    finally:
        disk.close()


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        "\u202etfel",
        "a\u2028b",
        "'\"><img src=x onerror=alert(1)>",
        "x" * 100_000,
        "a\x07b",
    ],
)
async def test_odd_words_in_every_field_get_a_clear_word_and_never_become_markup(site, value):
    eda = await site.signed_in("editor", "Eda")
    for path in (PHONE, TOPIC, "/topics/lost-card/values"):
        there = await form(eda, path)
        for name in [name for name in there if not name.startswith("was.") and name != "csrf"]:
            for do in ("check", "save") if name.endswith(("answer", "phone")) else ("check",):
                found = await eda.client.post(f"/office{path}", data={**there, name: value, "do": do})
                assert found.status_code in (200, 400, 413, 409), (name, found.status_code)
                assert "<script>alert" not in found.text
                assert "<img src=x" not in found.text


async def test_a_topic_of_the_city_and_one_that_has_no_words_yet(site):
    eda = await site.signed_in("editor", "Eda")
    found = await save(
        eda, "/topics/duldung?language=en", en__title="Tolerated stay", en__answer="Not a residence title."
    )
    assert "Gespeichert" in words(found.text)
    assert "duldung:\n  title: Tolerated stay\n  answer: |\n    Not a residence title.\n" in text(
        site, "germany/en/all.yaml"
    )
    found = await save(
        eda, "/topics/duldung?scope=musterstadt&language=en", de__local="Rufen Sie {integration-office.phone} an."
    )
    assert "Gespeichert" in words(found.text), words(found.text)
    assert "duldung:\n  local: |\n" in text(site, "musterstadt/de/all.yaml")
    assert "Stadtfest" in (await eda.get("/topics/town-festival")).text
    assert (await eda.get("/topics/nonsense")).status_code == 404
    assert (await eda.get("/places/nonsense")).status_code == 404
