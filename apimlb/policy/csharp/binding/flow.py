"""Which statements run, and which locals have a value where (C# specification: end points and reachability,
definite assignment).

A function takes a node and where it stands, with the state before it, and gives the state after it; for a
condition it gives two, of where it is true and of where it is false.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from apimlb.errors import PolicyError
from apimlb.policy.csharp.binding.flow_state import DEAD, PASSED, Flow, Jumps, Walk, met
from apimlb.policy.csharp.binding.scope import Scope
from apimlb.policy.csharp.syntax import nodes, statement_nodes
from apimlb.policy.csharp.syntax.nodes import Node, TypedName


def walked(scope: Scope, body: Node, *, closely: bool) -> tuple[bool, PolicyError | None]:
    """Walk through the body of a function after it is bound. Whether its end is reached, and the first
    problem of how it runs. Without `closely` expressions are passed over."""
    walk = Walk(scope.program.truths, closely)
    end, _ = _function_states(Flow(walk, {}, {}), body)
    first = min(walk.findings, key=lambda each: each.at, default=None)
    return end != DEAD, scope.error(first.code, first.at, *first.values) if first else None


def _after(flow: Flow, node: Node | None) -> int:
    """The state after an expression or a statement, where there is one."""
    flow.pay()
    follow = STATEMENTS.get(type(node))
    if follow is None and flow.walk.closely and node is not None:
        follow = _EXPRESSIONS.get(type(node), _in_order)
    return flow.state if follow is None else follow(flow, node)


def _after_all(flow: Flow, several: Iterable[Node]) -> int:
    for node in several:
        flow = flow.at(_after(flow, node))
    return flow.state


def _in_order(flow: Flow, node: Node) -> int:
    """A node that does nothing but what the nodes in it do."""
    return _after_all(flow, nodes.children(node))


# Conditions


def _test(flow: Flow, node: Node) -> tuple[int, int]:
    """The condition of a statement: the states where it is true and where it is false."""
    constant = _truth(flow, node)
    if constant is not None:
        return (flow.state, DEAD) if constant else (DEAD, flow.state)
    return _outcomes(flow, node) if flow.walk.closely else (flow.state, flow.state)


def _outcomes(flow: Flow, node: Node) -> tuple[int, int]:
    """A condition in an expression: the states where it is true and where it is false."""
    constant = _truth(flow, node)
    if constant is not None:
        never = flow.state | PASSED
        return (flow.state, never) if constant else (never, flow.state)
    if isinstance(node, nodes.Unary) and node.operator == "!":
        true, false = _outcomes(flow, node.operand)
        return false, true
    if isinstance(node, nodes.Checked):
        return _outcomes(flow, node.operand)
    if isinstance(node, nodes.Binary) and node.operator in ("&&", "||"):
        return _logical(flow, node)
    if isinstance(node, nodes.Is):
        return _pattern(flow, node)
    state = _after(flow, node)
    return state, state


def _truth(flow: Flow, node: Node) -> bool | None:
    """The value of a condition that is constant. Binding may not have got to it because of an error, so that
    `true`, `!false` and the like are looked at here."""
    found = flow.walk.truths.get(id(node))
    if found is None and isinstance(node, nodes.Literal) and isinstance(node.value, bool):
        return node.value
    if found is None and isinstance(node, nodes.Unary) and node.operator == "!":
        inner = _truth(flow, node.operand)
        return None if inner is None else not inner
    return found


def _logical(flow: Flow, node: nodes.Binary) -> tuple[int, int]:
    first, parts = nodes.chain(node)
    true, false = _outcomes(flow, first)
    for part in parts:
        if node.operator == "&&":
            true, other = _outcomes(flow.at(true), part.right)
            false &= other
        else:
            other, false = _outcomes(flow.at(false), part.right)
            true &= other
    return true, false


def _pattern(flow: Flow, node: nodes.Is) -> tuple[int, int]:
    flow = flow.at(_after(flow, node.operand))
    if not isinstance(node.pattern, TypedName):
        return flow.state, flow.state
    flow = flow.fresh(node.pattern.name)
    always = id(node.pattern) in flow.walk.truths
    return flow.assigned(node.pattern.name).state, flow.state | PASSED if always else flow.state


def _split(flow: Flow, node: Node) -> int:
    """A condition that is computed for its value."""
    true, false = _outcomes(flow, node)
    return true & false


# Expressions


def _unary(flow: Flow, node: nodes.Unary) -> int:
    return _split(flow, node) if node.operator == "!" else _after(flow, node.operand)


def _binary(flow: Flow, node: nodes.Binary) -> int:
    if node.operator in ("&&", "||"):
        return _split(flow, node)
    if node.operator == "??":
        flow = flow.at(_after(flow, node.left))
        return flow.state & _after(flow, node.right)
    first, parts = nodes.chain(node)
    return _after_all(flow, (first, *(part.right for part in parts)))


def _conditional(flow: Flow, node: nodes.Conditional) -> int:
    true, false = _outcomes(flow, node.condition)
    return _after(flow.at(true), node.when_true) & _after(flow.at(false), node.when_false)


def _conditional_access(flow: Flow, node: nodes.ConditionalAccess) -> int:
    flow = flow.at(_after(flow, node.target))
    return flow.state & _after(flow, node.access)


def _name(flow: Flow, node: nodes.Name) -> int:
    bit = flow.locals.get(node.name)
    if bit is None:
        function = flow.functions.get(node.name)
        return flow.state if function is None else _call(flow, function, node.at)
    if not flow.state & bit:
        flow.report(node.at, "CS0165", node.name, bit=bit)
    return flow.state | bit


def _assignment(flow: Flow, node: nodes.Assignment) -> int:
    if not isinstance(node.target, nodes.Name):
        return _in_order(flow, node)
    if node.operator:
        flow = flow.at(_name(flow, node.target))
    return flow.at(_after(flow, node.value)).assigned(node.target.name).state


def _invocation(flow: Flow, node: nodes.Invocation) -> int:
    flow = flow.at(_after(flow, node.target))
    received: list[str] = []
    for each in node.arguments:
        if isinstance(each.value, TypedName):
            flow = flow.fresh(each.value.name)
            received.append(each.value.name)
        elif each.mode == "out" and isinstance(each.value, nodes.Name):
            received.append(each.value.name)
        else:
            flow = flow.at(_after(flow, each.value))
    for name in received:
        flow = flow.assigned(name)
    return flow.state


def _declaration(flow: Flow, node: statement_nodes.Declaration) -> int:
    for _, name, initial in node.declarators:
        flow = flow.fresh(name)
        if initial is not None:
            flow = flow.at(_after(flow, initial)).assigned(name)
    return flow.state


# Functions


def _function_states(flow: Flow, body: Node) -> tuple[int, Jumps]:
    """The state at the end of a function's body, and those at its returns."""
    function = Jumps(False, flow.finally_depth)
    return _after(flow._replace(jumps=(function,)), body), function


