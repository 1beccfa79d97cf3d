"""python3 -m agent_audit_verifier FILE --trust DIR [--challenge TEXT] [--allow-demo] [--json]"""

import argparse
import functools
import json
import sys
from pathlib import Path
from typing import NoReturn

from .trust import Trust, TrustError, read_trust
from .verify import Report, verify

EXIT = {"valid": 0, "invalid": 1, "inconclusive": 2, "demonstration": 3}
USAGE = 64


class Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{message}\n")


def main() -> int:
    """The exit status."""
    arguments = parser().parse_args()
    try:
        if arguments.batch:
            return batch()
        if arguments.file is None or arguments.trust is None:
            parser().error("FILE and --trust DIR are needed")
        report = verify(arguments.file.read_bytes(), read_trust(arguments.trust), arguments.challenge)
    except (OSError, TrustError) as error:
        print(error, file=sys.stderr)
        return USAGE
    print(json.dumps(report.as_json(), indent=2) if arguments.json else page(report))
    allowed = arguments.allow_demo and report.verdict == "demonstration"
    return 0 if allowed else EXIT[report.verdict]


def parser() -> argparse.ArgumentParser:
    found = Arguments(prog="agent_audit_verifier", description="Checks evidence offline: docs/evidence.md.")
    found.add_argument("file", metavar="FILE", type=Path, nargs="?")
    found.add_argument("--trust", metavar="DIR", type=Path)
    found.add_argument("--challenge", metavar="TEXT", help="the one that the evidence was asked for with")
    found.add_argument("--allow-demo", action="store_true", help="exit 0 for evidence of a demonstration network")
    found.add_argument("--json", action="store_true", help="print the report as JSON")
    found.add_argument(
        "--batch",
        action="store_true",
        help='check many: lines of {"text", "trust", "challenge"?} on stdin, a report for each on stdout',
    )
    return found


def batch() -> int:
    trusts = functools.lru_cache(maxsize=100)(read_trust)
    for line in sys.stdin:
        asked = json.loads(line)
        trust: Trust = trusts(Path(asked["trust"]))
        report = verify(asked["text"].encode("utf-8", "surrogatepass"), trust, asked.get("challenge"))
        print(json.dumps(report.as_json()))
    return 0


def page(report: Report) -> str:
    lines = [report.verdict.upper()]
    if report.verdict == "demonstration":
        lines[0] = "VALID, but NOT INDEPENDENT: all keys of this network are in one process"
    if report.fault:
        lines.append(f"{report.fault.code} at {report.fault.pointer or '/'}")
    lines.append(f"SHA-256 of the file: {report.file_sha256}")
    return "\n".join(lines)


sys.exit(main())
