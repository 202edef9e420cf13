"""Longer runs on real data; each prints a table of what it measured."""
