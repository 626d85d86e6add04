"""What a message costs does not grow with what is stored: every query of its way takes an index."""

from pathlib import Path

from infra.rigs.bench.growth import growth


def test_no_query_of_a_message_reads_a_whole_table(tmp_path: Path) -> None:
    rows, _ = growth(tmp_path, sizes=(60, 120), samples=2)

    assert [row.value for row in rows if row.what == "steps that read a whole table"] == ["none"]
