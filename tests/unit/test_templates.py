"""Templates: what they write, that `check` names every blank, and that nothing is wrong once these are filled."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from bot.content.load import load
from bot.content.progress import overview
from bot.content.scopes import BLANK
from bot.content.templates import new_city, new_language, new_topic
from bot.errors import KnowledgeError, UsageError

TODAY = date(2026, 11, 21)


def joined(files, made):
    return {**files, **{path: text.encode() for path, text in made.items()}}


def blanks(made):
    """path:line of every line with a blank; a block's blank is reported at its key."""
    found = set()
    for path, text in made.items():
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            if BLANK in line:
                key = number
                while lines[key - 1].strip() == BLANK:
                    key -= 1
                found.add(f"knowledge/{path}:{key}")
    return found


def reported(files, city):
    problems = [problem for problem in load(files, city).problems if problem.is_error or BLANK in problem.remedy]
    return {f"{problem.place.path}:{problem.place.line}" for problem in problems}


def filled(made):
    """Every blank replaced by an invented text, each different from the others."""
    parts = "\n\x00".join(made.values()).split(BLANK)
    text = parts[0] + "".join(f"Ort {number}{part}" for number, part in enumerate(parts[1:], 1))
    return dict(zip(made, text.split("\n\x00"), strict=True))


def test_a_topic(small_files):
    made = new_topic(small_files, "lost-key", "cards", "germany", TODAY)
    assert set(made) == {"germany/topics.yaml", "germany/de/cards.yaml"}
    assert made["germany/topics.yaml"].startswith(small_files["germany/topics.yaml"].decode())  # nothing is rewritten
    files = joined(small_files, made)
    assert reported(files, "musterstadt") == blanks(made)
    loaded = load(joined(small_files, filled(made)), "musterstadt", today=TODAY)
    assert loaded.knowledge is not None, loaded.problems
    about = [str(problem) for problem in loaded.problems if "lost-key" in str(problem)]
    (line,) = about  # English is there, and lacks it
    assert line.startswith("knowledge/germany/de/cards.yaml:2:1: warning: lost-key has no words in en. Translate it in")
    assert loaded.knowledge.topics["lost-key"].group == "cards"


def test_a_topic_whose_group_is_still_open(small_files):
    made = new_topic(small_files, "lost-key", "", "musterstadt", TODAY)
    assert set(made) == {"musterstadt/topics.yaml", "musterstadt/de/lost-key.yaml"}
    assert f"group: {BLANK}  # one of appointments, cards, family, help\n" in made["musterstadt/topics.yaml"]
    assert reported(joined(small_files, made), "musterstadt") == blanks(made)


def test_two_topics_one_after_the_other(small_files):
    once = joined(small_files, new_topic(small_files, "lost-key", "cards", "germany", TODAY))
    twice = new_topic(once, "lost-bag", "cards", "germany", TODAY)
    assert list(yaml.safe_load(twice["germany/de/cards.yaml"])) == ["lost-key", "lost-bag"]


def test_a_language(small_files):
    made = new_language(small_files, "sq", "germany", TODAY)
    assert set(made) == {"germany/sq/all.yaml", "germany/sq/status.yaml"}
    assert "  # Karte verloren\n  title: AUSFÜLLEN\n" in made["germany/sq/all.yaml"]
    assert reported(joined(small_files, made), "musterstadt") == blanks(made)
    # while it is being written nothing is silenced: all other languages are as they were
    knowledge = load(joined(small_files, made), "musterstadt").knowledge
    assert knowledge == load(small_files, "musterstadt").knowledge
    # numbers and placeholders must come along, so the German text is the filling here
    german = small_files["germany/de/all.yaml"].decode()
    loaded = load(joined(small_files, {**made, "germany/sq/all.yaml": german}), "musterstadt", today=TODAY)
    assert [str(problem) for problem in loaded.problems if "sq" in str(problem)] == []
    first = made["germany/sq/all.yaml"].replace(BLANK, "x", 13)  # the first topic's
    found = overview(joined(small_files, {**made, "germany/sq/all.yaml": first}), [], "", TODAY).totals()["sq"]
    assert found == {"topics": 5, "missing": 4, "stale": 0, "machine": 1, "reviewed": 0, "due": 1, "tested": 0}


