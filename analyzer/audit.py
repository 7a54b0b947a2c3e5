"""What an audit looks at beyond the measures of past work: a candidate plan, and the rules of a policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from analyzer import plan_checks, plan_findings, plan_shares, plan_slips, policy_breaches
from analyzer.board import Board
from analyzer.judging import isolated
from analyzer.plan import Plan
from analyzer.plan_view import View
from analyzer.policy import PolicyRule
from analyzer.result import Finding, Meta, Verdict

PLAN: tuple[tuple[Meta, Callable[[View], Finding]], ...] = (
    (plan_findings.STARVED, plan_findings.starved),
    (plan_findings.PARKED, plan_findings.parked),
    (plan_shares.ALLOCATION, plan_shares.allocation),
    (plan_checks.CAPACITY, plan_checks.capacity),
    (plan_findings.SCOPE, plan_findings.scope),
    (plan_shares.UNLINKED, plan_shares.unlinked),
    (plan_shares.FOCUS, plan_shares.focus),
    (plan_checks.UNDEFINED, plan_checks.undefined),
    (plan_slips.SLIPS, plan_slips.slips),
)
"""In the order of the report: what is plainly wrong before what is likely."""

PART = "This part of the audit"


def ids() -> list[str]:
    """What a gate may name beside the measures."""
    return [*(meta.id for meta, _ in PLAN), policy_breaches.META.id]


def findings(board: Board, plan: Plan | None, rules: Sequence[PolicyRule]) -> list[Finding]:
    """The findings on a plan and a policy. One that breaks becomes an error finding and the rest go on."""
    found = []
    if plan is not None:
        view = View.of(board, plan)
        found = [isolated(meta, partial(look, view), PART) for meta, look in PLAN]
    if rules:
        found.append(isolated(policy_breaches.META, partial(policy_breaches.measure, board, rules), PART))
    return found


def headline(plan: Plan, found: Sequence[Finding]) -> tuple[str, Verdict]:
    """What an audit says of its plan first; the past weeks' findings stand below."""
    for verdict in ("signal", "watch"):
        loud = [f for f in found if f.verdict == verdict]
        if loud:
            rest = len(loud) - 1
            more = f" {rest} more {'finding speaks' if rest == 1 else 'findings speak'} against it." if rest else ""
            return f"{plan.plan}: {loud[0].headline or loud[0].sentence}{more}", verdict
    if any(f.verdict == "noise" for f in found):
        return f"{plan.plan}: nothing speaks against the plan.", "noise"
    return f"{plan.plan}: there is nothing to judge.", "not_judged"
