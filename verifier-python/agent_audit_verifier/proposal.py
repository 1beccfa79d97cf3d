"""A proposal and what peers answered to it: Fabric's messages around every signed answer and every transaction."""

import hashlib
from dataclasses import dataclass
from typing import Any

from . import fabric_messages as fabric
from .fault import require

ENDORSER_TRANSACTION = 3


@dataclass(frozen=True)
class Namespace:
    """`rwset` is a KVRWSet."""

    name: str
    rwset: dict[str, Any]
    has_collections: bool


@dataclass(frozen=True)
class Places:
    """Where in the file the three messages stand (JSON pointers)."""

    channel_header: str
    proposal_payload: str
    response_payload: str


@dataclass(frozen=True)
class Bytes:
    """The messages as they stand, and what was signed with them; `creator` is a SerializedIdentity."""

    channel_header: bytes
    signature_header: bytes
    creator: bytes
    nonce: bytes
    proposal_payload: bytes
    response_payload: bytes


@dataclass(frozen=True)
class Proposal:
    """The messages read, before anything of them is checked."""

    places: Places
    header: dict[str, Any]
    chaincode_of_header: str
    spec: dict[str, Any]
    has_transient_map: bool
    proposal_hash: bytes
    action: dict[str, Any]
    namespaces: list[Namespace]

    @property
    def seconds(self) -> int:
        """When it was made, as its channel header says."""
        return fabric.TIMESTAMP.present(self.header["timestamp"])["seconds"]

    @property
    def args(self) -> list[str]:
        return fabric.CHAINCODE_INPUT.present(self.spec["input"])["args"]

    @property
    def response(self) -> dict[str, Any]:
        return fabric.RESPONSE.present(self.action["response"])


def read_proposal(channel_header: bytes, proposal_payload: bytes, response_payload: bytes, places: Places) -> Proposal:
    """Raises MALFORMED_MESSAGE."""
    header = fabric.CHANNEL_HEADER.read(channel_header, places.channel_header)
    extension = fabric.CHAINCODE_HEADER_EXTENSION.read(header["extension"], places.channel_header)
    payload = fabric.CHAINCODE_PROPOSAL_PAYLOAD.read(proposal_payload, places.proposal_payload)
    invocation = fabric.CHAINCODE_INVOCATION_SPEC.read(payload["input"], places.proposal_payload)
    response = fabric.PROPOSAL_RESPONSE_PAYLOAD.read(response_payload, places.response_payload)
    action = fabric.CHAINCODE_ACTION.read(response["extension"], places.response_payload)
    return Proposal(
        places=places,
        header=header,
        chaincode_of_header=chaincode_name(extension),
        spec=fabric.CHAINCODE_SPEC.present(invocation["chaincode_spec"]),
        has_transient_map=bool(payload["transient_map"]),
        proposal_hash=response["proposal_hash"],
        action=action,
        namespaces=read_namespaces(action["results"], places.response_payload),
    )


def read_namespaces(results: bytes, pointer: str) -> list[Namespace]:
    found = fabric.TX_READ_WRITE_SET.read(results, pointer)["ns_rwset"]
    return [
        Namespace(
            entry["namespace"],
            fabric.KV_RW_SET.read(entry["rwset"], pointer),
            bool(entry["collection_hashed_rwset"]),
        )
        for entry in found
    ]


def check_hashes(proposal: Proposal, parts: Bytes, pointer: str) -> None:
    """What was signed belongs to this proposal, and the transaction id to its nonce and creator."""
    require(not proposal.has_transient_map, "PROPOSAL_MISMATCH", proposal.places.proposal_payload)
    whole = parts.channel_header + parts.signature_header + parts.proposal_payload
    require(proposal.proposal_hash == hashlib.sha256(whole).digest(), "PROPOSAL_MISMATCH", pointer)
    at = proposal.places.channel_header
    require(proposal.header["type"] == ENDORSER_TRANSACTION, "MALFORMED_MESSAGE", at)
    tx_id = hashlib.sha256(parts.nonce + parts.creator).hexdigest()
    require(proposal.header["tx_id"] == tx_id, "TRANSACTION_ID_MISMATCH", at)


def check_names(proposal: Proposal, channel: str, chaincode: str, function: str) -> None:
    places = proposal.places
    require(proposal.header["channel_id"] == channel, "WRONG_CHANNEL", places.channel_header)
    require(proposal.chaincode_of_header == chaincode, "WRONG_CHAINCODE", places.channel_header)
    require(chaincode_name(proposal.spec) == chaincode, "WRONG_CHAINCODE", places.proposal_payload)
    require(chaincode_name(proposal.action) == chaincode, "WRONG_CHAINCODE", places.response_payload)
    require(proposal.args[:1] == [function], "WRONG_FUNCTION", places.proposal_payload)


def check_successful(proposal: Proposal) -> None:
    require(proposal.response["status"] == 200, "NOT_SUCCESSFUL", proposal.places.response_payload)


def chaincode_name(holder: dict[str, Any]) -> str:
    return fabric.CHAINCODE_ID.present(holder["chaincode_id"])["name"]