def _lambda(flow: Flow, node: nodes.Lambda) -> int:
    _function_states(flow.inside().given(*(each.name for each in node.parameters)), node.body)
    return flow.state


def _call(flow: Flow, function: statement_nodes.LocalFunction, at: int) -> int:
    """A local function: what it reads must have a value here, and what it assigns has one afterwards."""
    if function.name in flow.calling:
        return flow.state
    outer, findings = flow.walk.everything, flow.walk.findings
    first = len(findings)
    inner = flow._replace(calling=flow.calling | {function.name}).inside()
    inner = inner.given(*(each.name for each in function.parameters))
    end, left = _function_states(inner, function.body)
    ended = met(end, left.breaks)
    inside = findings[first:]  # which is found in the function itself, too
    del findings[first:]
    if flow.state < 0:
        return flow.state
    for each in inside:
        if each.bit & outer & ~flow.state:
            flow.report(at, each.code, *each.values, bit=each.bit)
    return flow.state if ended < 0 else flow.state | (ended & outer)


# Statements


def _block(flow: Flow, node: statement_nodes.BlockStatement) -> int:
    flow = flow.inside()
    functions = {
        each.name: each for each in node.statements if isinstance(each, statement_nodes.LocalFunction)
    }
    if functions:  # one may be called before what it captures is declared
        flow = _declared(flow, node.statements)._replace(functions={**flow.functions, **functions})
    return _after_all(flow, node.statements)


