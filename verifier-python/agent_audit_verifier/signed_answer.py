"""Step 4 of "Checking": each signed answer answers its question."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from . import fabric_messages as fabric
from .fault import Fault, require


@dataclass(frozen=True)
class Question:
    """What was asked: chaincode, function and its arguments, of which the last is the challenge."""

    chaincode: str
    function: str
    arguments: list[str]


@dataclass(frozen=True)
class SignedAnswer:
    """A place of the file with `answer` and `signed`."""

    pointer: str
    answer: dict[str, Any]
    signed: dict[str, Any]
    question: Question


@dataclass(frozen=True)
class Opened:
    """What a signed answer's bytes say: when it was given (seconds), what was read, what was answered."""

    seconds: int
    payload: bytes
    reads: "ReadSet"


@dataclass(frozen=True)
class ReadSet:
    """Of one namespace: the version of each key (None: nothing was there) and the range queries."""

    versions: dict[str, tuple[int, int] | None]
    ranges: list[dict[str, Any]]


def open_answer(answer: SignedAnswer, channel: str, identities: list[bytes]) -> Opened:
    """`identities` are the SerializedIdentity of each identity of the file."""
    pointer = f"{answer.pointer}/signed"
    part = {name: decode(answer.signed[name]) for name in ("channel_header", "nonce", "proposal_payload")}
    header = fabric.CHANNEL_HEADER.read(part["channel_header"], f"{pointer}/channel_header")
    extension = fabric.CHAINCODE_HEADER_EXTENSION.read(header["extension"], f"{pointer}/channel_header")
    invocation = read_invocation(part["proposal_payload"], f"{pointer}/proposal_payload")
    response_payload = decode(answer.signed["response_payload"])
    response = fabric.PROPOSAL_RESPONSE_PAYLOAD.read(response_payload, f"{pointer}/response_payload")
    action = fabric.CHAINCODE_ACTION.read(response["extension"], f"{pointer}/response_payload")
    namespaces = read_namespaces(action["results"], f"{pointer}/response_payload")

    creator = answer.signed["creator"]
    require(creator < len(identities), "UNKNOWN_IDENTITY", f"{pointer}/creator")
    check_proposal(part, header, response, identities[creator], pointer)
    names = [(extension, "channel_header"), (invocation, "proposal_payload"), (action, "response_payload")]
    check_question(answer.question, channel, header, names, pointer)
    check_arguments(answer.question, invocation, f"{pointer}/proposal_payload")
    check_read_only(action, namespaces, f"{pointer}/response_payload")
    return Opened(
        seconds=(header["timestamp"] or {"seconds": 0})["seconds"],
        payload=action["response"]["payload"],
        reads=reads_of(answer.question.chaincode, namespaces),
    )


def decode(text: str) -> bytes:
    return base64.b64decode(text)


def read_invocation(data: bytes, pointer: str) -> dict[str, Any]:
    """The ChaincodeSpec of a proposal without transient data."""
    payload = fabric.CHAINCODE_PROPOSAL_PAYLOAD.read(data, pointer)
    require(not payload["transient_map"], "PROPOSAL_MISMATCH", pointer)
    invocation = fabric.CHAINCODE_INVOCATION_SPEC.read(payload["input"], pointer)
    return present(invocation["chaincode_spec"], pointer)


def present(message: dict[str, Any] | None, pointer: str) -> dict[str, Any]:
    """A message that must not be absent."""
    if message is None:
        raise Fault("MALFORMED_MESSAGE", pointer)
    return message


def read_namespaces(results: bytes, pointer: str) -> list[tuple[str, dict[str, Any], bool]]:
    """Name, KVRWSet and whether there are collections."""
    found = fabric.TX_READ_WRITE_SET.read(results, pointer)["ns_rwset"]
    return [
        (entry["namespace"], fabric.KV_RW_SET.read(entry["rwset"], pointer), bool(entry["collection_hashed_rwset"]))
        for entry in found
    ]


def check_proposal(
    part: dict[str, bytes], header: dict[str, Any], response: dict[str, Any], creator: bytes, pointer: str
) -> None:
    whole = part["channel_header"] + fabric.signature_header(creator, part["nonce"]) + part["proposal_payload"]
    require(response["proposal_hash"] == hashlib.sha256(whole).digest(), "PROPOSAL_MISMATCH", pointer)
    require(header["type"] == 3, "MALFORMED_MESSAGE", f"{pointer}/channel_header")
    tx_id = hashlib.sha256(part["nonce"] + creator).hexdigest()
    require(header["tx_id"] == tx_id, "TRANSACTION_ID_MISMATCH", f"{pointer}/channel_header")


def check_question(
    question: Question, channel: str, header: dict[str, Any], names: list[tuple[dict[str, Any], str]], pointer: str
) -> None:
    require(header["channel_id"] == channel, "WRONG_CHANNEL", f"{pointer}/channel_header")
    for holder, place in names:
        name = (holder["chaincode_id"] or {"name": None})["name"]
        require(name == question.chaincode, "WRONG_CHAINCODE", f"{pointer}/{place}")


def check_arguments(question: Question, invocation: dict[str, Any], pointer: str) -> None:
    args = present(invocation["input"], pointer)["args"]
    asked = [question.function, *question.arguments]
    require(args[:1] == asked[:1], "WRONG_FUNCTION", pointer)
    require(args[1:-1] == asked[1:-1] and len(args) == len(asked), "WRONG_ARGUMENTS", pointer)
    require(args[-1] == asked[-1], "CHALLENGE_MISMATCH", pointer)


def check_read_only(
    action: dict[str, Any], namespaces: list[tuple[str, dict[str, Any], bool]], pointer: str
) -> None:
    require(present(action["response"], pointer)["status"] == 200, "NOT_SUCCESSFUL", pointer)
    require(action["events"] == b"", "NOT_A_READ", pointer)
    for _, rwset, collections in namespaces:
        writes = rwset["writes"] or rwset["metadata_writes"] or collections
        require(not writes, "NOT_A_READ", pointer)


def reads_of(chaincode: str, namespaces: list[tuple[str, dict[str, Any], bool]]) -> ReadSet:
    versions: dict[str, tuple[int, int] | None] = {}
    ranges: list[dict[str, Any]] = []
    for name, rwset, _ in namespaces:
        if name == chaincode:
            versions |= {read["key"]: version_of(read["version"]) for read in rwset["reads"]}
            ranges += rwset["range_queries_info"]
    return ReadSet(versions, ranges)


def version_of(version: dict[str, int] | None) -> tuple[int, int] | None:
    return (version["block_num"], version["tx_num"]) if version else None
