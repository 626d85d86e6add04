"""What `heed doctor` says of the store of media."""

from pathlib import Path

import pytest

from bot.doctor.store import media
from tests.workers.media import servers
from tests.workers.media.servers import BUCKET, KEY, SECRET
from workers.settings import Settings


def bucket(endpoint: str, **more: str) -> Settings:
    given = {"media_url": f"s3://{BUCKET}", "s3_endpoint": endpoint, "s3_key": KEY, "s3_secret": SECRET}
    return Settings(_env_file=None, s3_path_style=True, **(given | more))  # type: ignore[arg-type, call-arg]


def test_a_folder_is_looked_at(tmp_path: Path) -> None:
    assert media(Settings(_env_file=None, media_url=str(tmp_path / "new"))).state == "ok"  # type: ignore[call-arg]
    (tmp_path / "file").write_bytes(b"x")
    found = media(Settings(_env_file=None, media_url=str(tmp_path / "file" / "below")))  # type: ignore[call-arg]
    assert (found.state, "HEED_MEDIA_URL" in found.fix) == ("wrong", True)


def test_a_bucket_is_written_read_listed_and_emptied(tmp_path: Path) -> None:
    import boto3

    with servers.nanio(tmp_path) as url:
        client = boto3.client(
            "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET
        )
        assert "no such bucket" in media(bucket(url)).said
        client.create_bucket(Bucket=BUCKET)
        found = media(bucket(url))
        assert (found.state, found.said) == ("ok", f"S3Store({BUCKET}): written, read, listed, removed")
        assert client.list_objects_v2(Bucket=BUCKET).get("KeyCount", 0) == 0
        for wrong in ({"s3_secret": "wrong"}, {"s3_key": "nobody"}):
            found = media(bucket(url, **wrong))
            assert found.wrong
            assert SECRET not in str(found)
            assert "HEED_S3" in found.fix or "HEED_S3" in found.said
    found = media(bucket(url))
    assert "cannot be reached" in found.said
    assert "HEED_S3_ENDPOINT" in found.fix


def test_a_store_that_denies_reading_what_was_written_is_told_from_one_that_is_away() -> None:
    with servers.rude(403) as url:
        assert "denies" in media(bucket(url)).said


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "RequestTimeTooSkewed", "clock"),
        (403, "SignatureDoesNotMatch", "HEED_S3_SECRET"),
        (403, "InvalidAccessKeyId", "HEED_S3_KEY"),
        (400, "AuthorizationHeaderMalformed", "HEED_S3_REGION"),
        (404, "NoSuchBucket", "no such bucket"),
        (301, "PermanentRedirect", "HEED_S3_REGION"),
    ],
)
def test_each_refusal_has_a_line_of_its_own(status: int, code: str, said: str) -> None:
    body = f"<Error><Code>{code}</Code><Message>of the server</Message></Error>".encode()
    with servers.rude(status, body) as url:
        found = media(bucket(url))
    assert found.wrong
    assert said in found.said
    assert "\n" not in str(found)
    assert "of the server" not in str(found)


def test_a_bucket_that_everybody_may_read_is_warned_about() -> None:
    import boto3

    with servers.moto() as url:  # which asks nobody for a key
        client = boto3.client(
            "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET
        )
        client.create_bucket(Bucket=BUCKET)
        found = media(bucket(url))
        assert (found.state, found.said) == ("wrong", "everybody may read the bucket")
        assert client.list_objects_v2(Bucket=BUCKET).get("KeyCount", 0) == 0
