"""What a type is: its definition and members, and the types that are made of others."""
