"""Resource quantities: exact values of `100m`, `1.5Gi` or `3e2`, and their canonical text.

Models: kubernetes v1.36 apimachinery/pkg/api/resource/quantity.go (ParseQuantity, CanonicalizeBytes).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_SHAPE = re.compile(r"([+-]?)([0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)")
_SHAPE_TEXT = r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
_NUMBER = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")
_EXPONENT = re.compile(r"[eE][-+]?[0-9]+")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_SUFFIX = {power: suffix for suffix, power in _DECIMAL.items()}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_BINARY_SUFFIX = {power: suffix for suffix, power in _BINARY.items()} | {0: ""}
_NANO, _MILLI = 10**9, 10**6
_LARGEST = (2**63 - 1) * _NANO

DECIMAL_SI, BINARY_SI, DECIMAL_EXPONENT = "DecimalSI", "BinarySI", "DecimalExponent"


class QuantityError(ValueError):
    """The text is no quantity; the message is the one that the API server gives."""


class Quantity(NamedTuple):
    """An exact amount and the family of suffixes it is written with. Compare `nanos`, not the tuple."""

    nanos: int
    notation: str = DECIMAL_SI

    @property
    def milli(self) -> int:
        """In thousandths, rounded up."""
        return -(-self.nanos // _MILLI)

    @property
    def whole(self) -> int:
        """In whole units, rounded up."""
        return -(-self.nanos // _NANO)

    def plus(self, other: Quantity) -> Quantity:
        """The sum, written like the first operand unless that is zero."""
        return Quantity(self.nanos + other.nanos, self.notation if self.nanos else other.notation)

    def minus(self, other: Quantity) -> Quantity:
        """The difference, written like the first operand unless that is zero."""
        return Quantity(self.nanos - other.nanos, self.notation if self.nanos else other.notation)

    def rounded_to_milli(self) -> Quantity:
        """Without parts below a thousandth, rounded up."""
        return Quantity(self.milli * _MILLI, self.notation)

    def __str__(self) -> str:
        if self.notation == BINARY_SI and abs(self.nanos) >= 1024 * _NANO and self.nanos % _NANO == 0:
            return _binary_text(self.nanos // _NANO)
        return _decimal_text(self.nanos, self.notation)


@lru_cache(maxsize=65536)
def parse(text: str | int | float) -> Quantity:
    """The quantity behind a manifest's value; JSON numbers count as their own text.

    Raises: QuantityError.
    """
    match = _SHAPE.fullmatch(str(text).strip())
    if not match:
        raise QuantityError(f"quantities must match the regular expression '{_SHAPE_TEXT}'")
    sign, number, suffix = match.groups()
    if not _NUMBER.fullmatch(number):
        raise QuantityError("unable to parse numeric part of quantity")
    digits, _, fraction = number.partition(".")
    mantissa = int(digits + fraction)
    base, power, notation = _scale(suffix)
    nanos = _in_nanos(mantissa, len(fraction), base, power)
    if notation != DECIMAL_SI or len(digits) > 18:
        nanos = min(nanos, _LARGEST)
    return Quantity(-nanos if sign == "-" else nanos, notation)


@lru_cache(maxsize=65536)
def milli(text: str | int | float) -> int:
    """A valid quantity in thousandths (millicores), rounded up."""
    return parse(text).milli


@lru_cache(maxsize=65536)
def whole(text: str | int | float) -> int:
    """A valid quantity in whole units (bytes, pods), rounded up."""
    return parse(text).whole


@lru_cache(maxsize=65536)
def canonical(text: str | int | float) -> str:
    """How the API server writes a valid quantity: `0.5` is `500m`, `1024Mi` is `1Gi`."""
    return str(parse(text))


def of(amount: int, notation: str = DECIMAL_SI) -> Quantity:
    """A quantity of whole units."""
    return Quantity(amount * _NANO, notation)


def _scale(suffix: str) -> tuple[int, int, str]:
    """Base, power and notation of a suffix. Raises: QuantityError."""
    if suffix in _DECIMAL:
        return 10, _DECIMAL[suffix], DECIMAL_SI
    if suffix in _BINARY:
        return 1024, _BINARY[suffix], BINARY_SI
    if _EXPONENT.fullmatch(suffix) and abs(int(suffix[1:])) < 2**31:
        return 10, max(-1000, min(1000, int(suffix[1:]))), DECIMAL_EXPONENT
    raise QuantityError("unable to parse quantity's suffix")


def _in_nanos(mantissa: int, decimals: int, base: int, power: int) -> int:
    """`mantissa / 10**decimals * base**power`, in billionths, rounded up."""
    above, below = pow(base, max(power, 0)), pow(10, decimals + max(-power, 0))
    nanos: int = -(-mantissa * _NANO * above // below)
    return nanos


def _binary_text(amount: int) -> str:
    power = 0
    while amount % 1024 == 0 and power < 6:
        amount //= 1024
        power += 1
    return f"{amount}{_BINARY_SUFFIX[power]}"


def _decimal_text(nanos: int, notation: str) -> str:
    if nanos == 0:
        return "0"
    power = -9
    while nanos % 1000 == 0 and (power < 18 or notation == DECIMAL_EXPONENT):
        nanos //= 1000
        power += 3
    if notation == DECIMAL_EXPONENT:
        return f"{nanos}e{power}" if power else str(nanos)
    return f"{nanos}{_DECIMAL_SUFFIX[power]}"
