"""From a question to a topic of the city's own, and what a city may change of its file; over a real socket, in git."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.integration.test_console_desk import OfficeSite
from tests.office import running, words

NEW = {
    "title": "Fahrrad reparieren",
    "group": "",
    "questions": "Wo repariere ich mein Rad?\nGibt es eine Fahrradwerkstatt?",
    "answer": "Die Werkstatt im Norden hilft Ihnen.",
    "source": "https://www.musterstadt.example/rad",
}


def git(folder, *arguments):
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
async def site(engine, tmp_path, catalogues):
    made = OfficeSite(engine, tmp_path, catalogues)
    git(made.knowledge, "init", "-q")
    git(made.knowledge, "add", "-A")
    git(made.knowledge, "commit", "-q", "-m", "as it was")
    async with running(made) as found:
        yield found


def group(html):
    return re.search(r'<select id="group".*?<option value="([^"]+)"', html, re.DOTALL)[1]


async def test_one_click_makes_a_topic_of_a_question(site):
    await site.asked("Wo repariere ich\nmein Rad?")
    admin = await site.signed_in("administrator", "Frau Weber")
    page = (await admin.get("/topics/new?question=1")).text
    assert "Wo repariere ich mein Rad?</textarea>" in page  # the example, in one line
    found = await admin.post("/topics/new", {**NEW, "group": group(page)}, page="/topics/new")
    assert "Das Thema ist angelegt" in words(found.text)
    site.live.reload()
    assert site.live.current.matcher.match("Gibt es eine Fahrradwerkstatt?").topic == "fahrrad-reparieren"
    assert "Frau Weber" in git(site.knowledge, "log", "-1", "--format=%an")
    assert git(site.knowledge, "status", "--porcelain") == ""
    assert (await site.log())[0] == ("Frau Weber", "save", "fahrrad-reparieren")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"title": ""}, "Es fehlt noch: Titel"),
        ({"answer": " ", "source": ""}, "Es fehlt noch: Antwort, Quelle"),
        ({"id": "appointment-book"}, "vergeben oder nicht möglich"),
        ({"id": "Ä b"}, "vergeben oder nicht möglich"),
        ({"group": "no-such-group"}, "vergeben oder nicht möglich"),
        ({"answer": "Rufen Sie {no-such-place.phone} an."}, "no-such-place"),
    ],
)
async def test_what_is_missing_or_wrong_is_said_and_nothing_written(site, change, word):
    admin = await site.signed_in("administrator")
    form = {**NEW, "group": group((await admin.get("/topics/new")).text), **change}
    found = await admin.post("/topics/new", form, page="/topics/new")
    assert found.status_code in (400, 409)
    assert word in words(found.text)
    assert not form["title"] or form["title"] in found.text  # what was typed is there
    assert git(site.knowledge, "status", "--porcelain") == ""
    assert git(site.knowledge, "rev-list", "--count", "HEAD").strip() == "1"


async def test_a_question_is_put_to_a_topics_examples(site):
    await site.asked("Wann kann ich zur Behörde kommen?")
    admin = await site.signed_in("administrator")
    page = (await admin.get("/topics/appointment-book?add_question=1")).text
    assert "noch nicht gespeichert" in words(page)
    box = re.search(r'name="de\.questions".*?</textarea>', page, re.DOTALL)[0]
    assert box.endswith("Wann kann ich zur Behörde kommen?</textarea>")
    assert git(site.knowledge, "status", "--porcelain") == ""


async def test_nobody_reads_a_question_by_its_number_who_may_not_read_questions(site):
    await site.asked()
    editor = await site.signed_in("editor")
    for path in ("/topics/new?question=1", "/topics/appointment-book?add_question=1"):
        found = await editor.get(path)
        assert found.status_code == 200
        assert "Wunderfahrrad" not in found.text
    admin = await site.signed_in("administrator")
    for odd in ("x", "-1", "99999999999999999999", "", "2"):
        assert (await admin.get(f"/topics/new?question={odd}")).status_code == 200


async def test_a_city_changes_its_reply_days_and_closed_days(site):
    admin = await site.signed_in("administrator", "Frau Weber")
    before = (site.knowledge / "musterstadt" / "city.yaml").read_text()
    page = (await admin.get("/settings/city")).text
    days = re.search(r'name="city\.reply_days" value="(\d+)"', page)[1]
    hidden = dict(re.findall(r'name="(was\.[^"]+)" value="([^"]*)"', page))
    form = {**hidden, "city.reply_days": "7", "city.closed": "12-24\n2027-05-07", "do": "save"}
    found = await admin.post("/settings/city", form, page="/settings/city")
    assert "Gespeichert" in words(found.text)
    site.live.reload()
    city = site.live.current.knowledge.city
    assert (city.reply_days, city.closed) == ("7", ["12-24", "2027-05-07"])
    assert "7 Arbeitstagen" in words((await admin.get("/settings")).text)
    after = (site.knowledge / "musterstadt" / "city.yaml").read_text()
    kept = [line for line in before.splitlines() if "reply_days" not in line and "closed" not in line]
    assert [line for line in after.splitlines() if line in kept] == kept  # nothing else is touched
    assert days != "7"
    wrong = await admin.post(
        "/settings/city", {**form, "city.reply_days": "bald", "was.city.reply_days": ""}, page="/settings/city"
    )
    assert wrong.status_code in (400, 409)
    assert (await site.signed_in("office", "Herr Demir")) is not None


async def test_how_often_a_topic_was_asked_for_is_a_filter_of_the_list(site):
    from bot.storage import counts
    from bot.storage.counts import Count

    found = [
        Count("2027-W02", "appointment-book", "de", "web", "answered", 6),
        Count("2027-W02", "appointment-book", "de", "web", "did-not-help", 4),
    ]
    await site.writer.run(lambda connection: counts.add(connection, "musterstadt", found))
    admin = await site.signed_in("administrator")
    assert "appointment-book" in (await admin.get("/topics?show=unanswered")).text
    assert 'href="/office/topics/appointment-book' not in (await admin.get("/topics?show=never")).text
