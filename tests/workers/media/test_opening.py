"""Which store the settings mean."""

from pathlib import Path

import pytest

from tests.workers.media.servers import BUCKET, KEY, SECRET
from workers.media.folder import FolderStore
from workers.media.opening import store_from
from workers.media.store import try_out
from workers.settings import BadSettings, Settings


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
    "wrong",
    [
        {"media_url": "s3://"},
        {"media_url": "S3://bucket"},
        {"media_url": "s3://no bucket"},
        {"s3_key": "k"},
        {"s3_sse": "rot13"},
        {"s3_endpoint": "minio"},
        {"s3_region": "no region"},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"(?i)s3"):
        settings(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"media_url": "s3://k:hunter2@bucket"}, {"s3_endpoint": "https://k:hunter2@minio"}]
)
def test_a_key_in_an_address_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    with pytest.raises(BadSettings) as refused:
        Settings.load(**wrong)
    assert "hunter2" not in f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__context__!r}"
    assert "key in it" in str(refused.value)
