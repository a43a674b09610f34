"""DateTime, DateTimeOffset and TimeSpan."""
