"""The command line: parse, wire, call one function, show. Imported by nobody."""
