"""One estimate of a face over several moments: the mean of what was said of each, silence left out."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from models.emotion.circumplex import valence_arousal
from models.emotion.estimate import Estimate
from models.emotion.labels import FEELINGS, Feeling


def together(estimates: Sequence[Estimate], sure_from: float) -> Estimate:
    """The mean of those of `estimates` (one at least) that name a feeling. Abstains for their commonest reason where
    none does, and as "unsure" where the mean comes to no feeling with at least `sure_from`."""
    model = estimates[0].model
    speaking = [each for each in estimates if each.abstained is None]
    if not speaking:
        ((reason, _),) = Counter(each.abstained or "unsure" for each in estimates).most_common(1)
        return Estimate("face", model, abstained=reason)
    seven = np.mean([[each.probabilities[feeling] for feeling in FEELINGS] for each in speaking], axis=0)
    if float(seven.max()) < sure_from:
        return Estimate("face", model, abstained="unsure")
    probabilities: dict[Feeling, float] = {
        feeling: float(value) for feeling, value in zip(FEELINGS, seven, strict=True)
    }
    return Estimate("face", model, probabilities, *valence_arousal(probabilities))
