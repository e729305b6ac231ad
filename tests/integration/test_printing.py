"""PDF as typst makes it: codes are read back from the printed page; the report from the command and from the console."""

from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from PIL import Image

from bot.presentation.compose import Composer
from bot.printing import postcards, report, typesetting
from bot.storage import counts
from bot.storage.counts import Count
from tests.integration.test_console_desk import site  # noqa: F401 # the fixture
from tests.unit.test_report import count, made

ADDRESS = "https://lotse.musterstadt.example"
DOTS = 150  # an inch: a cheap office printer, and a phone that is held far away


def pages(composer, paper, languages, topics):
    data = postcards.data(composer, ADDRESS, languages, topics, paper)
    return [Image.open(io.BytesIO(png)) for png in typesetting.pictures(postcards.TEMPLATE, data, DOTS)]


@pytest.fixture(scope="module")
def composer(small, catalogues):
    return Composer(small, catalogues)


@pytest.mark.parametrize(("paper", "sides"), [(postcards.CARD, 2), (postcards.SIGN, 1)], ids=["A6", "A4"])
def test_every_code_is_read_back_and_is_printed_large_enough(composer, paper, sides):
    languages, topics = ["de", "en"], ["", "appointment-book"]
    found = pages(composer, paper, languages, topics)
    assert len(found) == len(languages) * len(topics) * sides
    expected = [postcards.link(ADDRESS, language, topic) for topic in topics for language in languages]
    fronts = found[::sides]
    for page, link in zip(fronts, expected, strict=True):
        (code,) = zxingcpp.read_barcodes(page)
        assert code.text == link
        assert code.ec_level == "M"
        corner, opposite = code.position.top_left, code.position.top_right
        assert (opposite.x - corner.x) / DOTS * 25.4 >= 25  # millimetres
    for back in found[1::2] if sides == 2 else []:
        assert zxingcpp.read_barcodes(back) == []


def test_links_name_the_topic_and_the_language():
    assert postcards.link(ADDRESS, "uk", "lost-card") == f"{ADDRESS}/?topic=lost-card&lang=uk"
    assert postcards.link(ADDRESS, "uk", "") == f"{ADDRESS}/?lang=uk"


def test_pages_have_bleed_and_cut_marks(composer):
    page = pages(composer, postcards.CARD, ["de"], [""])[0].convert("RGB")
    mm = DOTS / 25.4
    assert (round(page.width / mm), round(page.height / mm)) == (125, 168)  # 105 x 148 and 10 around
    blue = page.getpixel((round(60 * mm), round(12 * mm)))
    assert page.getpixel((round(8 * mm), round(8 * mm))) == blue  # 2 mm beyond the cut
    assert page.getpixel((round(5 * mm), round(8 * mm))) == (255, 255, 255)
    mark = [page.getpixel((x, round(2 * mm))) for x in range(round(9 * mm), round(11 * mm))]
    assert min(sum(pixel) for pixel in mark) < 600  # something dark stands there


def test_right_to_left_and_other_scripts_are_set_with_letters_of_their_own(catalogues, small):
    """A font that lacks a script shows boxes, all alike: real letters differ."""
    composer = Composer(small, catalogues)
    for language in ("ar", "ti", "ps", "vi"):
        data = postcards._front(composer, ADDRESS, language, "", postcards.CARD)
        assert data["rtl"] is (language in ("ar", "ps"))
        assert data["ask"] != composer.sentence("postcard-ask", "de")
        one, two = (
            typesetting.pictures(
                postcards.TEMPLATE,
                {
                    "width": 60,
                    "height": 60,
                    "scale": 0.5,
                    "code": 10,
                    "cards": [{**data, "title": title, "ask": "", "how": ""}],
                },
                60,
            )[0]
            for title in (data["ask"], data["ask"][::-1])
        )
        assert one != two


def test_words_command_nothing_in_a_pdf():
    evil = '#panic("x") #import "/etc/passwd" $x$ *b* \\ "'
    found = made(report.Found([count(9, topic=evil)]), title=str)
    assert report.as_pdf(found).startswith(b"%PDF")


async def test_report_and_cards_in_the_console(site):  # noqa: F811
    await site.writer.run(
        lambda connection: counts.add(
            connection, "musterstadt", [Count("2027-W02", "appointment-book", "uk", "web", "answered", 7)]
        )
    )
    figures, editor = await site.signed_in("figures"), await site.signed_in("editor")
    page = (await figures.get("/report?from=2027-01-01&to=2027-01-31")).text
    assert re.search(r"KW 02/2027.*?<td>7</td>", page, re.DOTALL)
    assert "<svg" in page
    assert "style=" not in page  # the policy allows none
    pdf = await figures.get("/report.pdf")
    assert (pdf.headers["content-type"], pdf.content[:4]) == ("application/pdf", b"%PDF")
    table = await figures.get("/report.csv?from=2027-01-01&to=2027-01-31")
    assert "KW 02/2027;7" in table.text
    assert (await figures.get("/postcards")).status_code == 403
    assert 'data-test="problem"' in (await editor.get("/postcards")).text  # no address is set
    site.office.settings = site.settings.model_copy(update={"web_url": ADDRESS})
    cards = await editor.get("/postcards.pdf?languages=en&topics=appointment-book&kind=card")
    assert cards.content.startswith(b"%PDF")
    for query in ("languages=xx", "topics=../x", "languages=%3Cscript%3E"):
        refused = await editor.get(f"/postcards.pdf?{query}")
        assert refused.status_code == 400
        assert "<script>alert" not in refused.text
