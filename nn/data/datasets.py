"""Well-known data sets, each by one function.

Files are looked for in the argument `folder` (a folder, or an archive); without one in
``$AUTOGRAD_DATA/<name>``, then in the cache of pooch, into which they are downloaded and where
their SHA-256 is checked. Files may be gzipped or not, and lie in a tar or zip archive. Every
function raises `MissingDataError`, which says where it looked and what to do, and `DataError`
for a damaged file. `digits` needs no file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from autograd_core.errors import ArgumentError, ShapeError

from .cifar import read_cifar10
from .errors import DataError, MissingDataError
from .fetch import Files, Folder
from .files import text_of
from .idx import read_idx
from .ptb import Tree, read_ptb_trees
from .sources import CIFAR10, FASHION_MNIST, FSDD, MNIST, NAMES, SHAKESPEARE, SST, VIETNAMESE
from .wav import read_wav

__all__ = [
    "Images",
    "SpokenDigits",
    "cifar10",
    "digits",
    "fashion_mnist",
    "fsdd",
    "mnist",
    "names",
    "sst",
    "tinyshakespeare",
    "vietnamese",
]

Split = Literal["train", "test"]


@dataclass(frozen=True, eq=False, repr=False)
class Images:
    """Labelled images as they are stored.

    Attributes
    ----------
    images : ndarray of uint8, shape (N, H, W) or (N, C, H, W)
    labels : ndarray of int64, shape (N,)
    classes : tuple of str
        What the labels mean.
    maximum : int
        The brightest value that the format has: 255, for `digits` 16.
    """

    images: Any
    labels: Any
    classes: tuple[str, ...]
    maximum: int = 255

    def __post_init__(self) -> None:
        if len(self.images) != len(self.labels):
            raise ShapeError(f"Images: {len(self.images)} images and {len(self.labels)} labels")

    def scaled(self, dtype: Any = np.float32) -> Any:
        """Return the images as floating-point numbers from 0 to 1: ``images / maximum``."""
        return np.divide(self.images, self.maximum, dtype=dtype)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def __repr__(self) -> str:
        """Return how many images of what shape and how many classes there are."""
        shape = "×".join(map(str, self.images.shape[1:]))
        return f"Images({len(self)} of {shape}, {len(self.classes)} classes)"


def mnist(split: Split = "train", folder: Folder = None) -> Images:
    """Handwritten digits, 28×28: 60,000 for training, 10,000 for testing.

    LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998.
    """
    return _from_idx(MNIST, split, folder, tuple("0123456789"))


def fashion_mnist(split: Split = "train", folder: Folder = None) -> Images:
    """Garments, 28×28 in grey: 60,000 for training, 10,000 for testing (Xiao et al., 2017)."""
    classes = "T-shirt/top,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot"
    return _from_idx(FASHION_MNIST, split, folder, tuple(classes.split(",")))


def _from_idx(
    files: dict[str, tuple[Files, Files]], split: str, folder: Folder, classes: tuple[str, ...]
) -> Images:
    images, labels = (
        read_idx(data) for part in _choice(files, split) for data in part.read(folder).values()
    )
    return Images(images, labels.astype(np.int64), classes)


def cifar10(split: Split = "train", folder: Folder = None) -> Images:
    """Colour photographs of ten kinds, 3×32×32: 50,000 for training, 10,000 for testing.

    A `folder` may hold a part of the records: every file named ``data_batch_*.bin`` counts as
    training data, and ``test_batch*.bin`` as test data (Krizhevsky, 2009).
    """
    parts = [read_cifar10(data) for data in _choice(CIFAR10, split).read(folder).values()]
    classes = "airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck".split(",")
    images, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Images(images, labels, tuple(classes))


def digits() -> Images:
    """The 1,797 handwritten digits, 8×8 with values 0 to 16, that scikit-learn brings along.

    They are the test part of Alpaydin and Kaynak's Optical Recognition of Handwritten Digits;
    they have no split of their own (see `random_split`).

    Raises
    ------
    MissingDataError
        If scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingDataError(
            "digits: they come with scikit-learn, which is not installed. "
            "Remedy: pip install scikit-learn"
        ) from error
    bundle = load_digits()
    images = bundle.images.astype(np.uint8)
    return Images(images, bundle.target.astype(np.int64), tuple("0123456789"), maximum=16)


