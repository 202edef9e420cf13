"""Kernels: the fast forms of the large composites, in plain numpy on raw arrays.

A kernel knows nothing of the graph. Its declaration, beside the definition that it must
agree with, stands in the module of the same name in `autograd_core.ops`.
"""
