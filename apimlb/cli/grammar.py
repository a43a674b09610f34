"""The one grammar of the command line: options before the verb or after it, an answer as text or as JSON.

    apimlb --stack mine deploy --yes            apimlb deploy --yes --stack mine

A command is declared with `cls=verb(...)`; it takes a `typer.Context`, asks `common(context)` for what was
said and returns an `Answer`. Of the options that say which stack is meant its help shows those that it reads;
the others change nothing there.
"""

import sys
from collections.abc import Callable, Sequence
from functools import cache
from math import isfinite
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_params_convertors_ctx_param_name_from_function as parameters_of

from apimlb.cli.answers import Answer, publish
from apimlb.cli.misuse import no_such_number
from apimlb.cli.options import STACK, Common, Format, everywhere
from apimlb.cli.prose import leave_unread, say, speak, voice
from apimlb.errors import ConfigError, Interrupted


@cache
def _shared(reads: frozenset[str]) -> tuple[TyperOption, ...]:
    """The options as parameters, those that say where hidden unless they are read."""
    found, _, _ = parameters_of(everywhere)
    options = [option for option in found if isinstance(option, TyperOption)]
    for option in options:
        option.show_default = False
        option.hidden = option.name in STACK - reads
    return tuple(options)


_PLACEHOLDERS = {
    "int": "N",
    "int range": "N",
    "float": "N",
    "float range": "N",
    "str": "TEXT",
    "path": "PATH",
}
"""What stands for a value in the help, by Typer's name of its type."""


def _with_placeholders(params: Sequence[Any]) -> list[Any]:
    """The parameters, each with a word for its value where it has none of its own."""
    for each in params:
        if each.metavar is None and not getattr(each, "is_flag", False):
            each.metavar = _PLACEHOLDERS.get(each.type.name)
    return [*params]


class _Speaking:
    """What commands and groups have in common: the shared options, and what becomes of them."""

    reads: frozenset[str] = STACK
    examples: tuple[str, ...] = ()
    params: list[Any]

    def _understand(self, context: typer.Context) -> Common:
        """Move what was said from the parameters into the context's object, and speak as it says."""
        require_no_empty_option(context, self.params)
        require_finite(context, self.params)
        above = context.parent.obj if context.parent and isinstance(context.parent.obj, Common) else Common()
        told = {name: context.params.pop(name, None) for name in Common._fields}
        if told["output"] is not None:
            told["output"] = Format(told["output"])
        said = context.obj = above.nearer(told)
        speak(quiet=said.quiet, verbose=said.verbose, color=not said.no_color)
        return said

    def _list_options(self, context: typer.Context, formatter: Any) -> None:
        """Its own options, then those that say which stack is meant."""
        own = [option for option in self.params if option.name not in Common._fields]
        for title, options in (
            ("Arguments", [each for each in own if each.param_type_name == "argument"]),
            ("Options", [each for each in own if each.param_type_name == "option"]),
            ("Which stack", [each for each in self.params if each.name in self.reads]),
        ):
            records = [record for each in options if (record := each.get_help_record(context)) is not None]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def _end_help(self, formatter: Any) -> None:
        """What every command understands, in a line, and the examples."""
        with formatter.section("Everywhere, before the command or after it"):
            names = "--output, --yes, --quiet, --verbose, --debug, --no-color"
            formatter.write_text(f"{names}: `apimlb --help`")
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"  {example}\n")

    def _finish(self, answer: Any, said: Common) -> int:
        """Print what the command returned; the exit code."""
        if not isinstance(answer, Answer):
            return answer if isinstance(answer, int) else 0
        publish(answer, as_json=said.json)
        return answer.code


def require_no_empty_option(context: Any, params: Sequence[Any]) -> None:
    """Raise `ConfigError` for an option that is there without a value: of a variable that is not set, mostly,
    and not to be taken for an option that is not there."""
    for each in params:
        source = getattr(context.get_parameter_source(each.name), "name", "")
        values = context.params.get(each.name)
        if source == "COMMANDLINE" and "" in (values if isinstance(values, list | tuple) else [values]):
            raise ConfigError(
                f"{each.opts[0]} is empty.",
                where=context.command_path,
                why="Where its value comes from a variable of the shell, that is not set.",
                next_step=f"Give {each.opts[0]} a value, or leave it out.",
            )


def require_finite(context: Any, params: Sequence[Any]) -> None:
    """Raise `ConfigError` for an amount that is infinite or no number, which no bounds keep out."""
    for each in params:
        value = context.params.get(each.name)
        if isinstance(value, float) and not isfinite(value):
            raise no_such_number(each, str(value), context.command_path)


class Group(_Speaking, TyperGroup):
    """Commands under a name; the shared options may stand between it and the command."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.params = [*_with_placeholders(self.params), *_shared(STACK)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Without a word, its help."""
        if not args and self.no_args_is_help and not ctx.resilient_parsing:
            say(ctx.get_help())
            raise typer.Exit(2)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """All options for the whole; below it the commands matter, and what the group itself does."""
        if ctx.parent is None:
            super().format_options(ctx, formatter)
            return
        if any(option.name not in Common._fields for option in self.params):
            self._list_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        if ctx.parent is not None:
            self._end_help(formatter)

    def invoke(self, ctx: Any) -> int:
        said = self._understand(ctx)
        return self._finish(_uninterrupted(super().invoke, ctx), said)


class Verb(_Speaking, TyperCommand):
    """A command: it understands the shared options, and what it returns is printed as they say."""

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.params = [*_with_placeholders(self.params), *_shared(self.reads)]

    def invoke(self, ctx: Any) -> int:
        said = self._understand(ctx)
        if said.debug:
            _log(said)
        return self._finish(_uninterrupted(super().invoke, ctx), said)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        self._list_options(ctx, formatter)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        self._end_help(formatter)


def _log(said: Common) -> None:
    """Write a log from now on, and say where; it is said again by whatever error ends the command."""
    from apimlb.cli.debugging import start  # deferred: logging is not needed otherwise

    voice.log = str(start(said.local_azure.parent, sys.argv[1:]))
    say(f"The log is {voice.log}.")


def _uninterrupted(work: Callable[[Any], Any], context: Any) -> Any:
    """What it returns; Typer would turn these two into exit codes without a word."""
    try:
        return work(context)
    except KeyboardInterrupt:
        raise Interrupted("Stopped.", next_step="Run the same command again.") from None
    except BrokenPipeError:
        leave_unread()


def verb(reads: frozenset[str] = STACK, examples: Sequence[str] = ()) -> type[Verb]:
    """The class of a command that reads these of the options that say where, shown with these examples."""
    return type("Verb", (Verb,), {"reads": reads, "examples": tuple(examples)})


def group(examples: Sequence[str] = ()) -> type[Group]:
    """The class of a group that does something itself, shown with these examples."""
    return type("Group", (Group,), {"examples": tuple(examples)})


def common(context: typer.Context) -> Common:
    """What was said with the shared options."""
    said = context.obj
    assert isinstance(said, Common)
    return said
