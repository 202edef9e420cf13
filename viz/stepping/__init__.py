"""Stepping through a graph: the frames of a sweep, on a page or in a notebook."""
