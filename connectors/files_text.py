"""The text of one file, a line at a time, whatever it is packed in and however it is encoded."""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

GZIP, XZ = b"\x1f\x8b", b"\xfd7zXZ\x00"
SAMPLE = 65536


class _Unpacked(io.RawIOBase):
    """A packed stream that ends where it breaks, and remembers that it did."""

    def __init__(self, stream: Any, file: BinaryIO) -> None:
        self._stream, self._file = stream, file
        self.cut = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read1(len(buffer))
        except (EOFError, zlib.error, lzma.LZMAError, OSError):
            self.cut = True
            return 0
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        self._file.close()  # which the unpackers leave open
        super().close()


@dataclass(slots=True)
class Text:
    """One file. After reading, ``cut`` says that a packed stream ended early or is damaged, ``nuls`` how many NUL
    characters were dropped, ``encoding`` what it was read as, ``unterminated`` that its last line has no end."""

    path: Path
    cut: bool = False
    nuls: int = 0
    encoding: str = "utf-8"
    unterminated: bool = False

    def head(self) -> str:
        """The first 64 Ki characters. Raises OSError where the file cannot be opened."""
        raw, stream = self._open()
        with stream:
            text = stream.read(SAMPLE)
            self.cut = raw.cut
        return text.replace("\0", "")

    def whole(self) -> str:
        raw, stream = self._open()
        with stream:
            text = stream.read()
            self.cut = raw.cut
        self.nuls = text.count("\0")
        return text.replace("\0", "")

    def lines(self) -> Iterator[str]:
        """Lines with their end as ``\\n``. Of a stream that was cut, the unfinished last line is left out."""
        raw, stream = self._open()
        self.nuls, self.unterminated = 0, False
        with stream:
            for line in stream:
                if not line.endswith("\n"):
                    self.unterminated = True
                    if raw.cut:
                        break
                if "\0" in line:  # a crash while writing leaves runs of them, and Excel's UTF-16 without its mark
                    self.nuls += line.count("\0")
                    line = line.replace("\0", "")
                yield line
            self.cut = raw.cut

    def _open(self) -> tuple[_Unpacked, io.TextIOWrapper]:
        file = self.path.open("rb")  # closed by _Unpacked
        magic = file.read(6)
        file.seek(0)
        packed: Any = file
        if magic.startswith(GZIP):
            packed = gzip.GzipFile(fileobj=file)
        elif magic == XZ:
            packed = lzma.LZMAFile(file)  # noqa: SIM115 - closed by _Unpacked
        raw = _Unpacked(packed, file)
        buffered = io.BufferedReader(raw, SAMPLE)
        self.encoding = _encoding(buffered.peek(SAMPLE))
        return raw, io.TextIOWrapper(buffered, encoding=self.encoding, errors="replace", newline=None)


def _encoding(sample: bytes) -> str:
    """By the mark at the start, by where the NUL bytes of UTF-16 sit, else UTF-8, else what Excel writes."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if sample.startswith(mark):
            return name
    pairs = len(sample) // 2
    if pairs and sample[1::2].count(0) > 0.6 * pairs and sample[::2].count(0) < 0.1 * pairs:
        return "utf-16-le"
    if pairs and sample[::2].count(0) > 0.6 * pairs and sample[1::2].count(0) < 0.1 * pairs:
        return "utf-16-be"
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:  # nearer the end, it is a character that the sample cut in two
            return "cp1252"
    return "utf-8"
