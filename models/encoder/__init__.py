"""multilingual-e5-small, 4 bits, with what was learned beside it: texts to vectors in numpy, taught with torch.

Read by the second opinion on danger and by the reader of feelings in texts; each adds its own learned numbers.
"""

from models.encoder.forward import Encoder
from models.encoder.learned import read_learned
from models.encoder.packed import Packed, Unreadable
from models.encoder.tokens import Tokens

__all__ = ["Encoder", "Packed", "Tokens", "Unreadable", "read_learned"]
