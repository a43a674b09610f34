"""What runs and what has a value, by statements (C# specification, end points and reachability)."""

from collections.abc import Sequence
from typing import NamedTuple

from apimlb.policy.csharp.binding.facts import Facts, SwitchFacts
from apimlb.policy.csharp.binding.flow_expressions import (
    DEAD,
    Finding,
    Flow,
    Jumps,
    Locals,
    Walk,
    function_states,
    statements,
    test,
    value,
)
from apimlb.policy.csharp.syntax.nodes import Literal, Node
from apimlb.policy.csharp.syntax.statements import (
    BlockStatement,
    Break,
    Catch,
    CheckedBlock,
    Continue,
    Declaration,
    DoWhile,
    ExpressionStatement,
    For,
    ForEach,
    If,
    LocalFunction,
    Return,
    Switch,
    SwitchSection,
    Throw,
    Try,
    Using,
    While,
)


class Analysis(NamedTuple):
    """What is wrong with how a function runs, and whether its end is reached."""

    findings: list[Finding]
    ends: bool


def analyse(body: Node, facts: Facts, text: str, *, closely: bool) -> Analysis:
    """The body of a function after it is bound: see `Walk`."""
    walk = Walk(facts, text, closely)
    end, _ = function_states(Flow(walk, Locals(), 0), body)
    return Analysis(walk.findings, end != DEAD)


def _all(flow: Flow, nodes: Sequence[Node]) -> int:
    for node in nodes:
        flow = flow.at(statements(flow, node))
    return flow.state


def _scoped(flow: Flow, node: Node) -> int:
    """An embedded statement has a scope of its own."""
    return statements(flow.inside(), node)


def _computed(flow: Flow, node: Node | None) -> int:
    """An expression, where there is one."""
    return flow.state if node is None or not flow.walk.closely else value(flow, node)


def _block(flow: Flow, node: BlockStatement) -> int:
    flow = flow.inside()
    functions = {each.name: each for each in node.statements if isinstance(each, LocalFunction)}
    flow.locals.functions = functions
    if functions:  # one may be called before what it captures is declared
        flow = _declared(flow, node.statements)
    return _all(flow, node.statements)


def _declared(flow: Flow, nodes: Sequence[Node]) -> Flow:
    """With the locals that a list of statements declares."""
    for each in nodes if flow.walk.closely else ():
        if isinstance(each, Declaration):
            for _, name, _ in each.declarators:
                flow = flow.fresh(name)
    return flow


def _given(flow: Flow, name: str | None) -> Flow:
    return flow.given(name) if name is not None and flow.walk.closely else flow


def _declaration(flow: Flow, node: Declaration) -> int:
    for _, name, initial in node.declarators if flow.walk.closely else ():
        flow = flow.fresh(name)
        if initial is not None:
            flow = flow.at(value(flow, initial)).assigned(name)
    return flow.state


def _expression(flow: Flow, node: ExpressionStatement) -> int:
    return _computed(flow, node.expression)


def _if(flow: Flow, node: If) -> int:
    true, false = test(flow, node.condition)
    then = _scoped(flow.at(true), node.then)
    return then & (false if node.otherwise is None else _scoped(flow.at(false), node.otherwise))


# Loops


def _body(flow: Flow, body: Node) -> tuple[int, Jumps]:
    """The state at the end of a round, at a `continue` or after all of it, and the jumps out of it."""
    jumps = Jumps(True, flow.finally_depth)
    return _met(_scoped(flow._replace(jumps=(*flow.jumps, jumps)), body), jumps.continues), jumps


def _met(state: int, others: Sequence[int]) -> int:
    """The state where several ways meet."""
    for other in others:
        state &= other
    return state


def _while(flow: Flow, node: While) -> int:
    flow = flow.inside()
    true, false = test(flow, node.condition)
    _, jumps = _body(flow.at(true), node.body)
    return _met(false, jumps.breaks)


def _do_while(flow: Flow, node: DoWhile) -> int:
    end, jumps = _body(flow, node.body)
    _, false = test(flow.inside().at(end), node.condition)
    return _met(false, jumps.breaks)


def _for(flow: Flow, node: For) -> int:
    flow = flow.inside()
    flow = flow.at(_all(flow, node.first))
    true, false = (flow.state, DEAD) if node.condition is None else test(flow, node.condition)
    end, jumps = _body(flow.at(true), node.body)
    _all(flow.at(end), node.update)
    return _met(false, jumps.breaks)


def _for_each(flow: Flow, node: ForEach) -> int:
    flow = flow.inside()
    flow = flow.at(_computed(flow, node.source))
    _, jumps = _body(_given(flow, node.name), node.body)
    return _met(flow.state, jumps.breaks)


# Jumps


def _left(flow: Flow, node: Node, depth: int) -> int:
    """After a jump to where `depth` finally blocks are around."""
    if flow.finally_depth > depth:
        flow.report(node.at, "CS0157")
    return DEAD


