"""Microsoft's SDK: the only door to it. Its answers become `Answer`s, and its errors `Refused`."""
