"""``alignment audit``: a report outside the weekly rhythm, with a gate."""
