"""getFile: where a file can be downloaded."""

from bot.playground.files import LARGEST_DOWNLOAD, number_in_id, path_of
from bot.playground.methods.registry import Call, method
from bot.playground.refusal import bad_request
from bot.playground.store import JSON


@method("getFile")
async def get_file(call: Call) -> JSON:
    """The path of a file of up to 20 MB."""
    identifier = call.parameters.text("file_id")
    if not identifier:
        raise bad_request("file_id not specified")
    number = number_in_id(call.bot.bot_id, identifier)
    known = call.board.store.file_about(number)
    if known is None or known[0] != call.bot.bot_id:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    about = known[2]
    if about["file_size"] > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": identifier, "file_unique_id": about["file_unique_id"], "file_size": about["file_size"],
        "file_path": path_of(number, about),
    }  # fmt: skip
