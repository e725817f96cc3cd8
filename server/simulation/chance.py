"""Chance that can be asked again: each question has a stream of its own, named by seed and subject."""

from hashlib import blake2b
from math import log
from random import Random


def chance(seed: int, *about: object) -> Random:
    """The stream of this subject: the same names give the same numbers, in whatever order subjects are asked."""
    return Random("/".join(map(str, (seed, *about))))


def share(seed: int, *about: object) -> float:
    """One number in [0, 1): all that most questions need."""
    digest = blake2b("/".join(map(str, (seed, *about))).encode(), digest_size=7).digest()
    return int.from_bytes(digest) / (1 << 56)


def between(rng: Random, median: float, ninetieth: float) -> float:
    """A lognormal length of time with this median and 90th percentile."""
    return rng.lognormvariate(log(median), log(ninetieth / median) / 1.2816)


def pick(rng: Random, shares: dict[str, float], otherwise: str) -> str:
    """One of the names by its share of 1; what is left over is `otherwise`."""
    at = rng.random()
    for name, share in shares.items():
        at -= share
        if at < 0:
            return name
    return otherwise