def _declared(flow: Flow, statements: Sequence[Node]) -> Flow:
    """With the locals that a list of statements declares."""
    for each in statements:
        if isinstance(each, statement_nodes.Declaration):
            for _, name, _ in each.declarators:
                flow = flow.fresh(name)
    return flow


def _if(flow: Flow, node: statement_nodes.If) -> int:
    true, false = _test(flow, node.condition)
    return _after(flow.at(true), node.then) & _after(flow.at(false), node.otherwise)


def _body(flow: Flow, body: Node) -> tuple[int, Jumps]:
    """The state at the end of a round, at a `continue` or after all of it, and the jumps out of it."""
    jumps = Jumps(True, flow.finally_depth)
    return met(_after(flow._replace(jumps=(*flow.jumps, jumps)), body), jumps.continues), jumps


def _do_while(flow: Flow, node: statement_nodes.DoWhile) -> int:
    end, jumps = _body(flow, node.body)
    _, false = _test(flow.inside().at(end), node.condition)
    return met(false, jumps.breaks)


def _for(flow: Flow, node: statement_nodes.For) -> int:
    flow = flow.inside()
    flow = flow.at(_after_all(flow, node.first))
    true, false = (flow.state, DEAD) if node.condition is None else _test(flow, node.condition)
    end, jumps = _body(flow.at(true), node.body)
    _after_all(flow.at(end), node.update)
    return met(false, jumps.breaks)


def _for_each(flow: Flow, node: statement_nodes.ForEach) -> int:
    flow = flow.inside()
    flow = flow.at(_after(flow, node.source))
    _, jumps = _body(flow.given(node.variable.name), node.body)
    return met(flow.state, jumps.breaks)


def _left(flow: Flow, node: Node, depth: int) -> int:
    """After a jump to where `depth` finally blocks are around."""
    if flow.finally_depth > depth:
        flow.report(node.at, "CS0157")
    return DEAD


def _break(flow: Flow, node: statement_nodes.Break) -> int:
    if len(flow.jumps) == 1:  # binding refuses it
        return flow.state
    flow.jumps[-1].breaks.append(flow.state)
    return _left(flow, node, flow.jumps[-1].finally_depth)


def _continue(flow: Flow, node: statement_nodes.Continue) -> int:
    loop = next((each for each in reversed(flow.jumps) if each.loop), None)
    if loop is None:
        return flow.state
    loop.continues.append(flow.state)
    return _left(flow, node, loop.finally_depth)


def _return(flow: Flow, node: statement_nodes.Return) -> int:
    function = flow.jumps[0]
    function.breaks.append(_after(flow, node.value))
    function.returns.append(node.at)
    return _left(flow, node, function.finally_depth)


def _throw(flow: Flow, node: nodes.Throw) -> int:
    _after(flow, node.value)
    return DEAD


def _try(flow: Flow, node: statement_nodes.Try) -> int:
    counts = [(each, len(each.breaks), len(each.continues)) for each in flow.jumps]
    end = met(_after(flow, node.body), [_catch(flow, each) for each in node.catches])
    if node.finally_body is None:
        return end
    final = _after(flow._replace(finally_depth=flow.finally_depth + 1), node.finally_body)
    for jumps, breaks, continues in counts:  # what jumps out passes through the finally block
        jumps.breaks[breaks:] = [state | final for state in jumps.breaks[breaks:]]
        jumps.continues[continues:] = [state | final for state in jumps.continues[continues:]]
    return end | final


def _catch(flow: Flow, node: statement_nodes.Catch) -> int:
    flow = flow.inside()
    if node.variable is not None:
        flow = flow.given(node.variable.name)
    return _after(flow if node.filter is None else flow.at(_test(flow, node.filter)[0]), node.body)


