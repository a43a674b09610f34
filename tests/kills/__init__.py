"""Commands that are killed while they change a stack, and what the next one makes of that."""
