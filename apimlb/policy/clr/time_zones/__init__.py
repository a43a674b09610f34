"""TimeZoneInfo and TimeZone."""
