"""Text to syntax tree: the lexer, the parser and the nodes of C# 7."""
