"""The contract of the store: a folder and two S3 servers keep the same promises."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.workers.media import servers
from tests.workers.media.servers import BUCKET, KEY, SECRET, access
from workers.media.folder import BEGUN, FolderStore
from workers.media.opening import store_from
from workers.media.s3 import CONNECT_S, READ_S, S3Store
from workers.media.store import BadKey, NoSuchObject, Store, StoreDenied, StoreUnavailable, try_out
from workers.settings import Settings

PART = 5 * 2**20  # the least that S3 takes
KINDS = ("folder", "nanio", "moto")
LONGEST_S = 2 * 2 * (CONNECT_S + READ_S)


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


def test_what_is_put_comes_back_whole(store: Store) -> None:
    for data in (b"", b"sound", bytes(range(256)) * 5000):
        store.put("tracks/a1.mp3", data, "audio/mpeg")
        assert store.get("tracks/a1.mp3") == data
        assert store.size("tracks/a1.mp3") == len(data)
        assert store.has("tracks/a1.mp3")


def test_a_large_object_goes_up_in_parts_from_bytes_and_from_a_file(store: Store, tmp_path: Path) -> None:
    data = os.urandom(PART * 2 + 12345)
    store.put("tracks/large.mp3", data, "audio/mpeg")
    assert store.get("tracks/large.mp3") == data
    file = tmp_path / "large"
    file.write_bytes(data[::-1])
    store.put("tracks/large.mp3", file, "audio/mpeg")
    assert store.get("tracks/large.mp3") == data[::-1]


def test_what_is_not_there_is_said_and_removing_it_is_no_error(store: Store) -> None:
    assert not store.has("tracks/none.mp3")
    for ask in (store.get, store.size):
        with pytest.raises(NoSuchObject):
            ask("tracks/none.mp3")
    store.delete("tracks/none.mp3")
    store.put("tracks/b.mp3", b"b", "audio/mpeg")
    store.delete("tracks/b.mp3")
    assert not store.has("tracks/b.mp3")


def test_keys_are_listed_sorted_by_their_beginning(store: Store) -> None:
    assert list(store.keys()) == []
    for key in ("tracks/b.mp3", "tracks/a.mp3", "covers/a.jpg"):
        store.put(key, b"x", "audio/mpeg")
    assert list(store.keys("tracks/")) == ["tracks/a.mp3", "tracks/b.mp3"]
    assert list(store.keys()) == ["covers/a.jpg", "tracks/a.mp3", "tracks/b.mp3"]
    assert list(store.keys("none/")) == []


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../up", "a/../b", "a//b", ".hidden", "a/.begun-x", "ü", "a b", "x" * 201, "a\0"]
)
def test_no_key_leads_out_of_the_store(store: Store, key: str) -> None:
    for ask in (store.get, store.has, store.size, store.delete, lambda one: store.put(one, b"x", "text/plain")):
        with pytest.raises(BadKey):
            ask(key)
    with pytest.raises(BadKey):
        store.link(key, 60)


def test_trying_out_leaves_nothing_behind(store: Store) -> None:
    try_out(store)
    assert list(store.keys()) == []


def test_many_keys_are_listed_page_by_page(endpoints: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    store = S3Store(access(endpoints["moto"], prefix="many"))
    for number in range(25):
        store.put(f"t/{number:03}", b"", "text/plain")
    paginate = store._client.get_paginator

    class Small:
        def __init__(self, operation: str) -> None:
            self._pages = paginate(operation)

        def paginate(self, **given: object) -> object:
            return self._pages.paginate(**given, PaginationConfig={"PageSize": 10})

    monkeypatch.setattr(store._client, "get_paginator", Small)
    assert len(list(store.keys())) == 25


# The folder


def test_a_folder_keeps_its_files_for_its_user_and_no_half_of_one(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "media")
    store.put("tracks/a.mp3", b"a", "audio/mpeg")
    file = tmp_path / "media" / "tracks" / "a.mp3"
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(NoSuchObject):
        store.put("tracks/a.mp3", tmp_path / "not there", "audio/mpeg")
    assert store.get("tracks/a.mp3") == b"a"
    (file.parent / f"{BEGUN}zzz").write_bytes(b"half")  # as a kill leaves it
    assert list(store.keys()) == ["tracks/a.mp3"]
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(BEGUN)] == [f"{BEGUN}zzz"]


def test_a_folder_gives_no_link(tmp_path: Path) -> None:
    assert FolderStore(tmp_path).link("tracks/a.mp3", 60) is None


def test_a_place_that_is_no_folder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    store = FolderStore(tmp_path / "file")
    for ask in (lambda: store.put("a", b"x", "text/plain"), lambda: store.get("a")):
        with pytest.raises(StoreUnavailable):
            ask()


def test_who_uses_a_folder_does_not_load_boto3(tmp_path: Path) -> None:
    code = (
        "import sys; from workers.settings import Settings; from workers.media.opening import store_from;"
        f"s = store_from(Settings(_env_file=None, home={str(tmp_path)!r})); s.put('a', b'x', 'text/plain');"
        "assert s.get('a') == b'x'; print([m for m in ('boto3', 'botocore', 'numpy') if m in sys.modules])"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HEED_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"


# S3


def status_of(link: str) -> int:
    try:
        with urllib.request.urlopen(link, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_a_link_opens_without_a_key_and_only_as_long_as_it_may(endpoints: dict[str, str]) -> None:
    store = S3Store(access(endpoints["nanio"], prefix="links"))
    store.put("a.mp3", b"sound", "audio/mpeg")
    link = store.link("a.mp3", 1)
    assert link is not None
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link
    assert SECRET not in link
    with urllib.request.urlopen(link, timeout=5) as answer:
        assert answer.read() == b"sound"
    time.sleep(2.2)
    assert status_of(link) == 403


def test_without_a_link_nobody_gets_anything(endpoints: dict[str, str]) -> None:
    S3Store(access(endpoints["nanio"], prefix="links")).put("b.mp3", b"sound", "audio/mpeg")
    assert status_of(f"{endpoints['nanio']}/{BUCKET}/links/b.mp3") in {400, 401, 403}


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"key": "nobody"}, {"bucket": "no-such-bucket-here"}])
def test_what_is_denied_is_said_without_a_secret(endpoints: dict[str, str], wrong: dict[str, str]) -> None:
    store = S3Store(access(endpoints["nanio"], **wrong))
    with pytest.raises(StoreDenied) as denied:
        store.put("a.mp3", b"what nobody may read", "audio/mpeg")
    assert denied.value.__cause__ is None
    for hidden in (SECRET, "another", "what nobody may read", "127.0.0.1"):
        assert hidden not in str(denied.value)
        assert hidden not in repr(store)
    assert SECRET not in repr(access(endpoints["nanio"]))


def test_the_server_is_asked_to_encrypt(endpoints: dict[str, str]) -> None:
    store = S3Store(access(endpoints["moto"], prefix="sealed", sse="AES256"), part=PART)
    store.put("a.mp3", b"sound", "audio/mpeg")
    store.put("b.mp3", bytes(PART + 1), "audio/mpeg")
    for name in ("a.mp3", "b.mp3"):
        told = store._client.head_object(Bucket=BUCKET, Key=f"sealed/{name}")
        assert told["ServerSideEncryption"] == "AES256"
        assert told["ContentType"] == "audio/mpeg"


def test_an_open_bucket_is_noticed(endpoints: dict[str, str]) -> None:
    store = S3Store(access(endpoints["moto"]))
    assert store.open_to_everybody() is False
    store._client.create_bucket(Bucket="open-bucket")
    store._client.put_bucket_acl(Bucket="open-bucket", ACL="public-read")
    assert S3Store(access(endpoints["moto"], bucket="open-bucket")).open_to_everybody() is True


@pytest.mark.parametrize(
    ("status", "body", "raises"),
    [
        (1, b"", StoreUnavailable),
        (500, b"", StoreUnavailable),
        (503, b"<Error><Code>SlowDown</Code></Error>", StoreUnavailable),
        (403, b"", StoreDenied),
        (404, b"", NoSuchObject),
        (400, b"<<<< no XML", StoreUnavailable),
    ],
)
def test_a_server_that_fails_is_named(status: int, body: bytes, raises: type[Exception]) -> None:
    with servers.rude(status, body) as url, pytest.raises(raises):
        S3Store(access(url)).get("a.mp3")


def test_an_answer_that_breaks_off_is_no_sound() -> None:
    with servers.rude(200, b"half a piece", announced=100) as url, pytest.raises(StoreUnavailable):
        S3Store(access(url)).get("a.mp3")


def test_nobody_at_the_address_is_unavailable() -> None:
    store = S3Store(access(f"http://127.0.0.1:{servers.free_port()}"))
    begun = time.monotonic()
    with pytest.raises(StoreUnavailable):
        store.get("a.mp3")
    assert time.monotonic() - begun < LONGEST_S


def test_a_server_that_never_answers_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.media.s3.READ_S", 0.4)
    with servers.rude(0) as url:
        store = S3Store(access(url))
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable):
            store.get("a.mp3")
        assert 0.4 <= time.monotonic() - begun < 6


# The settings


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]


def test_the_settings_say_which_store(tmp_path: Path, endpoints: dict[str, str]) -> None:
    assert isinstance(store_from(settings(home=tmp_path)), FolderStore)
    store = store_from(
        settings(
            media_url=f"s3://{BUCKET}/from-settings",
            s3_endpoint=endpoints["nanio"],
            s3_key=KEY,
            s3_secret=SECRET,
            s3_path_style=True,
        )
    )
    try_out(store)
    assert repr(store) == f"S3Store({BUCKET})"


@pytest.mark.parametrize(
    "wrong", [{"media_url": "s3://"}, {"s3_key": "k"}, {"s3_sse": "rot13"}, {"s3_endpoint": "minio"}]
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"(?i)s3"):
        settings(**wrong)
