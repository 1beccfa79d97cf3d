"""Locators and the keys of the world state."""

import re
from typing import Any, NamedTuple

from .fault import Fault

PLAIN = re.compile(rb"[A-Za-z0-9._-]")
PART = re.compile(r"(?:[A-Za-z0-9._-]|=[0-9A-F]{2})+")


class Chain(NamedTuple):
    """An agent's session: the parts as they are, not encoded."""

    owner: str
    agent_id: str
    session_id: str

    @property
    def encoded(self) -> str:
        return "~".join(encode(part) for part in self)


class Locator(NamedTuple):
    chain: Chain
    seq: int


def chain_of(holder: dict[str, Any]) -> Chain:
    """Of a core or a head."""
    return Chain(holder["owner"], holder["agent_id"], holder["session_id"])


def locator_of(core: dict[str, Any]) -> str:
    return f"{chain_of(core).encoded}~{core['seq']}"


def parse_locator(text: str, code: str, pointer: str) -> Locator:
    """Raises the fault where the text is not how a locator is written."""
    *parts, seq = decode_parts(text, code, pointer)
    if len(parts) != 3 or not re.fullmatch("[1-9][0-9]{0,11}", seq):
        raise Fault(code, pointer)
    return Locator(Chain(*parts), int(seq))


def decode_parts(text: str, code: str, pointer: str) -> list[str]:
    """The parts between `~`, each in its only spelling."""
    return [decode(part, code, pointer) for part in text.split("~")]


def encode(text: str) -> str:
    """Every byte of the UTF-8 outside `A-Z a-z 0-9 . _ -` as `=XX`."""
    return "".join(chr(byte) if PLAIN.match(bytes([byte])) else f"={byte:02X}" for byte in text.encode())


def decode(part: str, code: str, pointer: str) -> str:
    if not PART.fullmatch(part):
        raise Fault(code, pointer)
    raw = re.sub("=(..)", lambda match: chr(int(match[1], 16)), part).encode("latin-1")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault(code, pointer) from error
    if encode(text) != part:
        raise Fault(code, pointer)
    return text


def record_key(chain: Chain, first_seq: int) -> str:
    return f"r~{chain.encoded}~{first_seq:012d}"


def head_key(chain: Chain) -> str:
    return f"h~{chain.encoded}"
