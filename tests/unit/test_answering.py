"""What follows on free text, case by case: what was said before, what is said now, what is shown, what is remembered.

The matcher's word is given, so each border stands where it is drawn.
"""

from __future__ import annotations

from dataclasses import replace
from inspect import cleandoc

import pytest

from bot.conversation import answering
from bot.conversation.answering import A_STORY, AS_LIKELY, CERTAINLY, QUITE_SURE, SAME_SECONDS, WORTH_NAMING
from bot.conversation.events import Asked, Draft, Question
from bot.conversation.state import State
from bot.matching.context import REMEMBERED, SAME_BREATH, Context
from bot.matching.match import Choice, Match
from tests.dialogue import screen

NOW = 10_000.0
BOOK, CARD, KITA, DULDUNG, DANGER = "appointment-book", "lost-card", "kita-place", "duldung", "medical-emergency"
READ = Context(BOOK, ("",), "Termin?", (), "", NOW - 60)  # an answer, a minute ago
ASKED_BEFORE = Context(question="Wo?", offered=(BOOK, CARD), at=NOW - 60)  # nothing was sure
DRAFT = Draft(1, "Wo?", "de", (), NOW - 60)
SHOWN = replace(DRAFT, offered=True)
HANDOVER = Match("handover")


@pytest.fixture
def town(small):
    """Cards lead to places, and what an appointment costs stands with the card."""
    change = {
        BOOK: {"see": {"cost": CARD, "duration": BOOK}, "related": (CARD, KITA)},
        CARD: {"places": ("integration-office",)},
    }
    topics = {id_: replace(topic, **change.get(id_, {})) for id_, topic in small.topics.items()}
    return replace(small, topics=topics)


def choices(*found):
    return tuple(Choice(topic, confidence) for topic, confidence in found)


def sure(topic=BOOK, confidence=0.99, **more):
    return Match("answer", choices((topic, confidence)), **more)


def follows(town, state, match, text="Und das?", questions=(), **more):
    """The state after it, and what is shown, messages one below the other."""
    event = Asked(text, match, more.pop("language", "de"), **more)
    state, effects = answering.asked(replace(state, wrote=NOW - 60), event, town, NOW, questions)
    return state, "\n--\n".join(map(screen, effects))


ANSWER = """
answer appointment-book
[section:steps s:appointment-book:steps] [section:documents s:appointment-book:documents]
[pin:integration-office v:integration-office]
[topic:lost-card t:lost-card]
[topic:kita-place t:kita-place]
[button-helped y:appointment-book]
[button-not-helped p:appointment-book]
"""
KITA_ANSWER = """
answer kita-place
[button-helped y:kita-place]
[button-not-helped p:kita-place]
"""
SAID_ALL = """
said-all topic=appointment-book
[button-ask-person p:appointment-book]
[section:steps s:appointment-book:steps] [section:documents s:appointment-book:documents]
[topic:lost-card t:lost-card]
[topic:kita-place t:kita-place]
[topic:appointment-book t:appointment-book]
"""
STEPS = """
answer appointment-book#steps
[section:documents s:appointment-book:documents]
[button-back t:appointment-book:back]
[button-helped y:appointment-book]
[button-not-helped p:appointment-book]
"""
NO_ANSWER = """
no-answer
[button-ask-person p]
[button-menu m]
"""
SENT_FILE = """
sent-file
sent-letter
[button-ask-person p]
"""

