"""How people and programs say that somebody is away, in the languages that offices and centres write."""

from __future__ import annotations

import re

# At the beginning alone: "AW: Abwesenheitsnotiz" is a person who answers one.
SUBJECT = re.compile(
    r"\W{0,3}(?:automatische[rs]? (?:antwort|rückantwort|abwesenheit\w*|e-?mail|nachricht)|autoantwort|autom\. antwort"
    r"|abwesenheits(?:notiz|meldung|nachricht|benachrichtigung|mitteilung|info|assistent|agent)\w*|abwesend(?=\W*:)|abwesenheit(?=\W*:)"
    r"|auto(?:matic|mated)?[ -]?(?:reply|response|answer)|out[ -]of[ -](?:the )?office|ooo(?=\W*:)"
    r"|vacation (?:reply|notice|message|response)|away from (?:my|the) (?:mail|desk|office)|i am (?:away|on leave)"
    r"|ich bin (?:derzeit |zurzeit |momentan )?(?:nicht im (?:büro|haus)|abwesend|außer haus|im urlaub)"
    r"|réponse automatique|absence du bureau|message d['’]absence|respuesta automática|fuera de (?:la )?oficina"
    r"|risposta automatica|fuori (?:sede|ufficio)|resposta automática|otomatik (?:yanıt|cevap|ileti)|ofis dışında"
    r"|автоматичн(?:а|е) (?:відповідь|повідомлення)|автовідповідь|автоматическ(?:ий|ое) (?:ответ|сообщение)|автоответ"
    r"|вне офиса|поза офісом|(?:automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź|poza biurem)"
    r"|răspuns automat|în afara biroului|رد (?:تلقائي|آلي)|الرد التلقائي|خارج المكتب|پاسخ خودکار|خارج از دفتر"
    r"|trả lời tự động|automatisch(?:e)? antwoord|automatisk svar|autosvar|automatická odpověď|bersiva otomatîk"
    r"|jawaab otomaatig ah)(?!\w)",
    re.IGNORECASE,
)

