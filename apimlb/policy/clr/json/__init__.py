"""Newtonsoft.Json 10."""

from apimlb.policy.clr.json import order  # tokens are equal and have their text wherever they are made
from apimlb.policy.clr.json.writer import to_json

__all__ = ["order", "to_json"]
