"""The store as a bucket: Amazon S3 and whatever speaks its language (MinIO, R2, …)."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
)

from workers.media.store import NoSuchObject, StoreDenied, StoreUnavailable, checked

CONNECT_S, READ_S, ATTEMPTS = 2.0, 5.0, 2
"""A server that does not answer is given up after some 15 seconds: within the lease of whoever asks it for music."""
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
    "AuthorizationHeaderMalformed": "HEED_S3_REGION is not the region of the bucket",
    "PermanentRedirect": "HEED_S3_REGION is not the region of the bucket",
}


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
        self._client: Any = boto3.session.Session().client(
            "s3",
            endpoint_url=access.endpoint,
            region_name=access.region or "us-east-1",
            aws_access_key_id=access.key,
            aws_secret_access_key=access.secret,
            config=Config(
                signature_version="s3v4",
                connect_timeout=CONNECT_S,
                read_timeout=READ_S,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                s3={"addressing_style": "path" if access.path_style else "auto"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def __repr__(self) -> str:
        return f"S3Store({self._bucket})"

    def put(self, key: str, data: bytes | Path, content_type: str) -> None:
        """In parts where it is large. S3 shows an object when all of it is there."""
        name = self._name(key)
        extra = {"ContentType": content_type, **self._sse}
        with self._told():
            if isinstance(data, bytes):
                if len(data) < self._transfer.multipart_threshold:
                    self._client.put_object(Bucket=self._bucket, Key=name, Body=data, **extra)
                    return
                self._client.upload_fileobj(
                    io.BytesIO(data), self._bucket, name, ExtraArgs=extra, Config=self._transfer
                )
            else:
                self._client.upload_file(str(data), self._bucket, name, ExtraArgs=extra, Config=self._transfer)

    def get(self, key: str) -> bytes:
        name = self._name(key)
        with self._told():
            answer = self._client.get_object(Bucket=self._bucket, Key=name)
            data: bytes = answer["Body"].read()  # boto3 raises where less comes than was announced
            return data

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
        with self._told():
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def keys(self, prefix: str = "") -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        found: list[str] = []
        with self._told():
            for page in pages:
                found += [item["Key"].removeprefix(self._prefix) for item in page.get("Contents", ())]
        yield from sorted(found)

    def link(self, key: str, seconds: int) -> str | None:
        """Signed, for `seconds`; nothing is asked of the store for it."""
        name = self._name(key)
        with self._told():
            link: str = self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": name}, ExpiresIn=seconds
            )
            return link

    def open_to_everybody(self) -> bool | None:
        """Whether the bucket says that everybody may read it; None where the store does not tell."""
        try:
            with self._told():
                grants = self._client.get_bucket_acl(Bucket=self._bucket).get("Grants", [])
        except (StoreUnavailable, StoreDenied, NoSuchObject):
            return None
        return any("AllUsers" in str(grant.get("Grantee", {}).get("URI", "")) for grant in grants)

    def _name(self, key: str) -> str:
        return self._prefix + checked(key)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What boto3 says, in the words of the store: never its own, which hold addresses and keys."""
        try:
            yield
        except ClientError as error:
            raise self._named(error) from None
        except NoCredentialsError:
            raise StoreDenied("no key for the store is set: HEED_S3_KEY and HEED_S3_SECRET") from None
        except ParamValidationError:
            raise StoreDenied(f"{self._bucket!r} is no name of a bucket") from None
        except EndpointConnectionError:
            raise StoreUnavailable(f"the store of bucket {self._bucket} cannot be reached") from None
        except (BotoCoreError, Boto3Error, HTTPClientError, OSError) as error:
            raise StoreUnavailable(f"the store of bucket {self._bucket} failed ({type(error).__name__})") from None

    def _named(self, error: ClientError) -> Exception:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in MISSING:
            return NoSuchObject("there is no such object in the bucket")
        if code in DENIED:
            return StoreDenied(f"bucket {self._bucket}: {DENIED[code]}")
        if status in {401, 403}:
            return StoreDenied(f"bucket {self._bucket}: {DENIED['403']}")
        return StoreUnavailable(f"the store of bucket {self._bucket} answered {status}")
