"""The files of each data set: their names, where they are published, and their SHA-256."""

from __future__ import annotations

import re
from functools import partial

from .fetch import Files, Remote

__all__ = [
    "CIFAR10",
    "FASHION_MNIST",
    "FSDD",
    "MNIST",
    "NAMES",
    "SHAKESPEARE",
    "SST",
    "VIETNAMESE",
]


def _idx(dataset: str, base: str, hashes: dict[str, str]) -> dict[str, tuple[Files, Files]]:
    def file(name: str) -> Files:
        return Files(dataset, name, [Remote(f"{base}/{name}.gz", hashes[name])])

    return {
        split: (file(f"{prefix}-images-idx3-ubyte"), file(f"{prefix}-labels-idx1-ubyte"))
        for split, prefix in (("train", "train"), ("test", "t10k"))
    }


MNIST = _idx(
    "mnist",
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    {
        "train-images-idx3-ubyte": (
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
        ),
        "train-labels-idx1-ubyte": (
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
        ),
        "t10k-images-idx3-ubyte": (
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
        ),
        "t10k-labels-idx1-ubyte": (
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
        ),
    },
)

FASHION_MNIST = _idx(
    "fashion-mnist",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion",
    {
        "train-images-idx3-ubyte": (
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
        ),
        "train-labels-idx1-ubyte": (
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
        ),
        "t10k-images-idx3-ubyte": (
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
        ),
        "t10k-labels-idx1-ubyte": (
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
        ),
    },
)


def _matches(pattern: str, name: str) -> bool:
    return re.fullmatch(pattern, name) is not None


_CIFAR10_ARCHIVE = Remote(
    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
)

CIFAR10 = {
    "train": Files("cifar10", partial(_matches, r"data_batch_.*\.bin"), [_CIFAR10_ARCHIVE]),
    "test": Files("cifar10", partial(_matches, r"test_batch.*\.bin"), [_CIFAR10_ARCHIVE]),
}

# GitHub packs the archive of a tag when it is asked for, and does not promise the same bytes each
# time; there is no hash to check a download against.
_FSDD_REMEDY = (
    "get https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.tar.gz "
    "and put it, or its folder recordings, into $AUTOGRAD_DATA/fsdd, or give folder=…"
)

FSDD = {
    "train": Files(
        "fsdd", partial(_matches, r"\d_[a-z]+_(?:[5-9]|\d\d+)\.wav"), remedy=_FSDD_REMEDY
    ),
    "test": Files("fsdd", partial(_matches, r"\d_[a-z]+_[0-4]\.wav"), remedy=_FSDD_REMEDY),
}

# Of these two the address names a commit, so that its content cannot change.
NAMES = Files(
    "names",
    "names.txt",
    [
        Remote(
            "https://raw.githubusercontent.com/karpathy/makemore/"
            "988aa59e4d8fefa526d06f3b453ad116258398d4/names.txt",
            "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
        )
    ],
)

SHAKESPEARE = Files(
    "tinyshakespeare",
    "input.txt",
    [
        Remote(
            "https://raw.githubusercontent.com/karpathy/char-rnn/"
            "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt",
            "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        )
    ],
)

_SST_ARCHIVE = Remote(
    "https://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip",
    "5c613a4f673fc74097d523a2c83f38e0cc462984d847b82c7aaf36b01cbbbfcc",
)

SST = {split: Files("sst", f"{split}.txt", [_SST_ARCHIVE]) for split in ("train", "dev", "test")}

VIETNAMESE = {
    text: Files(
        "vietnamese",
        f"{text}.txt",
        remedy=f"write {text}.txt, in UTF-8 with one {unit} in a line, from {origin}, into "
        "$AUTOGRAD_DATA/vietnamese, or give folder=…",
    )
    for text, unit, origin in (
        ("truyen-kieu", "verse", "an edition of Nguyễn Du's Truyện Kiều"),
        *(
            (f"vtb-{part}", "sentence", f"vi_vtb-ud-{part}.conllu of UD_Vietnamese-VTB")
            for part in ("train", "dev", "test")
        ),
    )
}