@dataclass(frozen=True, eq=False, repr=False)
class SpokenDigits:
    """Recordings of spoken digits.

    Attributes
    ----------
    recordings : list of ndarray of float32, each of shape (T_i,)
    labels : ndarray of int64, shape (N,)
    speakers : tuple of str
        Who speaks each of them.
    sample_rate : int
        Samples per second (Hz).
    """

    recordings: list[Any]
    labels: Any
    speakers: tuple[str, ...]
    sample_rate: int

    def __len__(self) -> int:
        """Return the number of recordings."""
        return len(self.recordings)

    def __repr__(self) -> str:
        """Return how many recordings of how many speakers there are."""
        voices = len(set(self.speakers))
        return f"SpokenDigits({len(self)} recordings, {voices} speakers, {self.sample_rate} Hz)"


def fsdd(split: Split = "train", folder: Folder = None) -> SpokenDigits:
    """Read the Free Spoken Digit Dataset (Jackson et al.): 6 speakers, 8 kHz, English.

    The official split: of the 50 recordings of each digit by each speaker, those with index 0 to 4
    are for testing. Ordered by digit, speaker and index.
    """
    files = _choice(FSDD, split).read(folder)
    rows = []
    for name, data in files.items():
        digit, speaker, index = re.split(r"[_.]", name)[:3]
        rows.append((int(digit), speaker, int(index), read_wav(data)))
    rows.sort(key=lambda row: row[:3])
    rates = {sound.sample_rate for *_, sound in rows}
    if len(rates) != 1:
        raise DataError(f"fsdd: sample rates {sorted(rates)} Hz; need the same in every recording")
    return SpokenDigits(
        [sound.samples for *_, sound in rows],
        np.array([row[0] for row in rows], dtype=np.int64),
        tuple(row[1] for row in rows),
        rates.pop(),
    )


def names(folder: Folder = None) -> list[str]:
    """32,033 English first names in small letters (from karpathy/makemore)."""
    return _text(NAMES, folder).split()


def tinyshakespeare(folder: Folder = None) -> str:
    """Dialogues from Shakespeare's plays: 1,115,394 characters, 65 different (Karpathy, 2015)."""
    return _text(SHAKESPEARE, folder)


def sst(split: Literal["train", "dev", "test"] = "train", folder: Folder = None) -> list[Tree]:
    """Read the Stanford Sentiment Treebank: binary trees, each node labelled 0 to 4 (int).

    0 is very negative, 2 neutral, 4 very positive; 8,544, 1,101 and 2,210 sentences
    (Socher et al., 2013).
    """
    (data,) = _choice(SST, split).read(folder).values()
    return read_ptb_trees(data, label=int)


def vietnamese(
    text: Literal["truyen-kieu", "vtb-train", "vtb-dev", "vtb-test"] = "truyen-kieu",
    folder: Folder = None,
) -> list[str]:
    """Vietnamese with all its diacritics: the verses of a poem, or sentences of a treebank.

    Parameters
    ----------
    text : str
        ``"truyen-kieu"``: the 3,254 verses of Nguyễn Du's poem. ``"vtb-…"``: the sentences of the
        Universal Dependencies treebank Vietnamese-VTB, words and punctuation apart.
    folder : path, optional
        Where the files ``<text>.txt`` are, one verse or sentence in a line.
    """
    return _text(_choice(VIETNAMESE, text), folder).splitlines()


def _text(files: Files, folder: Folder) -> str:
    (data,) = files.read(folder).values()
    return text_of(data)[0]


def _choice(parts: dict[str, Any], name: str) -> Any:
    if name not in parts:
        raise ArgumentError(f"there is no part {name!r}; need one of {', '.join(map(repr, parts))}")
    return parts[name]
