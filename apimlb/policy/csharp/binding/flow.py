"""Which statements run and which locals have a value after each (C# specification, end points and
reachability)."""

from collections.abc import Sequence
from typing import NamedTuple

from apimlb.policy.csharp.binding import flow_expressions
from apimlb.policy.csharp.binding.bound import Findings, SwitchFacts
from apimlb.policy.csharp.syntax import statement_nodes
from apimlb.policy.csharp.syntax.nodes import Literal, Node


class Analysis(NamedTuple):
    """What is wrong with how a function runs, and whether its end is reached."""

    findings: list[flow_expressions.Diagnostic]
    ends: bool


def analyse(body: Node, facts: Findings, text: str, *, closely: bool) -> Analysis:
    """The body of a function after it is bound: see `Walk`."""
    walk = flow_expressions.Walk(facts, text, closely)
    end, _ = flow_expressions.function_states(flow_expressions.Flow(walk, flow_expressions.Locals(), 0), body)
    return Analysis(walk.findings, end != flow_expressions.DEAD)


def _all(flow: flow_expressions.Flow, nodes: Sequence[Node]) -> int:
    for node in nodes:
        flow = flow.at(flow_expressions.statements(flow, node))
    return flow.state


def _scoped(flow: flow_expressions.Flow, node: Node) -> int:
    """An embedded statement has a scope of its own."""
    return flow_expressions.statements(flow.inside(), node)


def _computed(flow: flow_expressions.Flow, node: Node | None) -> int:
    """An expression, where there is one."""
    return flow.state if node is None or not flow.walk.closely else flow_expressions.value(flow, node)


def _block(flow: flow_expressions.Flow, node: statement_nodes.BlockStatement) -> int:
    flow = flow.inside()
    functions = {
        each.name: each for each in node.statements if isinstance(each, statement_nodes.LocalFunction)
    }
    flow.locals.functions = functions
    if functions:  # one may be called before what it captures is declared
        flow = _declared(flow, node.statements)
    return _all(flow, node.statements)


def _declared(flow: flow_expressions.Flow, nodes: Sequence[Node]) -> flow_expressions.Flow:
    """With the locals that a list of statements declares."""
    for each in nodes if flow.walk.closely else ():
        if isinstance(each, statement_nodes.Declaration):
            for _, name, _ in each.declarators:
                flow = flow.fresh(name)
    return flow


def _given(flow: flow_expressions.Flow, name: str | None) -> flow_expressions.Flow:
    return flow.given(name) if name is not None and flow.walk.closely else flow


def _declaration(flow: flow_expressions.Flow, node: statement_nodes.Declaration) -> int:
    for _, name, initial in node.declarators if flow.walk.closely else ():
        flow = flow.fresh(name)
        if initial is not None:
            flow = flow.at(flow_expressions.value(flow, initial)).assigned(name)
    return flow.state


def _expression(flow: flow_expressions.Flow, node: statement_nodes.ExpressionStatement) -> int:
    return _computed(flow, node.expression)


def _if(flow: flow_expressions.Flow, node: statement_nodes.If) -> int:
    true, false = flow_expressions.test(flow, node.condition)
    then = _scoped(flow.at(true), node.then)
    return then & (false if node.otherwise is None else _scoped(flow.at(false), node.otherwise))


# Loops


def _body(flow: flow_expressions.Flow, body: Node) -> tuple[int, flow_expressions.Jumps]:
    """The state at the end of a round, at a `continue` or after all of it, and the jumps out of it."""
    jumps = flow_expressions.Jumps(True, flow.finally_depth)
    return _met(_scoped(flow._replace(jumps=(*flow.jumps, jumps)), body), jumps.continues), jumps


def _met(state: int, others: Sequence[int]) -> int:
    """The state where several ways meet."""
    for other in others:
        state &= other
    return state


def _while(flow: flow_expressions.Flow, node: statement_nodes.While) -> int:
    flow = flow.inside()
    true, false = flow_expressions.test(flow, node.condition)
    _, jumps = _body(flow.at(true), node.body)
    return _met(false, jumps.breaks)


def _do_while(flow: flow_expressions.Flow, node: statement_nodes.DoWhile) -> int:
    end, jumps = _body(flow, node.body)
    _, false = flow_expressions.test(flow.inside().at(end), node.condition)
    return _met(false, jumps.breaks)


def _for(flow: flow_expressions.Flow, node: statement_nodes.For) -> int:
    flow = flow.inside()
    flow = flow.at(_all(flow, node.first))
    true, false = (
        (flow.state, flow_expressions.DEAD)
        if node.condition is None
        else flow_expressions.test(flow, node.condition)
    )
    end, jumps = _body(flow.at(true), node.body)
    _all(flow.at(end), node.update)
    return _met(false, jumps.breaks)


def _for_each(flow: flow_expressions.Flow, node: statement_nodes.ForEach) -> int:
    flow = flow.inside()
    flow = flow.at(_computed(flow, node.source))
    _, jumps = _body(_given(flow, node.name), node.body)
    return _met(flow.state, jumps.breaks)


# Jumps


def _left(flow: flow_expressions.Flow, node: Node, depth: int) -> int:
    """After a jump to where `depth` finally blocks are around."""
    if flow.finally_depth > depth:
        flow.report(node.at, "CS0157")
    return flow_expressions.DEAD


def _break(flow: flow_expressions.Flow, node: statement_nodes.Break) -> int:
    if not flow.jumps:
        return flow.state
    flow.jumps[-1].breaks.append(flow.state)
    return _left(flow, node, flow.jumps[-1].finally_depth)


def _continue(flow: flow_expressions.Flow, node: statement_nodes.Continue) -> int:
    loop = next((each for each in reversed(flow.jumps) if each.loop), None)
    if loop is None:
        return flow.state
    loop.continues.append(flow.state)
    return _left(flow, node, loop.finally_depth)


