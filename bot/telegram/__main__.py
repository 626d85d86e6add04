"""`python -m bot.telegram`: the bot process."""

import sys

from bot.telegram.run import main
from workers.settings import Settings

if __name__ == "__main__":
    sys.exit(main(Settings.load()))
