"""What belongs to a question, what corrects it, what of it is sent: each rule at its border."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace

import pytest

from bot.conversation import drafts
from bot.conversation.actions import Action
from bot.conversation.deep_links import DeepLink
from bot.conversation.drafts import (
    CUT_AT,
    LINE_SECONDS,
    PREVIEW_SECONDS,
    PREVIEWS,
    SPLIT_FROM,
    SPLIT_SECONDS,
    TEXTS,
    TOPICS,
)
from bot.conversation.events import Answer, Asked, Commanded, Draft, Invited, Moved, Question, Say, SentOther
from bot.conversation.hearing import Heard, hear
from bot.conversation.incoming import Incoming
from bot.conversation.state import DRAFT_SECONDS, State
from bot.matching.context import REMEMBERED, Context
from bot.matching.match import Match

NOW = 1_000_000.0
DRAFT = Draft(1, "Wo?", "de", ("kita-place",), NOW - 60, pieces=(("1", "Wo?"),))
SHOWN = replace(DRAFT, offered=True)
UNANSWERED = Context(question="Wo?", at=NOW - 60)


def says(text="Wann?", **more):
    return Asked(text, more.pop("match", Match("handover")), "de", **{"post": "2", **more})


# ---- which message belongs to which


# the draft, what is said, how many seconds later, for a client; whether it is the rest of a longer message
@pytest.mark.parametrize(
    ("last", "more", "since", "client", "cut"),
    [
        (SPLIT_FROM, {}, SPLIT_SECONDS, False, True),
        (SPLIT_FROM, {}, SPLIT_SECONDS + 1, False, False),
        (SPLIT_FROM - 1, {}, 0, False, False),
        (SPLIT_FROM, {"edited": True}, 0, False, False),
        (SPLIT_FROM, {}, 0, True, False),  # a client's message behind one of the counsellor's own
        (None, {}, 0, False, False),
    ],
)
def test_the_rest_of_a_long_message(last, more, since, client, cut):
    pieces = (("1", "kurz"), ("2", "x" * last)) if last else ()
    state = State("de", draft=replace(DRAFT, pieces=pieces))
    assert drafts.is_cut(state, says(**more), since, client=client) is cut
    assert drafts.is_cut(State("de"), says(**more), since, client=client) is False


@pytest.mark.parametrize(
    ("draft", "growing", "more", "since", "client", "belongs"),
    [
        (SHOWN, True, {}, PREVIEW_SECONDS, False, True),
        (SHOWN, True, {}, PREVIEW_SECONDS + 1, False, False),
        (DRAFT, True, {}, 0, False, False),  # nothing was shown
        (SHOWN, False, {}, 0, False, False),  # they turned to something else
        (SHOWN, True, {"edited": True}, 0, False, False),
        (SHOWN, True, {}, 0, True, False),
        (replace(SHOWN, client=True), True, {}, 0, False, False),
        (None, True, {}, 0, False, False),
        (replace(SHOWN, joins=7), True, {"number": 7}, 0, False, True),  # a reply to the same answer
        (replace(SHOWN, joins=7), True, {"number": 8}, 0, False, False),
        (replace(SHOWN, joins=7), True, {}, 0, False, True),
        (SHOWN, True, {"number": 7}, 0, False, False),
    ],
)
def test_what_goes_on_with_a_question_that_was_just_shown(draft, growing, more, since, client, belongs):
    state = State("de", draft=draft, growing=growing)
    assert drafts.belongs(state, says(**more), since, client=client) is belongs


# the state before, what is said and how long after; the words of the draft
@pytest.mark.parametrize(
    ("before", "more", "since", "words"),
    [
        ({}, {}, LINE_SECONDS, "Wo?\nWann?"),  # the next line
        ({}, {}, LINE_SECONDS + 1, "Wann?"),
        ({"context": Context()}, {}, 0, "Wann?"),  # nothing was asked
        ({"context": replace(UNANSWERED, topic="kita-place")}, {}, 0, "Wann?"),  # it has an answer
        ({"draft": replace(DRAFT, client=True)}, {}, 0, "Wann?"),
        ({"draft": replace(DRAFT, joins=7)}, {}, 0, "Wann?"),
        ({"writing": True}, {}, 0, "Wann?"),
        ({}, {"number": 7}, 0, "Wann?"),
        ({}, {"edited": True}, 0, "Wann?"),
        ({"draft": None}, {}, 0, "Wann?"),
    ],
)
def test_the_next_line_of_a_question_that_nobody_has_answered(before, more, since, words):
    state = replace(State("de", draft=DRAFT, drafts=1, context=UNANSWERED), **before)
    found = drafts.from_words(state, says(**more), ("lost-card",), NOW, since, client=False)
    assert found.draft.question == words
    assert (found.draft.number, found.drafts, found.draft.offered) == (2, 2, False)
    apart = drafts.from_words(state, says(**more), (), NOW, since, client=True)
    assert (apart.draft.question, apart.draft.client) == ("Wann?", True)


def test_a_new_question_is_in_its_own_language_and_a_grown_one_in_that_of_its_longest_line():
    def language(text, written_in, since=999.0):
        state = State("de", draft=DRAFT, drafts=1, context=UNANSWERED)
        said = says(text, match=Match("handover", language=written_in))
        return drafts.from_words(state, said, (), NOW, since, client=False).draft.language

    assert language("When is it open?", "en") == "en"
    assert language("???", "") == "de"  # nobody knows: the one it is answered in
    assert language("When is it open?", "en", since=0) == "en"  # longer than "Wo?"
    assert language("Eh!", "en", since=0) == "de"
    assert language("???????", "", since=0) == "de"


def test_what_is_read_together_with_what_was_said_before_is_one_question():
    state = State("de", context=UNANSWERED)
    together = says(match=Match("handover", role="both"))
    found = drafts.from_words(state, together, (), NOW, 999, client=False).draft
    assert (found.question, found.pieces, found.at) == ("Wo?\nWann?", (("", "Wo?"), ("2", "Wann?")), NOW - 60)
    for before in (replace(state, writing=True), replace(state, context=Context())):
        assert drafts.from_words(before, together, (), NOW, 999, client=False).draft.question == "Wann?"
    later = replace(state, context=replace(UNANSWERED, at=NOW + 60))  # two clocks
    assert drafts.from_words(later, together, (), NOW, 999, client=False).draft.at == NOW


@pytest.mark.parametrize(
    ("draft", "more", "corrects"),
    [
        (DRAFT, {"edited": True, "post": "1"}, True),
        (DRAFT, {"edited": False, "post": "1"}, False),
        (DRAFT, {"edited": True, "post": "9"}, False),
        (replace(DRAFT, pieces=(("", "Wo?"),)), {"edited": True, "post": ""}, False),  # a channel without ids
        (None, {"edited": True, "post": "1"}, False),
    ],
)
def test_what_corrects_a_question(draft, more, corrects):
    assert drafts.corrects(State("de", draft=draft), says(**more)) is corrects


def test_a_corrected_line_takes_the_place_of_the_old_and_everything_is_to_be_sent():
    before = replace(SHOWN, question="Wo?\nWann?", pieces=(("1", "Wo?"), ("2", "Wann?")), sent=3, joins=7, numbers=True)
    state = State("de", draft=before, drafts=1, wrote=NOW)
    found = drafts.from_words(state, says("Wohin?", edited=True, post="1"), ("lost-card",), NOW, 0, client=False)
    pieces = (("1", "Wohin?"), ("2", "Wann?"))
    corrected = replace(before, number=2, question="Wohin?\nWann?", pieces=pieces, topics=("lost-card",), sent=0)
    assert found.draft == replace(corrected, offered=False)
    assert found.previews == (before,)  # what stands on the screen can be sent all the same


# what of the message is known, its words now; whether nothing has changed
@pytest.mark.parametrize(
    ("before", "more", "unchanged"),
    [
        ({}, {"text": "Wo?"}, True),  # only a reaction came
        ({}, {"text": "Wo?", "edited": False}, False),  # said again
        ({}, {"text": "Woher?"}, False),
        ({"context": Context(), "draft": DRAFT}, {"text": "Wo?"}, True),
        ({"context": Context(), "draft": replace(DRAFT, question="Hallo\nWo?")}, {"text": "Wo?"}, True),
        ({"context": Context(), "draft": replace(DRAFT, question="Hallo Wo?")}, {"text": "Wo?"}, False),
        ({"context": replace(UNANSWERED, question="x" * REMEMBERED)}, {"text": "x" * (REMEMBERED + 9)}, True),
        ({"texts": (("2", drafts._checksum("Neu")),)}, {"text": "Neu"}, True),
        ({"texts": (("2", drafts._checksum("Alt")),)}, {"text": "Wo?"}, False),
        ({"texts": (("3", drafts._checksum("Neu")),)}, {"text": "Neu"}, False),
    ],
)
def test_what_telegram_calls_edited(before, more, unchanged):
    state = replace(State("de", context=UNANSWERED), **before)
    assert drafts.is_unchanged(state, says(**{"edited": True, **more})) is unchanged


def test_what_tells_whether_an_edit_changes_anything_is_kept_of_the_last_messages():
    assert drafts._checksum("Neu") == 3_181_405_065  # it is stored: it means the same after an update
    state = State("de", wrote=5.0)
    for number in range(TEXTS + 1):
        state = drafts.remembered(state, says(f"Wort {number}", post=str(number)), NOW)
    assert [post for post, _ in state.texts] == [str(number) for number in range(1, TEXTS + 1)]
    assert state.wrote == NOW
    again = drafts.remembered(state, says("Anders", post="7", edited=True), NOW + 9)
    assert again.texts == (*(entry for entry in state.texts if entry[0] != "7"), ("7", drafts._checksum("Anders")))
    assert again.wrote == NOW  # an edit is not the last that was written
    assert drafts.remembered(state, says(post=""), NOW).texts == state.texts


# ---- how a question grows


# the messages, as the app cuts them; the question
@pytest.mark.parametrize(
    ("messages", "question"),
    [
        (["Wo?", "Wann?"], "Wo?\nWann?"),
        (["a" * CUT_AT, "b"], "a" * CUT_AT + "b"),  # cut inside a word
        (["a" * (CUT_AT - 1), "b"], "a" * (CUT_AT - 1) + "\nb"),
        (["a" * 4_050 + " ", "b"], "a" * 4_050 + " b"),  # cut at a space
        (["😀" * (CUT_AT // 2), "b"], "😀" * (CUT_AT // 2) + "b"),  # which count twice
        (["a" * CUT_AT, "b", "c"], "a" * CUT_AT + "b\nc"),
    ],
)
def test_messages_are_joined_as_they_were_cut(messages, question):
    state = State("de", draft=Draft(1, messages[0], "de", (), NOW), drafts=1)
    for number, words in enumerate(messages[1:]):
        state = drafts.grown(state, state.draft, says(words, post=str(number)), ())
    assert state.draft.question == question
    assert state.draft.pieces[0] == ("", messages[0])
    assert [words for _, words in state.draft.pieces] == messages


def test_a_question_that_grows_is_about_at_most_four_topics():
    state = State("de", draft=DRAFT, drafts=1)
    more = ("lost-card", "kita-place", "duldung", "appointment-book", "town-festival")
    found = drafts.grown(state, DRAFT, says(), more).draft.topics
    assert found == ("kita-place", "lost-card", "duldung", "appointment-book")
    assert len(found) == TOPICS


# ---- what of it is sent


def test_whatever_was_shown_can_be_sent_the_latest_six():
    state = State("de")
    for number in range(1, PREVIEWS + 3):
        state = drafts.begun(state, replace(SHOWN, question=str(number)))
    assert state.draft.number == PREVIEWS + 2
    assert [draft.number for draft in state.previews] == list(range(2, PREVIEWS + 2))
    assert drafts.named(state, "2").question == "2"
    assert drafts.named(state, str(PREVIEWS + 2)) == state.draft
    assert drafts.named(state, "1") is None
    assert drafts.put_away(state).draft is None
    assert drafts.put_away(State("de", draft=DRAFT)).previews == ()  # nobody has seen it


def test_a_preview_that_is_shown_anew_beside_the_draft_leaves_the_draft():
    old = replace(SHOWN, number=2)
    state = State("de", draft=replace(SHOWN, number=3), drafts=3, previews=(old,) * PREVIEWS)
    after, fresh = drafts.shown_anew(state, replace(old, numbers=True, offered=False))
    assert fresh == replace(old, number=4, numbers=True)
    assert after == replace(state, drafts=4, previews=(*state.previews[1:], fresh))
    alone, fresh = drafts.shown_anew(State("de", drafts=3), old)
    assert (alone.draft, alone.drafts) == (fresh, 4)


def test_dropped_is_the_question_with_its_numbers_and_without():
    other = replace(SHOWN, number=4, question="Wann?")
    state = State("de", draft=replace(SHOWN, numbers=True), previews=(replace(SHOWN, number=2), other))
    assert drafts.dropped(state, SHOWN) == State("de", previews=(other,))


def test_what_was_sent_goes_once_and_of_what_grew_from_it_the_rest():
    whole = replace(SHOWN, number=2, question="Wo? Wann?")
    other = replace(SHOWN, number=3, question="Wer?")
    state = State("de", draft=whole, previews=(SHOWN, other), writing=True)
    after = drafts.sent(state, SHOWN)
    assert after == State("de", draft=replace(whole, sent=len("Wo?")), previews=(other,))
    assert drafts.sent(state, whole) == State("de", previews=(other,))  # what it grew from, too


# the open questions; what of the draft is sent, and to which it is an addition
@pytest.mark.parametrize(
    ("questions", "words", "joins"),
    [
        ((Question(7, "", "Wo?"),), "Wann? FE123456", 7),
        ((Question(6, "", "Wer?"), Question(7, "", " Wo?  ")), "Wann? FE123456", 7),
        ((Question(7, "", "Wo?", open=False),), "Wo?\nWann? FE123456", 0),  # it has its answer
        ((Question(7, "", "Wer?"),), "Wo?\nWann? FE123456", 0),
        ((), "Wo?\nWann? FE123456", 0),
    ],
)
def test_the_rest_is_an_addition_where_the_beginning_is_open(questions, words, joins):
    draft = replace(SHOWN, question="Wo?\nWann? FE123456", numbers=True, sent=3)
    found = drafts.unsent(draft, questions)
    assert (found.shown, found.joins) == (words, joins)
    assert found.pieces == (() if joins else draft.pieces)
    assert drafts.unsent(replace(draft, sent=0), questions) == replace(draft, sent=0)
    hidden = drafts.unsent(replace(draft, numbers=False), questions)
    assert hidden.shown == words.replace("FE123456", "••••••••")  # as it was previewed


# ---- what is kept of it


def test_a_day_later_it_is_gone():
    at = {"draft": replace(DRAFT, at=NOW), "previews": (replace(DRAFT, at=NOW),), "texts": (("1", 2),), "wrote": NOW}
    state = State("de", context=Context("kita-place", at=NOW), **at)
    assert state.fresh(NOW + DRAFT_SECONDS) == state
    assert state.fresh(NOW + DRAFT_SECONDS + 1) == State("de", wrote=NOW)
    assert DRAFT_SECONDS == 24 * 3600


# what is kept, and since when; None: no words
@pytest.mark.parametrize(
    ("state", "since"),
    [
        (State(), None),
        (State(draft=replace(DRAFT, at=5.0)), 5.0),
        (State(draft=replace(DRAFT, at=5.0), previews=(replace(DRAFT, at=4.0),)), 4.0),
        (State(draft=replace(DRAFT, at=5.0), context=Context(question="?", at=3.0)), 3.0),
        (State(draft=replace(DRAFT, at=5.0), context=Context("kita-place", at=3.0)), 5.0),  # a button was pressed
        (State(context=Context(question="?", at=3.0)), 3.0),
    ],
)
def test_since_when_words_are_kept(state, since):
    assert state.words_since == since


# whatever travels: a channel, a button, an older version that does not know a thing leaves it out
@pytest.mark.parametrize(
    "kind",
    [
        Answer,
        Incoming,
        Heard,
        Asked,
        Commanded,
        SentOther,
        Invited,
        Moved,
        Say,
        Action,
        Draft,
        DeepLink,
        Context,
        State,
        Match,
    ],
)
def test_what_nobody_says_is_not_there(kind):
    unsaid = {each.name: each.default for each in fields(kind) if each.default is not MISSING}
    assert unsaid
    assert [name for name, value in unsaid.items() if value not in ("", None, False, 0, (), Context())] == []


# ---- how words are heard


class Reader:
    """Detects what it is told to; keeps what it was asked with."""

    def __init__(self, detected):
        self.detected, self.context = detected, None

    def match(self, text, context):
        self.context = context
        return Match("handover", language=self.detected)


# chosen language, what is detected, words, from a client; the language of the answer
@pytest.mark.parametrize(
    ("chosen", "detected", "words", "client", "language"),
    [
        ("de", "en", 3, False, "en"),  # another language, for sure
        ("de", "en", 2, False, "de"),  # too few words to tell
        ("de", "xx", 3, False, "de"),  # that nobody here speaks
        ("de", "", 3, False, "de"),
        ("de", "de-simple", 3, False, "de"),
        ("de-simple", "de", 3, False, "de-simple"),
        ("", "en", 1, False, "en"),  # nothing was chosen
        ("", "", 3, False, "uk"),  # as the app is
        ("", "en", 3, True, "uk"),  # a client's language is not the counsellor's
        ("de", "en", 3, True, "de"),
    ],
)
def test_in_which_language_it_is_answered(small, chosen, detected, words, client, language):
    state = State(chosen, counsellor=client)
    heard = Heard(" ".join(["wort"] * words), "uk", forwarded=client)
    found = hear(heard, state, Reader(detected), small, NOW)
    assert (found.language, found.match.language) == (language, detected)


def test_everything_that_was_heard_is_passed_on(small):
    heard = Heard("Wo?", "de", True, edited=True, file=True, number=7, album="77", post="9")
    found = Match("handover", language="de")
    expected = Asked("Wo?", found, "de", True, edited=True, file=True, number=7, album="77", post="9")
    assert hear(heard, State("de"), Reader("de"), small, NOW) == expected


# what was said before, who says it, what it replies to; what it is read with
@pytest.mark.parametrize(
    ("before", "heard", "read_with"),
    [
        ({}, {}, UNANSWERED),
        ({"writing": True}, {}, Context()),  # a question for a person stands for itself
        ({"counsellor": True}, {"forwarded": True}, Context()),
        ({}, {"forwarded": True}, UNANSWERED),
        ({}, {"about": "kita-place"}, Context("kita-place", at=NOW)),  # a reply to that answer
        ({}, {"about": "gone"}, UNANSWERED),
        (
            {"context": Context("kita-place", ("",), "Kita?", at=NOW)},
            {"about": "kita-place"},
            Context("kita-place", ("",), "Kita?", at=NOW),
        ),
        ({"context": replace(UNANSWERED, at=NOW - DRAFT_SECONDS - 1)}, {}, Context()),
    ],
)
def test_what_words_are_read_with(small, before, heard, read_with):
    reader = Reader("de")
    state = replace(State("de", context=UNANSWERED), **before)
    hear(Heard("Wann?", "de", **heard), state, reader, small, NOW)
    assert reader.context == read_with
