"""How a limit reports a number to clients and to the policy: in a header and in a variable that it names."""

from typing import NamedTuple

from apimlb.http import Headers
from apimlb.policy.apim.context import Context
from apimlb.policy.document.attributes import STRING
from apimlb.policy.document.draft import Draft
from apimlb.policy.run.faults import PolicyFault


class Report(NamedTuple):
    """The names of a header and a variable; one that the policy does not give is empty."""

    header: str
    variable: str = ""

    def set_header(self, headers: Headers, number: int) -> None:
        if self.header:
            headers.set(self.header, str(number))

    def set_variable(self, context: Context, number: int) -> None:
        if self.variable:
            context.variables[self.variable] = number

    def refusal(
        self, context: Context, reason: str, message: str, status: int, seconds: int, source: str = ""
    ) -> PolicyFault:
        """The fault of a call that may come again in `seconds`, which is what this reports."""
        self.set_variable(context, seconds)
        headers = [(self.header, str(seconds))]
        return PolicyFault(reason, message, source=source, status=status, headers=headers)


def report(draft: Draft, what: str, header: str = "") -> Report:
    """The attributes `what-header-name` and `what-variable-name`."""
    return Report(
        draft.word(f"{what}-header-name", STRING, header), draft.word(f"{what}-variable-name", STRING, "")
    )
