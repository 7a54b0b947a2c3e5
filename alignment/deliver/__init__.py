"""Where a report goes, and that it arrives once."""
