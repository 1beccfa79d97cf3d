"""The format of evidence, version 1: docs/evidence.md ("Format, version 1")."""

from typing import Any

from .fault import require
from .shapes import (
    Shape,
    anything,
    base64_text,
    boolean,
    integer,
    items,
    mapping,
    nullable,
    one_of,
    record,
    sha256_hex,
    some_text,
    text,
)
from .strict_json import parse

MIB = 1024 * 1024
MAX_BYTES = {"receipt": 4 * MIB, "absence": 4 * MIB, "full": 32 * MIB, "session": 32 * MIB, "query": 32 * MIB}
MAX_HEADERS = 10_000

challenge = text(r"[A-Za-z0-9._~-]{8,128}")
timestamp = text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
base64url = text(r"[A-Za-z0-9_-]+")
signature64 = text(r"[A-Za-z0-9_-]{86}")
place = text(r"[A-Za-z0-9._=-]+~[A-Za-z0-9._=-]+~[A-Za-z0-9._=-]+~[1-9][0-9]{0,11}")
chain = text(r"[A-Za-z0-9._=-]+~[A-Za-z0-9._=-]+~[A-Za-z0-9._=-]+")
seq = integer(1, 10**12 - 1)

by_whom = record({"msp_id": some_text, "certificate_sha256": sha256_hex})
recorded: dict[str, Shape] = {"recorded_at": timestamp, "recorded_by": by_whom, "tx_id": sha256_hex}
agent_signature = record({"key_id": base64url, "value": signature64})
payload = one_of("collection", "none")
commitment = record({"sha256": sha256_hex, "size_bytes": integer(0)})


def core(value: Any, pointer: str) -> None:
    """What a verifier reads of an event's core; all other fields are covered by its hash."""
    require(isinstance(value, dict), "MALFORMED_EVIDENCE", pointer)
    read: dict[str, Shape] = {
        "owner": some_text,
        "agent_id": some_text,
        "session_id": some_text,
        "event_type": some_text,
        "seq": seq,
        "prev_hash": sha256_hex,
        "commitments": mapping(commitment, 1000),
    }
    record(read, {key: anything for key in value if key not in read})(value, pointer)


event = record(
    {"locator": place, "hash": sha256_hex, "core": core, "payload": payload, **recorded},
    {"signature": agent_signature, "submitted_by": some_text},
)

public_key = record({"kty": some_text, "crv": one_of("Ed25519", "P-256"), "x": base64url}, {"y": base64url})

agent_key = record(
    {
        "owner": some_text,
        "agent_id": some_text,
        "key_id": base64url,
        "public_key": public_key,
        "required": boolean,
        "proof": signature64,
        "registered": record(recorded, {"submitted_by": some_text}),
    },
    {
        "authorization": agent_signature,
        "revoked": record(recorded, {"submitted_by": some_text, "reason": some_text}),
    },
)

said: dict[str, Shape] = {"kind": one_of("confirmed", "disputed", "reviewed"), **recorded}
said_more: dict[str, Shape] = {"reason": some_text, "evidence_sha256": sha256_hex, "submitted_by": some_text}

signed = record(
    {
        "channel_header": base64_text,
        "nonce": base64_text,
        "proposal_payload": base64_text,
        "response_payload": base64_text,
        "creator": integer(0),
        "endorsements": items(record({"identity": integer(0), "signature": base64_text}), 1, 100),
    }
)

event_part = record(
    {
        "answer": record(
            {
                "challenge": challenge,
                "event": event,
                "record_first_seq": seq,
                "entries": items(record(said, said_more), 0, 16),
                "entries_complete": boolean,
            },
            {"agent_key": agent_key},
        ),
        "signed": signed,
    },
    {"openings": mapping(record({"salt": text("[0-9a-f]{32}"), "value": anything}), 1000)},
)

head = record(
    {
        "owner": some_text,
        "agent_id": some_text,
        "session_id": some_text,
        "seq": seq,
        "hash": sha256_hex,
        "open": boolean,
        "from": timestamp,
        "to": timestamp,
        "first_recorded_at": timestamp,
        "last_recorded_at": timestamp,
    }
)

session_event = record(
    {"hash": sha256_hex, "core": core}, {"signature": agent_signature, "submitted_by": some_text}
)

session_record = record(
    {"first_seq": seq, "payload": payload, "events": items(session_event, 1, 500), **recorded}
)

session_answer = record(
    {
        "challenge": challenge,
        "session": chain,
        "from_seq": seq,
        "records": items(session_record, 1, 100),
        "head": head,
        "entries": items(record({**said, "seq": seq}, said_more), 0, 256),
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

hit = record({"locator": place, "hash": sha256_hex, "record_first_seq": seq})

query_answer = record(
    {"challenge": challenge, "query": query, "hits": items(hit, 0, 1000)}, {"next_cursor": some_text}
)

block = record(
    {
        "number": integer(0),
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
    "network": record({"channel": some_text, "chaincode": some_text, "demonstration": boolean}),
    "checkpoints": items(checkpoint, 1, 100),
    "identities": items(record({"msp_id": some_text, "certificate": some_text}), 1, 200),
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
