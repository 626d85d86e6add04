"""The yardstick: MFCC statistics and a support vector machine, split honestly and at random."""

from collections.abc import Sequence

import librosa
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from models.emotion.scores import uar
from models.emotion.voice.classes import CLASSES
from models.emotion.voice.corpus import Utterance, sound
from models.emotion.voice.learning import folds
from models.emotion.voice.mel import RATE

Floats = NDArray[np.float32]

COEFFICIENTS = 40


def uars(rows: Sequence[Utterance], outer_folds: int, seed: int) -> dict[str, float]:
    """Unweighted average recall over the eight classes: `honest` with no speaker in two folds, and `random`,
    as such figures are often given, with the same speakers on both sides."""
    vectors = np.stack([_mfcc(sound(row.path)) for row in rows])
    labels = np.array([CLASSES.index(row.label) for row in rows], np.int64)
    machine = make_pipeline(StandardScaler(), SVC(C=10.0, class_weight="balanced"))
    honest = folds([row.speaker for row in rows], outer_folds)
    chance = StratifiedKFold(outer_folds, shuffle=True, random_state=seed)
    return {
        "honest": uar(labels, np.asarray(cross_val_predict(machine, vectors, labels, cv=honest)), len(CLASSES)),
        "random": uar(labels, np.asarray(cross_val_predict(machine, vectors, labels, cv=chance)), len(CLASSES)),
    }


def _mfcc(waveform: Floats) -> Floats:
    """Mean and deviation over time of 40 cepstral coefficients."""
    table = librosa.feature.mfcc(y=waveform, sr=RATE, n_mfcc=COEFFICIENTS)
    return np.concatenate([table.mean(axis=1), table.std(axis=1)]).astype(np.float32)
