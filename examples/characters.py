"""Characters: a GRU that learns to spell, and then writes by itself.

The network reads a text character by character and says which comes next; sampling from what it
says, and feeding the sample back, writes a new text. The loss is given in bits per character.

    AUTOGRAD_DATA=/data python -m examples.characters names
    AUTOGRAD_DATA=/data python -m examples.characters tinyshakespeare --epochs 3
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd_core as ag
import nn
from nn.data import ArrayDataset, CharVocabulary, DataLoader, datasets
from nn.optim import Adam
from nn.optim.lr_scheduler import CosineAnnealingLR
from nn.training import Trainer, bits_per_character


class Speller(nn.Module):
    """Embedding, GRU, and scores for the next character.

    Parameters
    ----------
    characters : int
        Size of the vocabulary.
    hidden : int
        Units of the GRU.
    """

    def __init__(self, characters: int, hidden: int = 128) -> None:
        super().__init__()
        self.embedding = nn.Embedding(characters, 32)
        self.gru = nn.GRU(32, hidden, batch_first=True)
        self.readout = nn.Linear(hidden, characters)

    def forward(self, codes: Any, state: Any = None) -> Any:
        """Scores (N, C, T) of the next character, for codes (N, T)."""
        return ag.swapaxes(self.step(codes, state)[0], 1, 2)

    def step(self, codes: Any, state: Any = None) -> tuple[Any, Any]:
        """Scores (N, T, C) and the state to go on from."""
        outputs, state = self.gru(self.embedding(codes), state)
        return self.readout(outputs), state


def write(model: Speller, vocabulary: CharVocabulary, begin: str, length: int, seed: int) -> str:
    """Sample a text that goes on from its beginning."""
    rng, text, state = np.random.default_rng(seed), begin, None
    codes = np.array([vocabulary.encode(begin)])
    model.eval()
    with ag.no_grad():
        for _ in range(length):
            scores, state = model.step(codes, state)
            p = np.asarray(ag.softmax(scores.data[0, -1].astype(float)))
            codes = np.array([[rng.choice(len(p), p=p)]])
            text += vocabulary.text(codes[0])
    return text


def windows(codes: Any, length: int) -> ArrayDataset:
    """Cut a text into pieces; the target of each is the same piece one character on."""
    count = (len(codes) - 1) // length
    cut = [codes[k : k + count * length].reshape(count, length) for k in (0, 1)]
    return ArrayDataset(*cut)


def main(arguments: Sequence[str] | None = None) -> list[float]:
    """Train, print bits per character after each epoch, and a sample."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("text", nargs="?", choices=["names", "tinyshakespeare"], default="names")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    nn.manual_seed(options.seed)
    start = time.perf_counter()
    if options.text == "names":
        order = np.random.default_rng(options.seed).permutation(names := datasets.names())
        text = "\n" + "\n".join(order) + "\n"
        print(f"{len(names):,} names")
    else:
        text = datasets.tinyshakespeare()
    vocabulary = CharVocabulary(text)
    codes = np.array(vocabulary.encode(text))
    edge = len(codes) * 9 // 10
    train, held_out = windows(codes[:edge], 64), windows(codes[edge:], 64)
    print(f"{len(codes):,} characters, {len(vocabulary)} different; the last tenth is held out")
    model = Speller(len(vocabulary), options.hidden)
    optimizer = Adam(model.parameters(), lr=4e-3)
    trainer = Trainer(
        model,
        nn.CrossEntropyLoss(),
        optimizer,
        metrics={"bits": bits_per_character},
        schedule=CosineAnnealingLR(optimizer, options.epochs),
        clip_norm=1.0,
    )
    batches = DataLoader(train, 32, shuffle=True, rng=options.seed)
    history = trainer.fit(batches, DataLoader(held_out, 256), epochs=options.epochs)
    bits = [float(b) for b in history["validation_bits"]]
    falling = " → ".join(f"{b:.3f}" for b in bits)
    print(f"bits per character: {math.log2(len(vocabulary)):.2f} by guessing; held out {falling}")
    print(write(model, vocabulary, "\n", 300, options.seed))
    print(f"{time.perf_counter() - start:.0f} s")
    return bits


if __name__ == "__main__":
    main()
