"""``python -m workers.catalogue …``: the programs behind `heed music …`. Exit codes: 0 done, 1 something could not be
done, 2 the command or a setting is wrong."""

import sys

from workers.catalogue.commands import run

if __name__ == "__main__":
    sys.exit(run())
