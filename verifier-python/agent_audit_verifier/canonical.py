"""Canonical JSON (RFC 8785)."""

from typing import Any

ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
ESCAPES |= {chr(code): f"\\u{code:04x}" for code in range(0x20) if chr(code) not in ESCAPES}
TRANSLATION = str.maketrans(ESCAPES)


def canonical(value: Any) -> bytes:
    """The one spelling of a document that strict_json read."""
    return "".join(parts(value)).encode("utf-8")


def parts(value: Any) -> list[str]:
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, str):
        return [quoted(value)]
    if isinstance(value, (int, float)):
        return [ecmascript(float(value))]
    if isinstance(value, list):
        return enclosed("[", "]", (parts(item) for item in value))
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return enclosed("{", "}", ([quoted(key), ":", *parts(value[key])] for key in keys))


def enclosed(start: str, end: str, items: Any) -> list[str]:
    out = [start]
    for item in items:
        if len(out) > 1:
            out.append(",")
        out.extend(item)
    out.append(end)
    return out


def quoted(text: str) -> str:
    return f'"{text.translate(TRANSLATION)}"'


def ecmascript(value: float) -> str:
    """ECMA-262 Number::toString: Python's repr has the same shortest digits, but another layout."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    digits, point = shortest(abs(value))
    if 0 < point <= 21:
        if len(digits) <= point:
            return sign + digits.ljust(point, "0")
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    exponent = point - 1
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{'+' if exponent > 0 else '-'}{abs(exponent)}"


def shortest(value: float) -> tuple[str, int]:
    """The shortest digits that read back as the value, and the place of the point: 0.digits x 10^point."""
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + ("" if fraction == "0" else fraction)
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    return stripped.rstrip("0"), point - (len(digits) - len(stripped))
