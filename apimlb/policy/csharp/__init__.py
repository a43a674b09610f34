"""C# 7 as policy expressions have it: lexer, parser, binder with static types, and the Python they write."""
