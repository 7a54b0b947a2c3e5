"""The program: commands, settings and the wiring of the other three packages."""

__version__ = "0.1.0"
