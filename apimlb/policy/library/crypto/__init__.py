"""System.Security.Cryptography."""
