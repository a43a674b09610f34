"""From a syntax tree to typed Python: a function `(scope, node) -> bound` for each class of nodes.

`binder` binds a whole expression, and says which function binds which class; `dispatch` looks it up. An
expression becomes a `Bound` (its type, its code, what is known of it), a lambda or method group an `Untyped`
until a delegate gives it a type, and a statement becomes lines. `scope` says what a scope is.

Floors, from the ground up; `tests/unit/test_house.py` holds them:

    bound, emit                what binding makes: values and lines
    captures                   which locals closures share
    scope, dispatch            where a node stands; who binds it
    values, lookup, …          constants, `throw`, what names mean, conversions, texts
    flow_state, flow           what runs and what has a value
    folding … operators        what operands make
    assignables … calls        what can be assigned; arguments, inference, overloads, and their calls
    members, creation, …       the other expressions
    blocks, loops, switch      statements
    binder
"""
