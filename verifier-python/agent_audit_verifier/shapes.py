"""Shapes that JSON is held to: a shape takes a value and its pointer, and raises MALFORMED_EVIDENCE."""

import base64
import math
import re
from collections.abc import Callable
from typing import Any

from .fault import Fault, require

Shape = Callable[[Any, str], None]
MALFORMED = "MALFORMED_EVIDENCE"
MAX_INTEGER = 2**53 - 1


def join(pointer: str, key: str | int) -> str:
    """A JSON pointer one step further (RFC 6901)."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def record(required: dict[str, Shape], optional: dict[str, Shape] | None = None) -> Shape:
    """An object with these fields and no others."""
    fields = required | (optional or {})

    def check(value: Any, pointer: str) -> None:
        require(isinstance(value, dict), MALFORMED, pointer)
        for key in value:
            require(key in fields, MALFORMED, join(pointer, key))
        for key, shape in fields.items():
            if key in value:
                shape(value[key], join(pointer, key))
            else:
                require(key not in required, MALFORMED, join(pointer, key))

    return check


def mapping(shape: Shape, most: int) -> Shape:
    """An object with any keys."""

    def check(value: Any, pointer: str) -> None:
        require(isinstance(value, dict) and len(value) <= most, MALFORMED, pointer)
        for key, item in value.items():
            shape(item, join(pointer, key))

    return check


def items(shape: Shape, least: int, most: int) -> Shape:
    """A list of so many."""

    def check(value: Any, pointer: str) -> None:
        require(isinstance(value, list) and least <= len(value) <= most, MALFORMED, pointer)
        for index, item in enumerate(value):
            shape(item, join(pointer, index))

    return check


def text(pattern: str) -> Shape:
    """A string that the expression matches from end to end."""
    expression = re.compile(pattern, re.DOTALL | re.ASCII)

    def check(value: Any, pointer: str) -> None:
        require(isinstance(value, str) and expression.fullmatch(value) is not None, MALFORMED, pointer)

    return check


def one_of(*values: Any) -> Shape:
    def check(value: Any, pointer: str) -> None:
        require(any(type(value) is type(known) and value == known for known in values), MALFORMED, pointer)

    return check


def integer(least: int, most: int = MAX_INTEGER) -> Shape:
    def check(value: Any, pointer: str) -> None:
        require(type(value) is int and least <= value <= most, MALFORMED, pointer)

    return check


def number(least: float, most: float = math.inf) -> Shape:
    def check(value: Any, pointer: str) -> None:
        require(type(value) in (int, float) and least <= value <= most, MALFORMED, pointer)

    return check


def nullable(shape: Shape) -> Shape:
    def check(value: Any, pointer: str) -> None:
        if value is not None:
            shape(value, pointer)

    return check


def anything(_value: Any, _pointer: str) -> None:
    """Any JSON."""


def base64_text(value: Any, pointer: str) -> None:
    """base64 in its canonical spelling."""
    require(isinstance(value, str), MALFORMED, pointer)
    try:
        decoded = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise Fault(MALFORMED, pointer) from error
    require(base64.b64encode(decoded).decode() == value, MALFORMED, pointer)


def base64url(length: int) -> Shape:
    """So many bytes in base64url."""

    def check(value: Any, pointer: str) -> None:
        require(isinstance(value, str), MALFORMED, pointer)
        try:
            from_base64url(value, length)
        except ValueError as error:
            raise Fault(MALFORMED, pointer) from error

    return check


def from_base64url(text: str, length: int) -> bytes:
    """Without padding, in its canonical spelling. Raises ValueError."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if len(raw) != length or base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        raise ValueError("not so many bytes in base64url")
    return raw


boolean = one_of(True, False)
sha256_hex = text("[0-9a-f]{64}")
some_text = text(".+")
any_text = text(".*")