def _break(flow: Flow, node: Break) -> int:
    if not flow.jumps:
        return flow.state
    flow.jumps[-1].breaks.append(flow.state)
    return _left(flow, node, flow.jumps[-1].finally_depth)


def _continue(flow: Flow, node: Continue) -> int:
    loop = next((each for each in reversed(flow.jumps) if each.loop), None)
    if loop is None:
        return flow.state
    loop.continues.append(flow.state)
    return _left(flow, node, loop.finally_depth)


def _return(flow: Flow, node: Return) -> int:
    assert flow.returns is not None
    flow.returns.append(_computed(flow, node.value))
    return _left(flow, node, flow.returns_depth)


def _throw(flow: Flow, node: Throw) -> int:
    _computed(flow, node.value)
    return DEAD


# try, using, switch


def _try(flow: Flow, node: Try) -> int:
    counts = [(each, len(each.breaks), len(each.continues)) for each in flow.jumps]
    end = statements(flow, node.body)
    for each in node.catches:
        end &= _catch(flow, each)
    if node.finally_body is None:
        return end
    final = statements(flow._replace(finally_depth=flow.finally_depth + 1), node.finally_body)
    for jumps, breaks, continues in counts:  # what jumps out passes through the finally block
        jumps.breaks[breaks:] = [state | final for state in jumps.breaks[breaks:]]
        jumps.continues[continues:] = [state | final for state in jumps.continues[continues:]]
    return end | final


def _catch(flow: Flow, node: Catch) -> int:
    flow = _given(flow.inside(), node.name)
    if node.filter is not None:
        true, _ = test(flow, node.filter)
        flow = flow.at(true)
    return statements(flow, node.body)


def _using(flow: Flow, node: Using) -> int:
    flow = flow.inside()
    if isinstance(node.resource, Declaration):
        return _scoped(flow.at(_declaration(flow, node.resource)), node.body)
    return _scoped(flow.at(_computed(flow, node.resource)), node.body)


def _switch(flow: Flow, node: Switch) -> int:
    before = _computed(flow, node.value)
    # Binding may not have got to the switch because of an error before it.
    facts = flow.walk.facts.switches.get(id(node)) or SwitchFacts(covered=isinstance(node.value, Literal))
    covered = facts.covered or any(label.is_default for each in node.sections for label in each.labels)
    jumps = Jumps(False, flow.finally_depth)
    inner = flow.inside()._replace(jumps=(*flow.jumps, jumps))
    for section in node.sections:
        inner = _declared(inner, section.statements)  # the locals of all sections share one scope
    for section in node.sections:
        last = section is node.sections[-1]
        jumps.breaks.append(_section(inner.inside().at(before), section, facts, last=last))
    taken = facts.constant and facts.chosen is not None
    return _met(DEAD if covered or taken else before, jumps.breaks)


def _section(flow: Flow, section: SwitchSection, facts: SwitchFacts, *, last: bool) -> int:
    end = _all(flow.at(_entry(flow, section, facts)), section.statements)
    if end != DEAD:
        label = section.labels[-1]
        flow.report(label.at, "CS8070" if last else "CS0163", flow.walk.text[label.at : label.end])
    return end


def _entry(flow: Flow, section: SwitchSection, facts: SwitchFacts) -> int:
    """The state in which a section begins, from any of its labels."""
    entry = DEAD
    for label in section.labels:
        taken = label is facts.chosen or (label.is_default and facts.chosen is None)
        here = _given(flow.at(flow.state if taken or not facts.constant else DEAD), label.name)
        entry &= here.state if label.when is None else test(here, label.when)[0]
    return entry


# Functions inside


def _local_function(flow: Flow, node: LocalFunction) -> int:
    """The function's own locals; what it captures is looked at where it is called."""
    inner = flow.inside().at(flow.walk.everything)
    for each in node.parameters:
        inner = inner.fresh(each.name) if each.mode == "out" else inner.given(each.name)
    end, _ = function_states(inner, node.body)
    if end != DEAD and isinstance(node.body, BlockStatement) and not node.returns_nothing:
        flow.report(node.at, "CS0161", node.shown)
    return flow.state


def _checked(flow: Flow, node: CheckedBlock) -> int:
    return statements(flow, node.body)


statements.enter(BlockStatement, _block)
statements.enter(Declaration, _declaration)
statements.enter(ExpressionStatement, _expression)
statements.enter(If, _if)
statements.enter(While, _while)
statements.enter(DoWhile, _do_while)
statements.enter(For, _for)
statements.enter(ForEach, _for_each)
statements.enter(Break, _break)
statements.enter(Continue, _continue)
statements.enter(Return, _return)
statements.enter(Throw, _throw)
statements.enter(Try, _try)
statements.enter(Using, _using)
statements.enter(Switch, _switch)
statements.enter(LocalFunction, _local_function)
statements.enter(CheckedBlock, _checked)
