"""Which statements run and which locals have a value after each (C# specification, end points and
reachability)."""

from collections.abc import Sequence
from typing import NamedTuple

from apimlb.policy.csharp.binding.bound import Findings
from apimlb.policy.csharp.binding.flow_expressions import (
    DEAD,
    STATEMENTS,
    Diagnostic,
    Flow,
    Jumps,
    Walk,
    after,
    after_all,
    function_states,
    in_order,
    met,
    test,
)
from apimlb.policy.csharp.syntax import statement_nodes
from apimlb.policy.csharp.syntax.nodes import Checked, Literal, Node, Throw, TypedName


class Analysis(NamedTuple):
    """What is wrong with how a function runs, and whether its end is reached."""

    findings: list[Diagnostic]
    ends: bool


def analyse(body: Node, facts: Findings, text: str, *, closely: bool) -> Analysis:
    """The body of a function after it is bound: see `Walk`."""
    walk = Walk(facts, text, closely)
    end, _ = function_states(Flow(walk, {}, {}), body)
    return Analysis(walk.findings, end != DEAD)


def _block(flow: Flow, node: statement_nodes.BlockStatement) -> int:
    flow = flow.inside()
    functions = {
        each.name: each for each in node.statements if isinstance(each, statement_nodes.LocalFunction)
    }
    if functions:  # one may be called before what it captures is declared
        flow = _declared(flow, node.statements)._replace(functions={**flow.functions, **functions})
    return after_all(flow, node.statements)


def _declared(flow: Flow, statements: Sequence[Node]) -> Flow:
    """With the locals that a list of statements declares."""
    for each in statements:
        if isinstance(each, statement_nodes.Declaration):
            for _, name, _ in each.declarators:
                flow = flow.fresh(name)
    return flow


def _if(flow: Flow, node: statement_nodes.If) -> int:
    true, false = test(flow, node.condition)
    return after(flow.at(true), node.then) & after(flow.at(false), node.otherwise)


def _body(flow: Flow, body: Node) -> tuple[int, Jumps]:
    """The state at the end of a round, at a `continue` or after all of it, and the jumps out of it."""
    jumps = Jumps(True, flow.finally_depth)
    return met(after(flow._replace(jumps=(*flow.jumps, jumps)), body), jumps.continues), jumps


def _do_while(flow: Flow, node: statement_nodes.DoWhile) -> int:
    end, jumps = _body(flow, node.body)
    _, false = test(flow.inside().at(end), node.condition)
    return met(false, jumps.breaks)


def _for(flow: Flow, node: statement_nodes.For) -> int:
    flow = flow.inside()
    flow = flow.at(after_all(flow, node.first))
    true, false = (flow.state, DEAD) if node.condition is None else test(flow, node.condition)
    end, jumps = _body(flow.at(true), node.body)
    after_all(flow.at(end), node.update)
    return met(false, jumps.breaks)


def _for_each(flow: Flow, node: statement_nodes.ForEach) -> int:
    flow = flow.inside()
    flow = flow.at(after(flow, node.source))
    _, jumps = _body(flow.given(node.variable.name), node.body)
    return met(flow.state, jumps.breaks)


def _left(flow: Flow, node: Node, depth: int) -> int:
    """After a jump to where `depth` finally blocks are around."""
    if flow.finally_depth > depth:
        flow.report(node.at, "CS0157")
    return DEAD


def _break(flow: Flow, node: statement_nodes.Break) -> int:
    if not flow.jumps:
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
    assert flow.returns is not None
    flow.returns.append(after(flow, node.value))
    return _left(flow, node, flow.returns_depth)


def _throw(flow: Flow, node: Throw) -> int:
    after(flow, node.value)
    return DEAD


def _try(flow: Flow, node: statement_nodes.Try) -> int:
    counts = [(each, len(each.breaks), len(each.continues)) for each in flow.jumps]
    end = met(after(flow, node.body), [_catch(flow, each) for each in node.catches])
    if node.finally_body is None:
        return end
    final = after(flow._replace(finally_depth=flow.finally_depth + 1), node.finally_body)
    for jumps, breaks, continues in counts:  # what jumps out passes through the finally block
        jumps.breaks[breaks:] = [state | final for state in jumps.breaks[breaks:]]
        jumps.continues[continues:] = [state | final for state in jumps.continues[continues:]]
    return end | final


def _catch(flow: Flow, node: statement_nodes.Catch) -> int:
    flow = flow.inside()
    if node.variable is not None:
        flow = flow.given(node.variable.name)
    return after(flow if node.filter is None else flow.at(test(flow, node.filter)[0]), node.body)


def _using(flow: Flow, node: statement_nodes.Using) -> int:
    flow = flow.inside()
    return after(flow.at(after(flow, node.resource)), node.body)


def _switch(flow: Flow, node: statement_nodes.Switch) -> int:
    before = after(flow, node.value)
    truths = flow.walk.facts.truths
    labels = [label for section in node.sections for label in section.labels]
    chosen = any(truths.get(id(label)) for label in labels)
    # Binding may not have got to the switch because of an error before it.
    covered = truths.get(id(node), isinstance(node.value, Literal))
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
    end = after_all(flow.at(_entry(flow, section, chosen=chosen)), section.statements)
    if end != DEAD:
        label = section.labels[-1]
        flow.report(label.at, "CS8070" if last else "CS0163", flow.walk.text[label.at : label.end])
    return end


def _entry(flow: Flow, section: statement_nodes.SwitchSection, *, chosen: bool) -> int:
    """The state in which a section begins, from any of its labels; with `chosen` one label of the switch
    takes its constant."""
    entry = DEAD
    for label in section.labels:
        taken = not chosen if label.pattern is None else flow.walk.facts.truths.get(id(label), True)
        here = flow.at(flow.state if taken else DEAD)
        if isinstance(label.pattern, TypedName):
            here = here.given(label.pattern.name)
        entry &= here.state if label.when is None else test(here, label.when)[0]
    return entry


def _local_function(flow: Flow, node: statement_nodes.LocalFunction) -> int:
    """The function's own locals; what it captures is looked at where it is called."""
    inner = flow.inside().at(flow.walk.everything)
    for each in node.parameters:
        inner = inner.fresh(each.name) if each.mode == "out" else inner.given(each.name)
    end, _ = function_states(inner, node.body)
    if end != DEAD and not node.result.is_void:
        flow.report(node.at, "CS0161", node.shown)
    return flow.state


STATEMENTS.update({
    statement_nodes.BlockStatement: _block, statement_nodes.Break: _break,
    Checked: in_order, statement_nodes.Continue: _continue,
    statement_nodes.DoWhile: _do_while, statement_nodes.For: _for, statement_nodes.ForEach: _for_each,
    statement_nodes.If: _if, statement_nodes.LocalFunction: _local_function,
    statement_nodes.Return: _return, statement_nodes.Switch: _switch, Throw: _throw,
    statement_nodes.Try: _try, statement_nodes.Using: _using,
})  # fmt: skip
