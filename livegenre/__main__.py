"""``python -m livegenre``."""

import sys

from livegenre.cli import main

sys.exit(main())
