"""A digest is copied into a folder, each file complete or not there at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from alignment.deliver.delivering import Digest, NotDelivered
from alignment.deliver.targets import Target
from alignment.whole_file import replacing
from connectors.connector import Retry

PASSING = (errno.ENOSPC, errno.EDQUOT, errno.ESTALE, errno.EIO, errno.EAGAIN, errno.ETIMEDOUT, errno.EHOSTDOWN)
"""Full disks and shares that come back: worth another try."""


def prepared(target: Target, digest: Digest, secret: str) -> Callable[[], str]:
    def attempt() -> str:
        place = _place(target)
        copied = [_copied(file, place / name) for name, file in files(digest.files)]
        return f"copied {len(copied)} {'file' if len(copied) == 1 else 'files'} to {place}"

    return attempt


def proven(target: Target, secret: str) -> str:
    """Writes an empty file and takes it away."""
    place = _place(target)
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".alignment-"):
            pass
    except OSError as error:
        raise _explained(error, place) from None
    return f"{place} can be written to"


def files(written: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """Every file of a report by its name at the target; a format that is a folder keeps it. Raises NotDelivered."""
    for path in written.values():
        found = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        if not all(one.is_file() for one in found) or not found:
            raise NotDelivered(f"The report {path.name} is not where it was written. Write it again: alignment report.")
        for one in found:
            yield one.relative_to(path.parent).as_posix(), one


def _place(target: Target) -> Path:
    place = target.path
    assert place is not None
    if not place.is_dir():
        raise NotDelivered(f"There is no folder {place}. Make it, or mount the share it is on.")
    return place


def _copied(file: Path, to: Path) -> Path:
    try:
        if to.exists() and to.samefile(file):
            return to
        with replacing(to) as made, made.open("wb") as new, file.open("rb") as old:
            shutil.copyfileobj(old, new)
            new.flush()
            os.fsync(new.fileno())
    except OSError as error:
        raise _explained(error, to.parent) from None
    return to


def _explained(error: OSError, place: Path) -> Exception:
    why = (error.strerror or type(error).__name__).lower()
    if error.errno in PASSING:
        return Retry(f"{place} cannot be written to now ({why}).")
    return NotDelivered(f"{place} cannot be written to ({why}). Check its permissions.")
