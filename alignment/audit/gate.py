"""A gate for pipelines: which findings and rules fail an audit, one sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alignment.errors import Mend

if TYPE_CHECKING:
    from analyzer.result import Result

LOUDER = {"signal": ("signal",), "watch": ("watch", "signal")}
PLAN = "plan"

Rule = tuple[str, str]
"""What (a measure's id, ``plan``, or empty for anything) and from which verdict on."""


def read(given: Sequence[str]) -> list[Rule]:
    """``signal``, ``watch``, ``scope_creep:signal``, ``plan:watch``. Raises Mend."""
    from analyzer import audit
    from analyzer.measures import MEASURES
    from analyzer.plain_words import nearest

    known = [PLAN, *audit.ids(), *(m.META.id for m in MEASURES)]
    rules = []
    for text in given:
        what, _, verdict = text.rpartition(":")
        if verdict not in LOUDER:
            raise Mend(
                f"--fail-on {text} names no verdict.", "Write e.g. --fail-on signal or --fail-on scope_creep:watch."
            )
        if what and what not in known:
            raise Mend(
                f"--fail-on {text}: there is no measure {what}.",
                nearest(what, known, f"Write one of: {', '.join(known)}."),
            )
        rules.append((what, verdict))
    return rules


def breaches(result: Result, rules: Sequence[Rule]) -> list[str]:
    """One sentence for each finding that fails a rule, and for each breach of the policy. A measure that failed fails its rule."""
    from analyzer import policy_breaches

    said: dict[str, None] = {}
    for finding in result.findings:
        ident = finding.meta.id
        if ident == policy_breaches.META.id:
            said |= dict.fromkeys(policy_breaches.sentences(finding) if finding.verdict == "signal" else [])
            continue
        for what, verdict in rules:
            meant = (
                ident == what or (what == PLAN and ident.startswith("plan_")) or (not what and ident != "data_quality")
            )
            if meant and finding.verdict in (*LOUDER[verdict], "error"):
                said[f"{finding.meta.title} ({finding.verdict}): {finding.headline or finding.sentence}"] = None
    return list(said)
