"""What one worker process shares: settings, journal, doorbell, the composer, and who watches its time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from models.danger.second import Judge
from models.emotion.face.predict import face
from models.emotion.fusion.predict import Fusion, fusion
from models.emotion.reader import FaceReader, TextReader, VoiceReader
from models.emotion.text.predict import Text
from models.emotion.voice.predict import Voice
from models.reply.composer import Composer
from models.reply.engines import engine_from
from models.speech.recognise import Recogniser, RecogniserUnavailable, recogniser_from
from models.speech.synthesise import Synthesiser, synthesiser_from
from models.weights import find
from workers.catalogue.shelf import Shelf
from workers.compute import WatchedEngine
from workers.doorbell import CeleryDoorbell, Doorbell
from workers.journal import speeches
from workers.journal.database import Journal
from workers.journal.keys import Keyring
from workers.media.opening import store_from
from workers.media.store import Store
from workers.once import Once
from workers.process import native_threads
from workers.settings import Settings
from workers.turn.lease import Renewer
from workers.watchdog import Watchdog

SLOTS = 16  # generations at once where the engine is a server or costs nothing


@dataclass
class House:
    """Built once a process."""

    settings: Settings
    journal: Journal
    doorbell: Doorbell
    make_composer: Callable[[], Composer]
    renewer: Renewer
    make_judge: Callable[[], Judge] | None = None
    """Absent where the settings want no second opinion on danger."""
    make_recogniser: Callable[[], Recogniser] | None = None
    """Absent in a house that never listens."""
    make_synthesiser: Callable[[], Synthesiser] | None = None
    """Absent where answers are written only."""
    make_voice_reader: Callable[[], VoiceReader] | None = None
    make_text_reader: Callable[[], TextReader] | None = None
    make_face_reader: Callable[[], FaceReader] | None = None
    """These three are absent in a house that estimates no feelings."""
    make_shelf: Callable[[], Shelf] | None = None
    make_store: Callable[[], Store] | None = None
    """These two are absent in a house without music."""
    reading: threading.Lock = field(default_factory=threading.Lock)
    """Held while a feeling is read: one at a time, the cores are busy with it."""
    watchdog: Watchdog = field(default_factory=Watchdog)
    """Ends this process when looking at a picture hangs."""
    _composer: Once[Composer] = field(default_factory=Once)
    _judge: Once[Judge] = field(default_factory=Once)
    _recogniser: Once[Recogniser] = field(default_factory=Once)
    _synthesiser: Once[Synthesiser] = field(default_factory=Once)
    _voice_reader: Once[VoiceReader] = field(default_factory=Once)
    _text_reader: Once[TextReader] = field(default_factory=Once)
    _face_reader: Once[FaceReader] = field(default_factory=Once)
    _shelf: Once[Shelf] = field(default_factory=Once)
    _store: Once[Store] = field(default_factory=Once)

    @property
    def composer(self) -> Composer:
        """The composer, its weights loaded at the first use."""
        return self._composer.get(self.make_composer)

    @property
    def judges(self) -> bool:
        """Whether the second opinion is loaded here: not in a process that never takes a turn."""
        return self._judge.made

    @property
    def judge(self) -> Judge | None:
        """The second opinion on danger, loaded at the first use; None where the settings want none."""
        return self._judge.get(self.make_judge) if self.make_judge is not None else None

    @property
    def recogniser(self) -> Recogniser:
        """What hears words, its weights loaded at the first use. Raises `RecogniserUnavailable`."""
        if self.make_recogniser is None:
            raise RecogniserUnavailable("this house listens to nothing")
        return self._recogniser.get(self.make_recogniser)

    @property
    def synthesiser(self) -> Synthesiser | None:
        """What speaks answers aloud, loaded at the first use; None where they are written only. Raises
        `SynthesiserUnavailable`."""
        return self._synthesiser.get(self.make_synthesiser) if self.make_synthesiser is not None else None

    @property
    def feels(self) -> bool:
        """Whether this house can estimate feelings, of whoever allows it."""
        return self.make_voice_reader is not None and self.make_text_reader is not None

    @property
    def voice_reader(self) -> VoiceReader:
        """What reads feelings from voices, loaded at the first use. Raises `MissingWeight`."""
        if self.make_voice_reader is None:
            raise LookupError("this house estimates no feelings")
        return self._voice_reader.get(self.make_voice_reader)

    @property
    def text_reader(self) -> TextReader:
        """What reads feelings from words, loaded at the first use. Raises `MissingWeight`."""
        if self.make_text_reader is None:
            raise LookupError("this house estimates no feelings")
        return self._text_reader.get(self.make_text_reader)

    @property
    def fusion(self) -> Fusion:
        """What makes one estimate out of several. Raises `UnreadablePool`."""
        return fusion(self.settings.weights_licence)

    @property
    def face_reader(self) -> FaceReader:
        """What reads feelings from faces, loaded at the first use. Raises `MissingWeight`."""
        if self.make_face_reader is None:
            raise LookupError("this house looks at no pictures")
        return self._face_reader.get(self.make_face_reader)

    @property
    def shelf(self) -> Shelf:
        """The catalogue of music, as it stands now."""
        if self.make_shelf is None:
            raise LookupError("this house has no music")
        return self._shelf.get(self.make_shelf)

    @property
    def store(self) -> Store:
        """Where sounds lie. Raises what opening it raises."""
        if self.make_store is None:
            raise LookupError("this house has no music")
        return self._store.get(self.make_store)


def build(settings: Settings) -> House:
    """A house on real parts. Raises `KeysUnusable`."""
    journal = Journal(settings.database, Keyring.open_or_make(settings.keys_path))

    def make_composer() -> Composer:
        model = settings.reply_model
        engine = engine_from(
            settings.reply_engine,
            model=find(model, settings.weights_folder) if settings.reply_engine == "llama" else model,
            url=settings.reply_url or "",
            key=settings.reply_key.get_secret_value() if settings.reply_key else "",
            threads=native_threads("text", settings),
            kept=settings.home / "cache",
        )
        engine.warm()  # not watched: a slow disk is no hang
        # What all replies begin with is read ahead while the rest starts: seconds once, then it is kept in the cache.
        threading.Thread(target=Composer(engine).warm, name="read-ahead", daemon=True).start()
        slots = 1 if settings.reply_engine == "llama" else SLOTS
        return Composer(WatchedEngine(engine, Watchdog(), slots), candidates=settings.reply_candidates)

    def make_judge() -> Judge:
        return Judge(find(settings.danger_model, settings.weights_folder))

    def make_recogniser() -> Recogniser:
        recogniser = recogniser_from(
            settings.recogniser,
            weights=settings.weights_folder,
            threads=native_threads("media", settings),
            device=settings.recogniser_device,
        )
        recogniser.warm()
        return recogniser

    def make_synthesiser() -> Synthesiser:
        key = settings.synthesiser_key
        synthesiser = synthesiser_from(
            settings.synthesiser,
            threads=native_threads("media", settings),
            url=settings.synthesiser_url or "",
            key=key.get_secret_value() if key else "",
            model=settings.synthesiser_model or "",
            voice=settings.synthesiser_voice or "",
            languages=tuple(sorted(settings.spoken)),
            timeout=speeches.WRITTEN_AFTER.total_seconds(),
        )
        if settings.synthesiser == "hibari":  # a server may come back later; a voice of our own is there or is not
            synthesiser.warm()
        return synthesiser

    return House(
        settings,
        journal,
        CeleryDoorbell(settings.broker),
        make_composer,
        Renewer(journal),
        make_judge if settings.danger_model else None,
        make_recogniser,
        make_synthesiser if settings.synthesiser != "none" else None,
        lambda: Voice(settings.weights_folder, settings.weights_licence),
        lambda: Text(settings.weights_folder, settings.weights_licence),
        lambda: face(
            settings.weights_folder, settings.weights_licence, settings.face_model or "", settings.face_device
        ),
        lambda: Shelf(journal, settings.home / "music"),
        lambda: store_from(settings),
    )


@cache
def house() -> House:
    """The house of this process."""
    return build(Settings.load())
