"""Speed and memory, measured beside the peers.

``python -m benchmarks`` (``make bench``) measures every row and prints the table;
``python -m benchmarks --row NAME`` measures one. How it is measured, and what was tried to make it
faster, stands in ``NOTES.md``. Nothing here runs in the tests: a timed test fails at random.
"""
