"""The stores that tests are run on."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.workers.media import servers
from tests.workers.media.servers import BUCKET, KEY, SECRET, access
from workers.media.folder import FolderStore
from workers.media.s3 import S3Store
from workers.media.store import Store

PART = 5 * 2**20  # the least that S3 takes
KINDS = ("folder", "nanio", "moto")


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with servers.nanio(tmp_path_factory.mktemp("nanio")) as one, servers.moto() as other:
        found = {"nanio": one, "moto": other}
        for url in found.values():
            client = boto3.client(
                "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET
            )
            client.create_bucket(Bucket=BUCKET)
        yield found


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path, endpoints: dict[str, str]) -> Store:
    if request.param == "folder":
        return FolderStore(tmp_path / "media")
    return S3Store(access(endpoints[request.param], prefix=f"house/{tmp_path.name}"), part=PART)
