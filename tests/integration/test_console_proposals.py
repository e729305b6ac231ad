"""Two pairs of eyes, on both databases: what an editor or the office changes waits, new topics too, until it is published."""

from __future__ import annotations

import re

import pytest

from bot.storage import audit
from tests.integration.test_console_desk import OfficeSite
from tests.integration.test_console_texts import PHONE, TOPIC, save, subjects, text
from tests.integration.test_console_topics import NEW, group
from tests.office import Site, in_git, running, words


@pytest.fixture
async def site(engine, tmp_path, catalogues):
    found = OfficeSite(engine, tmp_path, catalogues, two_eyes=True)
    in_git(found.knowledge)
    async with running(found):
        yield found


async def propose(browser, **changed):
    """A new topic, as the form sends it."""
    form = {**NEW, "group": group((await browser.get("/topics/new")).text), **changed}
    return await browser.post("/topics/new", form, page="/topics/new")


async def test_a_text_is_saved_and_taken_back(engine, tmp_path, catalogues):
    site = Site(engine, tmp_path, catalogues)
    in_git(site.knowledge)
    async with running(site):
        eda = await site.signed_in("editor", "Eda")
        before = text(site, "musterstadt/places.yaml")
        assert "Gespeichert" in words((await save(eda, PHONE, place__phone="0361 655-9999")).text)
        page = await eda.get(f"{PHONE}/history")
        commit = re.findall(r'name="commit" value="(\w+)"', page.text)[0]
        await eda.post(f"{PHONE}/history", page=f"{PHONE}/history", commit=commit)
        assert text(site, "musterstadt/places.yaml") == before
        entries = [(each.who, each.action) for each in await site.writer.run(audit.entries)]
        assert entries[:2] == [("Eda", "save"), ("Eda", "save")]


async def test_with_two_pairs_of_eyes_a_change_waits_for_a_reviewer(engine, tmp_path, catalogues):
    site = Site(engine, tmp_path, catalogues, two_eyes=True)
    in_git(site.knowledge)
    async with running(site):
        eda, rita = await site.signed_in("editor", "Eda"), await site.signed_in("reviewer", "Rita")
        omar = await site.signed_in("editor", "Omar")
        before = text(site, "germany/de/all.yaml")
        found = await save(eda, TOPIC, de__answer="Termine gibt es nur **online**. Halten Sie Ihren Pass bereit.")
        assert "wartet auf eine zweite Person" in words(found.text)
        assert text(site, "germany/de/all.yaml") == before
        assert "wartet auf eine zweite Person" in words((await rita.get("")).text)
        page = await rita.get("/changes/1")
        assert "Termine gibt es [neu: nur ] **online**" in words(page.text)
        assert "title:" not in words(page.text)  # words, not YAML
        for who in (eda, omar):  # neither the author nor another editor
            refused = await who.post("/changes/1", page="/me", what="publish")
            assert refused.status_code == 403
        await rita.post("/changes/1", page="/me", what="return", remark="Bitte den Link nennen.")
        assert "Bitte den Link nennen." in words((await eda.get("/changes/1")).text)
        await eda.post("/changes/1", page="/me", what="withdraw")
        await save(eda, TOPIC, de__answer="Neu.")
        found = await rita.post("/changes/2", page="/me", what="publish")
        assert "Veröffentlicht" in words(found.text)
        assert (await rita.post("/changes/2", page="/me", what="publish")).status_code == 404  # a double click
        assert subjects(site)[0] == "Eda: Termin vereinbaren: Antwort"
        entries = [(each.who, each.action) for each in await site.writer.run(audit.entries)]
        assert ("Rita", "publish") in entries
        assert ("Eda", "propose") in entries


async def test_a_proposal_that_was_overtaken_is_shown_before_it_overwrites(engine, tmp_path, catalogues):
    site = Site(engine, tmp_path, catalogues, two_eyes=True)
    in_git(site.knowledge)
    async with running(site):
        eda, rita = await site.signed_in("editor", "Eda"), await site.signed_in("reviewer", "Rita")
        await save(eda, PHONE, place__phone="0361 655-2")
        await save(rita, PHONE, place__phone="0361 655-3")  # a reviewer's own goes at once
        assert "655-3" in text(site, "musterstadt/places.yaml")
        found = await rita.post("/changes/1", page="/me", what="publish")
        assert found.status_code == 409
        assert "inzwischen geändert" in words(found.text)
        assert "655-3" in text(site, "musterstadt/places.yaml")
        await rita.post("/changes/1", page="/me", what="publish", anyway="1")
        assert "655-2" in text(site, "musterstadt/places.yaml")


