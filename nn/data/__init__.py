"""Data: sets of samples, batches, readers, well-known data sets, augmentation and sound.

>>> import numpy as np
>>> from nn.data import ArrayDataset, DataLoader, random_split
>>> pairs = ArrayDataset(np.arange(10.0).reshape(5, 2), np.array([0, 1, 0, 1, 1]))
>>> train, validation = random_split(pairs, [4, 1], rng=0)
>>> for x, y in DataLoader(train, batch_size=2, shuffle=True, rng=0):
...     print(x.shape, y.shape)
(2, 2) (2,)
(2, 2) (2,)
"""

from __future__ import annotations

from . import audio, augment, datasets
from .cifar import read_cifar10
from .collate import default_collate, pad_collate, pad_sequences
from .dataset import ArrayDataset, ConcatDataset, Dataset, Subset, TensorDataset, random_split
from .errors import DataError, MissingDataError
from .idx import read_idx
from .loader import DataLoader
from .normalise import Normalizer
from .ptb import Tree, read_ptb_trees
from .text import CharVocabulary, Vocabulary
from .vietnamese import DiacriticsTask, diacritics_pairs, diacritics_task, strip_diacritics
from .wav import Sound, read_wav, wav_blocks

__all__ = [
    "ArrayDataset",
    "CharVocabulary",
    "ConcatDataset",
    "DataError",
    "DataLoader",
    "Dataset",
    "DiacriticsTask",
    "MissingDataError",
    "Normalizer",
    "Sound",
    "Subset",
    "TensorDataset",
    "Tree",
    "Vocabulary",
    "audio",
    "augment",
    "datasets",
    "default_collate",
    "diacritics_pairs",
    "diacritics_task",
    "pad_collate",
    "pad_sequences",
    "random_split",
    "read_cifar10",
    "read_idx",
    "read_ptb_trees",
    "read_wav",
    "strip_diacritics",
    "wav_blocks",
]
