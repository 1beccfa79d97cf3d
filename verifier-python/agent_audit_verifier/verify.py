"""Checks a file against what the user trusts, in the order of docs/evidence.md ("Checking")."""

import hashlib
from dataclasses import dataclass
from typing import Any

from .block import check_block
from .canonical import canonical
from .content import check_content
from .endorsements import Endorsements, Identities, check_listed, check_rule, check_signers
from .evidence_format import read_evidence
from .fault import Fault, require
from .reads import check_answer, check_checkpoint
from .signed_answer import Question, SignedAnswer, Version, open_answer
from .trust import Trust


@dataclass(frozen=True)
class Report:
    """`verdict` is "valid", "demonstration", "inconclusive" or "invalid"."""

    verdict: str
    file_sha256: str
    fault: Fault | None = None

    def as_json(self) -> dict[str, Any]:
        fault = {"code": self.fault.code, "pointer": self.fault.pointer} if self.fault else None
        return {"verdict": self.verdict, "fault": fault, "file_sha256": self.file_sha256}


def verify(data: bytes, trust: Trust, challenge: str | None = None) -> Report:
    """Never raises for what is in the file."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        file = read_evidence(data)
        check(file, trust, challenge)
    except Fault as fault:
        return Report(fault.verdict, digest, fault)
    return Report("demonstration" if file["network"]["demonstration"] else "valid", digest)


def check(file: dict[str, Any], trust: Trust, challenge: str | None) -> None:
    """Raises the first fault."""
    check_content(file)
    answers = answers_of(file, trust)
    asked = answers[0].answer["challenge"]
    require(challenge in (None, asked), "CHALLENGE_MISMATCH", f"{answers[0].pointer}/answer/challenge")
    identities = Identities(file["identities"])
    identities.check_order()
    endorsements = Endorsements(trust, identities)

    wanted: list[Version] = []
    signers: list[list[str]] = []
    for answer in answers:
        opened = open_answer(answer, trust.channel, identities.serialized)
        wanted += check_answer(answer, opened)
        signers.append(endorsements.check(answer, opened))
    together = check_checkpoints(checkpoints_of(file, trust, asked), wanted, trust, endorsements)
    check_signers(signers, together)
    check_listed(file["network"], trust, identities)
    if "block" in file:
        check_block(file, wanted[0], trust)
    check_rule(signers[0], trust)


def check_checkpoints(
    checkpoints: list[SignedAnswer], wanted: list[Version], trust: Trust, endorsements: Endorsements
) -> list[str]:
    """The organizations that signed them."""
    endorsements.check_ascending(checkpoints)
    organizations: list[str] = []
    for checkpoint in checkpoints:
        opened = open_answer(checkpoint, trust.channel, endorsements.identities.serialized)
        check_checkpoint(checkpoint, opened, wanted)
        organizations += endorsements.check(checkpoint, opened)
    return organizations


def answers_of(file: dict[str, Any], trust: Trust) -> list[SignedAnswer]:
    """The signed answers that the file is about, each with its question."""
    if "session" in file:
        return [signed_answer(part, f"/session/{index}", trust) for index, part in enumerate(file["session"])]
    name = next(name for name in ("event", "absence", "query") if name in file)
    return [signed_answer(file[name], f"/{name}", trust)]


def signed_answer(part: dict[str, Any], pointer: str, trust: Trust) -> SignedAnswer:
    function, *arguments = question_of(part["answer"])
    question = Question(trust.chaincode, function, [*arguments, part["answer"]["challenge"]])
    return SignedAnswer(pointer, part["answer"], part["signed"], question)


def question_of(answer: dict[str, Any]) -> list[str]:
    if "event" in answer:
        return ["ProveEvent", answer["event"]["locator"]]
    if "session" in answer:
        return ["ProveSession", answer["session"], str(answer["from_seq"])]
    if "reference" in answer:
        return ["ProveAbsence", answer["reference"]]
    return ["ProveQuery", canonical(answer["query"]).decode()]


def checkpoints_of(file: dict[str, Any], trust: Trust, challenge: str) -> list[SignedAnswer]:
    question = Question("qscc", "GetChainInfo", [trust.channel, challenge])
    return [
        SignedAnswer(f"/checkpoints/{index}", part["answer"], part["signed"], question)
        for index, part in enumerate(file["checkpoints"])
    ]
