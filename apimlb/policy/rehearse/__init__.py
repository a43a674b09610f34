"""Policies and expressions run without a gateway."""
