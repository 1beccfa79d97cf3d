"""Step 2 of "Checking": what a file says in itself, form by form."""

import hashlib
from typing import Any

from .agent_keys import check_agent_key, check_agent_signature, keys_by_id
from .canonical import canonical
from .fault import require
from .ids import chain_of, decode_parts, locator_of, parse_locator
from .shapes import join

EVENT_TAG = b"agent-audit-ledger/event/v1\n"
COMMITMENT_TAG = b"agent-audit-ledger/commitment/v1\n"
NO_HASH = "0" * 64
MAX_RECORD_EVENTS = 500


def check_content(file: dict[str, Any]) -> None:
    """Raises the first fault of what the file says in itself."""
    if "event" in file:
        check_event(file["event"], "/event")
    elif "session" in file:
        check_session(file["session"])
    elif "absence" in file:
        check_absence(file["absence"]["answer"], "/absence/answer")
    else:
        check_hits(file["query"]["answer"]["hits"], "/query/answer/hits")


def event_hash(core: dict[str, Any]) -> str:
    return hashlib.sha256(EVENT_TAG + canonical(core)).hexdigest()


def check_event(part: dict[str, Any], pointer: str) -> None:
    answer, event = part["answer"], part["answer"]["event"]
    here = f"{pointer}/answer/event"
    require(event["locator"] == locator_of(event["core"]), "LOCATOR_MISMATCH", f"{here}/locator")
    require(event["hash"] == event_hash(event["core"]), "EVENT_HASH_MISMATCH", f"{here}/hash")
    check_openings(part.get("openings", {}), event["core"]["commitments"], f"{pointer}/openings")
    signature, key = event.get("signature"), answer.get("agent_key")
    require((signature is None) == (key is None), "AGENT_KEY_MISMATCH", f"{pointer}/answer/agent_key")
    if signature is not None and key is not None:
        check_agent_key(key, event["core"], f"{pointer}/answer/agent_key")
        check_agent_signature(key, signature, event["hash"], f"{here}/signature")


def check_openings(openings: dict[str, Any], commitments: dict[str, Any], pointer: str) -> None:
    for name, opening in openings.items():
        here = join(pointer, name)
        require(name in commitments, "COMMITMENT_MISMATCH", here)
        value = canonical(opening["value"])
        digest = hashlib.sha256(COMMITMENT_TAG + bytes.fromhex(opening["salt"]) + value).hexdigest()
        commitment = commitments[name]
        opens = commitment["sha256"] == digest and commitment["size_bytes"] == len(value)
        require(opens, "COMMITMENT_MISMATCH", here)


def check_session(parts: list[dict[str, Any]]) -> None:
    first = parts[0]["answer"]
    seq, previous = first["from_seq"], NO_HASH if first["from_seq"] == 1 else None
    for index, part in enumerate(parts):
        answer, pointer = part["answer"], f"/session/{index}/answer"
        same = answer["session"] == first["session"] == chain_of(answer["head"]).encoded
        require(same, "LOCATOR_MISMATCH", f"{pointer}/session")
        require(answer["challenge"] == first["challenge"], "CHALLENGE_MISMATCH", f"{pointer}/challenge")
        require(answer["from_seq"] == seq, "CHAIN_BROKEN", f"{pointer}/from_seq")
        for place, record in enumerate(answer["records"]):
            here = f"{pointer}/records/{place}"
            require(record["first_seq"] == seq, "CHAIN_BROKEN", f"{here}/first_seq")
            seq, previous = check_chain(record["events"], answer["session"], seq, previous, f"{here}/events")
        check_head(answer, seq - 1, f"{pointer}/head")
        check_session_keys(answer, pointer)


def check_chain(
    events: list[dict[str, Any]], session: str, seq: int, previous: str | None, pointer: str
) -> tuple[int, str | None]:
    """The next event's `seq`, and the hash that it has to name. `previous` is None where nothing is known of it."""
    for index, event in enumerate(events):
        core, here = event["core"], f"{pointer}/{index}"
        require(event["hash"] == event_hash(core), "EVENT_HASH_MISMATCH", f"{here}/hash")
        require(chain_of(core).encoded == session, "LOCATOR_MISMATCH", f"{here}/core")
        require(core["seq"] == seq, "CHAIN_BROKEN", f"{here}/core/seq")
        require(previous in (None, core["prev_hash"]), "CHAIN_BROKEN", f"{here}/core/prev_hash")
        seq, previous = seq + 1, event["hash"]
    return seq, previous


def check_head(answer: dict[str, Any], last: int, pointer: str) -> None:
    """The head is not before the last event, and is that event where it is not behind it."""
    head, event = answer["head"], answer["records"][-1]["events"][-1]
    require(head["seq"] >= last, "HEAD_MISMATCH", f"{pointer}/seq")
    if head["seq"] == last:
        is_open = event["core"]["event_type"] != "session_end"
        require(head["hash"] == event["hash"], "HEAD_MISMATCH", f"{pointer}/hash")
        require(head["open"] == is_open, "HEAD_MISMATCH", f"{pointer}/open")


def check_session_keys(answer: dict[str, Any], pointer: str) -> None:
    signed = [
        (event, f"{pointer}/records/{place}/events/{index}")
        for place, record in enumerate(answer["records"])
        for index, event in enumerate(record["events"])
        if "signature" in event
    ]
    named = [event["signature"]["key_id"] for event, _ in signed]
    keys = keys_by_id(answer.get("agent_keys", []), named, f"{pointer}/agent_keys")
    for index, key in enumerate(keys.values()):
        check_agent_key(key, answer["head"], f"{pointer}/agent_keys/{index}")
    for event, here in signed:
        key = keys[event["signature"]["key_id"]]
        check_agent_signature(key, event["signature"], event["hash"], f"{here}/signature")


def check_absence(answer: dict[str, Any], pointer: str) -> None:
    here = f"{pointer}/reference"
    parts = decode_parts(answer["reference"], "MALFORMED_EVIDENCE", here)
    if len(parts) == 2:
        require("head" not in answer, "MALFORMED_EVIDENCE", f"{pointer}/head")
        return
    locator = parse_locator(answer["reference"], "MALFORMED_EVIDENCE", here)
    require("head" in answer, "MALFORMED_EVIDENCE", f"{pointer}/head")
    head = answer["head"]
    if head is not None:
        require(chain_of(head) == locator.chain, "LOCATOR_MISMATCH", f"{pointer}/head")
        require(head["seq"] < locator.seq, "NOT_ABSENT", f"{pointer}/head/seq")


def check_hits(hits: list[dict[str, Any]], pointer: str) -> None:
    seen: set[str] = set()
    for index, hit in enumerate(hits):
        here = f"{pointer}/{index}/locator"
        locator = parse_locator(hit["locator"], "LOCATOR_MISMATCH", here)
        require(hit["locator"] not in seen, "LOCATOR_MISMATCH", here)
        seen.add(hit["locator"])
        first = hit["record_first_seq"]
        require(first <= locator.seq < first + MAX_RECORD_EVENTS, "LOCATOR_MISMATCH", here)
