"""Agents' own keys and signatures: step 2 of "Checking"."""

import base64
import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from .canonical import canonical
from .certificates import P256_ORDER
from .fault import require
from .shapes import from_base64url

REGISTRATION_TAG = b"agent-audit-ledger/key-registration/v1\n"
SIGNATURE_TAG = b"agent-audit-ledger/event-signature/v1\n"
ED25519_PRIME = 2**255 - 19


def check_signature(key: dict[str, Any], event: dict[str, Any], key_pointer: str, pointer: str) -> None:
    """The key is the agent's, has signed its own registration and the event's hash. `pointer` is the event's."""
    core, signature = event["core"], event["signature"]
    mine = key["owner"] == core["owner"] and key["agent_id"] == core["agent_id"]
    require(mine, "AGENT_KEY_MISMATCH", key_pointer)
    key_id = thumbprint(key["public_key"])
    require(key["key_id"] == key_id == signature["key_id"], "AGENT_KEY_MISMATCH", f"{key_pointer}/public_key")
    registration = {name: key[name] for name in ("agent_id", "owner", "public_key", "required")}
    proven = holds(key["public_key"], key["proof"], REGISTRATION_TAG + canonical(registration))
    require(proven, "KEY_PROOF_INVALID", f"{key_pointer}/proof")
    signed = holds(key["public_key"], signature["value"], SIGNATURE_TAG + bytes.fromhex(event["hash"]))
    require(signed, "AGENT_SIGNATURE_INVALID", f"{pointer}/signature/value")


def thumbprint(jwk: dict[str, str]) -> str:
    """RFC 7638: the members of a public key are all required ones."""
    return base64.urlsafe_b64encode(hashlib.sha256(canonical(jwk)).digest()).decode().rstrip("=")


def holds(jwk: dict[str, str], signature: str, data: bytes) -> bool:
    """Whether 64 bytes in base64url are a signature over the data."""
    try:
        raw = from_base64url(signature, 64)
        if jwk["crv"] == "Ed25519":
            ed25519_key(jwk).verify(raw, data)
        else:
            r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
            if s > P256_ORDER // 2:
                return False
            p256_key(jwk).verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
        return True
    except (ValueError, InvalidSignature):
        return False


def ed25519_key(jwk: dict[str, str]) -> ed25519.Ed25519PublicKey:
    raw = from_base64url(jwk["x"], 32)
    if not is_canonical_point(raw):
        raise ValueError("RFC 8032, 5.1.3: no point")
    return ed25519.Ed25519PublicKey.from_public_bytes(raw)


def is_canonical_point(raw: bytes) -> bool:
    """RFC 8032, 5.1.3: y is below p, and there is no negative 0. OpenSSL is laxer."""
    number = int.from_bytes(raw, "little")
    y, negative = number & (2**255 - 1), number >> 255
    return y < ED25519_PRIME and not (negative and y in (1, ED25519_PRIME - 1))


def p256_key(jwk: dict[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(from_base64url(jwk[name], 32), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
