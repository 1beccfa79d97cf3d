"""What the user trusts: a folder, nothing of which comes from the evidence."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from .certificates import is_authority, load_authorities, spki
from .event_core import timestamp
from .fault import Fault
from .strict_json import parse


class TrustError(Exception):
    """The folder is not one that the verifier can use."""


@dataclass(frozen=True)
class Bracket:
    """Seconds since 1970; None leaves an end open."""

    not_before: float | None = None
    not_after: float | None = None

    def holds(self, seconds: int) -> bool:
        early = self.not_before is not None and seconds < self.not_before
        late = self.not_after is not None and seconds > self.not_after
        return not early and not late


@dataclass(frozen=True)
class Orderers:
    """`authorities` by MSP id with Raft, `consenters` by number with BFT."""

    consensus: str
    authorities: dict[str, list[x509.Certificate]] = field(default_factory=dict)
    consenters: dict[int, x509.Certificate] = field(default_factory=dict)


@dataclass(frozen=True)
class Trust:
    channel: str
    chaincode: str
    at_least: int
    required: list[str]
    bracket: Bracket
    orderers: Orderers | None
    authorities: dict[str, list[x509.Certificate]]


def read_trust(folder: Path) -> Trust:
    """Reads `trust.json` and the PEM files. Raises TrustError."""
    try:
        settings = parse((folder / "trust.json").read_bytes())
        pems = {name: authorities(found) for name, found in read_pems(folder).items()}
        refuse_shared(pems)
        return trust_of(settings, pems, read_pems(folder / "orderers"))
    except Fault as error:
        raise TrustError(f"{folder}: trust.json is not strict JSON, or has a time that is none") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrustError(f"{folder} is no trust folder: {error}") from error


def trust_of(settings: dict[str, Any], pems: dict[str, list[x509.Certificate]], orderer_pems: dict[str, Any]) -> Trust:
    known(settings, {"version", "channel", "chaincode", "rule", "bracket", "orderers"})
    known(settings["rule"], {"at_least", "required"})
    bracket = settings.get("bracket", {})
    known(bracket, {"not_before", "not_after"})
    at_least = settings["rule"]["at_least"]
    if type(settings["version"]) is not int or settings["version"] != 1 or type(at_least) is not int or at_least < 1:
        raise ValueError("version has to be 1, at_least 1 or more")
    required = settings["rule"].get("required", [])
    if type(required) is not list or not all(type(name) is str for name in required):
        raise ValueError("required has to be a list of names")
    if at_least > len(pems) or not set(required) <= pems.keys():
        raise ValueError("the rule asks for more organizations than there are PEM files")
    return Trust(
        channel=name_of(settings.get("channel", "audit")),
        chaincode=name_of(settings.get("chaincode", "audit")),
        at_least=at_least,
        required=required,
        bracket=bracket_of(bracket),
        orderers=orderers_of(settings.get("orderers"), orderer_pems),
        authorities=pems,
    )


def bracket_of(settings: dict[str, Any]) -> Bracket:
    bracket = Bracket(*(seconds(settings.get(end)) for end in ("not_before", "not_after")))
    if bracket.not_before is not None and bracket.not_after is not None and bracket.not_before > bracket.not_after:
        raise ValueError("the bracket ends before it begins")
    return bracket


def name_of(text: Any) -> str:
    if type(text) is not str or not 1 <= len(text) <= 256:
        raise ValueError("a name has 1 to 256 characters")
    return text


def authorities(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    if not certificates or not all(is_authority(one) for one in certificates):
        raise ValueError("a PEM file of an organization has certificates of authorities, and nothing else")
    return certificates


def refuse_shared(pems: dict[str, list[x509.Certificate]]) -> None:
    """An authority of two organizations could issue a certificate for either."""
    owners: dict[bytes, str] = {}
    for msp_id, certificates in pems.items():
        for certificate in certificates:
            if owners.setdefault(spki(certificate), msp_id) != msp_id:
                raise ValueError(f"{owners[spki(certificate)]} and {msp_id} have one and the same authority")


def orderers_of(settings: Any, pems: dict[str, list[x509.Certificate]]) -> Orderers | None:
    if settings is None:
        return None
    known(settings, {"consensus"})
    if not pems:
        raise ValueError("orderers are named, but the folder orderers has no PEM file")
    if settings["consensus"] == "raft":
        return Orderers("raft", authorities=pems)
    if settings["consensus"] == "bft":
        return Orderers("bft", consenters={int(number): found[0] for number, found in pems.items()})
    raise ValueError("consensus has to be raft or bft")


def known(settings: dict[str, Any], keys: set[str]) -> None:
    unknown = settings.keys() - keys
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")


def seconds(text: str | None) -> float | None:
    if text is None:
        return None
    timestamp(text, "")
    return datetime.fromisoformat(text).timestamp()


def read_pems(folder: Path) -> dict[str, list[x509.Certificate]]:
    """Certificates by the file's name without `.pem`."""
    return {path.stem: load_authorities(path.read_bytes()) for path in sorted(folder.glob("*.pem"))}
