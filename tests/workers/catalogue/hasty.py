"""`heed music …`, whose starter does not wait until nobody else wants the core."""

import sys

from workers.catalogue import starter
from workers.catalogue.commands import run

if __name__ == "__main__":
    starter.step_aside = lambda: None
    sys.exit(run())
