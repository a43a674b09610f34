"""Microsoft.CognitiveServices: accounts, deployments, models and their quota."""
