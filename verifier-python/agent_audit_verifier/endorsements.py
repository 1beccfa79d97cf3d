"""Steps 6, 7 and 9 of "Checking": who signed."""

import base64
from typing import Any

from cryptography import x509

from . import fabric_messages as fabric
from .certificates import is_authority, is_demonstration, issuer_of, load_certificate, signed_by, units, valid_at
from .fault import require
from .signed_answer import Opened, SignedAnswer
from .trust import Trust


class Identities:
    """The file's identities, and which of them were used."""

    def __init__(self, entries: list[dict[str, str]]) -> None:
        self.entries = entries
        self.serialized = [
            fabric.serialized_identity(entry["msp_id"], entry["certificate"]) for entry in entries
        ]
        self.used: set[int] = set()
        self.signers: set[int] = set()

    def check_order(self) -> None:
        for index in range(1, len(self.serialized)):
            ascends = self.serialized[index - 1] < self.serialized[index]
            require(ascends, "OUT_OF_ORDER", f"/identities/{index}")

    def msp_id(self, index: int) -> str:
        return self.entries[index]["msp_id"]

    def certificate(self, index: int) -> x509.Certificate:
        return load_certificate(self.entries[index]["certificate"], f"/identities/{index}/certificate")


class Endorsements:
    """Step 6: who endorsed which answer."""

    def __init__(self, trust: Trust, identities: Identities) -> None:
        self.trust = trust
        self.identities = identities

    def check(self, answer: SignedAnswer, opened: Opened) -> list[str]:
        """The organizations that signed an answer, in the file's order."""
        pointer = f"{answer.pointer}/signed"
        require(self.trust.bracket.holds(opened.seconds), "OUTSIDE_BRACKET", f"{pointer}/channel_header")
        self.identities.used.add(answer.signed["creator"])
        payload = base64.b64decode(answer.signed["response_payload"])
        organizations: list[str] = []
        before = -1
        for index, endorsement in enumerate(answer.signed["endorsements"]):
            here, place = f"{pointer}/endorsements/{index}", endorsement["identity"]
            require(place > before, "OUT_OF_ORDER", f"{here}/identity")
            require(place < len(self.identities.entries), "UNKNOWN_IDENTITY", f"{here}/identity")
            organization = self.identities.msp_id(place)
            self.check_signature(place, payload, endorsement["signature"], opened.seconds, here)
            require(organization not in organizations, "DUPLICATE_ORGANIZATION", f"{here}/identity")
            organizations.append(organization)
            before = place
        return organizations

    def check_ascending(self, checkpoints: list[SignedAnswer]) -> None:
        """All endorsements of all checkpoints ascend, one behind the other."""
        places = [entry["identity"] for one in checkpoints for entry in one.signed["endorsements"]]
        ascend = all(before < after for before, after in zip(places, places[1:]))
        require(ascend, "OUT_OF_ORDER", "/checkpoints")

    def check_signature(self, place: int, payload: bytes, signature: str, seconds: int, pointer: str) -> None:
        at = f"/identities/{place}/certificate"
        certificate = self.identities.certificate(place)
        authorities = self.trust.authorities.get(self.identities.msp_id(place))
        if authorities is not None:
            check_certificate(certificate, authorities, "peer", seconds, at)
        data = payload + self.identities.serialized[place]
        valid = signed_by(certificate, base64.b64decode(signature), data)
        require(valid, "SIGNATURE_INVALID", f"{pointer}/signature")
        self.identities.used.add(place)
        self.identities.signers.add(place)


def check_certificate(
    certificate: x509.Certificate,
    authorities: list[x509.Certificate],
    role: str | None,
    seconds: int,
    pointer: str,
) -> None:
    """It was issued by one of the authorities, is none itself, has the role and was valid then."""
    issuer = issuer_of(certificate, authorities)
    require(issuer is not None, "CERTIFICATE_NOT_TRUSTED", pointer)
    require(not is_authority(certificate), "NOT_A_PEER", pointer)
    require(role is None or role in units(certificate), "NOT_A_PEER", pointer)
    valid = valid_at(certificate, seconds) and valid_at(issuer, seconds)
    require(valid, "CERTIFICATE_NOT_VALID_THEN", pointer)


def check_signers(answers: list[list[str]], checkpoints: list[str]) -> None:
    """Step 7: the same organizations signed each answer, and the checkpoints together, each once."""
    signers = sorted(answers[0])
    same = all(sorted(organizations) == signers for organizations in [*answers, checkpoints])
    require(same, "SIGNERS_DIFFER", "/checkpoints")


def check_listed(network: dict[str, Any], trust: Trust, identities: Identities) -> None:
    """Step 7: every identity was used, and `network` is what was signed."""
    for index in range(len(identities.entries)):
        require(index in identities.used, "UNUSED_IDENTITY", f"/identities/{index}")
    require(network["channel"] == trust.channel, "NETWORK_MISMATCH", "/network/channel")
    require(network["chaincode"] == trust.chaincode, "NETWORK_MISMATCH", "/network/chaincode")
    marked = any(bears_marks(index, trust, identities) for index in identities.signers)
    require(network["demonstration"] == marked, "NETWORK_MISMATCH", "/network/demonstration")


def bears_marks(index: int, trust: Trust, identities: Identities) -> bool:
    certificate = identities.certificate(index)
    issuer = issuer_of(certificate, trust.authorities.get(identities.msp_id(index), []))
    return is_demonstration(certificate) or (issuer is not None and is_demonstration(issuer))


def check_rule(organizations: list[str], trust: Trust) -> None:
    """Step 9: the user's own rule."""
    counted = [organization for organization in organizations if organization in trust.authorities]
    require(bool(counted), "UNTRUSTED_ORGANIZATIONS")
    enough = len(counted) >= trust.at_least and set(trust.required) <= set(counted)
    require(enough, "RULE_NOT_MET")
