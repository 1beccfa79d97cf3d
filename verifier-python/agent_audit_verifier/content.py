"""Step 2 of "Checking": what a file says in itself, form by form."""

import hashlib
from typing import Any, NamedTuple

from .agent_keys import check_signature
from .canonical import canonical
from .fault import Fault, require
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
    at = f"{pointer}/answer/agent_key"
    require(("signature" in event) == ("agent_key" in answer), "AGENT_KEY_MISMATCH", at)
    if "agent_key" in answer:
        check_signature(answer["agent_key"], event, at, here)
    check_openings(part.get("openings", {}), event["core"]["commitments"], f"{pointer}/openings")


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
    link = Link(first["from_seq"], NO_HASH if first["from_seq"] == 1 else None)
    for index, part in enumerate(parts):
        answer, pointer = part["answer"], f"/session/{index}/answer"
        same = answer["session"] == first["session"] == chain_of(answer["head"]).encoded
        require(same, "LOCATOR_MISMATCH", f"{pointer}/session")
        require(answer["challenge"] == first["challenge"], "CHALLENGE_MISMATCH", f"{pointer}/challenge")
        check_listed_keys(answer, f"{pointer}/agent_keys")
        require(answer["from_seq"] == link.seq, "CHAIN_BROKEN", f"{pointer}/from_seq")
        for place, record in enumerate(answer["records"]):
            here = f"{pointer}/records/{place}"
            require(record["first_seq"] == link.seq, "CHAIN_BROKEN", f"{here}/first_seq")
            for number, event in enumerate(record["events"]):
                at = f"{here}/events/{number}"
                link = check_link(link, event, answer["session"], at)
                check_session_signature(answer, event, pointer, at)
        check_head(answer, link.seq - 1, f"{pointer}/head")


class Link(NamedTuple):
    """What the next event of a chain has to say; `prev_hash` is None where nothing is known of the one before."""

    seq: int
    prev_hash: str | None


def check_listed_keys(answer: dict[str, Any], pointer: str) -> None:
    """Keys that the events name, each once, in that order."""
    events = (event for record in answer["records"] for event in record["events"])
    named = list(dict.fromkeys(event["signature"]["key_id"] for event in events if "signature" in event))
    listed = [key["key_id"] for key in answer.get("agent_keys", [])]
    require(listed == named[: len(listed)], "AGENT_KEY_MISMATCH", pointer)


def check_link(link: Link, event: dict[str, Any], session: str, pointer: str) -> Link:
    core = event["core"]
    require(event["hash"] == event_hash(core), "EVENT_HASH_MISMATCH", f"{pointer}/hash")
    require(chain_of(core).encoded == session, "LOCATOR_MISMATCH", f"{pointer}/core")
    require(core["seq"] == link.seq, "CHAIN_BROKEN", f"{pointer}/core/seq")
    require(link.prev_hash in (None, core["prev_hash"]), "CHAIN_BROKEN", f"{pointer}/core/prev_hash")
    return Link(link.seq + 1, event["hash"])


def check_session_signature(answer: dict[str, Any], event: dict[str, Any], pointer: str, at: str) -> None:
    if "signature" in event:
        keys = answer.get("agent_keys", [])
        named = (place for place, key in enumerate(keys) if key["key_id"] == event["signature"]["key_id"])
        place = next(named, None)
        if place is None:
            raise Fault("AGENT_KEY_MISMATCH", f"{at}/signature")
        check_signature(keys[place], event, f"{pointer}/agent_keys/{place}", at)


def check_head(answer: dict[str, Any], last: int, pointer: str) -> None:
    """The head is not before the last event, and is that event where it is not behind it."""
    head, event = answer["head"], answer["records"][-1]["events"][-1]
    require(head["seq"] >= last, "HEAD_MISMATCH", f"{pointer}/seq")
    if head["seq"] == last:
        is_open = event["core"]["event_type"] != "session_end"
        require(head["hash"] == event["hash"], "HEAD_MISMATCH", f"{pointer}/hash")
        require(head["open"] == is_open, "HEAD_MISMATCH", f"{pointer}/open")


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
