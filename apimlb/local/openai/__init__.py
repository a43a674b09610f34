"""The Azure OpenAI accounts of the local Azure: plausible answers, and throttling by Azure's rules."""
