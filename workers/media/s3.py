"""The store as a bucket: Amazon S3 and whatever speaks its language (MinIO, R2, …)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    InvalidRegionError,
    NoCredentialsError,
    ParamValidationError,
    ProfileNotFound,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from workers.media.store import (
    PROBE,
    NoSuchObject,
    StoreDenied,
    StoreUnavailable,
    checked,
    is_key,
    opened,
    within,
)

CONNECT_S, READ_S, ATTEMPTS = 2.0, 5.0, 2
"""A server that does not answer is given up after some 15 seconds: within the lease of whoever asks it for music."""
WHOLE_S = 30.0
"""An object that comes in drops, each in time, is given up all the same."""
AT_ONCE = 2**18
"""Bytes that are taken from the network at once."""
PART = 8 * 2**20
"""Bytes of a part; what is larger goes up in several, of which a lost one is sent again."""
MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
DENIED = {
    "AccessDenied": "the store denies this to the key that is set",
    "403": "the store denies this to the key that is set",
    "Forbidden": "the store denies this to the key that is set",
    "InvalidAccessKeyId": "the store does not know HEED_S3_KEY",
    "SignatureDoesNotMatch": "HEED_S3_SECRET does not belong to HEED_S3_KEY",
    "RequestTimeTooSkewed": "the clock of this machine is wrong, so that the store takes no signature",
    "NoSuchBucket": "there is no such bucket",
    "ExpiredToken": "the key of this machine's role has run out",
    "InvalidToken": "the key of this machine's role is not taken",
    "AuthorizationHeaderMalformed": "HEED_S3_REGION is not the region of the bucket",
    "PermanentRedirect": "HEED_S3_REGION is not the region of the bucket",
}
NOT_SENSIBLE = (BotoCoreError, Boto3Error, HTTPError, ResponseParserError, OSError, KeyError, ValueError)
"""What comes out of boto3 where a server breaks off, or answers what no store would (a length that is no number,
parts without an id)."""
ELSEWHERE = "the address sends elsewhere: HEED_S3_ENDPOINT (https?) or HEED_S3_REGION is not that of the bucket"


@dataclass(frozen=True, kw_only=True)
class Access:
    """How a bucket is reached. Without `key` boto3 looks where it always does (environment, role of the machine).
    `sse`: how the server is to encrypt ("AES256", "aws:kms"), if it is asked to."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    sse: str | None = None
    path_style: bool = False


