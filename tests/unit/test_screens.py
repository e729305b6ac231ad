"""Each message that the conversation can show, whole: its sentences, and its buttons with what they carry."""

from __future__ import annotations

from dataclasses import replace
from inspect import cleandoc

import pytest

from bot.conversation import screens
from bot.conversation.events import Answer, Draft, Emergency, HandOver, Question, Say, Sentence
from tests.dialogue import screen

QUESTIONS = tuple(Question(number, "2026-11-20", f"Frage {number} " + "x" * 300) for number in range(1, 8))
DRAFT = Draft(3, "Wo ist das Amt?", "de", (), 0.0)


@pytest.fixture
def town(small):
    """The small town with a topic that has all there is: sections, places with and without a map, related topics."""
    change = {
        "appointment-book": {
            "places": ("integration-office", "police", "gone"),
            "related": ("lost-card", "kita-place", "duldung", "town-festival"),
        },
        "kita-place": {"flags": frozenset({"beside-person"})},
    }
    topics = {id_: replace(topic, **change.get(id_, {})) for id_, topic in small.topics.items()}
    return replace(small, topics=topics)


def unsure(town):
    """Its office, of which neither address nor phone is confirmed."""
    office = town.places["integration-office"].model_copy(update={"unconfirmed": ["address", "phone"]})
    return replace(town, places={**town.places, "integration-office": office})


def topic(town, id_="appointment-book"):
    return town.topics[id_]


