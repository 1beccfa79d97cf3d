"""X.509 certificates as Fabric uses them."""

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID, NameOID, PublicKeyAlgorithmOID, SignatureAlgorithmOID

from .fault import Fault, require

# The order of the group of P-256 (FIPS 186-4, D.1.2.3).
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DEMONSTRATION_OID = x509.ObjectIdentifier("2.999.476349744")
DEMONSTRATION_WORDS = "DEMO – all keys in one process"
KNOWN_CRITICAL = {
    ExtensionOID.KEY_USAGE,
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.EXTENDED_KEY_USAGE,
    DEMONSTRATION_OID,
}
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


def load_authorities(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a file that the user made. Raises ValueError."""
    return x509.load_pem_x509_certificates(pem)


def load_certificate(pem: str, pointer: str) -> x509.Certificate:
    """The one certificate of an identity. Raises MALFORMED_CERTIFICATE."""
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
        require(len(found) == 1, "MALFORMED_CERTIFICATE", pointer)
        require(as_fabric_uses_them(found[0]), "MALFORMED_CERTIFICATE", pointer)
        return found[0]
    except UNREADABLE as error:
        raise Fault("MALFORMED_CERTIFICATE", pointer) from error


def as_fabric_uses_them(certificate: x509.Certificate) -> bool:
    units(certificate)
    return (
        certificate.public_key_algorithm_oid == PublicKeyAlgorithmOID.EC_PUBLIC_KEY
        and has_p256_key(certificate)
        and certificate.signature_algorithm_oid == SignatureAlgorithmOID.ECDSA_WITH_SHA256
        and all(not extension.critical or extension.oid in KNOWN_CRITICAL for extension in certificate.extensions)
    )


def has_p256_key(certificate: x509.Certificate) -> bool:
    """A key whose point is not on the curve is a P-256 key too: it signs nothing."""
    key = public_key(certificate)
    return key is None or isinstance(key.curve, ec.SECP256R1)


def public_key(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey | None:
    try:
        key = certificate.public_key()
    except ValueError:
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) else None


def issuer_of(certificate: x509.Certificate, authorities: list[x509.Certificate]) -> x509.Certificate | None:
    """The authority that issued it."""
    return next((authority for authority in authorities if issued(certificate, authority)), None)


def issued(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
        return is_authority(authority)
    except (*UNREADABLE, InvalidSignature):
        return False


def is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def units(certificate: x509.Certificate) -> list[str]:
    """The organizational units of the subject."""
    found = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    return [str(attribute.value) for attribute in found]


def valid_at(certificate: x509.Certificate, seconds: int) -> bool:
    start = certificate.not_valid_before_utc.timestamp()
    return start <= seconds <= certificate.not_valid_after_utc.timestamp()


def is_demonstration(certificate: x509.Certificate) -> bool:
    marked = any(extension.critical and extension.oid == DEMONSTRATION_OID for extension in certificate.extensions)
    return marked or any(DEMONSTRATION_WORDS in str(attribute.value) for attribute in certificate.subject)


def spki(certificate: x509.Certificate) -> bytes:
    """The key with its kind (SubjectPublicKeyInfo)."""
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(SHA256()).hex()


def signed_by(certificate: x509.Certificate, signature: bytes, data: bytes) -> bool:
    """ECDSA with SHA-256, the DER of R and S with S in the lower half."""
    key = public_key(certificate)
    try:
        _, s = decode_dss_signature(signature)
        if key is None or not 0 < s <= P256_ORDER // 2:
            return False
        key.verify(signature, data, ec.ECDSA(SHA256()))
        return True
    except (ValueError, InvalidSignature):
        return False
