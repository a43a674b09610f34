"""What a real Azure is asked about what its documents leave open, and what came of it."""
