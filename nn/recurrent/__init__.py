"""Networks over sequences and trees: their layers, cells, and truncated backpropagation."""
