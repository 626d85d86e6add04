"""``python -m bot.playground --port 8765 --home DIR --token-file FILE [--key-file FILE] [--faults]``"""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from bot.playground.server import HomeTaken, PlaygroundServer
from workers.journal.keys import Keyring, KeysUnusable


def main() -> int:
    """Runs until SIGTERM or SIGINT. Exit codes: 0 stopped, 2 could not start."""
    arguments = argparse.ArgumentParser(prog="python -m bot.playground", description=__doc__)
    arguments.add_argument("--port", type=int, default=8765)
    arguments.add_argument("--home", type=Path, required=True, help="folder of playground.sqlite")
    arguments.add_argument("--token-file", type=Path, required=True, help="where this start's token is written")
    arguments.add_argument(
        "--key-file", type=Path, help="Fernet keys, one a line; default: HOME/playground.key, made if absent"
    )
    arguments.add_argument("--faults", action="store_true", help="offer /faults")
    given = arguments.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        return asyncio.run(serve(given))
    except (HomeTaken, KeysUnusable, OSError) as error:
        print(f"playground: {type(error).__name__}: {error}", file=sys.stderr)
        return 2


async def serve(given: argparse.Namespace) -> int:
    """Starts, says so in one line, waits for a signal, stops."""
    keys = Keyring.open_or_make(given.key_file or given.home / "playground.key")
    server = PlaygroundServer(given.home, keys, port=given.port, token_file=given.token_file, faults=given.faults)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await server.start()
    print(f"playground ready at {server.url}", flush=True)
    await stop.wait()
    await server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
