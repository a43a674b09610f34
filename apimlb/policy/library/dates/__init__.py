"""Times: DateTime, TimeSpan and their kin, and time zones."""
