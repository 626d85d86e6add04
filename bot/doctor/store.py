"""Whether the store of media can be used: Heed writes, reads, lists and removes an object in it."""

import os
from pathlib import Path

from bot.doctor.finding import Finding
from workers.media.opening import store_from
from workers.media.store import BadKey, NoSuchObject, StoreDenied, StoreUnavailable, try_out
from workers.settings import Settings

BUCKET = "give the key the rights in docs/operations.md; see HEED_S3_KEY, _ENDPOINT, _REGION and HEED_MEDIA_URL"


def media(settings: Settings) -> Finding:
    if settings.media_folder is not None:
        return _folder(settings.media_folder)
    from workers.media.s3 import S3Store  # only who uses S3 loads boto3

    try:
        store = store_from(settings)
        try_out(store)
        public = isinstance(store, S3Store) and store.open_to_everybody()
    except StoreDenied as error:
        return Finding("media", "wrong", str(error), BUCKET)
    except (StoreUnavailable, NoSuchObject, BadKey) as error:
        return Finding(
            "media", "wrong", str(error), "start the store, or correct HEED_S3_ENDPOINT and HEED_MEDIA_URL"
        )
    if public:
        return Finding("media", "wrong", "everybody may read the bucket", "make it private; Heed needs no public one")
    return Finding("media", "ok", f"{store!r}: written, read, listed, removed")


def _folder(folder: Path) -> Finding:
    place = next(each for each in (folder, *folder.parents) if each.exists())
    if place.is_dir() and os.access(place, os.R_OK | os.W_OK | os.X_OK):
        return Finding("media", "ok", f"{folder} can be written to")
    return Finding("media", "wrong", f"{folder} cannot be written to", "set HEED_MEDIA_URL to a folder of yours")
