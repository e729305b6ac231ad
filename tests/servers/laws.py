"""Laws in the form of the federal site, made from plain text: with everything in it that is not a paragraph's words.

``as_xml`` turns a law in Markdown (``# § 61 – Title`` above each paragraph) into that form; ``Site`` serves a folder
of them with the site's layout.
"""

from __future__ import annotations

import functools
import http.server
import io
import re
import threading
import zipfile
from contextlib import contextmanager
from xml.sax.saxutils import escape

DTD = '<!DOCTYPE dokumente SYSTEM "http://127.0.0.1:9/never-fetched/gii-norm.dtd">'
_ITEM = re.compile(r"(\d+[a-z]*\.|[a-z]{1,2}\)) +(.*)", re.DOTALL)


def as_xml(markdown: str, called: tuple[str, str], built: str, aside: str = "") -> bytes:
    """``called``: jurabk and amtabk. ``built``: the day of the file, on every norm. ``aside``: words of footnotes."""
    head, *parts = re.split(r"^# ", markdown, flags=re.MULTILINE)
    title = head.removeprefix("% ").splitlines()[0]
    norms = [_norm(part, called[0], built, aside) for part in parts]
    return (
        f'<?xml version="1.0" encoding="UTF-8" ?>{DTD}<dokumente builddate="{built}" doknr="BJNR1"><norm builddate="{built}">'
        f"<metadaten><jurabk>{called[0]}</jurabk><amtabk>{called[1]}</amtabk><langue>{escape(title)}</langue>"
        f"<standangabe><standtyp>Stand</standtyp><standkommentar>zuletzt geändert {built}</standkommentar></standangabe>"
        f"</metadaten><textdaten/></norm>{''.join(norms)}</dokumente>"
    ).encode()


def _norm(part: str, jurabk: str, built: str, aside: str) -> str:
    first, _, rest = part.partition("\n")
    unit, _, title = first.partition(" – ")
    if re.match(r"§ \d|Anlage|Art", unit):
        named = f'<enbez>{escape(unit.strip())}</enbez><titel format="parat">{escape(title.strip())}</titel>'
    else:
        named = f"<gliederungseinheit><gliederungsbez>{escape(first)}</gliederungsbez></gliederungseinheit>"
    blocks = [block.strip() for block in re.split(r"\n\s*\n", rest) if block.strip()]
    footnote = f'<Footnotes><Footnote ID="F1">{aside}</Footnote></Footnotes>' if aside else ""
    return (
        f'<norm builddate="{built}"><metadaten><jurabk>{jurabk}</jurabk>{named}</metadaten><textdaten>'
        f'<text format="XML"><Content>{"".join(map(_block, blocks))}</Content>{footnote}</text>'
        f"<fussnoten><Content><P>{aside}</P></Content></fussnoten></textdaten></norm>"
    )


def _block(block: str) -> str:
    """A paragraph, or a list item inside the marks that amendments leave around newer ones."""
    item = _ITEM.fullmatch(block)
    if item:
        inner = f'<DL Type="arabic"><DT>{item[1]}</DT><DD Font="normal"><LA>{escape(item[2])}</LA></DD></DL>'
        return f"<P><Revision>{inner}</Revision></P>"
    return f'<P>{escape(block)}<FnR ID="F1"/></P>'


def packed(xml: bytes, name: str = "BJNR1.xml") -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, xml)
        return file.getvalue()


def contents(titles: dict[str, str]) -> bytes:
    """The table of contents: folder to title, with the links of the real site, wherever it is served."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>http://laws.example/{folder}/xml.zip</link></item>"
        for folder, title in titles.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8" ?><!DOCTYPE items SYSTEM "x.dtd"><items>{items}</items>'.encode()


@contextmanager
def serving(folder):
    """The address of a server with ``folder``'s files."""
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
