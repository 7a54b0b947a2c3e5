"""Holds the simulator to Atlassian's OpenAPI documents, where they lie beside the repository."""

from __future__ import annotations

import gzip
import importlib
import json
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

from tests.simulator.issue import Json
from tests.simulator.server import Answer, Request

Deployment = Literal["cloud", "dc"]
DOCUMENTS = {
    "v3": "jira-cloud-platform-v3.2025-12.json.gz",
    "v2": "jira-cloud-platform-v2.2024-08.json.gz",
    "agile": "jira-cloud-software-agile.2022-07.json.gz",
    "dc": "jira-data-center-merged.2026-01.json.gz",
}
DEPARTURES: dict[tuple[str, str], str] = {
    ("Changelog", "created"): "changelog/bulkfetch sends a number, in the document's own example too",
    ("BulkOperationProgress", "created"): "a number in the document's own example",
    ("BulkOperationProgress", "started"): "a number in the document's own example",
    ("BulkOperationProgress", "updated"): "a number in the document's own example",
}
"""(schema, property) where the real service departs from the document, and what shows it."""


UNDOCUMENTED: dict[tuple[str, int], str] = {
    ("/rest/api/3/search", 410): "the search that CHANGE-2046 removed",
}
"""(path, status) that the real service answers though the document does not list it, and what shows it."""


def folder() -> Path | None:
    """Where the documents lie: ``$ALIGNMENT_SHARED/data/jira-openapi``, else ``../shared/data/jira-openapi``."""
    shared = os.environ.get("ALIGNMENT_SHARED") or Path(__file__).resolve().parents[2].parent / "shared"
    found = Path(shared) / "data" / "jira-openapi"
    return found if found.is_dir() else None


ABSENT = "Atlassian's OpenAPI documents are not here: set ALIGNMENT_SHARED to the folder that holds data/jira-openapi"


@cache
def _document(name: str) -> Json:
    where = folder()
    assert where is not None, ABSENT
    read: Json = json.loads(gzip.decompress((where / DOCUMENTS[name]).read_bytes()))
    for schema, prop in DEPARTURES:
        properties = read["components"]["schemas"].get(schema, {}).get("properties", {})
        if prop in properties:
            properties[prop] = {}
    return {"paths": read["paths"], "components": _lenient(read["components"])}


def _lenient(schema: Any) -> Any:
    """Values may be null and objects may hold more than is written; both are so on every real Jira."""
    if isinstance(schema, list):
        return [_lenient(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {name: _lenient(part) for name, part in schema.items() if name not in ("additionalProperties", "example")}
    if isinstance(schema.get("type"), str):
        out["type"] = [schema["type"], "null"]
        if "enum" in schema:
            out["enum"] = [*schema["enum"], None]
    return out


def problems(deployment: Deployment, method: str, path: str, status: int, body: Any) -> list[str]:
    """What is wrong with an answer by the official document; one entry says so where the document has no such path."""
    name, official = _official(deployment, path)
    document = _document(name)
    operation = _operation(document, method.lower(), official)
    if operation is None:
        return [f"{method} {official} is not in the document {DOCUMENTS[name]}"]
    response = operation["responses"].get(str(status))
    if response is None and (official, status) in UNDOCUMENTED:
        return []
    if response is None:
        return [f"{method} {official} never answers {status}: {', '.join(operation['responses'])}"]
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    if not schema:
        return []
    root = {**_lenient(schema), "components": document["components"]}
    validator = importlib.import_module("jsonschema").Draft4Validator(root)
    found = [error for part in _parts(schema, document, _sampled(body)) for error in validator.iter_errors(part)]
    wrong = [f"{method} {official}: {'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in found[:5]]
    return wrong + _unknown(schema, name, body, f"{method} {official}")


def _official(deployment: Deployment, path: str) -> tuple[str, str]:
    """The document that holds a path, and the path as it is written there."""
    path = re.sub(r"^/ex/jira/[^/]+", "", path)
    if deployment == "dc":
        return "dc", path.removeprefix("/rest").replace("/api/latest/", "/api/2/")
    if path.startswith("/rest/agile/"):
        return "agile", path
    newest = re.sub(r"^/rest/api/(2|latest)/", "/rest/api/3/", path)
    v2 = path.startswith("/rest/api/2/") and _operation(_document("v3"), "", newest) is None
    return ("v2", path) if v2 else ("v3", newest)


def _operation(document: Json, method: str, path: str) -> Json | None:
    """The operation whose template fits; the template with the fewest placeholders wins."""
    for template in sorted(document["paths"], key=lambda t: (t.count("{"), t)):
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
            operations: dict[str, Json] = document["paths"][template]
            if not method or method in operations:
                return operations[method] if method else operations
    return None


def _named(schema: Json, document: Json) -> Json:
    reference = schema.get("$ref")
    return document["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema


def _parts(schema: Json, document: Json, body: Any) -> list[Any]:
    """The Data Center document names the element where the answer is a list or a page of them."""
    own = _named(schema, document)
    if isinstance(body, list) and "array" not in own.get("type", ()):
        return body
    if isinstance(body, dict) and "values" in body and "values" not in own.get("properties", {"values": {}}):
        return list(body["values"])
    return [body]


def _sampled(value: Any) -> Any:
    """Of long lists the first twenty entries: validating five thousand ids one by one tells no more."""
    if isinstance(value, dict):
        return {name: _sampled(part) for name, part in value.items()}
    return [_sampled(part) for part in value[:20]] if isinstance(value, list) else value


def _unknown(schema: Json, name: str, body: Any, where: str) -> list[str]:
    """The envelope itself is held strictly: a ``total`` that does not exist must not slip in."""
    properties = _named(schema, _document(name)).get("properties", {})
    if not isinstance(body, dict) or not properties or name == "dc":
        return []
    return [f"{where}: the document has no '{key}' in the answer" for key in body if key not in properties]


class Checked:
    """A handler that notes in ``problems`` what the official documents say against another handler's answers."""

    def __init__(self, handler: Callable[[Request], Answer], deployment: Deployment) -> None:
        self.handler, self.deployment = handler, deployment
        self.problems: list[str] = []

    def __call__(self, request: Request) -> Answer:
        answer = self.handler(request)
        if not isinstance(answer.body, bytes):
            wrong = problems(self.deployment, request.method, request.path, answer.status, answer.body)
            self.problems += [f"#{request.number} {line}" for line in wrong]
        return answer
