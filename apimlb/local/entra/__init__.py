"""The Microsoft Entra tenant of the local Azure: who calls, and the tokens that say so."""
