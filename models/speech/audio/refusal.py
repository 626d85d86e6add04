"""Why a recording cannot be used: one small tree of errors, each with the sentence that says so."""

from typing import ClassVar

from models.speech.audio.sound import Sound


class BadSound(Exception):
    """A recording that cannot be used. `key` names its sentence in the words files.

    The message names the kind only, never anything of the recording.
    """

    key: ClassVar[str] = "sound.damaged"

    def __init__(self) -> None:
        super().__init__(self.key)


class WrongType(BadSound):
    """Not one of the kinds of sound file that can be read."""

    key = "sound.wrong_type"


class NoSoundTrack(BadSound):
    """A film without sound, or a file that holds none."""

    key = "sound.no_sound_track"


class Damaged(BadSound):
    """A sound file in which nothing, or nothing in reasonable time, could be decoded."""

    key = "sound.damaged"


class Truncated(BadSound):
    """The file ends before its recording does. `partial` is what could be decoded, or None: its words may
    still matter (the danger screen), though the answer says that the rest is missing."""

    key = "sound.truncated"

    def __init__(self, partial: Sound | None = None) -> None:
        super().__init__()
        self.partial = partial


class Bomb(BadSound):
    """A small file that unpacks to far more sound than its size allows."""

    key = "sound.bomb"


class TooLong(BadSound):
    """Longer than the limit. Nothing after the limit was decoded."""

    key = "sound.too_long"

    def __init__(self, limit_s: float) -> None:
        super().__init__()
        self.limit_s = limit_s


class TooShort(BadSound):
    """Too short to hold a word."""

    key = "sound.too_short"


class Silence(BadSound):
    """Nothing is to be heard at all."""

    key = "sound.silence"


class TooQuiet(BadSound):
    """Something is there, and too faint to be understood."""

    key = "sound.too_quiet"


class Clipped(BadSound):
    """Overdriven so far that words are lost."""

    key = "sound.clipped"


class MusicOnly(BadSound):
    """Tones without speech."""

    key = "sound.music_only"


class NoiseOnly(BadSound):
    """Noise without speech."""

    key = "sound.noise_only"


KINDS: tuple[type[BadSound], ...] = (
    WrongType, NoSoundTrack, Damaged, Truncated, Bomb, TooLong, TooShort,
    Silence, TooQuiet, Clipped, MusicOnly, NoiseOnly,
)  # fmt: skip
