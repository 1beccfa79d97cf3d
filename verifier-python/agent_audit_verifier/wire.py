"""Reads protocol buffers strictly: no unknown field, no singular field twice, no padded number."""

from dataclasses import dataclass
from typing import Any, Union

from .fault import require

MALFORMED = "MALFORMED_MESSAGE"
MAX_VARINT = 2**64
MOST_FIELDS = 100_000
VARINT, LENGTH = 0, 2

Kind = Union[str, "Message"]


@dataclass(frozen=True)
class Field:
    """`kind` is "uint", "bytes", "text" or a message."""

    name: str
    kind: Kind
    repeated: bool = False


@dataclass(frozen=True)
class Message:
    """The fields of a message by their numbers."""

    fields: dict[int, Field]

    def read(self, data: bytes, pointer: str) -> dict[str, Any]:
        """All fields by name: an absent one is 0, empty, an empty list or, for a message, None."""
        found = {field.name: default(field) for field in self.fields.values()}
        seen: set[int] = set()
        at = count = 0
        while at < len(data):
            count += 1
            require(count <= MOST_FIELDS, MALFORMED, pointer)
            tag, at = varint(data, at, pointer)
            number, wire = tag >> 3, tag & 7
            field = self.fields.get(number)
            require(field is not None, MALFORMED, pointer)
            require(field.repeated or number not in seen, MALFORMED, pointer)
            seen.add(number)
            value, at = read_value(field.kind, wire, data, at, pointer)
            if field.repeated:
                found[field.name].append(value)
            else:
                found[field.name] = value
        return found

    def present(self, found: dict[str, Any] | None) -> dict[str, Any]:
        """An absent message says what an empty one says."""
        return self.read(b"", "") if found is None else found


def default(field: Field) -> Any:
    if field.repeated:
        return []
    return {"uint": 0, "bytes": b"", "text": ""}.get(field.kind) if isinstance(field.kind, str) else None


def read_value(kind: Kind, wire: int, data: bytes, at: int, pointer: str) -> tuple[Any, int]:
    require(wire == (VARINT if kind == "uint" else LENGTH), MALFORMED, pointer)
    number, at = varint(data, at, pointer)
    if kind == "uint":
        return number, at
    end = at + number
    require(end <= len(data), MALFORMED, pointer)
    return decoded(kind, data[at:end], pointer), end


def decoded(kind: Kind, data: bytes, pointer: str) -> Any:
    if isinstance(kind, Message):
        return kind.read(data, pointer)
    if kind == "bytes":
        return data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        require(False, MALFORMED, pointer)


def varint(data: bytes, at: int, pointer: str) -> tuple[int, int]:
    value = 0
    for place in range(10):
        require(at < len(data), MALFORMED, pointer)
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            padded = byte == 0 and place > 0
            require(not padded and value < MAX_VARINT, MALFORMED, pointer)
            return value, at
    require(False, MALFORMED, pointer)
    return 0, at


def length_delimited(number: int, data: bytes) -> bytes:
    """One field as protocol buffers write it."""
    return write_varint(number << 3 | LENGTH) + write_varint(len(data)) + data


def write_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
