"""Everything that talks with Telegram."""

import os

# python-telegram-bot gives waits as timedelta where this is set, and warns where it is not.
os.environ.setdefault("PTB_TIMEDELTA", "true")
