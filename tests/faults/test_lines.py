"""What the people of the rigs write must not ring the alarm: danger answers would be counted as lost."""

from infra.rigs.lines import LINES, line
from models import danger


def test_no_line_of_the_rigs_is_heard_as_danger_alone_or_after_the_lines_before_it() -> None:
    for number in range(len(LINES)):
        assert danger.screen(line(number), []) is None
        assert danger.screen(line(number), [line(before) for before in range(max(0, number - 6), number)]) is None
