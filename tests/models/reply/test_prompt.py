"""One prompt for everything that writes: stable in front, bounded in length, oldest dropped first."""

import itertools

from models.emotion.estimate import Estimate, in_prompt
from models.reply.engines.inprocess import InProcessEngine
from models.reply.persona import persona, personas
from models.reply.prompt import Budget, build, person_text, prefix
from models.reply.request import Exchange, Request
from models.words import LANGUAGES

ENGINE = InProcessEngine()
TALK = tuple(Exchange(f"message {n} about my week", f"answer {n}, and what else?") for n in range(40))


def _built(**more: object) -> tuple[str, ...]:
    request = Request("en", ("I failed my exam",), **more)  # type: ignore[arg-type]
    return tuple(message.content for message in build(request, ENGINE, Budget(history=240)))


def test_what_stands_first_is_the_same_for_everyone() -> None:
    first, second = _built(persona="poet"), _built(history=TALK, persona="coach")
    stable = len(prefix())
    assert first[:stable] == second[:stable]
    assert first[stable] != second[stable]


def test_the_history_is_cut_to_the_budget_oldest_first() -> None:
    built = _built(history=TALK)
    assert "message 39 about my week" in built
    assert "message 0 about my week" not in built
    assert len(_built(history=TALK[:2])) == len(_built()) + 4


def test_a_cut_history_mostly_begins_where_it_began_one_turn_before() -> None:
    stable = len(prefix()) + 1
    starts = [_built(history=TALK[:length])[stable] for length in range(15, 40)]
    changes = sum(one != other for one, other in itertools.pairwise(starts))
    assert changes < 18


def test_a_prompt_fits_into_the_window_whatever_is_written() -> None:
    long = tuple(Exchange("word " * 500, "answer " * 200) for _ in range(20))
    request = Request("en", ("cry " * 4000,), history=long)
    messages = build(request, ENGINE, Budget(history=240))
    assert sum(ENGINE.count_tokens(message.content) for message in messages) < ENGINE.context


def test_the_estimate_stands_in_the_turn_in_its_one_format() -> None:
    estimate = Estimate("voice", "t", abstained="too short")
    last = _built(estimate=estimate)[-1]
    assert in_prompt(estimate) in last
    assert person_text(last) == "I failed my exam"


def test_there_are_ten_characters_and_none_has_a_profession() -> None:
    assert len(personas()) >= 10
    titles = ("therap", "doctor", "psych", "counsel", "nurse", "terap", "doktor", "psikolog", "상담사", "의사")
    for each in personas():
        for language in LANGUAGES:
            shown = f"{each.name(language)} {each.description(language)}".lower()
            assert not any(title in shown for title in titles)
    assert persona("gone since the last version").key == "warm_friend"
