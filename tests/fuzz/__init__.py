"""A fuzzer over the policy language: the reader, expressions, and whole policies."""