def _switch(flow: Flow, node: statement_nodes.Switch) -> int:
    before = _after(flow, node.value)
    truths = flow.walk.truths
    labels = [label for section in node.sections for label in section.labels]
    chosen = any(truths.get(id(label)) for label in labels)
    # Binding may not have got to the switch because of an error before it.
    covered = truths.get(id(node), isinstance(node.value, nodes.Literal))
    covered = covered or chosen or any(label.pattern is None for label in labels)
    jumps = Jumps(False, flow.finally_depth)
    inner = flow.inside()._replace(jumps=(*flow.jumps, jumps))
    for section in node.sections:
        inner = _declared(inner, section.statements)  # the locals of all sections share one scope
    for section in node.sections:
        last = section is node.sections[-1]
        jumps.breaks.append(_section(inner.inside().at(before), section, chosen=chosen, last=last))
    return met(DEAD if covered else before, jumps.breaks)


def _section(flow: Flow, section: statement_nodes.SwitchSection, *, chosen: bool, last: bool) -> int:
    end = _after_all(flow.at(_entry(flow, section, chosen=chosen)), section.statements)
    if end != DEAD:
        label = section.labels[-1]
        flow.report(label.at, "CS8070" if last else "CS0163", label.written)
    return end


def _entry(flow: Flow, section: statement_nodes.SwitchSection, *, chosen: bool) -> int:
    """The state in which a section begins, from any of its labels; with `chosen` one label of the switch
    takes its constant."""
    entry = DEAD
    for label in section.labels:
        taken = not chosen if label.pattern is None else flow.walk.truths.get(id(label), True)
        here = flow.at(flow.state if taken else DEAD)
        if isinstance(label.pattern, TypedName):
            here = here.given(label.pattern.name)
        entry &= here.state if label.when is None else _test(here, label.when)[0]
    return entry


def _local_function(flow: Flow, node: statement_nodes.LocalFunction) -> int:
    """The function's own locals; what it captures is looked at where it is called."""
    inner = flow.inside().at(flow.walk.everything)
    for each in node.parameters:
        inner = inner.fresh(each.name) if each.mode == "out" else inner.given(each.name)
    end, function = _function_states(inner, node.body)
    if end != DEAD and not node.result.is_void:
        flow.report(node.at, "CS0161", node.shown)
    outs = {inner.locals[each.name]: each.name for each in node.parameters if each.mode == "out"}
    wanted = sum(outs) if flow.walk.closely else 0
    for at, state in ((node.at, end), *zip(function.returns, function.breaks, strict=True)):
        missing = wanted & ~state
        if missing:
            flow.report(at, "CS0177", outs[missing & -missing])
    return flow.state


STATEMENTS: dict[type, Callable[[Flow, Any], int]] = {
    nodes.Checked: _in_order, nodes.Throw: _throw,
    statement_nodes.BlockStatement: _block, statement_nodes.Break: _break,
    statement_nodes.Continue: _continue, statement_nodes.DoWhile: _do_while, statement_nodes.For: _for,
    statement_nodes.ForEach: _for_each, statement_nodes.If: _if,
    statement_nodes.LocalFunction: _local_function, statement_nodes.Return: _return,
    statement_nodes.Switch: _switch, statement_nodes.Try: _try,
    statement_nodes.Using: lambda flow, node: _in_order(flow.inside(), node),
}  # fmt: skip
"""What follows the statements that jump or hold others, by their classes."""
_EXPRESSIONS: dict[type, Callable[[Flow, Any], int]] = {
    nodes.Assignment: _assignment, nodes.Binary: _binary, nodes.Conditional: _conditional,
    nodes.ConditionalAccess: _conditional_access, nodes.Invocation: _invocation, nodes.Is: _split,
    nodes.Lambda: _lambda, nodes.Name: _name, nodes.NameOf: lambda flow, _: flow.state,
    nodes.Unary: _unary, statement_nodes.Declaration: _declaration,
}  # fmt: skip
"""What else does more to a state than the nodes in it do."""
