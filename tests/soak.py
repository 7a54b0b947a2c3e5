"""How often tests of chance are tried: a part at each `make test`, all of it with `make soak`."""

from __future__ import annotations

import os


def times(whole: int, part: int = 4) -> int:
    """``whole`` where the environment says SOAK, else one in ``part``, rounded up."""
    return whole if os.environ.get("SOAK") else -(-whole // part)
