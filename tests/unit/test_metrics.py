"""The figures as Prometheus reads them."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from bot.web.metrics import Figures, exposition


def read(figures):
    families = text_string_to_metric_families(exposition(figures).decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_every_figure_of_a_running_bot():
    figures = Figures(
        ready=False,
        problems=2,
        held=4,
        messages={("web", "answered"): 3, ("telegram", "handed-over"): 1},
        waiting={"outbox": 2},
        dead={"outbox": 1},
        oldest={"outbox": 40},
        stopped={"mail": True},
        questions={"open": 5},
        streams=7,
        learning_left=9,
        knowledge_errors=1,
        review_days=-3,
        law_days=12,
    )
    assert read(figures) == {
        ("lotse_messages_total", "web", "answered"): 3,
        ("lotse_messages_total", "telegram", "handed-over"): 1,
        ("lotse_queue_waiting", "outbox"): 2,
        ("lotse_queue_dead", "outbox"): 1,
        ("lotse_queue_oldest_seconds", "outbox"): 40,
        ("lotse_channel_stopped", "mail"): 1,
        ("lotse_questions", "open"): 5,
        ("lotse_ready",): 0,
        ("lotse_problems",): 2,
        ("lotse_mail_held",): 4,
        ("lotse_streams",): 7,
        ("lotse_learning_left",): 9,
        ("lotse_knowledge_errors",): 1,
        ("lotse_review_days",): -3,
        ("lotse_law_texts_days",): 12,
    }


def test_what_there_is_not_is_left_out():
    assert ("lotse_review_days",) not in read(Figures(ready=False))
    assert read(Figures(ready=False))[("lotse_ready",)] == 0
