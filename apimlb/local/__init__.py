"""The local Azure: ARM, the API Management gateway, Entra and rate-limited OpenAI accounts in one process."""
