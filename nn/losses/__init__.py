"""What a network is trained to make small: losses as modules, and penalties on weights."""
