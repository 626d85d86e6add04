"""What is said back is what was said: nobody swapped, little made up."""

import pytest

from models.reply.faithful import faithful
from models.reply.sense import supported, worth_asking


@pytest.mark.parametrize(
    ("asked", "back"),
    [
        ("my boyfriend broke up with me over text", "Your boyfriend broke up with you over text"),
        ("my boss yelled at me in front of the team", "You were yelled at by your boss in front of the team"),
        ("i yelled at my kid this morning", "You yelled at your kid this morning"),
        ("my dog died yesterday. the house is so quiet", "You lost your dog yesterday"),
        ("mom was diagnosed with cancer", "There is your mom's diagnosis now"),
        ("i have been ill since may and the doctors shrug", "You've been ill since May"),
        ("I told my brother that I quit. He laughed", "You told your brother that you quit"),
    ],
)
def test_what_is_said_back_as_it_was_is_kept(asked: str, back: str) -> None:
    assert faithful(back, "en", asked=asked)


@pytest.mark.parametrize(
    ("asked", "back"),
    [
        ("my boyfriend broke up with me over text", "You broke up with your boyfriend over text"),
        ("my best friend is getting married and didn't invite me", "you didn't invite your best friend"),
        ("i yelled at my kid this morning", "Your kid yelled at you this morning"),
        ("nobody remembered my birthday", "You said something stupid in the meeting"),
        ("My best friend moved to Australia yesterday", "You moved to Australia yesterday"),
        ("The baby has been screaming since five", "You were screaming at the baby"),
        ("my daughter leaves for college on Saturday", "You leave for college on Saturday"),
        ("I'm forty and I have never been in love", "you've been in love"),
        ("My grandfather can't remember my name", "You lost your grandfather"),
        ("Nobody helps with the dishes at home", "You never help with the dishes at home"),
        ("my manager praised everybody except me", "you were praised by your manager"),
        ("they gave the flat to somebody else", "you got the flat"),
        ("I told her the truth", "You didn't tell her the truth"),
        ("My aunt's been gone a month now. I still water her plants", "You've been gone for a month"),
        ("He said it was fine, and went to bed", "You said it was fine"),
        ("my garden is finally in bloom", "it sounds like the person is proud of the garden"),
    ],
)
def test_swapped_people_and_made_up_things_are_not(asked: str, back: str) -> None:
    assert not faithful(back, "en", asked=asked)


def test_an_end_without_ground_is_cut_and_a_guess_is_kept() -> None:
    asked = "I had a fight with my sister about our dad's house"
    cut = supported("You had a fight about your dad's house, and now it's settled for good.", "en", asked=asked)
    assert cut == "So you had a fight about your dad's house."
    whole = "You had a fight about your dad's house, and it sounds as if it was about more than that."
    assert supported(whole, "en", asked=asked) == whole


@pytest.mark.parametrize(
    ("question", "worth"),
    [
        ("How do you feel about it?", False),
        ("What's your next plan?", False),
        ("Quit your job?", False),
        ("Is it a nice feeling right now?", False),
        ("Which part of the exam went wrong?", True),
    ],
)
def test_only_a_question_about_what_was_told_is_asked(question: str, worth: bool) -> None:
    asked = "I failed my exam and now I want to quit my job"
    assert worth_asking(question, "en", asked=asked, before="") is worth
