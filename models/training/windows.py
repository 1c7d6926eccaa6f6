"""Training windows: where they are cut, and how they are varied."""

import numpy as np

from data import RATE, Recording
from settings import Settings
from truth import impact


class Pool:
    """All recordings of some subjects end to end, and draws of windows from them.

    A window is named by its recording and its end: the number of samples that had arrived.
    """

    # Shares of a batch; the rest is daily life of every kind.
    SHARE_FALL = 0.30
    SHARE_AROUND = 0.08
    SHARE_HARD = 0.14
    SHARE_JUNCTION = 0.06
    SHARE_SYNTHETIC = 0.05

    def __init__(self, recordings: list[Recording], settings: Settings, seed: int):
        self.settings = settings
        self.random = np.random.default_rng(seed)
        self.recordings = recordings
        lengths = np.array([len(r.samples) for r in recordings])
        self.stops = np.cumsum(lengths)
        self.starts = self.stops - lengths
        self.samples = np.concatenate([r.samples for r in recordings])
        self.impacts = np.array([-1 if impact(r) is None else impact(r) for r in recordings])
        self.falls = np.flatnonzero(self.impacts >= 0)
        self.daily = np.flatnonzero(self.impacts < 0)
        kinds = sorted({recordings[i].activity for i in self.daily})
        self.kinds = {
            kind: np.array([i for i in self.daily if recordings[i].activity == kind])
            for kind in kinds
        }
        self.hard = (np.zeros(0, int), np.zeros(0, int))

    def batch(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """[count, window, 6] in physical units, and [count] 1 for a fall, 0 for daily life."""
        shares = np.array([
            self.SHARE_FALL, self.SHARE_AROUND, self.settings.share_clap, self.SHARE_HARD,
            self.SHARE_JUNCTION, self.SHARE_SYNTHETIC,
        ])
        counts = np.round(shares * count).astype(int)
        fall, around, clap, hard, junction, synthetic = counts
        other = count - counts.sum()
        if not len(self.hard[0]):
            other, hard = other + hard, 0
        parts = [
            self.fall_windows(fall), self.around_windows(around),
            self.kind_windows(["clap"] * clap),
            self.kind_windows(self.random.choice(list(self.kinds), other)),
            self.hard_windows(hard), self.junction_windows(junction),
        ]
        windows = np.concatenate(parts)
        labels = np.zeros(count, np.int32)
        labels[:fall] = 1
        self.invigorate(windows[fall + around + clap:], self.settings.share_wild)
        self.knock(windows[fall + around:])
        windows = np.concatenate([self.vary(windows), self.synthetic_windows(synthetic)])
        order = self.random.permutation(count)
        return windows[order], labels[order]

    # Where windows are cut.

    def fall_windows(self, count: int) -> np.ndarray:
        which = self.random.choice(self.falls, count)
        lag = self.random.uniform(self.settings.lag_min, self.settings.lag_max, count)
        windows = self.cut(which, self.impacts[which] + 1 + lag, warp=0.12)
        self.lead_in(windows, lag)
        return windows

    def around_windows(self, count: int) -> np.ndarray:
        """The quiet of a fall's recording, and the person getting up: daily life."""
        s = self.settings
        which = self.random.choice(self.falls, count)
        end = self.impacts[which] + 1 + np.where(
            self.random.random(count) < 0.4,
            self.random.uniform(s.lag_before - 100, s.lag_before, count),
            self.random.uniform(s.lag_after, s.lag_after + 250, count),
        )
        last = self.stops[which] - self.starts[which]
        return self.cut(which, np.clip(end, s.window, last), warp=0.05)

    def kind_windows(self, kinds) -> np.ndarray:
        which = np.array([self.random.choice(self.kinds[kind]) for kind in kinds], dtype=int)
        last = self.stops[which] - self.starts[which]
        return self.cut(which, self.random.uniform(self.settings.window, last), warp=0.12)

    def hard_windows(self, count: int) -> np.ndarray:
        """Daily life that the network so far takes for a fall, within a tenth of a second."""
        if not count:
            return np.zeros((0, self.settings.window, 6), np.float32)
        pick = self.random.integers(len(self.hard[0]), size=count)
        end = self.hard[1][pick] + self.random.uniform(-5, 5, count)
        return self.cut(self.hard[0][pick], end, warp=0.12)

    def junction_windows(self, count: int) -> np.ndarray:
        """The end of one recording, then the start of another; or the last sample held."""
        w = self.settings.window
        result = np.empty((count, w, 6), np.float32)
        for row in range(count):
            first, second = self.random.integers(len(self.stops), size=2)
            split = int(self.random.integers(1, w))
            head = self.samples[self.stops[first] - split:self.stops[first]]
            tail = self.samples[self.starts[second]:self.starts[second] + w - split]
            if self.random.random() < 0.2:
                tail = np.repeat(head[-1:], w - split, axis=0)
            result[row] = np.concatenate([head, tail])
        return result

    def synthetic_windows(self, count: int) -> np.ndarray:
        """What no body does: constants, saturation, noise, single spikes, steps."""
        s, random = self.settings, self.random
        full = np.array([16.0] * 3 + [2000.0] * 3, np.float32)
        result = np.empty((count, s.window, 6), np.float32)
        for row in range(count):
            level = np.float32(10 ** random.uniform(-3, 0)) * full
            kind = random.integers(6)
            x = np.zeros((s.window, 6), np.float32)
            if kind == 1:
                x += level * random.uniform(-1, 1, 6)
            elif kind == 2:
                x += level * random.normal(size=x.shape)
            elif kind == 3:
                x += full * random.choice([-1, 0, 1], 6)
            elif kind == 4:
                x[random.integers(s.window)] = full * random.uniform(-1, 1, 6)
            elif kind == 5:
                x[random.integers(s.window):] = level * random.uniform(-1, 1, 6)
            result[row] = x
        return result

    def cut(self, which: np.ndarray, end: np.ndarray, warp: float) -> np.ndarray:
        """Windows that end at `end`, the clock faster or slower by up to `warp`."""
        w, count = self.settings.window, len(which)
        speed = np.where(
            self.random.random(count) < 0.5, 1, self.random.uniform(1 - warp, 1 + warp, count)
        )
        exact = speed == 1
        end = np.where(exact, np.floor(end), end)
        time = end[:, None] - 1 - (w - 1 - np.arange(w))[None] * speed[:, None]
        last = (self.stops[which] - self.starts[which] - 1)[:, None]
        time = np.clip(time, 0, last)
        low = np.floor(time).astype(int)
        part = (time - low)[..., None].astype(np.float32)
        base = self.starts[which][:, None]
        here = self.samples[base + low]
        return here + part * (self.samples[base + np.minimum(low + 1, last)] - here)

    # How they are varied.

    def lead_in(self, windows: np.ndarray, lag: np.ndarray, share: float = 0.3) -> None:
        """Some falls start out of daily life, where the recordings have people stand still."""
        w = self.settings.window
        for row in np.flatnonzero(self.random.random(len(windows)) < share):
            begin = int(w - lag[row] - self.random.uniform(1.0, 1.6) * RATE)
            if begin <= 4:
                continue
            kind = self.random.choice(["walk", "stair", "cloth", "chair", "hair"])
            if kind not in self.kinds:
                continue
            life = self.kind_windows([kind])[0]
            fade = np.clip((begin - np.arange(w)) / 15, 0, 1)[:, None].astype(np.float32)
            windows[row] += life * fade * np.float32(self.random.uniform(0.3, 1))

    def knock(self, windows: np.ndarray, share: float = 0.12) -> None:
        """Hits the sensor: a spike of a few samples that rings, in any direction."""
        w = windows.shape[1]
        for row in np.flatnonzero(self.random.random(len(windows)) < share):
            at, ring = self.random.integers(w), self.random.uniform(0.5, 2.5)
            steps = np.arange(w - at)
            shape = np.exp(-steps / ring) * np.cos(steps * self.random.uniform(0, np.pi))
            direction = self.random.normal(size=6)
            direction[:3] *= self.random.uniform(2, 18) / np.linalg.norm(direction[:3])
            direction[3:] *= self.random.uniform(20, 500) / np.linalg.norm(direction[3:])
            windows[row, at:] += (shape[:, None] * direction).astype(np.float32)

    def invigorate(self, windows: np.ndarray, share: float) -> None:
        """Makes some daily life wilder for a while: up to three times, and then it subsides."""
        count, w = windows.shape[:2]
        rows = np.flatnonzero(self.random.random(count) < share)
        time = np.arange(w)[None]
        begin = self.random.uniform(-w / 2, w, (len(rows), 1))
        length = self.random.uniform(0.3 * RATE, 3 * RATE, (len(rows), 1))
        inside = np.clip(np.minimum(time - begin, begin + length - time) / 8, 0, 1)
        gain = np.exp(self.random.uniform(0, 1.2, (len(rows), 1)))
        rest = self.random.uniform(0.1, 1, (len(rows), 1))
        outside = np.where(time > begin + length, rest, 1)
        envelope = inside * gain + (1 - inside) * outside
        windows[rows] *= envelope[..., None].astype(np.float32)

    def vary(self, windows: np.ndarray) -> np.ndarray:
        """Another wrist, another mounting, another sensor."""
        count, random = len(windows), self.random
        rotation = rotations(random, count).astype(np.float32)
        # A mirror turns one axis of acceleration and the other two of rotation.
        mirror = np.where(random.random((count, 1, 1)) < 0.5, 1, -1)
        turn = np.ones((count, 3, 1))
        turn[np.arange(count), random.integers(3, size=count)] = -1
        turn = np.where(mirror > 0, 1, turn)
        scale_a = np.exp(random.normal(0, 0.10, (count, 1, 1)))
        scale_w = np.exp(random.normal(0, 0.10, (count, 1, 1)))
        a = windows[..., :3] @ (turn * rotation * scale_a).astype(np.float32)
        w = windows[..., 3:] @ (turn * mirror * rotation * scale_w).astype(np.float32)
        noise = 10 ** random.uniform(-3, -1.5, (count, 1, 1)).astype(np.float32)
        a += random.standard_normal(a.shape, np.float32) * noise
        w += random.standard_normal(w.shape, np.float32) * noise * 50
        a += random.normal(0, 0.02, (count, 1, 3)).astype(np.float32)
        w += random.normal(0, 1.0, (count, 1, 3)).astype(np.float32)
        varied = np.concatenate([np.clip(a, -16.5, 16.5), np.clip(w, -2000, 2000)], axis=2)
        plain = random.random(count) < 0.15
        varied[plain] = windows[plain]
        return varied


def rotations(random: np.random.Generator, count: int) -> np.ndarray:
    """[count, 3, 3]: half the mountings are any, half within some 20° of the recorded one."""
    spread = np.where(random.random(count) < 0.5, 0.15, 3.0)
    turn = random.normal(size=(count, 3)) * spread[:, None]
    quaternion = np.concatenate([np.ones((count, 1)), turn], axis=1)
    w, x, y, z = (quaternion / np.linalg.norm(quaternion, axis=1, keepdims=True)).T
    return np.stack([
        1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
        2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
        2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
    ], axis=1).reshape(count, 3, 3)


def preprocess(windows: np.ndarray, settings: Settings) -> np.ndarray:
    """The bundle's `scale` step, and the rounding of the int8 input after it (1/127 a step)."""
    scaled = np.clip(windows / np.float32(settings.divide), -1, 1)
    return (np.round(scaled * 127) / 127).astype(np.float32)


def sliding(samples: np.ndarray, ends: np.ndarray, window: int) -> np.ndarray:
    """[len(ends), window, 6]: the windows that the agent scores."""
    return samples[ends[:, None] - window + np.arange(window)[None]]
