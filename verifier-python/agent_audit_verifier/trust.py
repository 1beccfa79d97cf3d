"""What the user trusts: a folder, nothing of which comes from the evidence."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from .certificates import load_authorities


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
        settings = json.loads((folder / "trust.json").read_text("utf-8"))
        return trust_of(settings, read_pems(folder), read_pems(folder / "orderers"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrustError(f"{folder} is no trust folder: {error}") from error


def trust_of(settings: dict[str, Any], pems: dict[str, list[x509.Certificate]], orderer_pems: dict[str, Any]) -> Trust:
    known(settings, {"version", "channel", "chaincode", "rule", "bracket", "orderers"})
    known(settings["rule"], {"at_least", "required"})
    bracket = settings.get("bracket", {})
    known(bracket, {"not_before", "not_after"})
    at_least = settings["rule"]["at_least"]
    if settings["version"] != 1 or type(at_least) is not int or at_least < 1:
        raise ValueError("version has to be 1, at_least 1 or more")
    required = list(settings["rule"].get("required", []))
    if at_least > len(pems) or not set(required) <= pems.keys():
        raise ValueError("the rule asks for more organizations than there are PEM files")
    return Trust(
        channel=settings.get("channel", "audit"),
        chaincode=settings.get("chaincode", "audit"),
        at_least=at_least,
        required=required,
        bracket=Bracket(*(seconds(bracket.get(end)) for end in ("not_before", "not_after"))),
        orderers=orderers_of(settings.get("orderers"), orderer_pems),
        authorities=pems,
    )


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
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment.timestamp()


def read_pems(folder: Path) -> dict[str, list[x509.Certificate]]:
    """Certificates by the file's name without `.pem`."""
    return {path.stem: load_authorities(path.read_bytes()) for path in sorted(folder.glob("*.pem"))}
