"""From suggestions and decisions to tags in the tracker: ``alignment link``."""
