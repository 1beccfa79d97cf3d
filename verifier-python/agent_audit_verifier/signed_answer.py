"""Step 4 of "Checking": each signed answer answers its question."""

import base64
from dataclasses import dataclass
from typing import Any

from .fabric_messages import signature_header
from .fault import require
from .proposal import Bytes, Places, Proposal, check_hashes, check_names, check_successful, read_proposal

Version = tuple[int, int]


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
class ReadSet:
    """Of one namespace: the version (block, transaction) of each key, None where nothing was, and RangeQueryInfos."""

    versions: dict[str, Version | None]
    ranges: list[dict[str, Any]]


@dataclass(frozen=True)
class Opened:
    """What a signed answer's bytes say: when it was given (seconds), what was answered, what was read."""

    seconds: int
    payload: bytes
    reads: ReadSet


def open_answer(answer: SignedAnswer, channel: str, identities: list[bytes]) -> Opened:
    """`identities` are the SerializedIdentity of each identity of the file."""
    pointer = f"{answer.pointer}/signed"
    places = Places(*(f"{pointer}/{name}" for name in ("channel_header", "proposal_payload", "response_payload")))
    signed = {name: base64.b64decode(value) for name, value in answer.signed.items() if isinstance(value, str)}
    proposal = read_proposal(signed["channel_header"], signed["proposal_payload"], signed["response_payload"], places)

    place = answer.signed["creator"]
    require(place < len(identities), "UNKNOWN_IDENTITY", f"{pointer}/creator")
    header = signature_header(identities[place], signed["nonce"])
    check_hashes(proposal, Bytes(creator=identities[place], signature_header=header, **signed), pointer)
    question = answer.question
    check_names(proposal, channel, question.chaincode, question.function)
    check_arguments(proposal, question)
    check_successful(proposal)
    check_read_only(proposal)
    return Opened(proposal.seconds, proposal.response["payload"], reads_of(question.chaincode, proposal))


def check_arguments(proposal: Proposal, question: Question) -> None:
    pointer, arguments = proposal.places.proposal_payload, proposal.args[1:]
    same = len(arguments) == len(question.arguments) and arguments[:-1] == question.arguments[:-1]
    require(same, "WRONG_ARGUMENTS", pointer)
    require(arguments[-1] == question.arguments[-1], "CHALLENGE_MISMATCH", pointer)


def check_read_only(proposal: Proposal) -> None:
    """Peers endorse a write before it is committed, and it may never be."""
    pointer = proposal.places.response_payload
    require(proposal.action["events"] == b"", "NOT_A_READ", pointer)
    for namespace in proposal.namespaces:
        writes = namespace.rwset["writes"] or namespace.rwset["metadata_writes"] or namespace.has_collections
        require(not writes, "NOT_A_READ", pointer)


def reads_of(chaincode: str, proposal: Proposal) -> ReadSet:
    versions: dict[str, Version | None] = {}
    ranges: list[dict[str, Any]] = []
    for namespace in proposal.namespaces:
        if namespace.name == chaincode:
            versions |= {read["key"]: version_of(read["version"]) for read in namespace.rwset["reads"]}
            ranges += namespace.rwset["range_queries_info"]
    return ReadSet(versions, ranges)


def version_of(version: dict[str, int] | None) -> Version | None:
    return (version["block_num"], version["tx_num"]) if version is not None else None
