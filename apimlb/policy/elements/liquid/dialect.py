"""The dialect: python-liquid with the tags and filters of DotLiquid's C# mode."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from liquid import Environment, Mode
from liquid.exceptions import LiquidError

from apimlb.policy.elements.liquid.filters import filters
from apimlb.policy.elements.liquid.rendering import PaidTemplate, let_nodes_pay
from apimlb.policy.run.faults import PolicyFault

Render = Callable[[Mapping[str, object]], str]
"""Makes a text of data; raises PolicyFault."""

_ARRAY = re.compile(r"(\{%-?\s*)JSONArray\s*For\b\s*(.*?)%\}", re.DOTALL)
"""The tag, in the two spellings that the pages have."""
_END_OF_ARRAY = re.compile(r"(\{%-?\s*)endJSONArrayFor\b(\s*-?%\})")
_WHOLE = {
    name: tuple(re.compile(rf"\{{%-?\s*{tag}\s*-?%\}}") for tag in (name, f"end{name}"))
    for name in ("raw", "doc")
}
"""The opening and the end of blocks whose end the library searches for before it reads them."""


def _arrays(source: str) -> str:
    """The template with each JSONArrayFor as the loop that it is, a comma before every turn but the first.
    Nothing is looked for behind the last `%}`: each tag without an end would be searched for to the end."""
    end = source.rfind("%}") + 2
    loops = _ARRAY.sub(r"\1for \2%}{% unless forloop.first %},{% endunless %}", source[:end])
    return _END_OF_ARRAY.sub(r"\1endfor\2", loops) + source[end:]


@lru_cache(1)
def _environment() -> Environment:
    """Its templates pay for what they do."""
    made = Environment(tolerance=Mode.STRICT, strict_filters=False)
    made.template_class = PaidTemplate
    made.filters = filters(made.filters)
    for tag in made.tags.values():
        let_nodes_pay(tag)
    return made


@lru_cache(256)
def compiled(source: str) -> Render:
    """The template, read; raises ValueError with what is wrong with it."""
    for name, (opening, end) in _WHOLE.items():
        if opening.search(source, max((found.end() for found in end.finditer(source)), default=0)):
            raise ValueError(f"expected tag 'end{name}', found end of file")
    try:
        template = _environment().from_string(_arrays(source))
    except LiquidError as error:
        raise ValueError(str(error.args[0]) if error.args else "the template does not read") from error

    def render(data: Mapping[str, object]) -> str:
        try:
            return template.render(data)
        except (LiquidError, ArithmeticError, ValueError, RecursionError) as error:
            raise PolicyFault("ExpressionValueEvaluationFailure", f"Liquid error: {error}") from error

    return render
