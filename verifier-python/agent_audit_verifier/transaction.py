"""Step 8 of "Checking": the transaction of a block that recorded the event."""

from dataclasses import dataclass
from typing import Any

from . import fabric_messages as fabric
from .canonical import canonical
from .certificates import fingerprint, load_certificate, signed_by
from .endorsements import check_certificate
from .fault import Fault, require
from .ids import chain_of, record_key
from .proposal import Bytes, Namespace, Places, Proposal, check_hashes, check_names, check_successful
from .proposal import read_proposal
from .strict_json import parse
from .trust import Trust


@dataclass(frozen=True)
class Transaction:
    """An endorser transaction; `signed` is the payload that its creator signed."""

    signed: bytes
    signature: bytes
    parts: Bytes
    proposal: Proposal
    endorsements: list[dict[str, bytes]]


def read_transaction(envelope: bytes, pointer: str) -> Transaction:
    """Raises MALFORMED_MESSAGE."""
    outer = fabric.ENVELOPE.read(envelope, pointer)
    payload = fabric.PAYLOAD.read(outer["payload"], pointer)
    header = fabric.HEADER.present(payload["header"])
    actions = fabric.TRANSACTION.read(payload["data"], pointer)["actions"]
    require(len(actions) == 1, "MALFORMED_MESSAGE", pointer)
    action_payload = fabric.CHAINCODE_ACTION_PAYLOAD.read(actions[0]["payload"], pointer)
    endorsed = fabric.CHAINCODE_ENDORSED_ACTION.present(action_payload["action"])
    proposal_payload = action_payload["chaincode_proposal_payload"]
    response_payload = endorsed["proposal_response_payload"]
    parts = Bytes(
        channel_header=header["channel_header"],
        signature_header=header["signature_header"],
        **fabric.SIGNATURE_HEADER.read(header["signature_header"], pointer),
        proposal_payload=proposal_payload,
        response_payload=response_payload,
    )
    places = Places(pointer, pointer, pointer)
    proposal = read_proposal(parts.channel_header, proposal_payload, response_payload, places)
    return Transaction(outer["payload"], outer["signature"], parts, proposal, endorsed["endorsements"])


def check_transaction(transaction: Transaction, answer: dict[str, Any], trust: Trust, pointer: str) -> None:
    """It recorded the event, and was made by who is said to have recorded it."""
    event, proposal = answer["event"], transaction.proposal
    check_hashes(proposal, transaction.parts, pointer)
    require(proposal.header["tx_id"] == event["tx_id"], "TRANSACTION_ID_MISMATCH", pointer)
    check_names(proposal, trust.channel, trust.chaincode, "RecordEvents")
    check_successful(proposal)
    check_creator(transaction, event, trust, pointer)
    check_endorsers(transaction, trust, pointer)
    check_write(proposal, answer, trust.chaincode, pointer)


def check_creator(transaction: Transaction, event: dict[str, Any], trust: Trust, pointer: str) -> None:
    creator = fabric.SERIALIZED_IDENTITY.read(transaction.parts.creator, pointer)
    organization, recorded_by = creator["msp_id"], event["recorded_by"]
    same = organization == recorded_by["msp_id"] == event["core"]["owner"]
    require(same, "CREATOR_MISMATCH", pointer)
    certificate = load_certificate(creator["certificate"], pointer)
    same = fingerprint(certificate) == recorded_by["certificate_sha256"]
    require(same, "CREATOR_MISMATCH", pointer)
    if organization in trust.authorities:
        authorities = trust.authorities[organization]
        check_certificate(certificate, authorities, None, transaction.proposal.seconds, pointer)
    require(signed_by(certificate, transaction.signature, transaction.signed), "SIGNATURE_INVALID", pointer)


def check_endorsers(transaction: Transaction, trust: Trust, pointer: str) -> None:
    organizations: list[str] = []
    for endorsement in transaction.endorsements:
        identity = fabric.SERIALIZED_IDENTITY.read(endorsement["endorser"], pointer)
        organization = identity["msp_id"]
        certificate = load_certificate(identity["certificate"], pointer)
        if organization in trust.authorities:
            authorities = trust.authorities[organization]
            check_certificate(certificate, authorities, "peer", transaction.proposal.seconds, pointer)
        require(organization not in organizations, "DUPLICATE_ORGANIZATION", pointer)
        organizations.append(organization)
        data = transaction.parts.response_payload + endorsement["endorser"]
        require(signed_by(certificate, endorsement["signature"], data), "SIGNATURE_INVALID", pointer)


def check_write(proposal: Proposal, answer: dict[str, Any], chaincode: str, pointer: str) -> None:
    event, first = answer["event"], answer["record_first_seq"]
    key = record_key(chain_of(event["core"]), first)
    found = next((value for written, value in writes_of(proposal.namespaces, chaincode) if written == key), None)
    require(isinstance(found, dict) and found.get("doc_type") == "record", "WRITE_MISMATCH", pointer)
    for name in ("recorded_at", "recorded_by", "tx_id", "payload"):
        require(same_json(found.get(name), event[name]), "WRITE_MISMATCH", pointer)
    events, place = found.get("events"), event["core"]["seq"] - first
    require(isinstance(events, list) and place < len(events), "WRITE_MISMATCH", pointer)
    written = events[place]
    require(isinstance(written, dict), "WRITE_MISMATCH", pointer)
    for name in ("core", "hash", "submitted_by"):
        require(same_json(written.get(name), event.get(name)), "WRITE_MISMATCH", pointer)


def same_json(one: Any, other: Any) -> bool:
    return canonical(one) == canonical(other)


def writes_of(namespaces: list[Namespace], chaincode: str) -> list[tuple[str, Any]]:
    """What a transaction writes publicly: keys and documents, None where a value is none."""
    return [
        (write["key"], read_document(write["value"]))
        for namespace in namespaces
        if namespace.name == chaincode
        for write in namespace.rwset["writes"]
        if not write["is_delete"]
    ]


def read_document(value: bytes) -> Any:
    try:
        return parse(value)
    except Fault:
        return None