# what was said before, the matcher's word, what is shown
CASES = {
    "an answer": ({}, sure(), ANSWER),
    "two wishes, two answers": ({}, sure(also=KITA), ANSWER + "--" + KITA_ANSWER),
    "a second wish that nobody knows any more": ({}, sure(also="gone"), ANSWER),
    "in danger the topic stands in the notice already": (
        {},
        sure(DANGER, emergency=DANGER),
        """
        Emergency
        answer medical-emergency
        [button-ask-person p:medical-emergency]
        """,
    ),
    "danger first, then what is asked": (
        {},
        sure(KITA, emergency=DANGER),
        f"""
        Emergency
        answer medical-emergency
        [button-ask-person p:medical-emergency]
        --{KITA_ANSWER}
        """,
    ),
    "in danger, and what is asked besides": (
        {},
        sure(DANGER, emergency=DANGER, also=KITA),
        f"""
        Emergency
        answer medical-emergency
        [button-ask-person p:medical-emergency]
        --{KITA_ANSWER}
        """,
    ),
    "danger whose topic is gone": (
        {},
        Match("handover", emergency="gone"),
        """
        Emergency
        [button-ask-person p:gone]
        """,
    ),
    "danger, and nobody knows about the rest": (
        {},
        Match("handover", emergency=DANGER),
        """
        Emergency
        answer medical-emergency
        [button-ask-person p:medical-emergency]
        """,
    ),
    "danger, and small talk": (
        {},
        Match("handover", emergency=DANGER, smalltalk="thanks"),
        """
        Emergency
        answer medical-emergency
        [button-ask-person p:medical-emergency]
        --
        smalltalk-thanks
        [button-menu m]
        """,
    ),
    # small talk
    "yes to nothing": (
        {},
        Match("handover", smalltalk="ok"),
        """
        smalltalk-ok
        [button-menu m]
        """,
    ),
    "yes to what was not shown": (
        {"draft": DRAFT},
        Match("handover", smalltalk="ok"),
        """
        smalltalk-ok
        [button-menu m]
        """,
    ),
    "yes to a preview is no consent": (
        {"draft": SHOWN},
        Match("handover", smalltalk="ok"),
        """
        preview
        > Wo?
        preview-consent
        [button-send c:1]
        [button-rewrite w]
        [button-do-not-send x:1]
        """,
    ),
    "thanks for a preview": (
        {"draft": SHOWN},
        Match("handover", smalltalk="thanks"),
        """
        smalltalk-thanks
        [button-menu m]
        """,
    ),
    # a person
    "a person": (
        {},
        Match("handover", person="person"),
        """
        person-wish
        PlaceCard integration-office
        [button-write-office p]
        [button-menu m]
        """,
    ),
    "a call, after an answer": (
        {"context": READ},
        Match("handover", person="callback"),
        """
        callback-wish
        PlaceCard integration-office
        [button-write-office p]
        [button-menu m]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "a person, after danger": (
        {"context": replace(READ, danger=DANGER)},
        Match("handover", person="person"),
        """
        person-crisis
        answer medical-emergency
        [button-office-anyway p:medical-emergency:office]
        """,
    ),
    # none of it
    "none of these": (
        {"context": ASKED_BEFORE},
        Match("handover", role="none"),
        """
        none-of-these
        [button-ask-person p]
        [button-menu m]
        """,
    ),
    # sections
    "a section of what was answered": ({"context": READ}, sure(role="section", section="steps"), STEPS),
    "a section of what was offered": (
        {"context": ASKED_BEFORE},
        sure(role="section", section="steps"),
        STEPS,
    ),
    "a section that was read": (
        {"context": replace(READ, shown=("", "documents", "steps"))},
        sure(role="section", section="steps"),
        """
        said-all topic=appointment-book
        [button-ask-person p:appointment-book]
        [topic:lost-card t:lost-card]
        [topic:kita-place t:kita-place]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "a section of a topic that is gone is a question like any other": (
        {},
        Match("answer", choices(("gone", 0.99)), role="section", section="steps"),
        NO_ANSWER,
    ),
    "a section, and the words alone would rather have meant another topic": (
        {"context": READ},
        Match("answer", choices((BOOK, 0.9), (KITA, AS_LIKELY), (CARD, 0.5)), role="section", section="steps"),
        STEPS.replace("#steps\n", "#steps\n[topic:kita-place t:kita-place]\n"),
    ),
    "not so likely": (
        {"context": READ},
        Match("answer", choices((BOOK, 0.9), (KITA, AS_LIKELY - 0.01)), role="section", section="steps"),
        STEPS,
    ),
    "more about it": ({"context": READ}, Match("answer", role="detail", section="steps"), STEPS),
    "the paragraph of it that fits": (
        {"context": READ},
        Match("answer", choices((BOOK, 0.9), (KITA, AS_LIKELY)), role="detail", paragraph=1),
        """
        fits-best
        answer appointment-book paragraph 1
        [topic:kita-place t:kita-place]
        [section:steps s:appointment-book:steps] [section:documents s:appointment-book:documents]
        [topic:appointment-book t:appointment-book]
        [button-ask-person p:appointment-book]
        """,
    ),
    "the nearest paragraph of it, and that this is not sure": (
        {"context": READ},
        Match("answer", role="detail", paragraph=1, nearest=True),
        """
        comes-nearest
        answer appointment-book paragraph 1
        [section:steps s:appointment-book:steps] [section:documents s:appointment-book:documents]
        [topic:appointment-book t:appointment-book]
        [button-ask-person p:appointment-book]
        """,
    ),
    "the nearest section of it": (
        {"context": READ},
        Match("answer", role="detail", section="steps", nearest=True),
        f"\ncomes-nearest{STEPS}",
    ),
    "all of it again, for somebody else": (
        {"context": READ},
        Match("answer", role="detail", nearest=True),
        f"\ncomes-nearest{ANSWER}",
    ),
    "not understood: the person": (
        {"context": READ},
        sure(role="unclear"),
        """
        not-clear
        person-wish
        PlaceCard integration-office
        [button-write-office p]
        [button-menu m]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "not understood, and in another language now: the answer": (
        {"context": replace(READ, at=0.0)},
        sure(role="unclear"),
        ANSWER,
    ),
    "a section again, for somebody else": (
        {"context": replace(READ, shown=("", "steps"))},
        Match("answer", choices((BOOK, 0.9)), role="section", section="steps", nearest=True),
        f"\ncomes-nearest{STEPS}",
    ),
    "but to somebody in another city nothing of ours": (
        {"context": replace(READ, elsewhere="Leipzig")},
        Match("answer", role="detail", paragraph=1),
        SAID_ALL,
    ),
    "more about it, the same again": ({"context": READ}, Match("answer", role="detail"), SAID_ALL),
    "who comes back later reads it again": (
        {"context": replace(READ, at=NOW - SAME_SECONDS - 1)},
        Match("answer", role="detail"),
        ANSWER,
    ),
    "but not within half an hour": (
        {"context": replace(READ, at=NOW - SAME_SECONDS)},
        Match("answer", role="detail"),
        SAID_ALL,
    ),
    "a section is what it is, however late": (
        {"context": replace(READ, at=NOW - SAME_SECONDS - 1)},
        Match("answer", role="detail", section="steps"),
        STEPS,
    ),
    "more about what was only looked at in part": (
        {"context": replace(READ, shown=("steps",))},
        Match("handover", role="detail", section="documents"),
        """
        no-answer
        [button-ask-person p]
        [topic:appointment-book t:appointment-book]
        [section:documents s:appointment-book:documents]
        [topic:lost-card t:lost-card]
        [topic:kita-place t:kita-place]
        [button-menu m]
        """,
    ),
    "a section that another topic holds": (
        {"context": READ},
        sure(role="section", section="cost"),
        """
        answer lost-card
        [pin:integration-office v:integration-office]
        [button-helped y:lost-card]
        [button-not-helped p:lost-card]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "the same for another city": (
        {"context": replace(READ, elsewhere="Leipzig")},
        sure(role="section", section="cost"),
        """
        other-city name=Leipzig
        answer lost-card everywhere
        [button-own-city t:lost-card:ours]
        [button-ask-person p:lost-card]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "a section that the topic itself is said to hold": (
        {"context": READ},
        sure(role="section", section="duration"),
        """
        nothing-known section=duration topic=appointment-book
        [button-ask-person p:appointment-book]
        [section:steps s:appointment-book:steps] [section:documents s:appointment-book:documents]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "where it is in another city": (
        {"context": replace(READ, elsewhere="Leipzig")},
        sure(role="section", section="where"),
        """
        other-city name=Leipzig
        answer appointment-book everywhere
        [button-own-city t:appointment-book:ours]
        [button-ask-person p:appointment-book]
        """,
    ),
    "where it is": (
        {"context": READ},
        sure(role="section", section="contact"),
        """
        PlaceCard integration-office
        [pin:integration-office v:integration-office]
        [button-ask-person p:appointment-book]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "the answer itself speaks of it": (
        {"context": replace(READ, topic=CARD)},
        sure(CARD, role="section", section="cost"),
        """
        answer lost-card#cost
        [button-back t:lost-card:back]
        [button-helped y:lost-card]
        [button-not-helped p:lost-card]
        """,
    ),
    "whatever else there is to know": (
        {"context": replace(READ, topic=KITA)},
        sure(KITA, role="section", section="notes"),
        """
        said-all topic=kita-place
        [button-ask-person p:kita-place]
        [topic:kita-place t:kita-place]
        """,
    ),
    # another city
    "an answer for another city": (
        {},
        sure(elsewhere="Leipzig"),
        """
        other-city name=Leipzig
        answer appointment-book everywhere
        [button-own-city t:appointment-book:ours]
        [button-ask-person p:appointment-book]
        """,
    ),
    # how sure
    "quite sure": (
        {},
        Match("answer", choices((BOOK, QUITE_SURE), (DULDUNG, 0.3), (KITA, 0.2))),
        ANSWER,
    ),
    "not quite sure: one other topic above the buttons": (
        {},
        Match("answer", choices((BOOK, QUITE_SURE - 0.01), (DULDUNG, 0.3), (KITA, 0.2))),
        ANSWER.replace("book\n[section", "book\n[topic:duldung t:duldung]\n[section", 1),
    ),
    "which stands there already": (
        {},
        Match("answer", choices((BOOK, QUITE_SURE - 0.01), (CARD, 0.3))),
        ANSWER,
    ),
    "certainly not about the topic before": (
        {"context": replace(READ, topic=DULDUNG)},
        Match("answer", choices((BOOK, CERTAINLY))),
        ANSWER,
    ),
    "perhaps about the topic before": (
        {"context": replace(READ, topic=DULDUNG)},
        Match("answer", choices((BOOK, CERTAINLY - 0.01))),
        ANSWER.replace("book\n[section", "book\n[topic:duldung t:duldung]\n[section", 1),
    ),
    "read together with the topic before": (
        {"context": replace(READ, topic=DULDUNG)},
        Match("answer", choices((BOOK, CERTAINLY)), role="both"),
        ANSWER.replace("book\n[section", "book\n[topic:duldung t:duldung]\n[section", 1),
    ),
    "the same topic again": (
        {"context": READ},
        Match("answer", choices((BOOK, CERTAINLY - 0.01)), role="both"),
        ANSWER,
    ),
    "two wishes leave no doubts": (
        {"context": replace(READ, topic=DULDUNG)},
        Match("answer", choices((BOOK, 0.5), (KITA, 0.4)), also=KITA),
        ANSWER + "--" + KITA_ANSWER,
    ),
    # did you mean
    "did you mean, at most four": (
        {},
        Match("clarify", choices((BOOK, 0.5), (CARD, 0.4), (KITA, 0.3), (DULDUNG, 0.2), (DANGER, 0.1))),
        """
        did-you-mean
        [topic:appointment-book t:appointment-book]
        [topic:lost-card t:lost-card]
        [topic:kita-place t:kita-place]
        [topic:duldung t:duldung]
        [button-none-of-these p]
        """,
    ),
    "after an answer with the way back to it": (
        {"context": READ},
        Match("clarify", choices((CARD, 0.5))),
        """
        did-you-mean
        [topic:lost-card t:lost-card]
        [button-none-of-these p]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "which may be meant itself, with what of it was not read": (
        {"context": READ},
        Match("clarify", choices((CARD, 0.5), (BOOK, 0.4)), role="both"),
        """
        did-you-mean
        [topic:lost-card t:lost-card]
        [topic:appointment-book t:appointment-book]
        [section:steps s:appointment-book:steps] [section:documents s:appointment-book:documents]
        [button-none-of-these p]
        """,
    ),
    "but only where both messages were read together": (
        {"context": READ},
        Match("clarify", choices((CARD, 0.5), (BOOK, 0.4))),
        """
        did-you-mean
        [topic:lost-card t:lost-card]
        [topic:appointment-book t:appointment-book]
        [button-none-of-these p]
        """,
    ),
    "and where it is among those": (
        {"context": READ},
        Match("clarify", choices((CARD, 0.5)), role="both"),
        """
        did-you-mean
        [topic:lost-card t:lost-card]
        [button-none-of-these p]
        [topic:appointment-book t:appointment-book]
        """,
    ),
    "nothing that is worth naming": ({}, Match("clarify", choices((BOOK, WORTH_NAMING - 0.01))), NO_ANSWER),
    # no answer
    "no answer, with what may be near, at most three": (
        {},
        Match("handover", choices((BOOK, WORTH_NAMING), (CARD, 0.08), (KITA, 0.08), (DULDUNG, 0.08))),
        """
        no-answer
        [button-ask-person p]
        [topic:appointment-book t:appointment-book]
        [topic:lost-card t:lost-card]
        [topic:kita-place t:kita-place]
        [button-menu m]
        """,
    ),
    "a topic that is gone is not near": ({}, Match("answer", choices(("gone", 0.99))), NO_ANSWER),
    "no answer after an answer": (
        {"context": replace(READ, shown=("", "steps"))},
        HANDOVER,
        """
        no-answer
        [button-ask-person p]
        [topic:appointment-book t:appointment-book]
        [section:documents s:appointment-book:documents]
        [topic:lost-card t:lost-card]
        [topic:kita-place t:kita-place]
        [button-menu m]
        """,
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_what_is_shown(town, what):
    before, match, expected = CASES[what]
    _, shown = follows(town, State(language="de", **before), match)
    assert shown == _lines(expected)


def _lines(text):
    return "\n".join(line for line in map(str.strip, cleandoc(text).splitlines()) if line)


# a message below a picture: what of it is understood; whether the pictures' album was spoken of before
@pytest.mark.parametrize(
    ("match", "album", "shown"),
    [
        (HANDOVER, "", SENT_FILE),
        (HANDOVER, "77", SENT_FILE),
        (HANDOVER, "66", NO_ANSWER),  # told so already
        (sure(KITA), "77", SENT_FILE + "--" + KITA_ANSWER),
        (sure(KITA), "66", KITA_ANSWER),
        (sure("gone"), "77", SENT_FILE + "--" + NO_ANSWER),
        (
            Match("clarify", choices((KITA, 0.4))),
            "77",
            """
            sent-file
            sent-letter
            [topic:kita-place t:kita-place]
            [button-ask-person p]
            """,
        ),
    ],
)
def test_words_below_a_picture(town, match, album, shown):
    state, found = follows(town, State(language="de", album="66"), match, file=True, album=album)
    assert found == _lines(shown)
    assert state.album == (album or "66")


def test_without_an_album_every_picture_is_told_of(town):
    _, shown = follows(town, State(language="de"), HANDOVER, file=True)
    assert shown == _lines(SENT_FILE)


@pytest.mark.parametrize(
    ("file", "album", "told"), [(True, "", True), (True, "77", True), (True, "66", False), (False, "77", False)]
)
@pytest.mark.parametrize("state", [State("de", writing=True), State("de", draft=SHOWN, growing=True)])
def test_a_question_for_a_person_below_a_picture(town, state, file, album, told):
    _, shown = follows(town, replace(state, album="66"), HANDOVER, file=file, album=album)
    assert shown.startswith("sent-file\n--\npreview\n" if told else "preview\n")


# How many words stand around the wish; whether it is the question before that goes to the person, or all of it
@pytest.mark.parametrize(("words", "alone"), [(1, True), (A_STORY - 1, True), (A_STORY, False), (30, False)])
def test_a_wish_for_a_person_in_a_story_is_part_of_the_question(town, words, alone):
    text = "wort " * words
    before = State("de", draft=DRAFT, drafts=1, previews=(replace(DRAFT, number=9),))
    state, shown = follows(town, before, Match("handover", person="person"), text)
    assert shown.startswith("person-wish")
    assert state.draft.question == ("Wo?" if alone else text)
    assert state.previews == before.previews
    grown, shown = follows(town, State("de", draft=SHOWN, growing=True), Match("handover", person="person"), text)
    assert shown.startswith("preview\n> Wo?" if not alone else "person-wish")
    assert grown.draft.question == ("Wo?" if alone else f"Wo?\n{text}")


def test_in_danger_a_wish_for_a_person_is_heard_after_the_notice(town):
    state, shown = follows(town, State("de"), Match("handover", person="person", emergency=DANGER))
    assert shown.splitlines() == ["Emergency", f"answer {DANGER}", f"[button-ask-person p:{DANGER}]"]
    assert state.context.danger == DANGER
    assert state.draft.question == "Und das?"


def test_the_helplines_come_first_once(town):
    state, shown = follows(town, State("de", context=Context(danger=DANGER)), Match("handover", person="person"))
    assert shown.startswith("person-crisis")
    assert state.context.danger == ""
    _, shown = follows(town, state, Match("handover", person="person"))
    assert shown.startswith("person-wish")


# what was said before, the matcher's word; what the next message is read with
@pytest.mark.parametrize(
    ("before", "match", "after"),
    [
        (Context(), sure(), Context(BOOK, ("",), "Und das?", (), "", NOW)),
        (replace(READ, danger=DANGER), sure(KITA), Context(KITA, ("",), "Und das?", (), DANGER, NOW)),
        (Context(), sure(elsewhere="Leipzig"), Context(BOOK, ("",), "Und das?", (), "", NOW, "Leipzig")),
        # read together, or corrected: both are the question, asked when the first was
        (READ, sure(CARD, role="both"), Context(CARD, ("",), "Termin? Und das?", (), "", NOW - 60)),
        (
            READ,
            sure(CARD, role="correction"),
            Context(CARD, ("",), "Und das?", (), "", NOW),
        ),  # what was wrong is forgotten
        # chosen: the question is the one that was asked
        (ASKED_BEFORE, sure(CARD, role="choice"), Context(CARD, ("",), "Wo?", (), "", NOW - 60)),
        (Context(), sure(CARD, role="both"), Context(CARD, ("",), "Und das?", (), "", NOW)),
        (Context(), sure(CARD, role="choice"), Context(CARD, ("",), "Und das?", (), "", NOW)),
        (replace(ASKED_BEFORE, topic=KITA), sure(CARD, role="detail"), Context(CARD, ("",), "Wo?", (), "", NOW - 60)),
        # a section
        (READ, sure(role="section", section="steps"), replace(READ, shown=("", "steps"))),
        (
            ASKED_BEFORE,
            sure(role="section", section="steps"),
            replace(ASKED_BEFORE, topic=BOOK, shown=("steps",), offered=()),
        ),
        (
            replace(READ, at=1.0),
            Match("answer", role="detail"),
            replace(READ, at=NOW),  # read again, later
        ),
        # nothing was meant
        (
            replace(ASKED_BEFORE, topic=KITA, shown=("",)),
            Match("handover", role="none"),
            Context(question="Wo?", at=NOW - 60),
        ),
        # no answer, or did you mean
        (READ, HANDOVER, replace(READ, question="Und das?", at=NOW)),
        (
            READ,
            Match("handover", choices((CARD, 0.1)), role="both", elsewhere="Leipzig"),
            replace(READ, question="Termin? Und das?", offered=(CARD,), at=NOW, elsewhere="Leipzig"),
        ),
        (Context(), Match("clarify", choices((CARD, 0.5)), role="both"), Context("", (), "Und das?", (CARD,), "", NOW)),
    ],
)
def test_what_the_next_message_is_read_with(town, before, match, after):
    state, _ = follows(town, State("de", context=before), match)
    assert state.context == after


@pytest.mark.parametrize("match", [HANDOVER, sure(), Match("handover", role="both"), sure(role="both")])
def test_no_more_is_remembered_than_the_matcher_reads(town, match):
    begun = Context(question="b" * 400, at=NOW - 60)
    text = "a" * 600
    state, _ = follows(town, State("de", context=begun), match, text)
    together = f"{begun.question} {text}"[-REMEMBERED:]
    assert state.context.question == (together if match.role else "a" * REMEMBERED)


@pytest.mark.parametrize(("words", "back"), [(SAME_BREATH, True), (SAME_BREATH + 1, False)])
def test_a_few_words_may_be_about_what_was_talked_about(town, words, back):
    for match in (HANDOVER, Match("clarify", choices((KITA, 0.4)))):
        _, shown = follows(town, State("de", context=READ), match, "wort " * words)
        assert (f"[topic:{BOOK} t:{BOOK}]" in shown) is back


# what is open at the office, what the message belongs to, what it replies to; what the draft joins
@pytest.mark.parametrize(
    ("open_", "joining", "number", "joins"),
    [
        ((7,), 7, 0, 7),
        ((7,), 0, 7, 7),
        ((7, 8), 8, 7, 7),  # the answer that is replied to says it more plainly
        ((8,), 7, 0, 0),  # withdrawn meanwhile
        ((), 0, 7, 0),
    ],
)
def test_what_a_question_for_a_person_belongs_to(town, open_, joining, number, joins):
    questions = tuple(Question(each, "2026-11-20", "?") for each in open_)
    before = State("de", writing=joining > 0, joining=joining)
    state, shown = follows(town, before, HANDOVER, "Und wann?", questions, number=number)
    assert shown.startswith("preview\n> Und wann?")
    assert state.draft.joins == joins
    assert (state.draft.offered, state.growing, state.writing, state.joining) == (True, True, False, 0)


def test_an_edit_is_not_what_is_awaited(town):
    state, shown = follows(town, State("de", writing=True, joining=7), sure(), edited=True, post="1")
    assert shown == _lines(ANSWER)
    assert (state.writing, state.joining) == (True, 7)


# what the changed message was: a draft that was shown, one that was not, none
@pytest.mark.parametrize(
    ("draft", "shown"),
    [
        (replace(SHOWN, pieces=(("1", "Wo?"),)), "preview\n> Und das?"),
        (replace(DRAFT, pieces=(("1", "Wo?"),)), "no-answer"),
        (replace(SHOWN, pieces=(("2", "Wo?"),)), "no-answer"),
    ],
)
def test_a_corrected_question_is_shown_anew_where_it_was_shown(town, draft, shown):
    state, found = follows(town, State("de", draft=draft, drafts=1), HANDOVER, edited=True, post="1")
    assert found.startswith(shown)
    assert state.growing is shown.startswith("preview")


def test_what_was_not_shown_grows_quietly(town):
    long = replace(DRAFT, question="x" * 4_096, pieces=(("", "x" * 4_096),))
    before = State("de", draft=long, context=replace(READ, question=""))
    state, effects = answering.asked(replace(before, wrote=NOW), Asked("Ende", sure(KITA), "de"), town, NOW, ())
    assert "\n--\n".join(map(screen, effects)) == "rest-added\n[button-ask-person p]\n[button-menu m]"
    assert state.draft.question == "x" * 4_096 + "Ende"
    assert state.draft.topics == (KITA,)


# who forwards it, and whether the language spoken changes
@pytest.mark.parametrize(
    ("counsellor", "forwarded", "spoken"), [(True, True, "de"), (True, False, "uk"), (False, True, "uk")]
)
def test_a_clients_language_is_not_the_counsellors(town, counsellor, forwarded, spoken):
    before = State(spoken="de", counsellor=counsellor)
    state, shown = follows(town, before, replace(HANDOVER, language="uk"), language="uk", forwarded=forwarded)
    assert state.spoken == spoken
    assert state.draft.client is (counsellor and forwarded)
    if state.draft.client:
        assert shown == "no-answer\nreply-to-whom\n[button-reply-mine i:1]\n[button-reply-nobody x:1]"
        assert state.draft.offered
    else:
        assert "reply-to-whom" not in shown
        assert not state.draft.offered


def test_below_a_clients_question_stands_what_may_be_near(town):
    near = Match("handover", choices((KITA, 0.3)))
    _, shown = follows(town, State("de", counsellor=True), near, forwarded=True)
    assert shown.splitlines()[-1] == f"[topic:{KITA} t:{KITA}]"


# how probable it is, whether it is delicate; whether it may be named
@pytest.mark.parametrize(
    ("confidence", "delicate", "named"),
    [
        (0.079, False, False),
        (0.08, False, True),
        (0.349, True, False),
        (0.35, True, True),
    ],
)
def test_what_is_worth_naming(town, confidence, delicate, named):
    flags = frozenset({"delicate"}) if delicate else frozenset()
    there = replace(town, topics={**town.topics, KITA: replace(town.topics[KITA], flags=flags)})
    match = Match("clarify", choices(("gone", 0.9), (KITA, confidence), (BOOK, 0.5)))
    assert answering.worth_naming(match, there) == ((KITA, BOOK) if named else (BOOK,))


def test_of_a_text_that_was_read_for_another_section_the_part_is_shown(town):
    see = {"cost": CARD, "contact": CARD}
    town = replace(town, topics={**town.topics, BOOK: replace(town.topics[BOOK], see=see)})
    shown = [
        follows(town, State(context=replace(READ, shown=read)), sure(role="section", section="contact"))[1]
        for read in (("",), ("", "cost"))
    ]
    assert ["answer lost-card#contact" in each for each in shown] == [False, True]