def _return(flow: flow_expressions.Flow, node: statement_nodes.Return) -> int:
    assert flow.returns is not None
    flow.returns.append(_computed(flow, node.value))
    return _left(flow, node, flow.returns_depth)


def _throw(flow: flow_expressions.Flow, node: statement_nodes.Throw) -> int:
    _computed(flow, node.value)
    return flow_expressions.DEAD


# try, using, switch


def _try(flow: flow_expressions.Flow, node: statement_nodes.Try) -> int:
    counts = [(each, len(each.breaks), len(each.continues)) for each in flow.jumps]
    end = flow_expressions.statements(flow, node.body)
    for each in node.catches:
        end &= _catch(flow, each)
    if node.finally_body is None:
        return end
    final = flow_expressions.statements(
        flow._replace(finally_depth=flow.finally_depth + 1), node.finally_body
    )
    for jumps, breaks, continues in counts:  # what jumps out passes through the finally block
        jumps.breaks[breaks:] = [state | final for state in jumps.breaks[breaks:]]
        jumps.continues[continues:] = [state | final for state in jumps.continues[continues:]]
    return end | final


def _catch(flow: flow_expressions.Flow, node: statement_nodes.Catch) -> int:
    flow = _given(flow.inside(), node.name)
    if node.filter is not None:
        true, _ = flow_expressions.test(flow, node.filter)
        flow = flow.at(true)
    return flow_expressions.statements(flow, node.body)


def _using(flow: flow_expressions.Flow, node: statement_nodes.Using) -> int:
    flow = flow.inside()
    if isinstance(node.resource, statement_nodes.Declaration):
        return _scoped(flow.at(_declaration(flow, node.resource)), node.body)
    return _scoped(flow.at(_computed(flow, node.resource)), node.body)


def _switch(flow: flow_expressions.Flow, node: statement_nodes.Switch) -> int:
    before = _computed(flow, node.value)
    # Binding may not have got to the switch because of an error before it.
    facts = flow.walk.facts.switches.get(id(node)) or SwitchFacts(covered=isinstance(node.value, Literal))
    covered = facts.covered or any(label.is_default for each in node.sections for label in each.labels)
    jumps = flow_expressions.Jumps(False, flow.finally_depth)
    inner = flow.inside()._replace(jumps=(*flow.jumps, jumps))
    for section in node.sections:
        inner = _declared(inner, section.statements)  # the locals of all sections share one scope
    for section in node.sections:
        last = section is node.sections[-1]
        jumps.breaks.append(_section(inner.inside().at(before), section, facts, last=last))
    taken = facts.constant and facts.chosen is not None
    return _met(flow_expressions.DEAD if covered or taken else before, jumps.breaks)


def _section(
    flow: flow_expressions.Flow, section: statement_nodes.SwitchSection, facts: SwitchFacts, *, last: bool
) -> int:
    end = _all(flow.at(_entry(flow, section, facts)), section.statements)
    if end != flow_expressions.DEAD:
        label = section.labels[-1]
        flow.report(label.at, "CS8070" if last else "CS0163", flow.walk.text[label.at : label.end])
    return end


def _entry(flow: flow_expressions.Flow, section: statement_nodes.SwitchSection, facts: SwitchFacts) -> int:
    """The state in which a section begins, from any of its labels."""
    entry = flow_expressions.DEAD
    for label in section.labels:
        taken = label is facts.chosen or (label.is_default and facts.chosen is None)
        here = _given(
            flow.at(flow.state if taken or not facts.constant else flow_expressions.DEAD), label.name
        )
        entry &= here.state if label.when is None else flow_expressions.test(here, label.when)[0]
    return entry


# Functions inside


def _local_function(flow: flow_expressions.Flow, node: statement_nodes.LocalFunction) -> int:
    """The function's own locals; what it captures is looked at where it is called."""
    inner = flow.inside().at(flow.walk.everything)
    for each in node.parameters:
        inner = inner.fresh(each.name) if each.mode == "out" else inner.given(each.name)
    end, _ = flow_expressions.function_states(inner, node.body)
    if (
        end != flow_expressions.DEAD
        and isinstance(node.body, statement_nodes.BlockStatement)
        and not node.returns_nothing
    ):
        flow.report(node.at, "CS0161", node.shown)
    return flow.state


def _checked(flow: flow_expressions.Flow, node: statement_nodes.CheckedBlock) -> int:
    return flow_expressions.statements(flow, node.body)


flow_expressions.statements.enter(statement_nodes.BlockStatement, _block)
flow_expressions.statements.enter(statement_nodes.Declaration, _declaration)
flow_expressions.statements.enter(statement_nodes.ExpressionStatement, _expression)
flow_expressions.statements.enter(statement_nodes.If, _if)
flow_expressions.statements.enter(statement_nodes.While, _while)
flow_expressions.statements.enter(statement_nodes.DoWhile, _do_while)
flow_expressions.statements.enter(statement_nodes.For, _for)
flow_expressions.statements.enter(statement_nodes.ForEach, _for_each)
flow_expressions.statements.enter(statement_nodes.Break, _break)
flow_expressions.statements.enter(statement_nodes.Continue, _continue)
flow_expressions.statements.enter(statement_nodes.Return, _return)
flow_expressions.statements.enter(statement_nodes.Throw, _throw)
flow_expressions.statements.enter(statement_nodes.Try, _try)
flow_expressions.statements.enter(statement_nodes.Using, _using)
flow_expressions.statements.enter(statement_nodes.Switch, _switch)
flow_expressions.statements.enter(statement_nodes.LocalFunction, _local_function)
flow_expressions.statements.enter(statement_nodes.CheckedBlock, _checked)
