"""The house key and the keys of people."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from workers.journal.keys import Keyring, KeysUnusable, add_key, keep_newest

WORDS = "I have told nobody 말하지 못했어 \ufffd"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "heed.key"


def test_a_first_key_is_made_for_this_user_only(path: Path) -> None:
    Keyring.open_or_make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Keyring.open_or_make(path).decrypt(Keyring.open(path).encrypt(b"x")) == b"x"


def test_words_open_with_their_persons_key_only(path: Path) -> None:
    keyring = Keyring.open_or_make(path)
    hers, his = keyring.person(keyring.new_person_key()), keyring.person(keyring.new_person_key())
    sealed = hers.seal(WORDS)
    assert hers.unseal(sealed) == WORDS
    with pytest.raises(KeysUnusable) as refused:
        his.unseal(sealed)
    assert WORDS not in str(refused.value)


def test_the_same_words_never_look_the_same_twice(path: Path) -> None:
    keyring = Keyring.open_or_make(path)
    person = keyring.person(keyring.new_person_key())
    assert person.seal(WORDS) != person.seal(WORDS)


def test_rotation_rewraps_keys_and_leaves_words_as_they_are(path: Path) -> None:
    before = Keyring.open_or_make(path)
    wrapped = before.new_person_key()
    sealed = before.person(wrapped).seal(WORDS)
    add_key(path)
    both = Keyring.open(path)
    assert both.person(wrapped).unseal(sealed) == WORDS
    rewrapped = both.rewrap(wrapped)
    keep_newest(path)
    after = Keyring.open(path)
    assert after.person(rewrapped).unseal(sealed) == WORDS
    with pytest.raises(KeysUnusable):
        after.person(wrapped)
    with pytest.raises(KeysUnusable):
        before.person(rewrapped)


def test_a_wrong_house_key_opens_nothing_and_says_so(path: Path) -> None:
    sealed = Keyring.open_or_make(path).encrypt(b"words")
    with pytest.raises(KeysUnusable, match="does not open"):
        Keyring([Fernet.generate_key()]).decrypt(sealed)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"not a key\n", b"\xff\xfe"])
def test_a_damaged_key_file_is_named_and_not_shown(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(KeysUnusable) as refused:
        Keyring.open(path)
    assert "not a key" not in str(refused.value)


def test_a_missing_key_file_is_said(path: Path) -> None:
    with pytest.raises(KeysUnusable, match="cannot be read"):
        Keyring.open(path)


def test_keys_show_nothing_of_themselves(path: Path) -> None:
    keyring = Keyring.open_or_make(path)
    person = keyring.person(keyring.new_person_key())
    shown = f"{keyring!r} {person!r} {keyring} {person}"
    assert path.read_text().strip() not in shown
    assert shown.count("…") == 4
