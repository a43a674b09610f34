"""Newtonsoft.Json 10."""