async def test_what_the_office_changes_waits_for_whoever_publishes(site):
    omar, rita = await site.signed_in("office", "Omar"), await site.signed_in("reviewer", "Rita")
    before = text(site, "germany/de/all.yaml")
    found = await save(omar, TOPIC, de__answer="Neu.")
    assert "wartet auf eine zweite Person" in words(found.text)
    assert text(site, "germany/de/all.yaml") == before
    await rita.post("/changes/1", page="/me", what="publish")
    assert subjects(site)[0] == "Omar: Termin vereinbaren: Antwort"


async def test_a_new_topic_waits_and_is_published_in_its_author_s_name(site):
    eda, rita = await site.signed_in("editor", "Eda"), await site.signed_in("reviewer", "Rita")
    assert "Zur Freigabe geben" in words((await eda.get("/topics/new")).text)
    found = await propose(eda)
    assert "wartet auf eine zweite Person" in words(found.text)
    assert len(subjects(site)) == 1
    assert "Neues Thema: Fahrrad reparieren" in words((await rita.get("/changes")).text)
    page = words((await rita.get("/changes/1")).text)
    for said in (NEW["answer"], "Gibt es eine Fahrradwerkstatt?", NEW["source"]):
        assert said in page
    refused = await eda.post("/changes/1", page="/me", what="publish")
    assert refused.status_code == 403
    found = await rita.post("/changes/1", page="/me", what="publish")
    assert "Veröffentlicht" in words(found.text)
    assert subjects(site)[0] == "Eda: Fahrrad reparieren: neu"
    site.live.reload()
    assert site.live.current.matcher.match("Gibt es eine Fahrradwerkstatt?").topic == "fahrrad-reparieren"
    assert [entry for entry in await site.log() if entry[2] == "fahrrad-reparieren"] == [
        ("Rita", "save", "fahrrad-reparieren"),
        ("Rita", "publish", "fahrrad-reparieren"),
        ("Eda", "propose", "fahrrad-reparieren"),
    ]


async def test_a_new_topic_that_comes_back_is_mended_and_waits_once(site):
    eda, rita = await site.signed_in("editor", "Eda"), await site.signed_in("reviewer", "Rita")
    await propose(eda)
    await propose(eda)  # a double click
    await rita.post("/changes/1", page="/me", what="return", remark="Bitte die Straße nennen.")
    page = (await eda.get("/changes/1")).text
    assert "Bitte die Straße nennen." in words(page)
    back = re.search(r'href="/office(/topics/new\?proposal=1)"', page)[1]
    form = (await eda.get(back)).text
    assert NEW["answer"] in form
    assert (await rita.get(back)).status_code == 404  # it is nobody else's
    await propose(eda, answer="Die Werkstatt in der Nordstraße hilft Ihnen.", proposal="1")
    listed = words((await rita.get("/changes")).text)
    assert listed.count("Fahrrad reparieren") == 1
    assert (await rita.get("/changes/1")).status_code == 404
    await rita.post("/changes/2", page="/me", what="publish")
    assert "Nordstraße" in "".join(path.read_text("utf-8") for path in (site.knowledge / "musterstadt/de").glob("*"))


async def test_of_two_new_topics_with_one_id_the_second_is_refused_and_kept(site):
    eda, omar = await site.signed_in("editor", "Eda"), await site.signed_in("editor", "Omar")
    rita = await site.signed_in("reviewer", "Rita")
    await propose(eda)
    await propose(omar, answer="Etwas anderes.")
    await rita.post("/changes/1", page="/me", what="publish")
    found = await rita.post("/changes/2", page="/me", what="publish")
    assert found.status_code == 409
    assert "vergeben" in words(found.text)
    assert "Etwas anderes." in words((await omar.get("/changes/2")).text)


async def test_the_office_makes_a_topic_of_a_question_and_it_waits(site):
    await site.asked("Wo repariere ich mein Rad?")
    omar, rita = await site.signed_in("office", "Omar"), await site.signed_in("reviewer", "Rita")
    assert 'data-test="new-topic"' in (await omar.get("/questions/1")).text
    assert "Wo repariere ich mein Rad?" in (await omar.get("/topics/new?question=1")).text
    assert "wartet" in words((await propose(omar)).text)
    assert "Fahrrad reparieren" in words((await rita.get("/changes")).text)


@pytest.mark.parametrize("change", [{"answer": ""}, {"id": "appointment-book"}, {"answer": "{no-such-place.phone}"}])
async def test_what_is_wrong_with_a_new_topic_is_said_before_it_waits(site, change):
    eda = await site.signed_in("editor", "Eda")
    found = await propose(eda, **change)
    assert found.status_code in (400, 409)
    assert "Nichts wartet" in words((await eda.get("/changes")).text)
