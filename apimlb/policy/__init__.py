"""The policy language of API Management: XML with C# expressions, checked once and run for each request.

How a policy goes through the house
-----------------------------------

1. `document.reader` reads the text, XML in API Management's own dialect, into elements that know their line
   and column. `document.brackets` tells it where an expression ends.
2. `document.draft` walks the elements. It looks up each tag's row in the table of `elements`, and calls the
   row's compile function with a `Draft`: the element's attributes, texts and children as typed getters.
3. The getter of an expression comes from `csharp.expression`: text -> `csharp.syntax` (tokens, then a tree)
   -> `csharp.binding` (the tree with static types, written as Python) -> a Python function of the context.
   What an expression may name is a row of `apim.members`: the types of .NET (`clr`), and those that API
   Management adds (`apim`). A name without a row does not exist.
4. The compile function returns what the element does: an `Act` of `run.exchange`. Acts make blocks, and
   blocks the four sections of a `run.exchange.PolicyDocument`. `compiler.effective` makes one `Policy` of the
   documents of several scopes. An `InvalidPolicy` (`document.problems`) carries every problem that was found.
5. `run.pipeline` runs a `Policy` on an `Exchange`: inbound, backend, outbound, and on-error after a fault.

Public modules
--------------

The rest of apimlb imports `compiler` (compile), `document.reader` and `document.brackets` (read alone), `run`
and `apim.context` with `apim.credentials` (run), `rehearse` (run without a gateway), `switches` (open
questions about Azure), and nothing else.

Floors
------

A module imports from its own floor and from those below it, and no module imports itself by way of others.
`tests/unit/test_house.py` holds both. From the ground up:

    switches, clr          .NET: values, and the members that they have. On floors of its own:
        exceptions, budget …   what a value may throw, and what an evaluation may spend
        objects.text           text and equality of any value; a type registers what it has of its own
        values                 the Python classes of .NET's types: numbers, dates, tokens, nodes, collections
        objects.ordering, types  order, type and cast
        families               numbers, dates, strings, collections, json, xml … : the rows of each type, in a
                               module that has its name. A row names what does the work
        library                all families; those that few policies use are loaded when they are named
    apim                   the `context` variable: its objects and their rows
    csharp.syntax, run     how an expression is written; how a policy runs. Neither knows the other
    csharp                 conversions, then binding (see there), then `expression`, which compiles one
    document               reading and checking; the table of elements is handed in
    elements               a row and a compile function for each element, by family
    compiler               documents and elements joined
    rehearse               written cases, scripted backends

Elements stand above `run`: an element does its work on an `Exchange`. The pipeline runs blocks, and does not
know which elements there are.
"""
