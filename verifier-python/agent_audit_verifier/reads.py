"""Step 5 of "Checking": what the file says in clear is what was signed, and what peers had to read for it was read."""

from typing import Any

from . import fabric_messages as fabric
from .canonical import canonical
from .content import MAX_RECORD_EVENTS
from .fault import Fault, require
from .ids import Chain, chain_of, decode_parts, encode, head_key, parse_locator, record_key
from .signed_answer import Opened, ReadSet, SignedAnswer, Version


def check_answer(answer: SignedAnswer, opened: Opened) -> list[Version]:
    """The versions that must be below a checkpoint's height."""
    same = opened.payload == canonical(answer.answer)
    require(same, "ANSWER_MISMATCH", f"{answer.pointer}/answer")
    check = {
        "ProveEvent": check_event_reads,
        "ProveSession": check_session_reads,
        "ProveAbsence": check_absence_reads,
        "ProveQuery": check_query_reads,
    }[answer.question.function]
    return check(answer.answer, opened.reads, f"{answer.pointer}/signed/response_payload")


def check_event_reads(answer: dict[str, Any], reads: ReadSet, pointer: str) -> list[Version]:
    core, first = answer["event"]["core"], answer["record_first_seq"]
    require(first <= core["seq"] < first + MAX_RECORD_EVENTS, "RECORD_NOT_READ", pointer)
    version = read_version(reads, record_key(chain_of(core), first), "RECORD_NOT_READ", pointer)
    if "agent_key" in answer:
        check_key_reads(answer["agent_key"], version, reads, pointer)
    return [version]


def check_session_reads(answer: dict[str, Any], reads: ReadSet, pointer: str) -> list[Version]:
    head = answer["head"]
    chain = chain_of(head)
    wanted = [read_version(reads, head_key(chain), "HEAD_NOT_READ", pointer)]
    check_end(chain, head["seq"], reads, pointer)
    keys = {key["key_id"]: key for key in answer.get("agent_keys", [])}
    for record in answer["records"]:
        key = record_key(chain, record["first_seq"])
        version = read_version(reads, key, "RECORD_NOT_READ", pointer)
        wanted.append(version)
        named = (event["signature"]["key_id"] for event in record["events"] if "signature" in event)
        for key_id in dict.fromkeys(named):
            check_key_reads(keys[key_id], version, reads, pointer)
    return wanted


def check_absence_reads(answer: dict[str, Any], reads: ReadSet, pointer: str) -> list[Version]:
    if "head" not in answer:
        owner, own_id = decode_parts(answer["reference"], "MALFORMED_EVIDENCE", pointer)
        require(was_absent(reads, f"i~{encode(owner)}~{encode(own_id)}"), "ABSENCE_NOT_READ", pointer)
        return []
    chain = parse_locator(answer["reference"], "MALFORMED_EVIDENCE", pointer).chain
    head = answer["head"]
    check_end(chain, head["seq"] if head else 0, reads, pointer)
    if head:
        return [read_version(reads, head_key(chain), "HEAD_NOT_READ", pointer)]
    require(was_absent(reads, head_key(chain)), "HEAD_NOT_READ", pointer)
    return []


def check_query_reads(answer: dict[str, Any], reads: ReadSet, pointer: str) -> list[Version]:
    return [
        read_version(
            reads,
            record_key(parse_locator(hit["locator"], "LOCATOR_MISMATCH", pointer).chain, hit["record_first_seq"]),
            "RECORD_NOT_READ",
            pointer,
        )
        for hit in answer["hits"]
    ]


def check_key_reads(key: dict[str, Any], recorded: Version, reads: ReadSet, pointer: str) -> None:
    """The key was registered before the record, and revoked after it or not at all."""
    name = "~".join(encode(key[part]) for part in ("owner", "agent_id", "key_id"))
    registered = read_version(reads, f"k~{name}", "KEY_NOT_READ", pointer)
    require(registered < recorded, "KEY_REGISTERED_AFTER", pointer)
    if "revoked" in key:
        revoked = read_version(reads, f"x~{name}", "KEY_NOT_READ", pointer)
        require(revoked > recorded, "KEY_REVOKED_BEFORE", pointer)
    else:
        require(was_absent(reads, f"x~{name}"), "KEY_NOT_READ", pointer)


def check_end(chain: Chain, seq: int, reads: ReadSet, pointer: str) -> None:
    """The end of a session at `seq`: a range query found nothing behind it."""
    start, end = record_key(chain, seq + 1), f"r~{chain.encoded}~~"
    found = any(query["start_key"] == start and query["end_key"] == end and is_empty(query) for query in reads.ranges)
    require(found, "END_NOT_READ", pointer)


def is_empty(query: dict[str, Any]) -> bool:
    raw = query["raw_reads"]
    return bool(query["itr_exhausted"]) and not (raw and raw["kv_reads"]) and query["reads_merkle_hashes"] is None


def read_version(reads: ReadSet, key: str, code: str, pointer: str) -> Version:
    version = reads.versions.get(key)
    if version is None:
        raise Fault(code, pointer)
    return version


def was_absent(reads: ReadSet, key: str) -> bool:
    """It was read, and nothing was there."""
    return key in reads.versions and reads.versions[key] is None


def check_checkpoint(checkpoint: SignedAnswer, opened: Opened, wanted: list[Version]) -> None:
    """The payload is the BlockchainInfo that the file says, from after what was read was written."""
    info = fabric.BLOCKCHAIN_INFO.read(opened.payload, f"{checkpoint.pointer}/signed/response_payload")
    said = checkpoint.answer
    same = (
        info["height"] == said["height"]
        and info["current_block_hash"].hex() == said["block_hash"]
        and info["previous_block_hash"].hex() == said["previous_block_hash"]
    )
    require(same, "ANSWER_MISMATCH", f"{checkpoint.pointer}/answer")
    late = all(block < said["height"] for block, _ in wanted)
    require(late, "CHECKPOINT_TOO_EARLY", f"{checkpoint.pointer}/answer/height")
