"""Reads Jira, Cloud and Data Center."""
