"""What Typer says of a command line that it cannot read, in our words and with what was probably meant."""

import re
from typing import Any

from typer.exceptions import TyperException

from apimlb.errors import ConfigError, meant

_NUMBERS = re.compile(r" is not a valid (int|float)( range)?\.$")


def in_our_words(error: TyperException) -> ConfigError:
    """The error as one of ours: what is wrong, in which command, and what to write instead."""
    context: Any = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "apimlb"
    usage = f"See `{where} --help`."
    if error.message.startswith("No such option"):
        option = getattr(error, "option_name", "")
        known = [name for each in context.command.params for name in (*each.opts, *each.secondary_opts)]
        next_step = f"{meant(option, known)} {usage}".lstrip()
        return ConfigError(f"There is no option {option}.", where=where, next_step=next_step)
    if error.message.startswith("No such command"):
        word = _quoted(error.message)
        known = [name for name, each in context.command.commands.items() if not each.hidden]
        next_step = f"{meant(word, known)} {usage}".lstrip()
        return ConfigError(f"There is no command {word}.", where=where, next_step=next_step)
    return _of_a_value(error, where, usage)


def _of_a_value(error: Any, where: str, usage: str) -> ConfigError:
    """A value that is missing, too many, or none of those that there are."""
    parameter = getattr(error, "param", None)
    if parameter is not None and _NUMBERS.search(error.message):
        return no_such_number(parameter, _quoted(error.message), where)
    if parameter is not None and " is not in the range " in error.message:
        return no_such_number(parameter, error.message.split()[0].removesuffix(".0"), where)
    choices = [str(each) for each in getattr(getattr(parameter, "type", None), "choices", ())]
    if parameter is None or not choices:
        return ConfigError(_sentence(error.format_message()), where=where, next_step=usage)
    name = parameter.opts[0]
    given = _quoted(error.message)
    next_step = f"{meant(given, choices)} Choose one of {', '.join(choices)}.".lstrip()
    return ConfigError(f"{name} cannot be {given!r}.", where=where, next_step=next_step)


def no_such_number(parameter: Any, given: str, where: str) -> ConfigError:
    """That what is given for a numeric parameter is no number, or outside of its bounds."""
    kind = "a whole number" if parameter.type.name.startswith("int") else "a number"
    least, most = getattr(parameter.type, "min", None), getattr(parameter.type, "max", None)
    if most is not None:
        kind += f" from {least} to {most}"
    elif least is not None:
        kind += f" of at least {least}"
    return ConfigError(
        f"{_name(parameter)} must be {kind}, not {given}.", where=where, next_step=f"See `{where} --help`."
    )


def _name(parameter: Any) -> str:
    return str(parameter.opts[0] if parameter.param_type_name == "option" else parameter.human_readable_name)


def _quoted(message: str) -> str:
    """What Typer put in quotation marks."""
    return message.split("'")[1] if message.count("'") > 1 else ""


def _sentence(text: str) -> str:
    """The text as one sentence, its options without quotation marks."""
    text = " ".join(text.replace("'", "").split())
    return text if text.endswith((".", "?", "!")) else f"{text}."
