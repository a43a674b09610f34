"""The stand-in for Azure AI Content Safety."""
