"""Step 8 of "Checking": the orderers' signatures of a block, if the user named orderers."""

from typing import Any

from cryptography import x509

from . import fabric_messages as fabric
from .certificates import issuer_of, load_certificate, signed_by, units, valid_at
from .fault import Fault, require
from .trust import Orderers


def check_orderers(metadata: bytes, header: bytes, seconds: int, orderers: Orderers, pointer: str) -> None:
    """`metadata` is the block's entry SIGNATURES, `header` the DER of its header, `seconds` the time of the block."""
    read = fabric.METADATA.read(metadata, pointer)
    count = count_raft if orderers.consensus == "raft" else count_bft
    needed = 1 if orderers.consensus == "raft" else quorum(len(orderers.consenters))
    require(count(read, header, seconds, orderers, pointer) >= needed, "ORDERERS_NOT_MET", pointer)


def quorum(consenters: int) -> int:
    """ceil((n + f + 1) / 2), f being floor((n - 1) / 3)."""
    faulty = (consenters - 1) // 3
    return (consenters + faulty + 2) // 2


def count_raft(metadata: dict[str, Any], header: bytes, seconds: int, orderers: Orderers, pointer: str) -> int:
    signed = 0
    for entry in metadata["signatures"]:
        signer = trusted_orderer(entry["signature_header"], orderers, pointer)
        if signer is not None:
            certificate, issuer = signer
            valid = valid_at(certificate, seconds) and valid_at(issuer, seconds)
            require(valid, "CERTIFICATE_NOT_VALID_THEN", pointer)
            data = metadata["value"] + entry["signature_header"] + header
            require(signed_by(certificate, entry["signature"], data), "SIGNATURE_INVALID", pointer)
            signed += 1
    return signed


def trusted_orderer(
    signature_header: bytes, orderers: Orderers, pointer: str
) -> tuple[x509.Certificate, x509.Certificate] | None:
    """Certificate and issuer of a signer whom the user trusts as an orderer; None for any other."""
    creator = fabric.SIGNATURE_HEADER.read(signature_header, pointer)["creator"]
    identity = fabric.SERIALIZED_IDENTITY.read(creator, pointer)
    authorities = orderers.authorities.get(identity["msp_id"])
    if authorities is None:
        return None
    certificate = load_certificate(identity["certificate"], pointer)
    issuer = issuer_of(certificate, authorities)
    if issuer is None:
        raise Fault("CERTIFICATE_NOT_TRUSTED", pointer)
    return (certificate, issuer) if "orderer" in units(certificate) else None


def count_bft(metadata: dict[str, Any], header: bytes, seconds: int, orderers: Orderers, pointer: str) -> int:
    signed: set[int] = set()
    for entry in metadata["signatures"]:
        identifier = fabric.IDENTIFIER_HEADER.read(entry["identifier_header"], pointer)["identifier"]
        consenter = orderers.consenters.get(identifier)
        if consenter is not None:
            require(valid_at(consenter, seconds), "CERTIFICATE_NOT_VALID_THEN", pointer)
            data = metadata["value"] + entry["identifier_header"] + header
            require(signed_by(consenter, entry["signature"], data), "SIGNATURE_INVALID", pointer)
            signed.add(identifier)
    return len(signed)
