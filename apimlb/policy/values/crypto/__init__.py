"""Keys, certificates, hashes and ciphers."""
