"""Step 8 of "Checking": the block that holds the event, and the headers that lead from it to the checkpoints."""

import base64
import hashlib
from typing import Any

from .fault import Fault, require
from .orderers import check_orderers
from .signed_answer import Version
from .transaction import check_transaction, read_transaction, writes_of
from .trust import Trust


def check_block(file: dict[str, Any], recorded: Version, trust: Trust) -> None:
    """`recorded` is the version of the event's record that peers have signed."""
    block, answer = file["block"], file["event"]["answer"]
    number, transaction = block["number"], block["transaction"]
    require(number == recorded[0], "BLOCK_MISMATCH", "/block/number")
    same = transaction == recorded[1] and transaction < len(block["envelopes"])
    require(same, "BLOCK_MISMATCH", "/block/transaction")
    envelopes = [base64.b64decode(envelope) for envelope in block["envelopes"]]
    header = check_headers(block, envelopes, file["checkpoints"])

    pointer = f"/block/envelopes/{transaction}"
    recording = read_transaction(envelopes[transaction], pointer)
    check_transaction(recording, answer, trust, pointer)
    check_discloses(block["discloses"], envelopes, trust.chaincode)
    if trust.orderers is not None:
        metadata = base64.b64decode(block["signatures"])
        check_orderers(metadata, header, recording.proposal.seconds, trust.orderers, "/block/signatures")


def check_headers(block: dict[str, Any], envelopes: list[bytes], checkpoints: list[dict[str, Any]]) -> bytes:
    """The DER of the block's own header."""
    number, data_hash = block["number"], hashlib.sha256(b"".join(envelopes)).digest()
    headers = [header_der(number, bytes.fromhex(block["previous_hash"]), data_hash)]
    hashes = {number - 1: block["previous_hash"], number: hashlib.sha256(headers[0]).hexdigest()}
    for place, following in enumerate(block["headers"], number + 1):
        header = header_der(place, bytes.fromhex(hashes[place - 1]), bytes.fromhex(following))
        hashes[place] = hashlib.sha256(header).hexdigest()
    for index, checkpoint in enumerate(checkpoints):
        said = checkpoint["answer"]
        leads = (
            hashes.get(said["height"] - 1) == said["block_hash"]
            and hashes.get(said["height"] - 2) == said["previous_block_hash"]
        )
        require(leads, "HEADER_CHAIN_BROKEN", f"/checkpoints/{index}/answer")
    highest = max(checkpoint["answer"]["height"] for checkpoint in checkpoints)
    require(number + len(block["headers"]) == highest - 1, "HEADER_CHAIN_BROKEN", "/block/headers")
    return headers[0]


def header_der(number: int, previous_hash: bytes, data_hash: bytes) -> bytes:
    """The SEQUENCE of a block's number, previous hash and data hash."""
    integer = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return der(0x30, der(0x02, integer) + der(0x04, previous_hash) + der(0x04, data_hash))


def der(tag: int, content: bytes) -> bytes:
    """A value of fewer than 128 bytes."""
    return bytes([tag, len(content)]) + content


def check_discloses(discloses: dict[str, int], envelopes: list[bytes], chaincode: str) -> None:
    """All transactions and events of the block but the one that the file is about."""
    transactions, events = len(envelopes), sum(events_in(envelope, chaincode) for envelope in envelopes)
    same = discloses == {"transactions": transactions - 1, "events": events - 1}
    require(same, "DISCLOSURE_MISMATCH", "/block/discloses")


def events_in(envelope: bytes, chaincode: str) -> int:
    """How many events stand in the records that an envelope writes; others than endorser transactions write none."""
    try:
        namespaces = read_transaction(envelope, "/block/envelopes").proposal.namespaces
    except Fault:
        return 0
    records = (value for key, value in writes_of(namespaces, chaincode) if key.startswith("r~"))
    return sum(len(record["events"]) for record in records if is_record(record))


def is_record(value: Any) -> bool:
    return isinstance(value, dict) and value.get("doc_type") == "record" and isinstance(value.get("events"), list)
