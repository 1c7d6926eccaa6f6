"""Every number that was chosen. None was chosen on a test fold's scores alone: see README.md."""

from dataclasses import dataclass

from streaming import Rule

SEED = 20240607
FOLDS = 4
RULE = Rule()
LABELS = ["daily", "fall"]


@dataclass(frozen=True)
class Settings:
    # The window holds the movement before the impact, the impact, and what came after it.
    window: int = 192
    stride: int = 10
    # Full scale of a feature. Most falls and blows exceed 6 g: by how much says little.
    full_g: float = 6.0
    full_dps: float = 600.0
    # A window is a fall when it ends this many samples after the impact …
    lag_min: int = 46
    lag_max: int = 124
    # … and daily life outside these. Between them it teaches nothing.
    lag_before: int = -50
    lag_after: int = 160
    # Convolutions over time: channels, kernel, stride. 121 k multiply-accumulates in all.
    layers: tuple = ((16, 5, 3), (16, 5, 2), (24, 5, 2), (32, 3, 2))
    # Shares of a batch: blows on the sensor; and of its daily life made wilder (see windows.py).
    share_clap: float = 0.20
    share_wild: float = 0.40
    # Training.
    steps: int = 3000
    batch: int = 256
    rate: float = 3e-3
    smoothing: float = 0.02
    decay: float = 0.998
    dropout: float = 0.3
    weight_decay: float = 1e-4
    # Logits as converted: scale · (fall − daily) + shift, so that 0.9 is the operating point.
    logit_scale: float = 1.5
    logit_shift: float = 0.7

    @property
    def divide(self) -> list[float]:
        return [self.full_g] * 3 + [self.full_dps] * 3
