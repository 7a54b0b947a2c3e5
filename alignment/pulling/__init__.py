"""How the store is brought up to date, and how far it is."""
