"""One gateway in front of several Azure OpenAI accounts."""
