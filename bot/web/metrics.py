"""What a monitoring system asks, on an address of its own: /metrics for Prometheus, /healthz and /readyz."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.web.probes import Ready, probes


@dataclass(frozen=True)
class Figures:
    """How the bot is, in numbers; no words and no ids of anybody.

    ``messages``: (channel, outcome) to how many, in all that is kept. ``waiting`` and ``dead``: rows by queue. Ages are
    seconds; None where there is nothing that has one. ``review_days``: until the next topic is due, below 0 when it
    is overdue. ``law_days``: since the oldest of the kept laws was fetched.
    """

    ready: bool
    problems: int = 0
    messages: Mapping[tuple[str, str], int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    dead: Mapping[str, int] = field(default_factory=dict)
    oldest: Mapping[str, int] = field(default_factory=dict)
    stopped: Mapping[str, bool] = field(default_factory=dict)
    questions: Mapping[str, int] = field(default_factory=dict)
    held: int = 0
    streams: int | None = None
    learning_left: int = 0
    knowledge_errors: int = 0
    review_days: int | None = None
    law_days: int | None = None


def exposition(figures: Figures) -> bytes:
    """The figures as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(figures))
    return generate_latest(registry)


@dataclass(frozen=True, eq=False)  # a registry keeps collectors by identity
class _Once(Collector):
    figures: Figures

    def collect(self) -> Iterator[Metric]:
        found = self.figures
        messages = CounterMetricFamily(
            "lotse_messages", "What came of messages, in all weeks that are kept", labels=("channel", "outcome")
        )
        for labels, count in sorted(found.messages.items()):
            messages.add_metric(labels, count)
        yield messages
        for name, what, label, values in (
            ("queue_waiting", "Rows that wait", "queue", found.waiting),
            ("queue_dead", "Rows that were given up: see `lotse inbox list`, `lotse outbox list`", "queue", found.dead),
            ("queue_oldest_seconds", "Age of the oldest row that waits", "queue", found.oldest),
            ("channel_stopped", "1: needs an operator before it sends again", "channel", found.stopped),
            ("questions", "Questions at the office, by state", "state", found.questions),
        ):
            family = GaugeMetricFamily(f"lotse_{name}", what, labels=(label,))
            for key, value in sorted(values.items()):
                family.add_metric((key,), float(value))
            yield family
        for name, what, number in (
            ("ready", "1: polling, database and delivery are alive", int(found.ready)),
            ("problems", "What `lotse health` says is not well", found.problems),
            ("mail_held", "Mails that wait in quarantine", found.held),
            ("streams", "Browsers that wait for answers", found.streams),
            ("learning_left", "Texts that are found by words alone until they are learned", found.learning_left),
            ("knowledge_errors", "Errors because of which a change is not live", found.knowledge_errors),
            ("review_days", "Days until the next topic is due for review", found.review_days),
            ("law_texts_days", "Days since the oldest of the kept laws was fetched", found.law_days),
        ):
            if number is not None:
                yield GaugeMetricFamily(f"lotse_{name}", what, value=number)


def application(figures: Callable[[], Awaitable[Figures]], ready: Ready) -> Starlette:
    """The site of LOTSE_METRICS."""

    async def metrics(_: Request) -> Response:
        try:
            text = exposition(await figures())
        except Exception as error:  # noqa: BLE001 # whatever it is, a monitoring system wants an answer
            return PlainTextResponse(f"The figures cannot be read: {type(error).__name__}.\n", 503)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/metrics", metrics), *probes(ready)])
