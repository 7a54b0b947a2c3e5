"""Files of the made-up company that a user would write: its dated strategies."""
