"""The names of header fields as mail programs write them above an older mail, in the languages they are used in."""

from __future__ import annotations

import re

_LABELS = {  # a language's words, parted by commas
    "from": "von, from, de, da, od, od kogo, fra, van, от, от кого, отправитель, від, від кого, відправник, de la, expéditeur,"
    " expeditor, expeditorul, remitente, mittente, kimden, gönderen, nadawca, من, المرسل, از, فرستنده, ارسال\u200cکننده, لخوا,"
    " từ, người gửi, ji, ka, laga, 发件人, 寄件人, 寄件者, 差出人, 送信元, nga, lähettäjä, šalje, feladó, från, saatja, absender,"
    " afzender, ላኪ, ካብ",
    "date": "gesendet, gesendet am, datum, date, sent, envoyé, envoyé le, enviado, enviado el, enviado em, enviada,"
    " enviada em, fecha, data, dată, data wysłania, inviato, wysłano, wysłane, trimis, trimisă, tarih, gönderilme tarihi,"
    " gönderme tarihi, gönderildi, gönderilen, отправлено, дата, надіслано, відправлено, التاريخ, تاريخ, تاريخ الإرسال,"
    " تم الإرسال, أرسلت, أُرسلت, تاریخ, ارسال شده, ارسال\u200cشده, نېټه, ngày, đã gửi, sendt, skickat, dato, verzonden,"
    " odesláno, odoslané, elküldve, lähetetty, päivämäärä, päiväys, dátum, poslano, dîrok, roj, taariikh, 发送时间, 日期,"
    " 送信日時, 日付, dërguar, received, empfangen, ዕለት",
    "to": "an, to, à, a, para, pour, do, către, kime, alıcı, кому, إلى, الى, به, گیرنده, đến, tới, til, till, aan, komu,"
    " destinataire, destinataires, destinatarul, destinatario, adresat, ji bo, 收件人, 宛先, 送信先, për, prima, pre,"
    " címzett, vastaanottaja, la, ته, ku, empfänger, ናብ",
    "subject": "betreff, betr, subject, objet, sujet, asunto, assunto, oggetto, temat, subiect, subiectul, konu, тема,"
    " الموضوع, موضوع, chủ đề, tiêu đề, emne, ämne, onderwerp, předmět, predmet, naslov, tárgy, aihe, mijar, mawduuc, 主题,"
    " 主旨, 件名, subjekti, ርእሲ",
    "cc": "cc, bcc, kopie, kopie (cc), kopia, copia, copie, copie à, копия, копії, копія, копии, dw, udw, bilgi, نسخة,"
    " نسخه, رونوشت, đồng gửi, kopio, kopi, kópia, másolat, másolatot kap, cci, blindkopie, скрытая копия, 抄送, 副本",
    "reply": "reply-to, reply to, antwort an, antworten an, répondre à, rispondi a, responder a, odpowiedź-do,"
    " odpowiedz do, răspuns către, ответ-кому, кому відповісти, yanıt adresi, odpověď na, svar til, svara till,"
    " antwoord aan, vastaus, válaszcím, odgovori na, odpovedať-pre, الرد على, پاسخ به, trả lời đến",
    "other": "importance, priorität, priority, wichtigkeit, prioritet, priorité, prioridad, anlagen, anlage, attachments,"
    " attachment, anhänge, anhang, pièces jointes, adjuntos, załączniki, вложения, вкладення, ekler, atașamente, المرفقات,"
    " organization, organisation, sensitivity, vertraulichkeit, message-id, nachrichten-id, list-id, sender, resent-from,"
    " resent-to, categories, kategorien",
}  # fmt: skip
FIELDS = {label.strip(): kind for kind, labels in _LABELS.items() for label in labels.split(",")}
_LABEL = re.compile(
    r"[\s*_>|\u200e\u200f\u2066-\u2069\u202a-\u202e\ufeff]{0,40}([^\W\d_][^:：*\n]{0,24}?)[\s*_]{0,5}[:：][*_]{0,2}(.*)",
    re.DOTALL,
)


def field_of(line: str) -> str | None:
    """Which field a line like ``Betreff: ...`` is: from, date, to, subject, cc, reply, other; None for any other line."""
    return labelled(line)[0]


def labelled(line: str) -> tuple[str | None, str]:
    """The field, and what stands behind its colon."""
    found = _LABEL.match(line)
    if not found:
        return None, ""
    name = " ".join(found.group(1).strip().casefold().replace("i̇", "i").split())
    return FIELDS.get(name), found.group(2).strip()
