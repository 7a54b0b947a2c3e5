"""The first settings, and whether they are in order: ``alignment init`` and ``alignment check``."""
