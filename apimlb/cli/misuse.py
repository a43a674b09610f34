"""What Typer says of a command line that it cannot read, in our words and with what was probably meant."""

from typing import Any

from typer.exceptions import TyperException

from apimlb.errors import ConfigError
from apimlb.stack.complaints import meant


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
    choices = [str(each) for each in getattr(getattr(parameter, "type", None), "choices", ())]
    if parameter is None or not choices:
        return ConfigError(_sentence(error.format_message()), where=where, next_step=usage)
    name = parameter.opts[0] if parameter.param_type_name == "option" else parameter.human_readable_name
    given = _quoted(error.message)
    next_step = f"{meant(given, choices)} Choose one of {', '.join(choices)}.".lstrip()
    return ConfigError(f"{name} cannot be {given!r}.", where=where, next_step=next_step)


def _quoted(message: str) -> str:
    """What Typer put in quotation marks."""
    return message.split("'")[1] if message.count("'") > 1 else ""


def _sentence(text: str) -> str:
    """The text as one sentence, its options without quotation marks."""
    text = " ".join(text.replace("'", "").split())
    return text if text.endswith((".", "?", "!")) else f"{text}."
