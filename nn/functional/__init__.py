"""The functions behind the layers, with PyTorch's names and argument order.

They keep no state: what a layer stores is an argument here. On raw arrays they return
raw arrays; called with a `Value` they record.
"""

from __future__ import annotations

from .activation import *  # noqa: F403
from .adaptive_pooling import *  # noqa: F403
from .binary import *  # noqa: F403
from .classification import *  # noqa: F403
from .conv_sizes import *  # noqa: F403
from .convolution import *  # noqa: F403
from .dropping import *  # noqa: F403
from .linear import *  # noqa: F403
from .loss import *  # noqa: F403
from .normalization import *  # noqa: F403
from .pooling import *  # noqa: F403
from .recurrent import *  # noqa: F403
from .recurrent_variants import *  # noqa: F403
