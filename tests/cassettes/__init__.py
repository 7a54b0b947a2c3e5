"""Recorded conversations with trackers: how they are made, cleaned, and replayed with the network blocked."""
