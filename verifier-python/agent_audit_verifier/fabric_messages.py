"""The messages of Hyperledger Fabric that evidence holds, by the field numbers of fabric-protos."""

from .wire import Field, Message, length_delimited


def message(**fields: tuple) -> Message:
    """Fields by name: number, kind and, for a list, True."""
    return Message({number: Field(name, *rest) for name, (number, *rest) in fields.items()})


TIMESTAMP = message(seconds=(1, "uint"), nanos=(2, "uint"))
CHAINCODE_ID = message(path=(1, "text"), name=(2, "text"), version=(3, "text"))

SERIALIZED_IDENTITY = message(msp_id=(1, "text"), certificate=(2, "text"))
SIGNATURE_HEADER = message(creator=(1, "bytes"), nonce=(2, "bytes"))
CHANNEL_HEADER = message(
    type=(1, "uint"),
    version=(2, "uint"),
    timestamp=(3, TIMESTAMP),
    channel_id=(4, "text"),
    tx_id=(5, "text"),
    epoch=(6, "uint"),
    extension=(7, "bytes"),
    tls_cert_hash=(8, "bytes"),
)
CHAINCODE_HEADER_EXTENSION = message(chaincode_id=(2, CHAINCODE_ID))

MAP_ENTRY = message(key=(1, "text"), value=(2, "bytes"))
CHAINCODE_INPUT = message(args=(1, "text", True), decorations=(2, MAP_ENTRY, True), is_init=(3, "uint"))
CHAINCODE_SPEC = message(
    type=(1, "uint"), chaincode_id=(2, CHAINCODE_ID), input=(3, CHAINCODE_INPUT), timeout=(4, "uint")
)
CHAINCODE_INVOCATION_SPEC = message(chaincode_spec=(1, CHAINCODE_SPEC))
CHAINCODE_PROPOSAL_PAYLOAD = message(input=(1, "bytes"), transient_map=(2, MAP_ENTRY, True))

RESPONSE = message(status=(1, "uint"), message=(2, "text"), payload=(3, "bytes"))
CHAINCODE_ACTION = message(
    results=(1, "bytes"), events=(2, "bytes"), response=(3, RESPONSE), chaincode_id=(4, CHAINCODE_ID)
)
PROPOSAL_RESPONSE_PAYLOAD = message(proposal_hash=(1, "bytes"), extension=(2, "bytes"))

VERSION = message(block_num=(1, "uint"), tx_num=(2, "uint"))
KV_READ = message(key=(1, "text"), version=(2, VERSION))
KV_WRITE = message(key=(1, "text"), is_delete=(2, "uint"), value=(3, "bytes"))
KV_METADATA_WRITE = message(key=(1, "text"), entries=(2, "bytes", True))
RANGE_QUERY_INFO = message(
    start_key=(1, "text"),
    end_key=(2, "text"),
    itr_exhausted=(3, "uint"),
    raw_reads=(4, message(kv_reads=(1, KV_READ, True))),
    reads_merkle_hashes=(
        5,
        message(max_degree=(1, "uint"), max_level=(2, "uint"), max_level_hashes=(3, "bytes", True)),
    ),
)
KV_RW_SET = message(
    reads=(1, KV_READ, True),
    range_queries_info=(2, RANGE_QUERY_INFO, True),
    writes=(3, KV_WRITE, True),
    metadata_writes=(4, KV_METADATA_WRITE, True),
)
NS_READ_WRITE_SET = message(
    namespace=(1, "text"), rwset=(2, "bytes"), collection_hashed_rwset=(3, "bytes", True)
)
TX_READ_WRITE_SET = message(data_model=(1, "uint"), ns_rwset=(2, NS_READ_WRITE_SET, True))

BLOCKCHAIN_INFO = message(
    height=(1, "uint"), current_block_hash=(2, "bytes"), previous_block_hash=(3, "bytes"), snapshot=(4, "bytes")
)

ENVELOPE = message(payload=(1, "bytes"), signature=(2, "bytes"))
HEADER = message(channel_header=(1, "bytes"), signature_header=(2, "bytes"))
PAYLOAD = message(header=(1, HEADER), data=(2, "bytes"))
TRANSACTION = message(actions=(1, message(header=(1, "bytes"), payload=(2, "bytes")), True))
ENDORSEMENT = message(endorser=(1, "bytes"), signature=(2, "bytes"))
CHAINCODE_ENDORSED_ACTION = message(
    proposal_response_payload=(1, "bytes"), endorsements=(2, ENDORSEMENT, True)
)
CHAINCODE_ACTION_PAYLOAD = message(
    chaincode_proposal_payload=(1, "bytes"), action=(2, CHAINCODE_ENDORSED_ACTION)
)

METADATA = message(
    value=(1, "bytes"),
    signatures=(
        2,
        message(signature_header=(1, "bytes"), signature=(2, "bytes"), identifier_header=(3, "bytes")),
        True,
    ),
)
IDENTIFIER_HEADER = message(identifier=(1, "uint"), nonce=(2, "bytes"))


def serialized_identity(msp_id: str, certificate: str) -> bytes:
    """SerializedIdentity, written anew."""
    return length_delimited(1, msp_id.encode()) + length_delimited(2, certificate.encode())


def signature_header(creator: bytes, nonce: bytes) -> bytes:
    """SignatureHeader, written anew."""
    return length_delimited(1, creator) + length_delimited(2, nonce)
