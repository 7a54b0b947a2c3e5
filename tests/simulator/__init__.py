"""Trackers that answer on loopback as the real ones do, with faults on demand."""
