"""Mail that nobody wrote to be read, or that asks nothing: answering or relaying it makes loops."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import Enum

from bot.handover import tokens
from bot.mailing import absences, signatures
from bot.mailing.headers import Headers
from bot.mailing.parsing import Mail
from bot.mailing.senders import author


class Noise(Enum):
    """Why a mail is left alone."""

    AUTOMATIC = "automatic"  # Auto-Submitted, X-Autoreply
    NO_RETURN = "no-return-path"
    BULK = "bulk"
    LIST = "list"
    OWN = "own"
    ABSENCE = "absence"
    RECEIPT = "receipt"
    INVITATION = "invitation"
    DELIVERY = "delivery"  # a mail server's report that is no failure
    ACKNOWLEDGED = "acknowledged"  # "we have received your request"
    THANKS = "thanks"  # or a greeting, or a thumb
    REACTION = "reaction"  # as Gmail sends it


_RECEIPT_SUBJECT = re.compile(
    r"(?:gelesen|nicht gelesen|ungelesen gelöscht|read|not read|lesebestätigung|read receipt|return receipt|lu|leído|okundu"
    r"|прочитано|przeczytano|citit)\s?: ",
    re.IGNORECASE,
)
_ROBOT_FIELDS = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponder", "x-autoreply-from")
_DESK_ID = re.compile(r"FS_autoreply-|autoresponse|auto-?reply", re.IGNORECASE)

_FOR = r"(?:\s(?:für|for|pour|за|için|por|per|za|pentru|على|ل|از|vì|ji bo|ob|dass|that)\s?(?:[^\s,;:]{1,40}\s?){1,12})?"
_THANKS = re.compile(
    r"\W*(?:(?:ok(?:ay)?|alles klar|super|prima|perfekt|toll|sehr gut|gut|great|perfect|parfait|perfecto|добре|хорошо|tamam|gern(?:e)?(?: geschehen)?"
    r"|(?:das|dies) (?:hilft|hat)(?: uns| mir| ihr| ihm| ihnen| der familie| der klientin| dem klienten| sehr| viel| schon| wirklich| weiter| geholfen)+"
    r"|(?:das |es |so )?(?:gebe|leite) (?:ich|wir)(?: das| es| so| gern| gerne| ihr| ihm)* weiter|(?:ich|wir) (?:gebe|geben|leite|leiten)(?: das| es| so| gern| ihr| ihm)* weiter"
    r"|(?:so )?(?:mache ich|machen wir)(?: so)?|wird gemacht|passt(?: so)?|(?:that|this)(?: really)? helps(?: a lot| us)*|very helpful|will do|i(?:'ll| will|’ll) pass (?:it|this|that) on"
    r"|(?:це|нам це)? ?(?:дуже )?допомогло|передам|(?:это )?(?:очень )?помогло|(?:ça|cela)(?: nous)? aide beaucoup|je (?:lui )?transmets|çok yardımcı oldu|iletirim"
    r"|erledigt|zur kenntnis genommen|verstanden|noted|received|erhalten|test)"
    r"|(?:(?:ganz |recht |sehr |wir |ich |ihnen |euch |dir )*(?:vielen|herzlichen|besten|lieben|tausend|schönen)?\s?(?:lieben |herzlichen )?(?:dank|danke)"
    r"(?: schön| sehr| dir| ihnen| euch| vielmals| nochmals| im voraus)*"
    r"|thank(?:s| you)(?: very much| so much| a lot)?|many thanks|merci(?: beaucoup| bien)?|(?:muchas )?gracias|grazie(?: mille)?"
    r"|(?:дуже |щиро )?дякую(?: вам| дуже)?|(?:большое |огромное )?спасибо(?: большое| вам)?|(?:çok )?teşekkür(?:ler| ederim| ederiz)?"
    r"|شكرا?ً?ا?(?: جزيل[اًا]*| لك[م]?)?|(?:خیلی )?(?:ممنون|متشکرم|سپاسگزارم|مرسی)|(?:bardzo )?(?:dziękuję|dziękujemy|dzięki)(?: bardzo)?"
    r"|(?:vă )?mulțumesc(?: frumos| mult)?|cảm ơn(?: bạn| anh| chị)?(?: nhiều| rất nhiều)?|(?:gelek )?spas|mahadsanid|manana|የቐንየለይ)"
    + _FOR
    + r"(?: und (?:viele |liebe |beste |herzliche )?grüße?| and (?:best|kind) regards)?)[\s\W]*",
    re.IGNORECASE,
)
_ACKNOWLEDGED = re.compile(
    r"\b(?:ihre|deine|eure) (?:anfrage|nachricht|e-?mail|mail|anliegen|mitteilung)\b[^.!?]{0,80}\b(?:eingegangen|erhalten|empfangen|registriert|erfasst|aufgenommen)"
    r"|\b(?:haben|hat) (?:wir )?(?:ihre|deine|ihr) [^.!?]{0,40}\b(?:erhalten|bekommen|empfangen)\b|\beingangsbestätigung|\bempfangsbestätigung"
    r"|\b(?:ticket|vorgangs|anfrage|bearbeitungs)[ -]?(?:nummer|nr)\b|\bticket\b[^.!?]{0,40}(?:eröffnet|angelegt|erstellt|created|opened)"
    r"|\b(?:melden|meldet|kümmern|bearbeiten|antworten)\b[^.!?]{0,30}\b(?:uns|sich|wir|ihnen)\b[^.!?]{0,60}\b(?:bald|schnell\w*|kürze|nächsten|umgehend|zeitnah|werktage\w*|tagen)"
    r"|\bwir (?:melden|kümmern) uns(?: bei ihnen| darum| dann| wieder)*\s*$"
    r"|\b(?:antworten sie (?:bitte )?nicht auf diese|bitte nicht (?:auf diese|antworten)|do not reply)"
    r"|\bwe(?: have|'ve|’ve)? received your|\byour (?:request|message|email|e-mail|ticket|inquiry)\b[^.!?]{0,40}\b(?:received|created|logged|registered)"
    r"|\bget back to you\b|\brespond (?:to you )?(?:as soon|within|shortly)"
    r"|\bavons bien reçu votre|\bvotre (?:demande|message)[^.!?]{0,40}(?:reçue?|enregistrée?|prise? en compte)|\bhemos recibido su|\bsu (?:solicitud|mensaje|consulta) ha sido"
    r"|\b(?:ваш[еау]?) (?:запрос|сообщение|письмо|обращение|обращения)[^.!?]{0,40}(?:получен|принят|зарегистрирован)|\bмы получили ваш"
    r"|\bваш[ае]? (?:запит|повідомлення|лист|звернення)[^.!?]{0,40}(?:отриман|прийнят|зареєстрован)|\bми отримали ваш"
    r"|\b(?:talebiniz|mesajınız|e-?postanız)[^.!?]{0,40}(?:alın|ulaş|kayded)|\botrzymaliśmy (?:państwa|twoj|pana|pani)|\b(?:zgłoszenie|wiadomość) zosta\w+ (?:przyjęt|zarejestr|otrzym)"
    r"|\bam primit (?:solicitarea|mesajul|cererea)|\b(?:solicitarea|cererea) (?:dumneavoastră|dvs)[^.!?]{0,30}(?:primit|înregistrat)"
    r"|(?:تم|لقد) (?:استلام|استلمنا|تلقي|تلقينا)|تلقينا رسالتك|پیام شما (?:دریافت|رسید)",
    re.IGNORECASE,
)
_REACTED = re.compile(
    r"\b(?:hat|haben)\b.{0,60}\breagiert\b|\breacted\b.{0,40}\b(?:to your|via)\b|\ba réagi\b|\breaccion[óo]\b",
    re.IGNORECASE,
)
_LONGEST = 60  # words of what may be thanks or an acknowledgement


def is_own(headers: Headers, own: Collection[str]) -> bool:
    """Whether we wrote it ourselves. ``own``: our addresses."""
    sender = author(headers) or ""
    proof = tokens.read(headers.message_id.partition("@")[0])
    return bool(proof or tokens.read(sender.partition("@")[0]) or sender in {address.lower() for address in own})


def is_receipt(headers: Headers, mail: Mail | None) -> bool:
    """A confirmation that a mail was read: a report, or a subject that a program makes, above no words."""
    if mail is None:
        return False
    by_subject = (
        bool(_RECEIPT_SUBJECT.match(headers.subject)) and "?" not in mail.text and len(mail.text.split()) <= _LONGEST
    )
    return mail.report == "disposition-notification" or (
        by_subject and bool(re.search(r"gelesen|read|lu |leíd|прочит|przeczyt", mail.text, re.IGNORECASE))
    )


def marked(headers: Headers, mail: Mail | None) -> Noise | None:
    """What the header or a part says of how the mail came to be: by itself, in bulk, through a list, as an invitation.

    Some gateways and help desks mark people's mail so. ``mail`` is None for one that cannot be read.
    """
    automatic = re.match(r"[\w-]*", headers.first("auto-submitted").strip().lower())
    if automatic and automatic.group() not in ("", "no"):
        return Noise.AUTOMATIC
    if any(headers.all(name) for name in _ROBOT_FIELDS):
        return Noise.AUTOMATIC
    if headers.all("return-path") and headers.first("return-path").strip() in ("", "<>"):
        return Noise.NO_RETURN
    if is_desk_receipt(headers):
        return Noise.ACKNOWLEDGED
    if headers.first("precedence").strip().lower() in ("bulk", "junk", "auto_reply"):
        return Noise.BULK
    if headers.first("precedence").strip().lower() == "list" or headers.all("list-id"):
        return Noise.LIST
    return Noise.INVITATION if mail and mail.calendar else None


def is_desk_receipt(headers: Headers) -> bool:
    """A help desk's automatic reply that says so in its id alone (FreeScout)."""
    return bool(_DESK_ID.search(headers.message_id))


