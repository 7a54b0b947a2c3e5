"""Reads Linear."""
