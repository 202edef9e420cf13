"""Layers without a memory: dense, convolution, pooling, normalisation, dropout, activations."""
