"""What `lotse check` says, in German, for people who see a form and no files. A test finds a message without German.

Each message is a template in both languages; {} in the English is {0}, {1} ... in the German, in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.content.problems import Problem

_YAML = "Diese Datei ist beschädigt. Bitten Sie Ihre IT-Stelle um Hilfe."
_STAMP = "Lesen Sie den Text gegen den deutschen und bestätigen Sie es beim Speichern."
TABLE = {
    # words
    "{{}} stands for nothing.": "{{{0}}} steht für nichts.",
    "{} stands for nothing in {} texts, first in {}.": "{0} steht in {1} Texten für nichts, zuerst in {2}.",
    "Add `{}:` to {} in places.yaml, or take it out of the text.": (
        "Tragen Sie „{0}“ bei {1} ein, oder nehmen Sie es aus dem Text."
    ),
    "Did you mean {{}}?": "Meinten Sie {{{0}}}?",
    "Did you mean `{}`?": "Meinten Sie „{0}“?",
    "Add the fact, or the field of the place.": "Wählen Sie einen Wert aus der Liste der Platzhalter.",
    "has a single brace.": "enthält eine einzelne geschweifte Klammer.",
    "Braces are for placeholders only: {place.phone}.": (
        "Geschweifte Klammern sind nur für Platzhalter da: {{place.phone}}."
    ),
    '"{}" looks like {}.': "„{0}“ sieht aus wie {1}.",
    "Put it into `facts` or places.yaml and write a {placeholder}.": (
        "Tragen Sie es bei den Werten oder Orten ein und setzen Sie hier einen Platzhalter ein."
    ),
    "is {} characters long.": "ist {0} Zeichen lang.",
    "At most {} fit a phone: use sections.": "Höchstens {0} passen auf ein Telefon: Nutzen Sie die Abschnitte.",
    "{}: {} is missing.": "{1} fehlt.",
    "Write `{}:`.": "Bitte schreiben Sie es.",
    "local words belong to a city.": "Örtliche Worte gehören zu einer Stadt.",
    "Move them into the city's folder.": "Schreiben Sie sie in den Text der Stadt.",
    "{} has {} questions.": "Es gibt nur {1} Beispielfragen.",
    "Write at least {}, worded as people ask.": "Schreiben Sie mindestens {0}, so wie Menschen fragen.",
    '"{}" is a question of {} too ({}).': "„{0}“ ist auch eine Frage von {1} ({2}).",
    "Keep it where it belongs, or make both more exact.": (
        "Lassen Sie sie dort, wo sie hingehört, oder machen Sie beide genauer."
    ),
    '"{}" ({}) means the same to the matcher as "{}" ({}).': (
        "„{0}“ ({1}) bedeutet für die Suche dasselbe wie „{2}“ ({3})."
    ),
    '"{}" leads to {} ({}), not to {}.': "„{0}“ führt zu {1} ({2}), nicht zu {3}.",
    "Add questions like it here, or make those of the other topic more exact.": (
        "Schreiben Sie hier ähnliche Fragen dazu, oder machen Sie die des anderen Themas genauer."
    ),
    # translations
    "{} has no words in {}.": "Es gibt noch keinen Text in der Sprache {1}.",
    "Translate it in {}/{}/; until then askers get another language.": (
        "Übersetzen Sie ihn; bis dahin bekommen Fragende eine andere Sprache."
    ),
    "{} has no entry in {}/status.yaml.": "Niemand hat vermerkt, ob dieser Text ({1}) geprüft ist.",
    "Read it against the German text, then run `lotse stamp {} {}`.": _STAMP,
    "{}: the German text changed since.": "Der deutsche Text wurde seitdem geändert.",
    "{} has no `{}` in {}.": "{1} fehlt in der Sprache {2}.",
    "Translate the German one.": "Übersetzen Sie den deutschen Text.",
    "{} has a `{}` that the German text has not.": "{1} gibt es im deutschen Text nicht.",
    "Write it in {}/ first.": "Schreiben Sie es zuerst auf Deutsch.",
    "`{}` lacks {} of the German text.": "In {0} fehlt {1} aus dem deutschen Text.",
    "Put it in.": "Setzen Sie es ein.",
    "`{}` lacks the number {} of the German text.": "In {0} fehlt die Zahl {1} aus dem deutschen Text.",
    "Write it in digits, as the German text does.": "Schreiben Sie sie in Ziffern, wie der deutsche Text.",
    "`{}` has the number {}, the German text has not.": "In {0} steht die Zahl {1}, im deutschen Text nicht.",
    "Correct the one that is wrong.": "Berichtigen Sie, was falsch ist.",
    "`tested_by` is only for {}.": "Eine Prüfgruppe gibt es nur für Einfache Sprache ({0}).",
    "Delete tested_by, tested_on and tested_text.": "Löschen Sie den Vermerk.",
    "Delete the entry.": "Löschen Sie den Eintrag.",
    "{} is not called Leichte Sprache any more: {} tested other words, or nobody has read these against the German "
    "text.": (
        "Der Text heißt nicht mehr Leichte Sprache: {1} hat andere Worte geprüft, oder niemand hat diese gegen den "
        "deutschen Text gelesen."
    ),
    "Have it tested again, then run `lotse stamp {} {} --reviewed-by NAME --tested-by GROUP`.": (
        "Lassen Sie ihn noch einmal von der Prüfgruppe lesen."
    ),
    "{} is hard to read: grade {} (Wiener Sachtextformel), at most {} in {}.": (
        "Der Text ist schwer zu lesen: Stufe {1} (Wiener Sachtextformel), höchstens {2} in der Sprache {3}."
    ),
    "Use shorter sentences and shorter words.": "Nehmen Sie kürzere Sätze und kürzere Wörter.",
    '"{} ..." has {} words.': "Der Satz „{0} …“ hat {1} Wörter.",
    "Make two sentences of it: at most {} words.": "Machen Sie zwei Sätze daraus: höchstens {0} Wörter.",
    # facts, places, dates, sources
    "{}: nothing says where {} knows this from.": "Es steht nirgends, woher {1} das weiß.",
    "Add `sources:` to it in {}/topics.yaml.": "Tragen Sie eine Quelle ein.",
    "{}: the review date {} has passed.": "Der Text sollte bis {1} geprüft werden; das ist vorbei.",
    "{}: the review date {} is near.": "Der Text ist bis {1} zu prüfen.",
    "Check the answer against its sources, then set as_of and review_by.": (
        "Prüfen Sie den Text an den Quellen und setzen Sie „Stand“ und „Prüfen bis“ neu."
    ),
    "Check the answer against its sources, then set as_of and review_by. Weak there: {}.": (
        "Prüfen Sie den Text an den Quellen und setzen Sie „Stand“ und „Prüfen bis“ neu. Schwach ist: {0}."
    ),
    "{}: {{}} was valid until {} only; answers now say of which year it is.": (
        "{{{1}}} galt nur bis {2}; Antworten sagen jetzt, aus welchem Jahr der Wert ist."
    ),
    "Look up the new value in its source; then set it, as_of and valid_until, or take that out.": (
        "Sehen Sie in der Quelle nach und tragen Sie Wert, Stand und „gilt bis“ neu ein."
    ),
    'there is no {} "{}".': "{0} „{1}“ gibt es nicht.",
    "Add it, or take it out of the {} list.": "Legen Sie es an, oder nehmen Sie es aus der Liste.",
    '"{}" is a place\'s id too.': "„{0}“ ist auch der Name eines Ortes.",
    "Give the topic another id.": "Geben Sie dem Thema einen anderen Namen.",
    'there is no topic "{}" in {} to change.': "Ein Thema „{0}“ gibt es in {1} nicht.",
    "Correct the id, or add `group:` to make it a topic of this city.": "Berichtigen Sie den Namen.",
    "{} has no German words.": "Das Thema {0} hat keinen deutschen Text.",
    "Write them in {}/{}/.": "Schreiben Sie ihn.",
    'no topic has words in "{}".': "In der Sprache „{0}“ gibt es noch keinen Text.",
    "Add them in {}/{}/, or take the language out.": "Übersetzen Sie Texte, oder nehmen Sie die Sprache heraus.",
    # the form of single values
    '{}: "{}" is no date. Write 2026, 2026-11 or 2026-11-30.': (
        "{0}: „{1}“ ist kein Datum. Schreiben Sie 2026, 2026-11 oder 2026-11-30."
    ),
    '{}: "{}" is no date. Write YYYY-MM-DD, for example 2027-01-31.': (
        "{0}: „{1}“ ist kein Datum. Schreiben Sie Jahr-Monat-Tag, zum Beispiel 2027-01-31."
    ),
    '{}: "{}" is no web address. Write it whole, with https:// in front.': (
        "{0}: „{1}“ ist keine Internetadresse. Schreiben Sie sie ganz, mit https:// davor."
    ),
    '{}: "{}" is no e-mail address. Write name@example.org.': (
        "{0}: „{1}“ ist keine E-Mail-Adresse. Schreiben Sie name@example.org."
    ),
    '{}: "{}" is no phone number. Write digits, for example 0361 655-0.': (
        "{0}: „{1}“ ist keine Telefonnummer. Schreiben Sie Ziffern, zum Beispiel 0361 655-0."
    ),
    '{}: "{}" is no number. Write 93 or 6.50, with a point and without a unit.': (
        "{0}: „{1}“ ist keine Zahl. Schreiben Sie 93 oder 6.50, mit Punkt und ohne Einheit."
    ),
    '{}: "{}" is no LeiKa key. Write its 14 digits without spaces, for example 99010001001000.': (
        "{0}: „{1}“ ist kein LeiKa-Schlüssel. Schreiben Sie seine 14 Ziffern ohne Leerzeichen."
    ),
    '{}: "{}" are no opening hours. {}': "{0}: „{1}“ sind keine Öffnungszeiten. {2}",
    '{}: "{}" is no time zone. Write {}.': "{0}: „{1}“ ist keine Zeitzone. Schreiben Sie {2}.",
    "{}: needs exactly one of {}, not {}.": "{0}: braucht genau eines von {1}, nicht {2}.",
    "{} is missing.": "{0} fehlt.",
    "Add `{}: ...`.": "Bitte füllen Sie es aus.",
    '{}: "{}" is not allowed.': "{0}: „{1}“ ist nicht erlaubt.",
    "Allowed: {}.": "Erlaubt: {0}.",
    '{}: "{}" has the wrong form.': "{0}: „{1}“ hat nicht die richtige Form.",
    "Use small letters, digits and hyphens.": "Nehmen Sie Kleinbuchstaben, Ziffern und Bindestriche.",
    "{} must be text.": "{0} muss Text sein.",
    "Write one value, not a list.": "Schreiben Sie einen Wert, keine Liste.",
    "{} must be a list.": "{0} muss eine Liste sein.",
    "{} is empty.": "{0} ist leer.",
    "Write it, or delete the line.": "Schreiben Sie etwas, oder lassen Sie das Feld ganz weg.",
    "{} has an empty entry.": "{0} hat eine leere Zeile.",
    "{} is empty, and is left out.": "{0} ist leer und wird weggelassen.",
    "{} is too long.": "{0} ist zu lang.",
    "At most {}.": "Höchstens {0}.",
    "{} is still blank.": "{0} ist noch nicht ausgefüllt.",
    "Replace {}, or delete the line.": "Ersetzen Sie {0}.",
    # laws
    "rests on {}, which changed on {}; compared last on {}.": (
        "beruht auf {0}; das hat sich am {1} geändert, verglichen wurde zuletzt am {2}."
    ),
    "rests on {}, which is repealed (seen on {}).": "beruht auf {0}; das ist aufgehoben (gesehen am {1}).",
    "rests on {}, with which nobody has compared it yet.": "beruht auf {0}; damit hat es noch niemand verglichen.",
    "Compare the words with it, then run `lotse law compared {}`.": "Vergleichen Sie den Text mit dem Gesetz.",
    "Find where it stands now, correct the words, and then `law:`.": (
        "Sehen Sie nach, wo es jetzt steht, und berichtigen Sie den Text."
    ),
    'law: "{}" names no paragraph.': "„{0}“ nennt keinen Paragrafen.",
    'law: there is no law "{}" on the list.': "Ein Gesetz „{0}“ steht nicht auf der Liste.",
    "law: of {} {}": "Von {0} liegt kein Text vor.",
    "Run `lotse law update`.": "Bitten Sie Ihre IT-Stelle, die Gesetzestexte zu holen.",
    "is no law.": "ist kein Gesetz.",
    "Write `law:` (its abbreviation), `folder:` (its name on the federal site) and `title:`.": _YAML,
    "is not as `lotse law` writes it ({}).": "ist nicht, wie Lotse es schreibt ({0}).",
    "Run it anew.": "Bitten Sie Ihre IT-Stelle, die Gesetzestexte neu zu holen.",
    # files, which a form does not damage; somebody's hand may
    "has no topics.": "hat keine Themen.",
    "Is this the knowledge folder?": _YAML,
    "`{}:` must be a list.": "„{0}“ muss eine Liste sein.",
    "Begin each entry with `- id: name`.": _YAML,
    '"{}" has words in {} already.': "„{0}“ hat schon einen Text in {1}.",
    "Keep one of the two.": "Einer von beiden muss weg.",
    '"{}" is not known here.': "„{0}“ ist hier nicht bekannt.",
    "Known: {}.": "Bekannt: {0}.",
    "Expected `{}:`.": "Erwartet wird „{0}“.",
    '"{}" stands here twice (first in line {}).': "„{0}“ steht zweimal in der Datei (zuerst in Zeile {1}).",
    "Give it another id, or delete one.": "Einer von beiden muss weg.",
    "Delete or rename one.": "Einer von beiden muss weg.",
    "must hold `key: value` lines.": "ist nicht aufgebaut, wie es sein muss.",
    "{} must hold `key: value` lines.": "{0} ist nicht aufgebaut, wie es sein muss.",
    "Indent them below it.": _YAML,
    "See README.md.": _YAML,
    "See knowledge/README.md.": _YAML,
    "{}: {}.": "{0}: {1}.",
    "holds no `key: value`.": "enthält nichts, was Lotse lesen kann.",
    "is not a file Lotse knows.": "ist keine Datei, die Lotse kennt.",
    "Expected: city, topics, places, crisis, outside, smalltalk, followups, replies, personal .yaml, or "
    "LANGUAGE/GROUP.yaml.": _YAML,
    "{}: the colon makes two things of this text.": "{0}: Der Doppelpunkt teilt den Text in zwei.",
    'Put it in quotes: "{}".': "Setzen Sie ihn in gerade Anführungszeichen.",
    'Put the text in straight ones: "text: with colon".': "Setzen Sie den Text in gerade Anführungszeichen.",
    "Begin each line with `- `, or write [a, b].": _YAML,
    "{}: {} is no quotation mark of YAML.": "{0}: {1} ist hier kein Anführungszeichen.",
    "{} is no quotation mark of YAML.": "{0} ist hier kein Anführungszeichen.",
    "{}: an unfinished merge.": "In der Datei steht ein nicht beendetes Zusammenführen ({0}).",
    "Keep one of the two versions, and delete the lines with marks.": _YAML,
    "an invisible control character stands here (U+{}).": "Hier steht ein unsichtbares Steuerzeichen (U+{0}).",
    "Delete it: put the cursor behind it and press Backspace.": "Löschen Sie es mit der Rücktaste.",
    "a line separator stands in the text (U+{}).": "Im Text steht ein besonderes Zeilenende (U+{0}).",
    "Replace it by a space or a new line.": "Ersetzen Sie es durch ein Leerzeichen oder eine neue Zeile.",
    "a no-break space stands where a space must stand.": "Hier steht ein geschütztes Leerzeichen.",
    "Indent with ordinary spaces.": _YAML,
    "a no-break space stands {}.": "Hier steht ein geschütztes Leerzeichen ({0}).",
    "Replace it by an ordinary space.": "Ersetzen Sie es durch ein gewöhnliches Leerzeichen.",
    "a tab stands where spaces must stand.": "Hier steht ein Tabulator.",
    "Indent with spaces, not with the tab key.": _YAML,
    "is no valid YAML: {}.": "ist beschädigt: {0}.",
    "Look at this line and the one above.": _YAML,
    "{}.": "{0}.",
    "Anchors (&) and aliases (*) are not allowed: write the value out.": _YAML,
    "is longer than {} characters.": "ist länger als {0} Zeichen.",
    "Split it into several groups.": _YAML,
    "a key must be a word.": "ist nicht aufgebaut, wie es sein muss.",
    "Write `key: value`.": _YAML,
    "is nested too deeply.": "ist zu tief verschachtelt.",
    "Use at most {} levels.": _YAML,
    # what is gone
    "{}: {} was here and is gone.": "{1} stand hier und fehlt jetzt.",
    "{} was here and is gone.": "{0} war da und fehlt jetzt.",
    "Put it back. If it is meant to go, write into {}: - {{}}.": (
        "Stellen Sie es wieder her. Wenn es weg soll, tragen Sie es in {0} ein: - {{{1}}}."
    ),
    "is empty now, and with it {} entries ({} ...).": "ist jetzt leer; damit fehlen {0} Einträge ({1} ...).",
    "is gone, and with it {} entries ({} ...).": "ist weg; damit fehlen {0} Einträge ({1} ...).",
    "Put the file back as it was; look whether it has another name now.": (
        "Stellen Sie die Datei wieder her; vielleicht heißt sie jetzt anders."
    ),
    "is gone or empty.": "ist weg oder leer.",
    "Put the knowledge folder back, or name it: LOTSE_KNOWLEDGE.": (
        "Stellen Sie den Ordner wieder her, oder nennen Sie den richtigen: LOTSE_KNOWLEDGE."
    ),
    "{} is removed here, and its words are there.": "{0} ist hier als entfernt eingetragen und steht noch da.",
    "Delete them, or delete this entry.": "Löschen Sie die Worte, oder löschen Sie diesen Eintrag.",
    "{}: needs exactly one of topic, place, file.": "{0}: braucht genau eines von topic, place, file.",
    "{} has words in {} and none in German: nobody is told them.": (
        "Diesen Text ({1}) liest niemand: Auf Deutsch gibt es ihn nicht."
    ),
    "Write the German ones in {}/{}/, or delete these.": "Schreiben Sie ihn auf Deutsch, oder löschen Sie ihn.",
    # opening hours
    '{}: "{}" is no day. Write 12-24 (each year) or 2027-05-07.': (
        "{0}: „{1}“ ist kein Tag. Schreiben Sie 12-24 (jedes Jahr) oder 2027-05-07."
    ),
    "{}, with a space behind the comma is the whole day. Write {}.": (
        "„{0},“ mit Leerzeichen nach dem Komma heißt: den ganzen Tag. Schreiben Sie {1}."
    ),
    "{} without a time is the whole day. Write {} 09:00-12:00, or off.": (
        "„{0}“ ohne Uhrzeit heißt: den ganzen Tag. Schreiben Sie {1} 09:00-12:00, oder off für geschlossen."
    ),
    'A comment alone replaces all before it. Write || in front of it: Mo-Fr 09:00-12:00 || "by appointment".': (
        'Ein Hinweis allein ersetzt alles davor. Schreiben Sie || davor: Mo-Fr 09:00-12:00 || "nach Vereinbarung".'
    ),
    'Every second week or day cannot be said. Write the dates, or a comment: "even weeks".': (
        '„Jede zweite Woche“ lässt sich nicht sagen. Schreiben Sie die Tage oder einen Hinweis: "gerade Wochen".'
    ),
    "Days before or after Easter cannot be said. Write the dates, or PH where it is a holiday.": (
        "Tage vor oder nach Ostern gibt es hier nicht. Schreiben Sie das Datum, oder PH, wenn es ein Feiertag ist."
    ),
    "Of days counted from the end only the last one is known: Fr[-1].": (
        "Vom Ende des Monats an gezählt gibt es nur den letzten Tag: Fr[-1]."
    ),
    'Say what it depends on: Mo 09:00-12:00 "by appointment".': (
        'Schreiben Sie, wovon es abhängt: Mo 09:00-12:00 "nach Vereinbarung".'
    ),
    "is not UTF-8 text.": "ist nicht in UTF-8 gespeichert.",
    "Save the file with the encoding UTF-8.": _YAML,
}
VALUES = {
    "a web address": "eine Internetadresse",
    "an e-mail address": "eine E-Mail-Adresse",
    "an amount of money": "ein Geldbetrag",
    "a date": "ein Datum",
    "a phone number": "eine Telefonnummer",
    "topic": "Das Thema",
    "place": "Den Ort",
    "nothing": "nichts",
    "none": "keines",
    "after the colon": "nach dem Doppelpunkt",
    "after the dash": "nach dem Strich",
    "handover": "an Menschen",
    "clarify": "Rückfrage",
    "answer": "Antwort",
    "title": "Titel",
    "local": "Text der Stadt",
    "questions": "Beispielfragen",
    "steps": "Schritte",
    "documents": "Unterlagen",
    "cost": "Kosten",
    "duration": "Dauer",
    "deadline": "Frist",
    "where": "Wo",
    "contact": "Kontakt",
    "help": "Hilfe",
    "notes": "Hinweise",
    "phone": "Telefon",
    "email": "E-Mail",
    "url": "Internetseite",
    "appointment_url": "Seite für Termine",
    "hours": "Öffnungszeiten",
    "phone_hours": "Telefonzeiten",
    "address": "Adresse",
    "name": "Name",
    "source": "Quelle",
    "as_of": "Stand",
    "review_by": "Prüfen bis",
    "valid_until": "gilt bis",
}
_MARK = re.compile(r"\{(\w*)\}")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Each English message as a pattern; what says most comes first, {}: {}. last."""

    def pattern(english: str) -> re.Pattern[str]:
        parts = english.replace("{{}}", "\0").split("{}")
        body = "(.+?)".join(re.escape(part).replace("\0", r"\{(.+?)\}") for part in parts)
        return re.compile(body, re.DOTALL)

    # One that ends with another message, before that one.
    ordered = sorted(TABLE, key=lambda english: (not english.endswith(". {}"), -len(_MARK.sub("", english))))
    return tuple((pattern(english), english, TABLE[english]) for english in ordered)


def template_of(text: str) -> tuple[str, tuple[str, ...]] | None:
    """The English template of a message and its values; None where there is none."""
    for pattern, english, _ in _patterns():
        if (found := pattern.fullmatch(text)) is not None:
            return english, found.groups()
    return None


def in_german(text: str) -> str:
    """One message in German; as it is where it has no German."""
    found = template_of(text)
    if found is None:
        return text
    english, values = found
    # What is wrong with opening hours is a message of its own within the other.
    return TABLE[english].format(*(in_german(one) if one.endswith(".") else VALUES.get(one, one) for one in values))


def worded(problem: Problem, language: str = "de") -> Iterator[str]:
    """What is wrong, then what to do; in German, or in English as `lotse check` says it."""
    for text in filter(None, (problem.what, problem.remedy)):
        yield in_german(text) if language == "de" else text
