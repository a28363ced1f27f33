"""`python -m tfgan_zoo` is `tfgan-zoo`."""

import sys

from tfgan_zoo.cli import main

sys.exit(main())
