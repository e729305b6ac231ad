"""One value of a YAML file as an entry, and what is wrong with it in an editor's words."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import RootModel, ValidationError

from bot.content.entries import TopicEntry, TopicOverlay
from bot.content.problems import Problem
from bot.content.yaml_signs import QUOTES, STRAIGHT
from bot.content.yaml_source import Document


def valid(model: Any, value: Any, document: Document, path: tuple[str | int, ...], problems: list[Problem]) -> Any:
    """``value`` as ``model``, or None with its problems collected."""
    try:
        if isinstance(model, type) and issubclass(model, RootModel):
            return model(value)
        if not isinstance(value, dict):
            problems.append(Problem(document.place(*path), "must hold `key: value` lines.", "See README.md."))
            return None
        return model(**value)
    except ValidationError as error:
        fields = list(_field_names(model, value))
        for detail in error.errors():
            location = tuple(part for part in detail["loc"] if part != "[key]")
            what, remedy = _worded(detail, location, fields)
            problems.append(Problem(document.place(*path, *location), what, remedy))
        return None


def _field_names(model: Any, value: Any) -> list[str]:
    if isinstance(model, type) and hasattr(model, "model_fields"):
        return list(model.model_fields)
    chosen = TopicEntry if isinstance(value, dict) and "group" in value else TopicOverlay
    return list(chosen.model_fields)


def _worded(detail: Any, location: tuple[str | int, ...], fields: list[str]) -> tuple[str, str]:
    """pydantic's error as what and remedy, in an editor's words."""
    name = next((part for part in reversed(location) if isinstance(part, str)), "entry")
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return f"{name} is missing.", f"Add `{name}: ...`."
        case "extra_forbidden":
            near = get_close_matches(name, fields, 1)
            return f'"{name}" is not known here.', (
                f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(fields)}."
            )
        case "value_error":
            message = str(context.get("error", detail["msg"]))
            return f"{name}: {message}", ""
        case "literal_error":
            given = detail["input"]
            allowed = str(context.get("expected", ""))
            return f'{name}: "{given}" is not allowed.', f"Allowed: {allowed}."
        case "string_pattern_mismatch":
            return f'{name}: "{detail["input"]}" has the wrong form.', "Use small letters, digits and hyphens."
        case "string_type" if isinstance(detail["input"], dict) and len(detail["input"]) == 1:
            text = ": ".join(map(str, *detail["input"].items()))
            if text[:1] in QUOTES:
                return f"{name}: {text[0]} is no quotation mark of YAML.", STRAIGHT
            return f"{name}: the colon makes two things of this text.", f'Put it in quotes: "{text}".'
        case "string_type":
            return f"{name} must be text.", "Write one value, not a list."
        case "list_type":
            return f"{name} must be a list.", "Begin each line with `- `, or write [a, b]."
        case "dict_type" | "model_type":
            return f"{name} must hold `key: value` lines.", "Indent them below it."
        case "string_too_short" | "too_short":
            return f"{name} is empty.", "Write it, or delete the line."
        case "too_long" | "string_too_long":
            return f"{name} is too long.", f"At most {context.get('max_length')}."
        case _:
            return f"{name}: {detail['msg']}.", "See knowledge/README.md."