_AWAY = (
    r"nicht im (?:büro|haus|dienst|amt|hause)|abwesend|im (?:\w+ )?urlaub|in (?:den |meinem |\w+ )?(?:urlaub|ferien)|nicht (?:zu )?erreich\w*"
    r"|außer haus|ausser haus|in (?:der )?elternzeit|im mutterschutz|auf (?:einer )?(?:dienstreise|fortbildung|schulung)"
    r"|nicht am (?:arbeitsplatz|platz)|krank(?:geschrieben)?\b|im krankenstand|verhindert|nicht verfügbar"
)
_TEXTS = (
    # German, in the first person: an office that tells when it is closed answers a question
    rf"\b(?:ich (?:bin|befinde mich|werde)|(?:bin|befinde) ich)\b[^!?\n]{{0,100}}\b(?:{_AWAY})",
    rf"(?:^|[\n.!,])\s*(?:bin|befinde mich)\b(?! ich)[^!?\n]{{0,100}}\b(?:{_AWAY})",  # as in a telegram
    r"\bich (?:habe|mache|genieße)\b(?:[^.!?\n]|(?<=\d)\.){0,40}\b(?:urlaub|frei|ferien)\b",
    (
        r"\b(?:kehre|komme) (?:ich )?(?:[^.!?\n]|(?<=\d)\.){0,60}\bzurück\b|\b(?:ich bin|bin ich) (?:[^.!?\n]|(?<=\d)\.){0,60}\bwieder (?:da\b|zurück|im (?:büro|haus|dienst|amt)"
        r"|für sie|erreichbar|zu erreichen|persönlich|am arbeitsplatz)"
    ),
    r"\bich melde mich (?:[^.!?\n]|(?<=\d)\.){0,30}(?:rückkehr|zurück bin|wieder (?:da|im (?:büro|dienst)))",
    r"\b(?:ihre|diese|deine) (?:e-?mail|nachricht|mail|anfrage)\w* wird (?:[^.!?\n]|(?<=\d)\.){0,60}nicht (?:[^.!?\n]|(?<=\d)\.){0,30}(?:weitergeleitet|gelesen|bearbeitet)",
    r"\b(?:meine[rn]?|der) (?:abwesenheit|rückkehr|vertretung)\b|\bvertritt mich\b|\b(?:werde ich|ich werde) vertreten\b",
    (
        r"\bautomatisch (?:erzeugt|generiert|erstellt|versendet|verschickt|versandt|gesendet)\w*|\bautomatische (?:antwort|nachricht|e-?mail|abwesenheit)"
        r"|\babwesenheits(?:notiz|nachricht|meldung|assistent)"
    ),
    (
        r"\bnicht mehr (?:bei|in|im|für|am|beim) (?:[^.!?\n]|(?<=\d)\.){0,60}(?:beschäftigt|tätig|angestellt|arbeite)|\barbeitet? (?:[^.!?\n]|(?<=\d)\.){0,40}nicht mehr (?:bei|in|im|für|hier)"
        r"|\bnicht mehr (?:beschäftigt|tätig|im (?:amt|haus|dienst|hause))|\b(?:bin|ist) (?:aus|in) (?:[^.!?\n]|(?<=\d)\.){0,40}(?:ausgeschieden|ruhestand|rente)"
    ),
    (
        r"\b(?:dieses?|meine?|diese) (?:e-?mail-?adresse|adresse|postfach|mailadresse|mailbox)\b(?:[^.!?\n]|(?<=\d)\.){0,60}\b(?:nicht|nur)\b(?:[^.!?\n]|(?<=\d)\.){0,30}"
        r"(?:aktiv|gelesen|genutzt|abgerufen|bearbeitet|überwacht|verwendet|unregelmäßig)"
    ),
    # English
    (
        r"\bi(?:'m| am|’m| will be|'ll be|’ll be| have been)\b[^!?\n]{0,80}\b(?:out of (?:the )?office|on (?:\w+ )?leave|on (?:a )?(?:vacation|holiday|business trip)"
        r"|away\b|not in (?:the office|today|until|this week)|off sick|travell?ing|unavailable|out until)"
    ),
    (
        r"\bi(?:'ll| will|’ll) (?:be back|return|reply (?:when|once|after))|\bback in the office\b|\b(?:upon|on|after) my return\b"
        r"|\bin my absence\b|\blimited access to (?:my )?e-?mail|\bcurrently out of (?:the )?office|\bout of office (?:until|from)"
    ),
    r"\bautomat(?:ic|ed) (?:reply|response|message|e-?mail)|\bauto-?reply\b|\bautomatically generated\b",
    r"\bno longer (?:with|work\w*|employed|monitored|in use|active)|\bmailbox is not (?:being )?monitored|\byour (?:e-?mail|message) will not be forwarded",
    # French, Spanish, Italian, Portuguese
    (
        r"\bje (?:suis|serai|me trouve)\b(?:[^.!?\n]|(?<=\d)\.){0,60}(?:absente?|en (?:congés?|vacances|déplacement|formation|arrêt)|indisponible|hors du bureau)"
        r"|\bje ne (?:serai|suis) pas (?:au bureau|disponible|joignable|là)|\babsente? (?:du bureau|jusqu)|\b(?:serai|suis) de retour|\bde retour (?:le|au)\b|\bà mon retour\b|\b(?:en|pendant|durant) mon absence"
        r"|\b(?:réponse|message|courriel) (?:automatique|généré automatiquement)|\bne (?:fait|fais) plus partie|\bne travaille plus"
    ),
    (
        r"\b(?:estoy|estaré|me encuentro|me encontraré)\b(?:[^.!?\n]|(?<=\d)\.){0,60}(?:fuera (?:de la oficina|del despacho)|de (?:vacaciones|baja|permiso|viaje|licencia)|ausente)"
        r"|\b(?:regresaré|volveré|me reincorpor\w+)\b|\bno (?:estoy|estaré) (?:en la oficina|disponible|localizable)|\bdurante mi ausencia|\ba mi (?:regreso|vuelta)|\b(?:respuesta|mensaje|correo) automátic|\bya no trabaj"
    ),
    (
        r"\b(?:sono|sarò)\b(?:[^.!?\n]|(?<=\d)\.){0,60}(?:fuori (?:ufficio|sede)|in (?:ferie|vacanza|malattia|congedo)|assente)|\brisposta automatica|\b(?:rientrerò|tornerò)\b"
        r"|\bal mio rientro|\b(?:estou|estarei)\b(?:[^.!?\n]|(?<=\d)\.){0,60}(?:ausente|de férias|fora do escritório)|\bresposta automática"
    ),
    # Turkish
    (
        r"\b(?:izindeyim|izinliyim|izinde (?:olacağım|bulun)|izne (?:ayrıl|çık)|tatildeyim|raporluyum|yurt ?dışındayım)|\byıllık izin"
        r"|\bofis(?:te|im)?(?: dışında\w*| değilim)|\b(?:ofiste|iş ?yerinde) (?:yokum|değilim|olacağım|olmayacağım|bulun)|\b(?:işe|ofise|göreve) (?:dön|başla)|\bdöneceğim\b|\bdönüşüm"
        r"|\byokluğumda|\botomatik (?:yanıt|cevap|mesaj|ileti|olarak)|\bartık (?:burada )?çalışm"
    ),
    # Ukrainian, Russian
    (
        r"\b(?:у|в) відпустці|\bна лікарняному|\b(?:у|в) відрядженні|\bпоза (?:офісом|межами офісу)|\bвідсутн(?:ій|я|ьо)\b|\bне (?:в|у) офісі|\bповернуся\b"
        r"|(?<!\bу )(?<!\bв )\bмене (?:немає|нема|не буде)\b|\bбуду (?:на роботі|в офісі|знову|доступн)|\bавтоматичн(?:а|е|о)\b|\bавтовідповід|\bмоєї відсутності|\bбільше не працю"
    ),
    (
        r"\bв отпуск[еу]|\bна больничном|\bв командировке|\bвне офиса|\bне в офисе|\bотсутств(?:ую|ует|овать)\b|\bвернусь\b|(?<!\bу )\bменя (?:нет|не будет)\b|\bбуду (?:на работе|в офисе|снова|доступ)"
        r"|\bавтоматическ(?:ий|ое|и)\b|\bавтоответ|\bмо[её](?:го|м)? отсутстви|\bбольше не работа"
    ),
    # Polish, Romanian
    (
        r"\b(?:jestem|będę|przebywam)\b(?:[^.!?\n]|(?<=\d)\.){0,60}(?:urlop|poza biurem|nieobecn|zwolnieni|delegacji|niedostępn)|\bnie (?:ma|będzie) mnie\b|\bmnie nie (?:ma|będzie)\b|\b(?:wrócę|wracam)\b|\bpo powrocie|\bmojej nieobecności"
        r"|\b(?:automatyczna odpowiedź|odpowiedź automatyczna|wygenerowan\w+ automatyczn|automatyczn\w+ (?:wiadomość|wygenerowan))|\bnie (?:pracuję|pracuje) już|\bjuż nie pracuj"
    ),
    (
        r"\b(?:sunt|voi fi|mă aflu)\b(?:[^.!?\n]|(?<=\d)\.){0,60}(?:concediu|plecat|absent|afara biroului|indisponibil|delegație)|\bnu (?:sunt|voi fi) (?:la|în) (?:birou|serviciu)|\b(?:revin|mă întorc|mă voi întoarce|voi reveni)\b"
        r"|\bîn (?:lipsa|absența) mea|\babsenței mele|\b(?:răspuns|mesaj) (?:automat|generat automat)|\bnu mai lucr"
    ),
    # Arabic, Persian, Vietnamese, Kurdish, Somali, Dutch
    (
        r"خارج المكتب|(?:في|ب)\s?(?:ال)?[إا]جازة|[إا]جازتي|س[أا]عود|عودتي|(?:رد|رسالة|الرد) (?:تلقائي|آلي|آلية|تلقائية|التلقائي)|غيابي|غير (?:متواجد|موجود|متوفر)|لست في المكتب"
        r"|لن [أا]كون|لم [أا]عد [أا]عمل"
    ),
    r"مرخصی|خارج از دفتر|در دفتر نیستم|پاسخ خودکار|بازمی\u200c?گردم|باز خواهم گشت|برمی\u200c?گردم|په رخصت",
    r"\bvắng mặt|\bnghỉ phép|\btrả lời tự động|\bkhông có mặt|\bbetlaneyê|\bbersiva otomatîk|\bfasax\b|\bjawaab otomaatig|\bafwezig|\bbuiten kantoor|\bautomatisch antwoord",
)
_TEXT = re.compile("|".join(f"(?:{pattern})" for pattern in _TEXTS), re.IGNORECASE)
_LINES = 12
_LETTERS = 2_000


def read_in(text: str) -> bool:
    """Whether the first lines of somebody's own words say that they are away, or that a program wrote them."""
    lines = [line[:500] for line in text.splitlines() if line.strip() and not line.startswith(">")][:_LINES]
    joined = " ".join("\n".join(lines)[:_LETTERS].replace("\u0307", "").split("  "))
    return bool(_TEXT.search(joined) or _TEXT.search(re.sub(r"\s*\n\s*", " ", joined)))
