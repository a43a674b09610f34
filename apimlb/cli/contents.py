"""What `apimlb --help` lists, as somebody meets it, under the headings of the README's table."""

from typing import Any

from apimlb.cli.grammar import Group

SECTIONS = {
    "Begin": ("init", "doctor", "config", "demo", "completion"),
    "Plan and deploy": ("plan", "deploy", "resume", "set-capacity", "regions", "destroy", "render"),
    "Look": ("status", "list", "gateway-url", "open", "version"),
    "Let apps in": ("env", "keys", "clients", "tiers"),
    "Take an account out for a while": ("drain", "undrain"),
    "Know beforehand": ("simulate", "capacity", "policy", "verify-live"),
    "Know under load": ("loadtest",),
    "Run Azure here": ("local",),
}
_WIDTH = max(len(name) for names in SECTIONS.values() for name in names)


class Contents(Group):
    """All commands, by what they are for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for names in SECTIONS.values() for name in names]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for title, names in SECTIONS.items():
            with formatter.section(title):
                limit = formatter.width - 6 - _WIDTH
                formatter.write_dl(
                    [(f"{name:{_WIDTH}}", self.commands[name].get_short_help_str(limit)) for name in names]
                )
