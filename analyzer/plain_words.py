"""What a validator or a YAML parser complains of is told in the words of the person who wrote the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import date
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from ruamel.yaml.error import MarkedYAMLError

WRONG_KIND = {
    "string": "must be text",
    "int": "must be a whole number",
    "float": "must be a number",
    "bool": "must be true or false",
    "tuple": "must be a list",
    "list": "must be a list",
    "dict": "must be a group of keys",
    "model": "must be a group of keys",
    "path": "must be a path",
}
"""By the first word of the validator's error type."""


def wrong(what: str, fix: str) -> PydanticCustomError:
    """The error a validator raises: ``what`` goes on after the name of the field, ``fix`` is a sentence."""
    return PydanticCustomError("mistake", "mistake", {"what": what, "fix": fix})


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """ "Did you mean …?" where one known word is close, else ``otherwise``."""
    close = difflib.get_close_matches(word[:100].lower(), list(known), n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else otherwise


def quoted(value: object) -> str:
    """A value as a person would recognise it, cut to 60 signs; what is inside a list or group is not repeated."""
    text = "{...}" if isinstance(value, dict) else "[...]" if isinstance(value, list) else as_yaml(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"


def as_yaml(value: object) -> str:
    """A value on one line, as it could stand in the file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {as_yaml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(as_yaml(one) for one in value) + "]"
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return str(value.isoformat() if isinstance(value, date) else getattr(value, "written", value))


def explain(error: ErrorDetails, model: type[BaseModel], data: object) -> tuple[str, str] | None:
    """One error of the validator as (what, fix); None where it only follows from another one."""
    if error["type"] == "default_factory_not_called" or (error["type"] == "too_short" and error["input"]):
        return None
    parts = _parts_in(data, error["loc"])
    name = _name(parts)
    kind, context = error["type"], error.get("ctx", {})
    holder, field = _field(model, error["loc"])
    if kind == "mistake":
        return f"{name} {context['what']}", str(context["fix"])
    if kind == "missing":
        key = str(error["loc"][-1])
        if parts and parts[-1] == key:
            return f"{key} has no value", f"Write e.g. {_example(key, field, ())}"
        where = f"{name} has no '{key}'" if parts else f"'{key}' is missing"
        return where, f"Add {_example(key, field, ())}"
    if kind == "extra_forbidden":
        known = sorted(keys(holder)) if holder else []
        return f"unknown key '{parts[-1] if parts else ''}'", nearest(
            str(parts[-1] if parts else ""), known, f"Delete it, or use one of: {', '.join(known)}"
        )
    key = next((part for part in reversed(parts) if isinstance(part, str)), "")
    inside = parts[len(parts) - next((n for n, part in enumerate(reversed(parts)) if isinstance(part, str)), 0) :]
    own = holder is None or key in keys(holder)
    example = f"Write e.g. {_example(key, field, inside, own)}"
    if error["input"] is None:
        return f"{name} has no value", f"{example}, or delete the line"
    if kind == "literal_error":
        choices = str(context["expected"]).replace("'", "")
        words = choices.replace(" or ", ", ").split(", ")
        return f"{name} {quoted(error['input'])} is not known", nearest(
            str(error["input"]), words, f"Write one of: {choices}"
        )
    if kind in ("greater_than_equal", "greater_than"):
        return f"{name} is too small", f"Write {context.get('ge', context.get('gt'))} or more"
    if kind in ("less_than_equal", "less_than"):
        return f"{name} is too large", f"Write {context.get('le', context.get('lt'))} or less"
    if kind in ("too_short", "string_too_short"):
        return f"{name} is empty", example
    if kind == "string_type" and hasattr(error["input"], "written"):
        return f"{name} must be text", f"Put it in quotes: '{as_yaml(error['input'])}'"
    said = WRONG_KIND.get(kind.split("_")[0])
    return (f"{name} {said}", example) if said else (f"{name} cannot be understood", example)


def explain_syntax(error: MarkedYAMLError) -> tuple[int, str, str]:
    """A syntax error as (line, what, fix)."""
    problem = str(error.problem or "")
    mark = error.problem_mark or error.context_mark
    opened = error.context_mark or mark
    line, first = (mark.line + 1 if mark else 1), (opened.line + 1 if opened else 1)
    if "'\\t'" in problem:
        return line, "there is a tab here", "Indent with spaces"
    if "mapping values are not allowed" in problem:
        return (
            line,
            "there is a second colon here, or this line is indented wrongly",
            ("Put the text in quotes, or line it up with its neighbours"),
        )
    if "undefined alias" in problem:
        return line, "a word with * refers to nothing", "Put the text in quotes if the * belongs to it"
    if "another document" in problem:
        return line, "a second document starts here (---)", "Keep one document a file"
    if "quoted scalar" in str(error.context or ""):
        return first, "a quote is opened here and not closed", "Close it, or double a quote that belongs to the text"
    if "flow" in str(error.context or ""):
        return first, "a bracket is opened here and not closed, or a comma is missing", "Close the bracket"
    if "cannot start any token" in problem:
        sign = problem.split("character ", 1)[-1].split(" that", 1)[0].strip("'\"")
        return line, f"a text cannot begin with {sign}", "Put the text in quotes"
    return line, "this is not valid YAML", "Line up keys of one group under each other, and close quotes and brackets"


def _parts_in(data: Any, loc: tuple[int | str, ...]) -> list[int | str]:
    """The parts of ``loc`` that stand in the file; what the validator added is dropped."""
    parts: list[int | str] = []
    for part in loc:
        there = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if not there:
            break
        data = data[part]
        parts.append(part)
    return parts


def _name(parts: list[int | str]) -> str:
    if not parts:
        return "the file"
    last = parts[-1]
    return last if isinstance(last, str) else f"item {last + 1} of {_name(parts[:-1])}"


def keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the key that stands in the file."""
    return {str(field.validation_alias or name): field for name, field in model.model_fields.items()}


def _field(model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """The innermost model along ``loc`` and the last field met on the way."""
    holder: type[BaseModel] | None = model
    field: FieldInfo | None = None
    kind: Any = model
    for part in loc:
        kind = _bare(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            holder = kind
            field = keys(kind).get(str(part))
            kind = field.annotation if field else None
        else:
            kind = next(iter(reversed([one for one in get_args(kind) if one is not Ellipsis])), None)
    return holder, field


def _bare(kind: Any) -> Any:
    """An annotation without its ``Annotated`` and ``| None``."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType):
            kind = next(one for one in get_args(kind) if one is not type(None))
        else:
            return kind


def _example(key: str, field: FieldInfo | None, inside: list[int | str] | tuple[()], own: bool = True) -> str:
    """``key: value`` from the field's first example, or a part of it where the mistake is inside a list or group."""
    example = field.examples[0] if field and field.examples else None
    if not own and isinstance(example, dict):
        example = next(iter(example.values()))
    if inside and isinstance(example, list) and example:
        return as_yaml(example[0])
    return f"{key}: {as_yaml(example) if example is not None else '…'}"
