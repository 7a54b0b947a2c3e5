"""A file is written whole or not at all: what is made beside it takes its place at the end."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path, mode: int = 0o644) -> Iterator[Path]:
    """An empty file beside ``path`` to write to; it becomes ``path`` at the end, and is gone if anything went wrong. Raises OSError
    that names ``path``, not the file beside it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from error
    os.close(descriptor)
    made = Path(name)
    try:
        yield made
        made.chmod(mode)
        os.replace(made, path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def put(path: Path, text: str, mode: int = 0o644) -> None:
    """Writes a text, its line ends as they are."""
    with replacing(path, mode) as made:
        made.write_text(text, encoding="utf-8", newline="")
