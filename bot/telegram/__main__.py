"""``python -m bot.telegram``: the bot process."""

import sys

from bot.telegram.run import main
from workers.settings import Settings

sys.exit(main(Settings.load()))
