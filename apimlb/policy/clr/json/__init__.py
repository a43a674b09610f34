"""Newtonsoft.Json 10."""

from apimlb.policy.clr.json.writer import to_json  # tokens have their text wherever they are made

__all__ = ["to_json"]
