"""Checks evidence of the Agent Audit Ledger: a second verifier, written from docs/evidence.md alone."""
