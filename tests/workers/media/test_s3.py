"""What only S3 promises: links, encryption, and an end to every question, however badly a server answers."""

import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.workers.media import servers
from tests.workers.media.conftest import PART
from tests.workers.media.servers import BUCKET, SECRET, access
from workers.media.s3 import CONNECT_S, READ_S, S3Store
from workers.media.store import NoSuchObject, StoreDenied, StoreUnavailable

LONGEST_S = 2 * 2 * (CONNECT_S + READ_S)


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
    closed = S3Store(access(endpoints["nanio"], prefix="asked"))
    assert closed.open_to_everybody() is False
    assert list(closed.keys()) == []
    opened = S3Store(access(endpoints["moto"], prefix="asked"))  # this server asks nobody for a key
    assert opened.open_to_everybody() is True
    assert list(opened.keys()) == []


def test_what_others_put_under_names_that_are_no_keys_is_not_listed(endpoints: dict[str, str]) -> None:
    store = S3Store(access(endpoints["moto"], prefix="strange"))
    store.put("a.mp3", b"a", "audio/mpeg")
    for name in ("strange/", "strange/a folder/", "strange/ü.mp3"):  # as consoles of S3 make them
        store._client.put_object(Bucket=BUCKET, Key=name, Body=b"")
    assert list(store.keys()) == ["a.mp3"]


def test_both_ways_up_are_denied_alike(tmp_path: Path) -> None:
    file = tmp_path / "a.mp3"
    file.write_bytes(b"sound")
    with servers.rude(403) as url:
        store = S3Store(access(url), part=PART)
        for data in (b"sound", file, bytes(PART + 1)):
            with pytest.raises(StoreDenied):
                store.put("a.mp3", data, "audio/mpeg")


def test_where_no_object_is_asked_for_it_is_the_bucket_that_is_missing() -> None:
    with servers.rude(404) as url:
        store = S3Store(access(url))
        for ask in (lambda: store.put("a.mp3", b"x", "audio/mpeg"), lambda: list(store.keys())):
            with pytest.raises(StoreDenied, match="no such bucket"):
                ask()


@pytest.mark.parametrize("status", [301, 307])
def test_an_address_that_sends_elsewhere_is_named_by_every_method(status: int) -> None:
    with servers.rude(status) as url:
        store = S3Store(access(url))
        asks = (
            lambda: store.get("a"),
            lambda: store.size("a"),
            lambda: store.has("a"),
            lambda: list(store.keys()),
            lambda: store.put("a", b"x", "text/plain"),
            lambda: store.delete("a"),
        )
        for ask in asks:
            with pytest.raises(StoreDenied, match="HEED_S3_ENDPOINT"):
                ask()


def test_an_answer_that_no_store_would_give_is_unavailable() -> None:
    with servers.rude(200, b"<html>welcome</html>") as url, pytest.raises(StoreUnavailable):
        S3Store(access(url), part=PART).put("a.mp3", bytes(PART + 1), "audio/mpeg")
    with servers.rude(200, b"<<< no XML") as url, pytest.raises(StoreUnavailable):
        list(S3Store(access(url)).keys())


def test_an_object_that_comes_in_drops_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.media.s3.WHOLE_S", 0.5)
    with servers.rude(200, b"x" * 600, pause=0.1) as url:  # a minute, if nobody gave up
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable, match="too slow"):
            S3Store(access(url)).get("a.mp3")
        assert time.monotonic() - begun < 20


def test_a_region_that_is_none_is_denied_and_named() -> None:
    with pytest.raises(StoreDenied, match="HEED_S3_REGION"):
        S3Store(access("http://127.0.0.1:1", region="no region"))


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
        assert 0.4 <= time.monotonic() - begun < 20
