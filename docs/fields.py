"""The fields of a settings or strategy file as one Markdown table, read from the model that validates the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

HEAD = "| field | what it says | if left out | example |\n| :-- | :-- | :-- | :-- |\n"


def table(model: type[BaseModel]) -> str:
    """One row a field, nested fields under the path that leads to them (``[]``: one of a list)."""
    rows = "".join(f"| {' | '.join(row)} |\n" for row in _rows(model, "", set()))
    return HEAD + rows


def _rows(model: type[BaseModel], path: str, told: set[type[BaseModel]]) -> Iterator[tuple[str, str, str, str]]:
    told.add(model)
    for name, field in model.model_fields.items():
        written = path + str(field.validation_alias or name)
        inner = _inner(field.annotation)
        nested = inner[0] if inner else None
        says = (field.description or "") + _choices(field.annotation)
        if nested in told and nested is not None:
            says += " Its fields are those of the first `match[]` above."
        yield f"`{written}`", _cell(says), _absent(field), _example(field)
        if inner and inner[0] not in told:
            yield from _rows(inner[0], f"{written}{inner[1]}.", told)


def _inner(annotation: Any) -> tuple[type[BaseModel], str] | None:
    """The model inside an annotation, and how the path to it goes on: one, a list, or a table by name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    for argument in get_args(annotation):
        found = _inner(argument)
        if found:
            kind = str(getattr(get_origin(annotation), "__name__", ""))
            return found[0], {"tuple": "[]", "dict": ".NAME"}.get(kind, found[1])
    return None


def _choices(annotation: Any) -> str:
    words = _literals(annotation)
    return f" One of: {', '.join(f'`{word}`' for word in words)}." if words else ""


def _literals(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(word) for word in get_args(annotation)]
    return [word for argument in get_args(annotation) for word in _literals(argument)]


def _absent(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    default = field.default
    if default is PydanticUndefined or default in (None, "", ()) or isinstance(default, BaseModel):
        return "–"
    return f"`{_yaml(default)}`"


def _example(field: FieldInfo) -> str:
    return _cell(", ".join(f"`{_yaml(one)}`" for one in field.examples or []))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _yaml(value: Any) -> str:
    """A value as one would write it on one line of the file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_yaml(one) for one in value) + "]"
    return value.name if isinstance(value, Path) else str(value)
