"""DateTime, DateTimeOffset and TimeSpan."""

# Values of these types have their text wherever they are made.
from apimlb.policy.clr.dates.formatting import format_date

__all__ = ["format_date"]
