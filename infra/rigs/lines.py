"""What the people of the rigs write: plain worries of a day, none of them a sign of danger, none a fixed intent."""

LINES = (
    "I failed my exam and I don't dare tell my parents",
    "my flatmate keeps eating my food and I feel silly for being angry about it",
    "we moved to a new city in spring and I still know nobody here",
    "work was so long today, I just sat in the bus and stared",
    "my sister got the job I wanted and I can't be happy for her",
    "I had a fight with my best friend over nothing",
    "tomorrow I have to speak in front of the whole class",
    "I keep waking up at four and then I lie there",
    "my grandmother is in hospital and I cannot travel to her",
    "my friend forgot my birthday and I said it was fine",
    "I finally finished my thesis and feel nothing at all",
    "everybody in the group chat met without asking me",
    "my dog is old and the vet said it is his heart",
    "I called my teacher mum in front of everybody today",
    "my parents are separating and both talk to me about it",
    "I should be studying and I clean the kitchen instead",
    "I got the scholarship! I wanted to tell somebody",
    "the neighbours renovate and I work nights",
    "I miss how it was before we all moved away",
    "my boss praised everybody in the team but me",
    "I cooked for two again although I live alone now",
    "I have an interview on Monday and my hands shake already",
    "my brother borrowed money again and I could not say no",
    "the doctor said it is only stress, but it does not feel like only",
)


def line(number: int) -> str:
    """The text of the `number`-th message of a run."""
    return f"{LINES[number % len(LINES)]} ({number})"