def test_half_a_language_is_told_as_far_as_it_is(small_files):
    """A topic that is written is told; one with a blank in its answer is not, its questions teach all the same."""
    german = small_files["germany/de/all.yaml"].decode()
    half = german.replace("Karte verloren", "Karta humbur").replace("    - Duldung verlängern\n", f"    - {BLANK}\n")
    half = half.replace("    Eine Duldung ist kein Aufenthaltstitel. Sie muss verlängert werden.", f"    {BLANK}")
    loaded = load({**small_files, "germany/sq/all.yaml": half.encode()}, "musterstadt")
    assert not loaded.errors
    topics = loaded.knowledge.topics
    assert topics["lost-card"].words["sq"].title == "Karta humbur"
    assert "sq" not in topics["duldung"].words
    assert {problem.what for problem in loaded.problems if "sq/" in problem.place.path and BLANK in problem.remedy} == {
        "questions is still blank.",
        "answer is still blank.",
    }


def test_a_language_with_short_answers_only(small_files):
    words = yaml.safe_load(new_language(small_files, "kmr", "germany", TODAY)["germany/kmr/all.yaml"])
    assert words["appointment-book"] == {"title": BLANK, "questions": f"{BLANK}\n" * 4, "answer": f"{BLANK}\n"}


def test_a_citys_own_words_in_a_language(small_files):
    made = new_language(small_files, "en", "musterstadt", TODAY)
    words = yaml.safe_load(made["musterstadt/en/all.yaml"])
    assert words["appointment-book"] == {"questions": f"{BLANK}\n", "local": f"{BLANK}\n"}
    assert reported(joined(small_files, made), "musterstadt") == blanks(made)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Neustadt", "neustadt"),
        ("Bad Müsterstadt an der Straße", "bad-muesterstadt-an-der-strasse"),
        ("Łódź", "lodz"),
        ('Ort: "Ende"', "ort-ende"),  # signs that mean something in YAML
    ],
)
def test_a_city(small_files, name, folder):
    made = new_city(small_files, name, TODAY)
    assert yaml.safe_load(made[f"{folder}/city.yaml"])["name"] == name
    assert reported(joined(small_files, made), folder) == blanks(made)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda files: new_topic(files, "Lost Key", "cards", "germany", TODAY), '"Lost Key" is no id. Use small'),
        (lambda files: new_topic(files, "../x", "cards", "germany", TODAY), "is no id"),
        (lambda files: new_topic(files, "lost-card", "cards", "germany", TODAY), "There is a topic"),
        (lambda files: new_topic(files, "x", "pets", "germany", TODAY), 'no group "pets". There are: appointments, c'),
        (lambda files: new_topic(files, "x", "cards", "atlantis", TODAY), "There is no folder atlantis"),
        (lambda files: new_language(files, "English", "germany", TODAY), '"English" is no language code. Write it as'),
        (lambda files: new_language(files, "en", "germany", TODAY), "There is a folder germany/en already"),
        (lambda files: new_city(files, "Musterstadt", TODAY), "There is a folder musterstadt already"),
        (lambda files: new_city(files, "?!", TODAY), '"?!" is no name. Write the city'),
    ],
)
def test_wrong_use(small_files, make, message):
    with pytest.raises(UsageError) as caught:
        make(small_files)
    assert message in str(caught.value)


def test_nothing_is_built_on_a_broken_file(small_files):
    with pytest.raises(KnowledgeError, match=r"germany/de/all\.yaml:2:1"):
        new_topic({**small_files, "germany/de/all.yaml": b"a: [\n"}, "lost-key", "cards", "germany", TODAY)
