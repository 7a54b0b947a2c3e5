"""Cassettes are YAML that a person reads: what is peculiar first, then questions and answers with their JSON laid out."""

from __future__ import annotations

import textwrap
from typing import Any

import yaml
from vcr.serializers import yamlserializer

from tests.cassettes.scrub import Scrubber


class Readable(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML comes without types
    """Texts of several lines stand as they are."""


def _text(dumper: yaml.SafeDumper, said: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", said, style="|" if "\n" in said else None)


Readable.add_representer(str, _text)


class Commented:
    """A serializer for vcrpy. Whoever was met late in a conversation is taken out of what came before."""

    def __init__(self, comment: str, scrubber: Scrubber) -> None:
        self.comment, self.scrubber = comment, scrubber

    def serialize(self, cassette: dict[str, Any]) -> str:
        for interaction in cassette["interactions"]:
            body = interaction["response"]["body"]
            body["string"] = self.scrubber.last_look(str(body["string"]))
        head = textwrap.fill(self.comment, 118, initial_indent="# ", subsequent_indent="# ")
        return f"{head}\n{yaml.dump(cassette, Dumper=Readable, width=10_000, allow_unicode=True, sort_keys=False)}"

    def deserialize(self, text: str) -> Any:
        return yamlserializer.deserialize(text)
