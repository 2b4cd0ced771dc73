"""The one array type of the package: what samples, features and posteriors are made of."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float32]
"""float32; samples are 1-D, mono, nominal [-1, 1]."""
