"""What is wrong with a file."""

INCONCLUSIVE = frozenset({"ORDERERS_NOT_MET", "UNTRUSTED_ORGANIZATIONS", "RULE_NOT_MET"})


class Fault(Exception):
    """The first thing that fails: a code of docs/evidence.md ("Faults") and a JSON pointer (RFC 6901) into the file."""

    def __init__(self, code: str, pointer: str = "") -> None:
        super().__init__(f"{code} at {pointer or 'the whole file'}")
        self.code = code
        self.pointer = pointer

    @property
    def verdict(self) -> str:
        return "inconclusive" if self.code in INCONCLUSIVE else "invalid"


def require(condition: bool, code: str, pointer: str = "") -> None:
    """Raises the fault unless the condition holds."""
    if not condition:
        raise Fault(code, pointer)
