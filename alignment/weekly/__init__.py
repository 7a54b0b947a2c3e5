"""What happens every week: the run, what calls it, and what leadership reviews and decides."""
