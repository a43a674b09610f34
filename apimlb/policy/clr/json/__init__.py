"""Newtonsoft.Json 10."""

# Values of these types have their text wherever they are made.
from apimlb.policy.clr.json.writer import to_json

__all__ = ["to_json"]
