"""Reads JSON (RFC 8259) from a stranger: nothing repeated, nothing rounded, nothing deep."""

import json
import math
import re
from decimal import Decimal
from typing import Any

from .fault import Fault, require

MAX_LEVELS = 80
# The longest number that is read at all: a double needs 17 digits.
MAX_NUMBER = 400
RESERVED_KEY = "__proto__"

# Possessive: going back into a long string would need a stack as long as the string.
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
SURROGATE = re.compile("[\ud800-\udfff]")


def parse(data: bytes) -> Any:
    """The document as dict, list, str, int, float, bool and None; whole numbers are int. Raises NOT_JSON."""
    try:
        text = data.decode("utf-8")
        check_levels(text)
        return json.loads(
            text,
            object_pairs_hook=unique_keys,
            parse_int=number,
            parse_float=number,
            parse_constant=no_constant,
        )
    except (ValueError, RecursionError) as error:
        raise Fault("NOT_JSON") from error


def check_levels(text: str) -> None:
    """Before anything recursive reads the text."""
    level = 0
    for match in TOKEN.finditer(text):
        if match[0] in "[{":
            level += 1
            require(level <= MAX_LEVELS, "NOT_JSON")
        elif match[0] in "]}":
            level -= 1


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found or key == RESERVED_KEY:
            raise ValueError("a repeated or reserved key")
        found[key] = value
    for text in (*found, *found.values()):
        whole(text)
    return found


def whole(value: Any) -> None:
    """What stands in objects has been looked at when they were read."""
    if isinstance(value, list):
        for item in value:
            whole(item)
    elif isinstance(value, str) and SURROGATE.search(value):
        raise ValueError("half of a surrogate pair")


def number(text: str) -> int | float:
    """A double, as int where it has no fraction; one that is printed as another number is none that it keeps."""
    if len(text) > MAX_NUMBER:
        raise ValueError("a number too long")
    value = float(text)
    if not math.isfinite(value) or Decimal(text) != Decimal(repr(value)):
        raise ValueError("a number that a double cannot keep")
    return int(value) if value.is_integer() else value


def no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")
