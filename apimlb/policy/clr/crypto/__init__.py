"""System.Security.Cryptography: hashes, ciphers and RSA."""
