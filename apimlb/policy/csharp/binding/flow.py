"""What runs and what has a value: reachability and definite assignment (C# specification, statements: end
points and reachability; variables: definite assignment).

A state is the set of locals that have a value at a point, as bits; at a point that nothing reaches every
local counts as having one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from apimlb.policy.csharp.binding.facts import Facts, SwitchFacts
from apimlb.policy.csharp.binding.flow_expressions import DEAD, ExpressionFlow
from apimlb.policy.csharp.syntax.nodes import Lambda, Literal, Node
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


@dataclass(slots=True, eq=False)
class Jumps:
    """A loop or switch that can be left: the states at its breaks and continues."""

    loop: bool
    finally_depth: int
    breaks: list[int] = field(default_factory=list)
    continues: list[int] = field(default_factory=list)


class Flow(ExpressionFlow):
    """Walks one expression's statements. Without `closely` expressions are passed over, which is enough where
    every local has a value from its declaration on."""

    def __init__(self, facts: Facts, text: str, *, closely: bool) -> None:
        super().__init__(facts, closely=closely)
        self._text = text
        self._jumps: list[Jumps] = []
        self._finally_depth = 0
        self._returns: list[int] = []
        self._returns_leave = 0  # the depth of finally blocks at the start of the function that is walked

    @property
    def ends(self) -> bool:
        """Whether the end of the function that was walked is reached."""
        return self.state != DEAD

    def function(self, body: Node) -> int:
        """Walk the body of a lambda or local function, or the whole; the state at its end stays. The state in
        which a call of it ends, at its end or by a return."""
        saved = self._jumps, self._returns_leave, self._returns
        self._jumps, self._returns_leave, self._returns = [], self._finally_depth, []
        if isinstance(body, BlockStatement):
            self.statement(body)
        else:
            self.value(body)
        ended = self.state
        for state in self._returns:
            ended &= state
        self._jumps, self._returns_leave, self._returns = saved
        return ended

    def statement(self, node: Node) -> None:
        _STATEMENTS[type(node)](self, node)

    def _block(self, node: BlockStatement) -> None:
        self.enter()
        for each in node.statements:
            if isinstance(each, LocalFunction):
                self.functions[-1][each.name] = each
        if self.functions[-1]:
            self._declare_all(node.statements)  # a function may be called before what it captures is declared
        for each in node.statements:
            self.statement(each)
        self.leave()

    def _declare(self, node: Declaration) -> None:
        if not self.closely:
            return
        for _, name, value in node.declarators:
            self.fresh(name)
            if value is not None:
                self.value(value)
                self.assign(name)

    def _run(self, node: ExpressionStatement) -> None:
        if self.closely:
            self.value(node.expression)

    def _if(self, node: If) -> None:
        then, otherwise = self.test(node.condition)
        self.state = then
        self._scoped(node.then)
        then, self.state = self.state, otherwise
        if node.otherwise is not None:
            self._scoped(node.otherwise)
        self.state &= then

    def _scoped(self, node: Node) -> None:
        """An embedded statement has a scope of its own."""
        self.enter()
        self.statement(node)
        self.leave()

    # Loops

    def _body(self, body: Node) -> Jumps:
        jumps = Jumps(True, self._finally_depth)
        self._jumps.append(jumps)
        self._scoped(body)
        self._jumps.pop()
        return jumps

    def _end_loop(self, otherwise: int, jumps: Jumps) -> None:
        for state in jumps.breaks:
            otherwise &= state
        self.state = otherwise

    def _continued(self, jumps: Jumps) -> None:
        for state in jumps.continues:
            self.state &= state

    def _while(self, node: While) -> None:
        self.enter()
        self.state, otherwise = self.test(node.condition)
        jumps = self._body(node.body)
        self._end_loop(otherwise, jumps)
        self.leave()

    def _do_while(self, node: DoWhile) -> None:
        jumps = self._body(node.body)
        self._continued(jumps)
        self.enter()
        _, otherwise = self.test(node.condition)
        self.leave()
        self._end_loop(otherwise, jumps)

    def _for(self, node: For) -> None:
        self.enter()
        for each in node.first:
            self.statement(each)
        otherwise = DEAD
        if node.condition is not None:
            self.state, otherwise = self.test(node.condition)
        jumps = self._body(node.body)
        self._continued(jumps)
        for each in node.update:
            self.statement(each)
        self._end_loop(otherwise, jumps)
        self.leave()

    def _for_each(self, node: ForEach) -> None:
        self.enter()
        if self.closely:
            self.value(node.source)
        before = self.state
        if self.closely:
            self.fresh(node.name)
            self.assign(node.name)
        jumps = self._body(node.body)
        self._end_loop(before, jumps)
        self.leave()

    # Jumps

    def _leave_by(self, node: Node, depth: int) -> None:
        if self._finally_depth > depth:
            self.report(node.at, "CS0157")
        self.state = DEAD

    def _break(self, node: Break) -> None:
        if self._jumps:
            self._jumps[-1].breaks.append(self.state)
            self._leave_by(node, self._jumps[-1].finally_depth)

    def _continue(self, node: Continue) -> None:
        loop = next((each for each in reversed(self._jumps) if each.loop), None)
        if loop is not None:
            loop.continues.append(self.state)
            self._leave_by(node, loop.finally_depth)

    def _return(self, node: Return) -> None:
        if node.value is not None and self.closely:
            self.value(node.value)
        self._returns.append(self.state)
        self._leave_by(node, self._returns_leave)

    def _throw_statement(self, node: Throw) -> None:
        if node.value is not None and self.closely:
            self.value(node.value)
        self.state = DEAD

    # try, using, switch

    def _try(self, node: Try) -> None:
        before = self.state
        counts = [(jumps, len(jumps.breaks), len(jumps.continues)) for jumps in self._jumps]
        self.statement(node.body)
        end = self.state
        for each in node.catches:
            self.state = before
            self._catch(each)
            end &= self.state
        if node.finally_body is not None:
            self.state = before
            self._finally_depth += 1
            self.statement(node.finally_body)
            self._finally_depth -= 1
            for jumps, breaks, continues in counts:  # what jumps out passes through the finally block
                for states, first in ((jumps.breaks, breaks), (jumps.continues, continues)):
                    states[first:] = [state | self.state for state in states[first:]]
            end |= self.state
        self.state = end

    def _catch(self, node: Catch) -> None:
        self.enter()
        if node.name is not None and self.closely:
            self.fresh(node.name)
            self.assign(node.name)
        if node.filter is not None:
            self.state, _ = self.test(node.filter)
        self.statement(node.body)
        self.leave()

    def _using(self, node: Using) -> None:
        self.enter()
        if isinstance(node.resource, Declaration):
            self._declare(node.resource)
        elif self.closely:
            self.value(node.resource)
        self._scoped(node.body)
        self.leave()

    def _switch(self, node: Switch) -> None:
        if self.closely:
            self.value(node.value)
        # Binding may not have got to the switch because of an error before it.
        facts = self.facts.switches.get(id(node)) or SwitchFacts(covered=isinstance(node.value, Literal))
        covered = facts.covered or any(label.is_default for each in node.sections for label in each.labels)
        jumps = Jumps(False, self._finally_depth)
        before = self.state
        self._jumps.append(jumps)
        self.enter()
        for each in node.sections:
            self._declare_all(each.statements)  # the locals of all sections share one scope
        for place, section in enumerate(node.sections):
            self.state = self._entry(section, before, facts)
            self._section(section, place == len(node.sections) - 1)
            jumps.breaks.append(self.state)
        self.leave()
        self._jumps.pop()
        taken = facts.constant and facts.chosen is not None
        self._end_loop(DEAD if covered or taken else before, jumps)

    def _declare_all(self, statements: list[Node]) -> None:
        for each in statements if self.closely else ():
            if isinstance(each, Declaration):
                for _, name, _ in each.declarators:
                    self.fresh(name)

    def _entry(self, section: SwitchSection, before: int, facts: SwitchFacts) -> int:
        """The state in which a section begins, from any of its labels."""
        entry = DEAD
        self.enter()
        for label in section.labels:
            taken = label is facts.chosen or (label.is_default and facts.chosen is None)
            self.state = before if taken or not facts.constant else DEAD
            if label.name is not None and self.closely:
                self.fresh(label.name)
                self.assign(label.name)
            if label.when is not None:
                self.state, _ = self.test(label.when)
            entry &= self.state
        return entry

    def _section(self, section: SwitchSection, last: bool) -> None:
        for each in section.statements:
            self.statement(each)
        self.leave()
        if self.state == DEAD:
            return
        label = section.labels[-1]
        text = self._text[label.at : label.end]
        self.report(label.at, "CS8070" if last else "CS0163", text)

    # Functions inside

    def _local_function(self, node: LocalFunction) -> None:
        """The function's own locals; what it captures is looked at where it is called."""
        before = self.state
        self.state = self.everything
        self.enter()
        for each in node.parameters:
            self.fresh(each.name)
            if each.mode != "out":
                self.assign(each.name)
        self.function(node.body)
        if self.state != DEAD and isinstance(node.body, BlockStatement) and not node.returns_nothing:
            self.report(node.at, "CS0161", f"'{node.shown}'")
        self.leave()
        self.state = before

    def lambda_body(self, node: Lambda) -> None:
        self.function(node.body)

    def _checked(self, node: CheckedBlock) -> None:
        self.statement(node.body)


_STATEMENTS: dict[type[Node], Callable[[Flow, Any], None]] = {
    BlockStatement: Flow._block,
    Declaration: Flow._declare,
    ExpressionStatement: Flow._run,
    If: Flow._if,
    While: Flow._while,
    DoWhile: Flow._do_while,
    For: Flow._for,
    ForEach: Flow._for_each,
    Return: Flow._return,
    Break: Flow._break,
    Continue: Flow._continue,
    LocalFunction: Flow._local_function,
    CheckedBlock: Flow._checked,
    Throw: Flow._throw_statement,
    Try: Flow._try,
    Using: Flow._using,
    Switch: Flow._switch,
}
