"""The core of an event, schema version 1: docs/evidence.md ("The core of an event")."""

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from .fault import Fault, require
from .shapes import (
    MALFORMED,
    Shape,
    integer,
    items,
    mapping,
    number,
    one_of,
    record,
    sha256_hex,
    text,
)

MAX_NAME = 256
MAX_ID_BYTES = 128
MAX_SEQ = 10**12 - 1
COMMITTED = ("context", "error.message", "input", "logprobs", "metadata", "output", "reasoning_chain")
EVENT_TYPES = (
    "tool_call|reasoning_step|final_decision|policy_violation|session_start|session_end|user_message|agent_message"
    "|model_call|guardrail_check|human_review|handoff|error"
)
OWN_EVENT_TYPE = r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)+"
RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)


def length_utf16(value: str) -> int:
    return len(value.encode("utf-16-le")) // 2


def bounded(least: int, most: int) -> Shape:
    """A string of so many UTF-16 code units."""

    def check(value: Any, pointer: str) -> None:
        require(isinstance(value, str) and least <= length_utf16(value) <= most, MALFORMED, pointer)

    return check


def id_part(value: Any, pointer: str) -> None:
    """Part of a ledger key: at most 128 bytes of UTF-8, no control characters."""
    require(isinstance(value, str) and 0 < len(value.encode()) <= MAX_ID_BYTES, MALFORMED, pointer)
    require(all(unicodedata.category(letter) != "Cc" for letter in value), MALFORMED, pointer)


def timestamp(value: Any, pointer: str) -> None:
    """RFC 3339 with an offset and at most nine digits of a second; no leap seconds."""
    match = RFC3339.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Fault(MALFORMED, pointer)
    day, time, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        local = datetime.fromisoformat(f"{day}T{time}")
        _ = local + offset if sign == "-" else local - offset
    except (ValueError, OverflowError) as error:
        raise Fault(MALFORMED, pointer) from error


def event_type(value: Any, pointer: str) -> None:
    bounded(1, MAX_NAME)(value, pointer)
    text(f"{EVENT_TYPES}|{OWN_EVENT_TYPE}")(value, pointer)


def labels(value: Any, pointer: str) -> None:
    mapping(bounded(0, MAX_NAME), 16)(value, pointer)
    for key in value:
        text("[A-Za-z][A-Za-z0-9_-]{0,62}")(key, f"{pointer}/{key}")


name = bounded(1, MAX_NAME)
reference = bounded(1, 2048)
seq = integer(1, MAX_SEQ)
commitment = record({"sha256": sha256_hex, "size_bytes": integer(0)})

REQUIRED: dict[str, Shape] = {
    "schema_version": one_of(1),
    "owner": name,
    "agent_id": id_part,
    "session_id": id_part,
    "seq": seq,
    "prev_hash": sha256_hex,
    "event_type": event_type,
    "phase": one_of("intent", "outcome", "complete"),
    "timestamp": timestamp,
    "commitments": record({}, dict.fromkeys(COMMITTED, commitment)),
}

NAMES = (
    "agent_version agent_instance_id task_id action confidence_source decision outcome approver_id finish_reason"
    " subject_ref data_classification residency_region"
).split()

OPTIONAL: dict[str, Shape] = {
    **dict.fromkeys(NAMES, name),
    "event_id": text("[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}"),
    "started_at": timestamp,
    "retention_until": timestamp,
    "parent_event_id": reference,
    "intent_event_id": reference,
    "links": items(record({"event_id": reference, "rel": name}), 0, 32),
    "trace_id": text("[0-9a-f]{32}"),
    "span_id": text("[0-9a-f]{16}"),
    "tool": record({"name": name}, {"call_id": name, "version": name}),
    "status": one_of("ok", "error", "denied", "timeout", "cancelled"),
    "attempt": integer(1, 1_000_000),
    "target": record({"agent_id": id_part}),
    "confidence": number(0, 1),
    "policy": record({"id": name}, {"version_hash": name, "rule_id": name}),
    "model": record({"name": name}, {"provider": name, "version": name}),
    "usage": record(
        {},
        {
            "input_tokens": integer(0),
            "output_tokens": integer(0),
            "cost": record({"amount": number(0), "currency": text("[A-Z]{3}")}),
        },
    ),
    "actor": record({"type": name, "id_ref": name}),
    "origin": record({}, dict.fromkeys(("service", "environment", "region", "host"), name)),
    "labels": labels,
    "source": record({"format": name}, {"position": name, "derived": items(bounded(0, MAX_NAME), 0, 128)}),
    "error": record({"type": name}),
}

event_core = record(REQUIRED, OPTIONAL)
