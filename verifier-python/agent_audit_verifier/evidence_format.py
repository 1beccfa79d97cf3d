"""The format of evidence, version 1: docs/evidence.md ("Format, version 1")."""

from typing import Any

from .event_core import COMMITTED, event_core, id_part, name, timestamp
from .fault import require
from .shapes import (
    Shape,
    anything,
    base64_text,
    base64url,
    boolean,
    integer,
    items,
    mapping,
    nullable,
    one_of,
    record,
    sha256_hex,
    any_text,
    some_text,
    text,
)
from .strict_json import parse

MIB = 1024 * 1024
MAX_BYTES = {"receipt": 4 * MIB, "absence": 4 * MIB, "full": 32 * MIB, "session": 32 * MIB, "query": 32 * MIB}
MAX_HEADERS = 10_000
MAX_IDENTITIES = 100

challenge = text(r"[A-Za-z0-9._~-]{8,128}")
key_id = base64url(32)
signature64 = base64url(64)

by_whom = record({"msp_id": name, "certificate_sha256": sha256_hex})
recorded: dict[str, Shape] = {"recorded_at": name, "recorded_by": by_whom, "tx_id": sha256_hex}
agent_signature = record({"key_id": key_id, "value": signature64})
payload = one_of("collection", "none")

event = record(
    {"locator": any_text, "hash": sha256_hex, "core": event_core, "payload": payload, **recorded},
    {"signature": agent_signature, "submitted_by": name},
)

coordinate = base64url(32)
PUBLIC_KEYS = {
    "Ed25519": record({"kty": one_of("OKP"), "crv": anything, "x": coordinate}),
    "P-256": record({"kty": one_of("EC"), "crv": anything, "x": coordinate, "y": coordinate}),
}


def public_key(value: Any, pointer: str) -> None:
    """A JWK."""
    curve = value.get("crv") if isinstance(value, dict) else None
    require(isinstance(curve, str) and curve in PUBLIC_KEYS, "MALFORMED_EVIDENCE", pointer)
    PUBLIC_KEYS[curve](value, pointer)


agent_key = record(
    {
        "owner": name,
        "agent_id": id_part,
        "key_id": key_id,
        "public_key": public_key,
        "required": boolean,
        "proof": signature64,
        "registered": record(recorded, {"submitted_by": name}),
    },
    {
        "authorization": agent_signature,
        "revoked": record(recorded, {"submitted_by": name, "reason": any_text}),
    },
)

said: dict[str, Shape] = {"kind": one_of("confirmed", "disputed", "reviewed"), **recorded}
said_more: dict[str, Shape] = {"reason": any_text, "evidence_sha256": sha256_hex, "submitted_by": name}

identity = integer(0, MAX_IDENTITIES - 1)

signed = record(
    {
        "channel_header": base64_text,
        "nonce": base64_text,
        "proposal_payload": base64_text,
        "response_payload": base64_text,
        "creator": identity,
        "endorsements": items(record({"identity": identity, "signature": base64_text}), 1, 100),
    }
)

opening = record({"salt": text("[0-9a-f]{32}"), "value": anything})

event_part = record(
    {
        "answer": record(
            {
                "challenge": challenge,
                "event": event,
                "record_first_seq": integer(1),
                "entries": items(record(said, said_more), 0, 16),
                "entries_complete": boolean,
            },
            {"agent_key": agent_key},
        ),
        "signed": signed,
    },
    {"openings": record({}, dict.fromkeys(COMMITTED, opening))},
)

head = record(
    {
        "owner": name,
        "agent_id": name,
        "session_id": name,
        "seq": integer(1),
        "hash": sha256_hex,
        "open": boolean,
        "from": name,
        "to": name,
        "first_recorded_at": name,
        "last_recorded_at": name,
    }
)

session_event = record(
    {"hash": sha256_hex, "core": event_core}, {"signature": agent_signature, "submitted_by": name}
)

session_record = record(
    {"first_seq": integer(1), "payload": payload, "events": items(session_event, 1, 500), **recorded}
)

session_answer = record(
    {
        "challenge": challenge,
        "session": any_text,
        "from_seq": integer(1),
        "records": items(session_record, 1, 100),
        "head": head,
        "entries": items(record({**said, "seq": integer(1)}, said_more), 0, 256),
        "entries_complete": boolean,
    },
    {"agent_keys": items(agent_key, 1, 500)},
)

absence_answer = record({"challenge": challenge, "reference": some_text}, {"head": nullable(head)})

query = record(
    {"by": one_of("timestamp", "recorded_at"), "order": one_of("asc", "desc"), "limit": integer(1, 1000)},
    {
        **dict.fromkeys(("owner", "agent_id", "session_id", "cursor"), some_text),
        **dict.fromkeys(("from", "to", "recorded_from", "recorded_to"), timestamp),
        "selector": mapping(anything, 1000),
    },
)

hit = record({"locator": any_text, "hash": sha256_hex, "record_first_seq": integer(1)})

query_answer = record(
    {"challenge": challenge, "query": query, "hits": items(hit, 0, 1000)}, {"next_cursor": some_text}
)

block = record(
    {
        "number": integer(1),
        "previous_hash": sha256_hex,
        "envelopes": items(base64_text, 1, 100_000),
        "transaction": integer(0),
        "signatures": base64_text,
        "headers": items(sha256_hex, 0, MAX_HEADERS),
        "discloses": record({"transactions": integer(0), "events": integer(0)}),
    }
)

BODIES: dict[str, dict[str, Shape]] = {
    "receipt": {"event": event_part},
    "full": {"event": event_part, "block": block},
    "session": {"session": items(record({"answer": session_answer, "signed": signed}), 1, 100)},
    "absence": {"absence": record({"answer": absence_answer, "signed": signed})},
    "query": {"query": record({"answer": query_answer, "signed": signed})},
}

checkpoint = record(
    {
        "answer": record({"height": integer(1), "block_hash": sha256_hex, "previous_block_hash": sha256_hex}),
        "signed": signed,
    }
)

COMMON: dict[str, Shape] = {
    "format": one_of("agent-audit-evidence"),
    "version": one_of(1),
    "form": some_text,
    "network": record({"channel": name, "chaincode": name, "demonstration": boolean}),
    "checkpoints": items(checkpoint, 1, 100),
    "identities": items(record({"msp_id": name, "certificate": any_text}), 1, MAX_IDENTITIES),
}


def read_evidence(data: bytes) -> dict[str, Any]:
    """Step 1 of "Checking": the file has the format."""
    require(len(data) <= max(MAX_BYTES.values()), "TOO_LARGE")
    file = parse(data)
    require(isinstance(file, dict), "UNKNOWN_FORMAT")
    require(file.get("format") == "agent-audit-evidence", "UNKNOWN_FORMAT", "/format")
    require(type(file.get("version")) is int and file["version"] == 1, "UNKNOWN_FORMAT", "/version")
    form = file.get("form")
    require(isinstance(form, str) and form in BODIES, "MALFORMED_EVIDENCE", "/form")
    require(len(data) <= MAX_BYTES[form], "TOO_LARGE")
    record(COMMON | BODIES[form])(file, "")
    return file