def wordless(mail: Mail, words: str) -> Noise | None:
    """What asks and tells nothing: a reaction, thanks, a greeting, an acknowledgement. ``words``: the sender's own."""
    if mail.reaction or (len(words.split()) <= 15 and _REACTED.search(words)):
        return Noise.REACTION
    if "?" in words or "؟" in words or len(words.split()) > 3 * _LONGEST:
        return None
    said = signatures.said(words)
    if not said.strip():
        return Noise.THANKS if re.search(r"\w", words) else None
    if not re.search(r"[^\W_]", said):
        return Noise.THANKS  # a thumb
    sentences = [each for each in re.split(r"[.!\n]+(?=\s|$)|\n+", said) if re.search(r"[^\W_]", each)]
    polite = [_is_polite(each) for each in sentences]
    received = [bool(_ACKNOWLEDGED.search(each)) for each in sentences]
    if any(received) and all(
        one or other or _is_aside(each) for one, other, each in zip(polite, received, sentences, strict=True)
    ):
        return Noise.ACKNOWLEDGED
    return Noise.THANKS if all(polite) and len(said.split()) <= _LONGEST else None


def _is_polite(sentence: str) -> bool:
    """``OK, danke``: each of its parts is thanks or the like."""
    return all(_THANKS.fullmatch(part.strip()) for part in re.split(r"[,;]\s", sentence) if re.search(r"\w", part))


def _is_aside(sentence: str) -> bool:
    """A few words without a verb: a name, a ticket's number."""
    return len(sentence.split()) <= 5 and signatures.is_name_like(sentence)


def says_absence(headers: Headers) -> bool:
    """Whether the subject begins as an absence note's. A person may write so too."""
    return bool(absences.SUBJECT.match(headers.subject))


def titled_absence(headers: Headers) -> bool:
    """Whether it is titled as programs title their answers: the words, a colon, the subject answered to."""
    found = absences.SUBJECT.match(headers.subject)
    return found is not None and bool(re.match(r"\s?[:：]", headers.subject[found.end() :]))