SCREENS = {
    # questions at the office: how many, the latest five, the latest first to add to
    "nothing is open": (
        lambda town: screens.status(()),
        """
        status count=0
        [button-menu m]
        """,
    ),
    "questions are open": (
        lambda town: screens.status((Question(1, "2026-11-20", "Eins"), Question(2, "2026-11-21", "Zwei"))),
        """
        status count=2
        status-question number=1 date=2026-11-20
        "Eins"
        status-question number=2 date=2026-11-21
        "Zwei"
        [withdraw:1 z:1]
        [withdraw:2 z:2]
        [button-menu m]
        """,
    ),
    # before something is sent
    "a preview": (
        lambda town: screens.offer(DRAFT, ()),
        """
        preview
        > Wo ist das Amt?
        preview-consent
        [button-send c:3]
        [button-rewrite w]
        [button-do-not-send x:3]
        """,
    ),
    "with numbers and a name in it": (
        lambda town: screens.preview(replace(DRAFT, question="Ich heiße Anna Muster, Pass FE123456"), QUESTIONS[:2]),
        """
        preview
        > Ich heiße Anna Muster, Pass ••••••••
        preview-numbers-hidden
        preview-name
        preview-consent
        [button-send c:3]
        [button-with-numbers n:3]
        [join:2 j:2:3]
        [join:1 j:1:3]
        [button-rewrite w]
        [button-do-not-send x:3]
        """,
    ),
    "with its numbers shown": (
        lambda town: screens.preview(replace(DRAFT, question="Pass FE123456", numbers=True), ()),
        """
        preview
        > Pass FE123456
        preview-numbers-shown
        preview-consent
        [button-send c:3]
        [button-rewrite w]
        [button-do-not-send x:3]
        """,
    ),
    "an addition": (
        lambda town: screens.preview(replace(DRAFT, joins=2), QUESTIONS[:4]),
        """
        preview
        > Wo ist das Amt?
        preview-consent
        [button-send c:3]
        [button-rewrite w]
        [button-do-not-send x:3]
        """,
    ),
    "too many are open": (
        lambda town: screens.preview(DRAFT, QUESTIONS[:4]),
        """
        preview
        > Wo ist das Amt?
        open-limit
        [join:4 j:4:3]
        [join:3 j:3:3]
        [join:2 j:2:3]
        [button-menu m]
        """,
    ),
    "a client's question": (
        lambda town: screens.offer(replace(DRAFT, client=True), QUESTIONS),
        """
        reply-to-whom
        [button-reply-mine i:3]
        [button-reply-nobody x:3]
        """,
    ),
    "an addition to a client's question": (
        lambda town: screens.offer(replace(DRAFT, client=True, joins=2), ()),
        """
        preview
        > Wo ist das Amt?
        preview-consent
        [button-send c:3]
        [button-rewrite w]
        [button-do-not-send x:3]
        """,
    ),
    # answers
    "an answer": (
        lambda town: screens.answer(topic(town), town),
        """
        answer appointment-book
        [section:steps s:appointment-book:steps] [section:documents s:appointment-book:documents]
        [pin:integration-office v:integration-office]
        [topic:lost-card t:lost-card]
        [topic:kita-place t:kita-place]
        [topic:duldung t:duldung]
        [button-helped y:appointment-book]
        [button-not-helped p:appointment-book]
        """,
    ),
    "one of its sections": (
        lambda town: screens.answer(topic(town, "duldung"), town, "steps", personal=True),
        """
        answer duldung#steps
        [button-back t:duldung:back]
        [button-helped y:duldung]
        [button-not-helped p:duldung]
        """,
    ),
    "the other sections beside it": (
        lambda town: screens.answer(topic(town), town, "steps"),
        """
        answer appointment-book#steps
        [section:documents s:appointment-book:documents]
        [button-back t:appointment-book:back]
        [button-helped y:appointment-book]
        [button-not-helped p:appointment-book]
        """,
    ),
    "an answer in danger": (
        lambda town: screens.answer(topic(town, "medical-emergency"), town),
        """
        Emergency
        answer medical-emergency
        [button-helped y:medical-emergency]
        [button-not-helped p:medical-emergency]
        """,
    ),
    "a section of that": (
        lambda town: screens.answer(topic(town, "medical-emergency"), town, "steps"),
        """
        answer medical-emergency#steps
        [button-back t:medical-emergency:back]
        [button-helped y:medical-emergency]
        [button-not-helped p:medical-emergency]
        """,
    ),
    "what a person handles best": (
        lambda town: screens.answer(topic(town, "duldung"), town),
        """
        answer duldung
        person-recommended
        [button-helped y:duldung]
        [button-not-helped p:duldung]
        """,
    ),
    "one's own case": (
        lambda town: screens.answer(topic(town, "kita-place"), town, personal=True),
        """
        answer kita-place
        person-recommended
        [button-helped y:kita-place]
        [button-not-helped p:kita-place]
        """,
    ),
    # another city: with and without the place that finds counselling there
    "elsewhere": (
        lambda town: screens.elsewhere(topic(town), town, "Leipzig"),
        """
        other-city name=Leipzig
        answer appointment-book everywhere
        [button-own-city t:appointment-book:ours]
        [button-ask-person p:appointment-book]
        """,
    ),
    # what may be meant
    "did you mean": (
        lambda town: screens.did_you_mean(["kita-place", "duldung"]),
        """
        did-you-mean
        [topic:kita-place t:kita-place]
        [topic:duldung t:duldung]
        [button-none-of-these p]
        """,
    ),
    "or more of the topic before": (
        lambda town: screens.did_you_mean(["kita-place"], topic(town), ("", "documents")),
        """
        did-you-mean
        [topic:kita-place t:kita-place]
        [section:steps s:appointment-book:steps]
        [button-none-of-these p]
        """,
    ),
    "none of these": (
        screens.none_of_these,
        """
        none-of-these
        [button-ask-person p]
        [topic:kita-place t:kita-place]
        [button-menu m]
        """,
    ),
    "no answer": (
        lambda town: screens.no_answer(["duldung"], QUESTIONS[:1], DRAFT),
        """
        no-answer
        [button-ask-person p]
        [join:1 j:1:3]
        [topic:duldung t:duldung]
        [button-menu m]
        """,
    ),
    "no answer after an answer": (
        lambda town: screens.no_answer(["lost-card"], (), DRAFT, topic(town), ("", "steps")),
        """
        no-answer
        [button-ask-person p]
        [topic:lost-card t:lost-card]
        [topic:appointment-book t:appointment-book]
        [section:documents s:appointment-book:documents]
        [topic:kita-place t:kita-place]
        [button-menu m]
        """,
    ),
    "no answer, and the topic before is named already": (
        lambda town: screens.no_answer(["appointment-book"], (), DRAFT, topic(town)),
        """
        no-answer
        [button-ask-person p]
        [topic:appointment-book t:appointment-book]
        [section:steps s:appointment-book:steps] [section:documents s:appointment-book:documents]
        [topic:lost-card t:lost-card]
        [topic:kita-place t:kita-place]
        [button-menu m]
        """,
    ),
    # the end of what is written
    "nothing is known of it": (
        lambda town: screens.nothing_known(topic(town), "cost"),
        """
        nothing-known section=cost topic=appointment-book
        [button-ask-person p:appointment-book]
        [section:steps s:appointment-book:steps] [section:documents s:appointment-book:documents]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "that was all": (
        lambda town: screens.said_all(topic(town), ("", "steps")),
        """
        said-all topic=appointment-book
        [button-ask-person p:appointment-book]
        [section:documents s:appointment-book:documents]
        [topic:lost-card t:lost-card]
        [topic:kita-place t:kita-place]
        [topic:duldung t:duldung]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "where it is": (
        lambda town: screens.places(topic(town), town),
        """
        PlaceCard integration-office
        PlaceCard police
        [pin:integration-office v:integration-office]
        [button-ask-person p:appointment-book]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    # people
    "a person": (
        screens.person,
        """
        person-wish
        PlaceCard integration-office
        [button-write-office p]
        [topic:kita-place t:kita-place]
        [button-menu m]
        """,
    ),
    "a call": (
        lambda town: screens.person(replace(town, places={}), callback=True),
        """
        callback-wish
        [button-write-office p]
        [topic:kita-place t:kita-place]
        [button-menu m]
        """,
    ),
    "a person whose office is not known for sure": (
        lambda town: screens.person(unsure(town)),
        """
        person-wish-write
        [button-write-office p]
        [topic:kita-place t:kita-place]
        [button-menu m]
        """,
    ),
    "a person where no city is known": (
        lambda town: screens.person(replace(town, city=None)),
        """
        person-wish-write
        [button-write-office p]
        [topic:kita-place t:kita-place]
        [button-menu m]
        """,
    ),
    "write it": (
        screens.write,
        """
        write-your-question
        [topic:kita-place t:kita-place]
        """,
    ),
    "helplines": (
        lambda town: screens.helplines(topic(town, "medical-emergency")),
        """
        person-crisis
        answer medical-emergency
        [button-office-anyway p:medical-emergency:office]
        """,
    ),
    "a file": (
        lambda town: screens.sent_file(town, ("duldung", "lost-card", "kita-place")),
        """
        sent-file
        sent-letter
        [topic:duldung t:duldung]
        [topic:lost-card t:lost-card]
        [button-ask-person p]
        [topic:kita-place t:kita-place]
        """,
    ),
    # ways on
    "the introduction": (
        lambda town: screens.intro(),
        """
        intro
        [button-menu m]
        """,
    ),
    "the menu": (
        screens.menu,
        """
        choose-group
        [group:appointments g:appointments] [group:cards g:cards]
        [group:family g:family] [group:help g:help]
        [group:life g:life]
        [button-ask-person p]
        """,
    ),
    "thanks": (
        lambda town: screens.smalltalk("thanks"),
        """
        smalltalk-thanks
        [button-menu m]
        """,
    ),
    "an insult": (
        lambda town: screens.smalltalk("insult"),
        """
        smalltalk-insult
        [button-menu m]
        [button-ask-person p]
        """,
    ),
    "no word": (
        lambda town: screens.smalltalk("nothing"),
        """
        smalltalk-nothing
        [button-menu m]
        [button-ask-person p]
        """,
    ),
}


@pytest.mark.parametrize("which", SCREENS)
def test_screens(town, which):
    make, expected = SCREENS[which]
    assert screen(make(town)) == cleandoc(expected)


def test_the_status_quotes_the_beginnings_of_the_latest_five(town):
    lines = screen(screens.status(QUESTIONS)).splitlines()
    assert lines[0] == "status count=7"
    assert [line[:9] for line in lines if line.startswith('"')] == [f'"Frage {number} ' for number in range(3, 8)]
    assert {len(line) for line in lines if line.startswith('"')} == {screens.QUOTED + 2}


def test_only_a_question_without_an_answer_can_be_added_to(town):
    questions = (Question(1, "2026-11-20", "?"), Question(2, "2026-11-20", "?", open=False))
    assert "j:1:3" in screen(screens.preview(DRAFT, questions))
    assert "j:2:3" not in screen(screens.preview(DRAFT, questions))


# how many questions are open, for whom is asked, what it joins; whether there are too many
@pytest.mark.parametrize(
    ("count", "draft", "many"),
    [
        (2, DRAFT, False),
        (3, DRAFT, True),
        (7, replace(DRAFT, client=True), False),  # a counsellor asks for many people
        (7, replace(DRAFT, joins=1), False),
    ],
)
def test_how_many_questions_may_be_open(count, draft, many):
    answered = replace(QUESTIONS[6], open=False)
    assert screens.too_many(draft, (*QUESTIONS[:count], answered)) is many


def test_in_another_city_the_way_to_its_counselling_is_named_where_it_is_known(town):
    office = town.places["integration-office"]
    navigator = office.model_copy(update={"id": "bamf-navi", "url": "https://bamf.example/navi"})
    for place, known in ((navigator, True), (navigator.model_copy(update={"url": None}), False)):
        there = replace(town, places={**town.places, "bamf-navi": place})
        shown = screen(screens.elsewhere(topic(there), there, "Leipzig"))
        assert ("other-city-office name=Leipzig link=https://bamf.example/navi" in shown) is known
        assert ("other-city-office" in shown) is known


def test_the_way_back_stands_there_once(town):
    once = screens.beneath(Say((Sentence("intro"),), screens.menu_button()), topic(town))
    assert screen(once) == "intro\n[button-menu m]\n[topic:appointment-book t:appointment-book]"
    assert screens.beneath(once, topic(town)) == once


def test_a_topic_without_places_shows_none(town):
    assert screens.places(topic(town, "duldung"), town) is None
    assert screens.places(replace(topic(town), places=("gone",)), town) is None


def test_the_language_of_the_app_comes_first_two_in_a_row(town):
    for hint, expected in (("en", ["en", "de"]), ("xx", ["de", "en"]), ("", ["de", "en"])):
        ((first, second),) = screens.languages(town, hint)
        assert [first.action.argument, second.action.argument] == expected
        assert (first.label, first.action.verb) == (f"language:{expected[0]}", "language")
    assert screens.languages(town) == screens.languages(town, "xx")


# what would be shown, whether danger is suspected; what is shown, each message as its parts
QUIET = Sentence("quiet-line")
NOTICE, WORDS, MORE = Emergency(), Answer("medical-emergency"), Answer("kita-place")


@pytest.mark.parametrize(
    ("before", "worry", "after"),
    [
        ([(WORDS,)], False, [(WORDS,)]),
        ([(WORDS,)], True, [(WORDS, QUIET)]),
        ([(NOTICE, WORDS)], False, [(WORDS, QUIET)]),  # the numbers below, instead of the notice above
        ([(NOTICE, WORDS), (MORE,)], False, [(WORDS,), (MORE, QUIET)]),  # once, at the end
        ([(MORE,), (NOTICE, WORDS)], False, [(MORE,), (WORDS, QUIET)]),
        ([], True, []),
    ],
)
def test_without_certain_danger_the_numbers_stand_quietly_below(before, worry, after):
    found = screens.calmly([Say(parts) for parts in before], worry=worry)
    assert [say.parts for say in found] == after


def test_what_is_handed_over_is_no_message_to_be_quiet_in():
    sent = HandOver(DRAFT)
    assert screens.calmly([Say((WORDS,)), sent], worry=True) == [Say((WORDS, QUIET)), sent]
    assert screens.calmly([sent], worry=True) == [sent]
