"""Which store the settings mean. boto3 is loaded only where it is S3."""

from urllib.parse import urlsplit

from workers.media.folder import FolderStore
from workers.media.store import Store
from workers.settings import Settings


def store_from(settings: Settings) -> Store:
    """The store under HEED_MEDIA_URL. Nothing is asked of it yet."""
    if settings.media_folder is not None:
        return FolderStore(settings.media_folder)
    from workers.media.s3 import Access, S3Store

    address = urlsplit(settings.media)
    return S3Store(
        Access(
            bucket=address.netloc,
            prefix=address.path,
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            key=settings.s3_key,
            secret=settings.s3_secret.get_secret_value() if settings.s3_secret else None,
            sse=settings.s3_sse,
            path_style=settings.s3_path_style,
        )
    )
