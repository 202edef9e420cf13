"""Neural networks on top of :mod:`autograd_core`; still empty.

Layers, losses, optimisers and training, with PyTorch's names and conventions, are to be added in a
later version. The package exists now so that its name and its import direction are settled: it
imports :mod:`autograd_core` only, and never :mod:`viz`.
"""
