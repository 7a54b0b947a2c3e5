"""The review: unlinked tickets one after the other, what each may serve and why, and the word of a person on it."""
