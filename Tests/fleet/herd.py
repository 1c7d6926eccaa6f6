"""How many boards come in one second, and how many may."""

import math
from collections import Counter, defaultdict

from front import Request

SHARE_MAX = 0.03
"""Of the boards, in any second: what docs/sync.md promises for a thousand."""


def a_second(requests: list[Request], start: float) -> Counter:
    """Boards that asked in each second after `start`, each counted once a second."""
    seconds = defaultdict(set)
    for request in requests:
        seconds[int(request.begin - start)].add(request.device)
    return Counter({second: len(devices) for second, devices in seconds.items()})


def firsts(requests: list[Request]) -> list[Request]:
    """Each board's first, of requests in the order in which they began."""
    found: dict[str, Request] = {}
    for request in requests:
        found.setdefault(request.device, request)
    return list(found.values())


def at(part: float, requests: list[Request], start: float) -> float:
    """The time after `start` by which that part of them had begun."""
    begins = sorted(request.begin - start for request in requests)
    return begins[min(len(begins) - 1, int(part * len(begins)))]


def largest_by_chance(boards: int, share: float, seconds: int, doubt: float = 0.001) -> int:
    """The most that come in one of so many seconds, where each board comes in any second with the
    probability `share` on its own: more than this in any of the seconds has the probability `doubt`
    at most. The binomial distribution's upper end, summed in logarithms, and Boole's inequality."""

    def log_probability(count: int) -> float:
        choices = math.lgamma(boards + 1) - math.lgamma(count + 1) - math.lgamma(boards - count + 1)
        return choices + count * math.log(share) + (boards - count) * math.log1p(-share)

    above, count = 0.0, boards
    while count > 0:
        above += math.exp(log_probability(count))
        if above * seconds > doubt:
            return count
        count -= 1
    return 0


def early(requests: list[Request], tolerance: float = 0.02) -> tuple[int, int, float]:
    """Answers with a Retry-After that a board obeyed or not by when it asked that server next:
    how many there were, how many were not obeyed, and the least time to spare. nginx reads its
    clock once a turn of its loop, which is the tolerance."""
    waiting: dict[tuple[str, str], float] = {}
    asked, broken, spare = 0, 0, math.inf
    for request in requests:
        until = waiting.pop(request.key, None)
        if until is not None:
            asked += 1
            spare = min(spare, request.begin - until)
            broken += request.begin < until - tolerance
        if request.retry_after is not None:
            waiting[request.key] = request.end + request.retry_after
    return asked, broken, spare
