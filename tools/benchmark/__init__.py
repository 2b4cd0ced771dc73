"""What a step costs, a process, and growth: every figure beside a peer's, from one run.

Imported before NumPy: all that is compared runs on one thread.
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
