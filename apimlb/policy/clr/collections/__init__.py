"""Arrays, lists, sets, dictionaries, tuples."""
