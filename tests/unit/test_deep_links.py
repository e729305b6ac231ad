"""Links on postcards and signs: what they ask for, and what an old one may still ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.deep_links import DeepLink, read


@pytest.mark.parametrize(
    ("parameter", "link"),
    [
        ("topic_appointment-book", DeepLink(topic="appointment-book")),
        ("lang_en", DeepLink(language="en")),
        ("place_integration-office", DeepLink(place="integration-office")),
        ("lang_en__topic_lost-card", DeepLink("en", "lost-card")),
        ("place_integration-office__lang_de__topic_duldung", DeepLink("de", "duldung", "integration-office")),
        # what is not there (any more) is left out, and the rest holds
        ("lang_xx__topic_lost-card", DeepLink(topic="lost-card")),
        ("topic_gone__lang_en", DeepLink(language="en")),
        ("lang_en__lang_de", DeepLink(language="en")),  # the first one counts
        # nothing known is an ordinary start
        ("", DeepLink()),
        ("appointment-book", DeepLink()),
        ("topic_", DeepLink()),
        ("topic-appointment-book", DeepLink()),
        ("ref_12345__utm_poster", DeepLink()),
    ],
)
def test_links(small, parameter, link):
    assert read(parameter, small) == link


@given(st.text(max_size=80))
def test_any_parameter_is_read(small, parameter):
    assert read(parameter, small).topic in {"", *small.topics}


@given(st.data())
def test_what_is_written_is_read(small, data):
    link = DeepLink(
        data.draw(st.sampled_from(["", *small.languages])),
        data.draw(st.sampled_from(["", *small.topics])),
        data.draw(st.sampled_from(["", "integration-office"])),
    )
    assert read(link.encode(), small) == link


def test_a_link_over_telegrams_limit_is_refused_where_it_is_made():
    with pytest.raises(ValueError, match="over 64 characters"):
        DeepLink("de-simple", "a" * 40, "b" * 20).encode()


def test_a_link_as_it_stands_on_postcards_that_are_printed():
    assert DeepLink("uk", "appointment-book", "office").encode() == "lang_uk__topic_appointment-book__place_office"
    assert DeepLink(topic="kita-place").encode() == "topic_kita-place"
    assert DeepLink().encode() == ""
    assert len(DeepLink(topic="a" * 58).encode()) == 64  # the longest that Telegram takes
    with pytest.raises(ValueError, match="Leave out a part of the link"):
        DeepLink(topic="a" * 59).encode()
