"""Tokens that a request must carry: validate-azure-ad-token, validate-jwt."""

from apimlb.policy.draft import Entry

TABLE: dict[str, Entry] = {}
