"""One question without a conversation: what `lotse ask` and `lotse eval` need. Nothing is stored or sent."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.conversation.events import Asked, Emergency, Preview, Say, Sentence
from bot.conversation.machine import step
from bot.conversation.state import State
from bot.knowledge.live import Current
from bot.matching.match import Match
from bot.presentation.render import plain


@dataclass(frozen=True)
class Reply:
    """``text`` is what the asker would read, buttons as numbered lines; ``language`` is that of the answer.

    ``emergency``: the notice with the emergency numbers is shown; ``worry``: the quiet line with them."""

    question: str
    language: str
    match: Match
    emergency: bool
    worry: bool
    text: str
    milliseconds: float

    def as_dict(self) -> dict[str, object]:
        """The object `lotse ask --json` prints; its keys are a contract."""
        return {
            "question": self.question,
            "language": self.language,
            "decision": self.match.outcome,
            "topic": self.match.topic,
            "confidence": self.match.confidence,
            "choices": [{"topic": choice.topic, "confidence": choice.confidence} for choice in self.match.choices],
            "emergency": self.emergency,
            "worry": self.worry,
            "person": self.match.person is not None,
            "text": self.text,
            "milliseconds": round(self.milliseconds, 3),
        }


def ask(question: str, current: Current, language: str = "auto") -> Reply:
    """Answer one question. ``language``: a code, or "auto" to take the question's own (German when unsure)."""
    started = time.perf_counter()
    found = current.matcher.match(question)
    wanted = language if language != "auto" else found.language or "de"
    event = Asked(question, found, wanted)
    _, effects = step(State(), event, current.knowledge, now=0.0)
    says = [effect for effect in effects if isinstance(effect, Say)]
    texts: list[str] = []
    for say in says:
        if any(isinstance(part, Preview) for part in say.parts):
            continue
        message = current.composer.compose(say, wanted, now=time.time())
        labels = [label.text for row in message.buttons for label in row]
        texts.append("\n\n".join([plain(message.blocks), "\n".join(f"[{n}] {t}" for n, t in enumerate(labels, 1))]))
    parts = [part for say in says for part in say.parts]
    emergency = any(isinstance(part, Emergency) for part in parts)
    worry = not emergency and any(isinstance(part, Sentence) and part.key == "quiet-line" for part in parts)
    milliseconds = (time.perf_counter() - started) * 1000
    return Reply(
        question,
        current.composer.language_of(found.topic, wanted),
        found,
        emergency,
        worry,
        "\n\n".join(texts).strip(),
        milliseconds,
    )
