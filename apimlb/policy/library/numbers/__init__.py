"""Numbers: their types, Math, Convert, BitConverter, and what draws them."""