class S3Store:
    """Objects in a bucket below a prefix. `part`: bytes from which an object goes up in parts."""

    def __init__(self, access: Access, *, part: int = PART) -> None:
        self._bucket = access.bucket
        self._prefix = f"{access.prefix.strip('/')}/" if access.prefix.strip("/") else ""
        self._sse = {"ServerSideEncryption": access.sse} if access.sse else {}
        self._transfer = TransferConfig(multipart_threshold=part, multipart_chunksize=part, use_threads=False)
        self._access = access
        with self._told():
            self._client = _connected(access, "s3v4")

    def __repr__(self) -> str:
        return f"S3Store({self._bucket})"

    def put(self, key: str, data: bytes | Path, content_type: str) -> None:
        """In parts where it is large. S3 shows an object when all of it is there."""
        name = self._name(key)
        extra = {"ContentType": content_type, **self._sse}
        with opened(data) as source, self._told(object_meant=False):
            if isinstance(data, bytes) and len(data) < self._transfer.multipart_threshold:
                self._client.put_object(Bucket=self._bucket, Key=name, Body=data, **extra)
            else:
                self._client.upload_fileobj(source, self._bucket, name, ExtraArgs=extra, Config=self._transfer)

    def get(self, key: str, limit: int | None = None) -> bytes:
        """`StoreUnavailable` also where less comes than was announced, or too slowly (`WHOLE_S` for all of it)."""
        name, until = self._name(key), time.monotonic() + WHOLE_S
        with self._told():
            answer = self._client.get_object(Bucket=self._bucket, Key=name)
            announced, data = answer.get("ContentLength"), bytearray()
            with answer["Body"] as body:
                within(announced or 0, limit)
                # What has come so far, and not the whole of what was asked for: time is looked at in between.
                while piece := body.read1(AT_ONCE):
                    data += piece
                    within(len(data), limit)
                    if time.monotonic() > until:
                        raise StoreUnavailable(f"the store of bucket {self._bucket} is too slow")
            if announced is not None and len(data) != announced:
                raise StoreUnavailable(f"the store of bucket {self._bucket} broke off")
            return bytes(data)

    def has(self, key: str) -> bool:
        try:
            self.size(key)
        except NoSuchObject:
            return False
        return True

    def size(self, key: str) -> int:
        name = self._name(key)
        with self._told():
            return int(self._client.head_object(Bucket=self._bucket, Key=name)["ContentLength"])

    def delete(self, key: str) -> None:
        name = self._name(key)
        with suppress(NoSuchObject), self._told():
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def keys(self, prefix: str = "") -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        found: list[str] = []
        with self._told(object_meant=False):
            for page in pages:
                found += [item["Key"].removeprefix(self._prefix) for item in page.get("Contents", ())]
        yield from sorted(key for key in found if is_key(key))

    def link(self, key: str, seconds: int) -> str | None:
        """Signed, for `seconds`; nothing is asked of the store for it."""
        name = self._name(key)
        with self._told():
            link: str = self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": name}, ExpiresIn=seconds
            )
            return link

    def open_to_everybody(self) -> bool:
        """Whether somebody without a key may list the bucket, or read what is put there for this question. It is
        tried, since what access lists and policies say may not be asked with the few rights that Heed needs."""
        key = f"{PROBE}/{uuid4().hex}"
        with self._told():
            stranger = _connected(self._access, UNSIGNED)
        self.put(key, b"", "text/plain")
        try:
            reads = (
                lambda: stranger.head_object(Bucket=self._bucket, Key=self._name(key)),
                lambda: stranger.list_objects_v2(Bucket=self._bucket, MaxKeys=1),
            )
            return any(self._answered(read) for read in reads)
        finally:
            self.delete(key)

    def _answered(self, ask: Callable[[], object]) -> bool:
        try:
            with self._told():
                ask()
        except (StoreUnavailable, StoreDenied, NoSuchObject):
            return False
        return True

    def _name(self, key: str) -> str:
        return self._prefix + checked(key)

    @contextmanager
    def _told(self, *, object_meant: bool = True) -> Iterator[None]:
        """What boto3 says, in the words of the store: never its own, which hold addresses and keys. Where no object
        was asked for (not `object_meant`) it is the bucket that is missing."""
        try:
            yield
        except ClientError as error:
            raise self._named(error, object_meant) from None
        except NoCredentialsError:
            raise StoreDenied("no key for the store is set: HEED_S3_KEY and HEED_S3_SECRET") from None
        except ParamValidationError:
            raise StoreDenied(f"{self._bucket!r} is no name of a bucket") from None
        except (InvalidRegionError, ProfileNotFound):
            raise StoreDenied("HEED_S3_REGION is no region, or AWS_PROFILE none that is set up") from None
        except EndpointConnectionError:
            raise StoreUnavailable(f"the store of bucket {self._bucket} cannot be reached") from None
        except NOT_SENSIBLE as error:
            raise StoreUnavailable(f"the store of bucket {self._bucket} failed ({type(error).__name__})") from None

    def _named(self, error: ClientError, object_meant: bool) -> Exception:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in MISSING and object_meant:
            return NoSuchObject("there is no such object in the bucket")
        if code in MISSING:
            return StoreDenied(f"bucket {self._bucket}: {DENIED['NoSuchBucket']}")
        if code in DENIED:
            return StoreDenied(f"bucket {self._bucket}: {DENIED[code]}")
        if 300 <= status < 400:
            return StoreDenied(f"bucket {self._bucket}: {ELSEWHERE}")
        if status in {401, 403}:
            return StoreDenied(f"bucket {self._bucket}: {DENIED['403']}")
        return StoreUnavailable(f"the store of bucket {self._bucket} answered {status}")


def _connected(access: Access, signature: object) -> Any:
    """A client of boto3. Raises what it says of settings that it cannot use."""
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=access.endpoint,
        region_name=access.region or "us-east-1",
        aws_access_key_id=access.key,
        aws_secret_access_key=access.secret,
        config=Config(
            signature_version=signature,
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            s3={"addressing_style": "path" if access.path_style else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    if access.endpoint is not None:
        client.meta.events.register_last("before-parameter-build.s3", _stay)
    return client


def _stay(context: dict[str, Any], **_: object) -> None:
    """No other region is looked for: boto3 asks the same address for it, without end where that sends elsewhere."""
    context.setdefault("s3_redirect", {})["redirected"] = True
