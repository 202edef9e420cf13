"""Spoken digits: a small recurrent network on log-mel spectrograms.

The Free Spoken Digit Dataset has 3,000 recordings of ten digits by six speakers. Each becomes a
sequence of 40 mel bands every 10 ms; an LSTM reads it and its states, averaged over time, say which
digit it was. The test set is the official one: recordings 0 to 4 of each speaker and digit.

    AUTOGRAD_DATA=/data python -m examples.spoken_digits
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd_core as ag
import nn
from nn.data import ArrayDataset, DataLoader, audio, datasets, pad_sequences
from nn.optim import Adam
from nn.optim.lr_scheduler import OneCycleLR
from nn.training import Trainer, accuracy, confusion_matrix

BANDS = 40


class Listener(nn.Module):
    """A bidirectional LSTM whose outputs are averaged over the length of the recording.

    Parameters
    ----------
    hidden : int
        Units of each direction.
    """

    def __init__(self, hidden: int = 64) -> None:
        super().__init__()
        self.lstm = nn.LSTM(BANDS, hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.3)
        self.readout = nn.Linear(2 * hidden, 10)

    def forward(self, x: Any, lengths: Any) -> Any:
        """Scores of the ten digits, (N, 10), for x (N, T, D) and lengths (N,)."""
        outputs, _ = self.lstm(x, lengths=lengths)
        # Beyond a recording's end the outputs are zero, so the sum is over its length.
        mean = ag.sum(outputs, axis=1) / np.asarray(lengths, np.float32)[:, None]
        return self.readout(self.dropout(mean))


def features(recordings: datasets.SpokenDigits) -> tuple[Any, Any]:
    """Return log-mel spectrograms padded to the longest, (N, T, D), and their lengths (N,)."""
    spectra = [
        audio.log_mel_spectrogram(x, recordings.sample_rate, hop_length=80, n_mels=BANDS)
        for x in recordings.recordings
    ]
    # A recording's own mean is taken off: how loud it is says nothing about the digit.
    spectra = [(s - s.mean(axis=0)).astype(np.float32)[:100] for s in spectra]
    return pad_sequences(spectra)


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    """Train, and print the accuracy, also by speaker."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    nn.manual_seed(options.seed)
    start = time.perf_counter()
    spoken = {split: datasets.fsdd(split) for split in ("train", "test")}
    x, lengths = features(spoken["train"])
    x_test, lengths_test = features(spoken["test"])
    scale = x[x != 0].std()
    train = ArrayDataset(x / scale, lengths, spoken["train"].labels)
    test = ArrayDataset(x_test / scale, lengths_test, spoken["test"].labels)
    print(f"{len(train):,} recordings to train on, {len(test):,} to test; spectrograms made in "
          f"{time.perf_counter() - start:.1f} s")  # fmt: skip
    batches = DataLoader(train, 32, shuffle=True, rng=options.seed)
    model = Listener(options.hidden)
    optimizer = Adam(model.parameters(), lr=4e-3)
    steps = options.epochs * len(batches)
    trainer = Trainer(
        model,
        nn.CrossEntropyLoss(),
        optimizer,
        metrics={"accuracy": accuracy},
        batch_schedule=OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps),
        clip_norm=1.0,
    )
    trainer.fit(batches, DataLoader(test, 100), epochs=options.epochs)
    found = trainer.evaluate(DataLoader(test, 100))
    scores = trainer.predict(DataLoader(test, 100))
    right = scores.argmax(axis=1) == spoken["test"].labels
    print(confusion_matrix(scores, spoken["test"].labels))
    speakers = np.array(spoken["test"].speakers)
    for speaker in sorted(set(speakers)):
        print(f"{speaker:10} {100 * right[speakers == speaker].mean():6.1f} % right")
    print(f"test accuracy {100 * found['accuracy']:.2f} %, {time.perf_counter() - start:.0f} s")
    return found


if __name__ == "__main__":
    main()
