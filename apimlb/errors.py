"""The errors of apimlb: each says what happened, where, why, what to do next, and what Azure said of it.

    ApimlbError
    ├── ConfigError        the user's file, flag or environment is wrong            exit 2
    ├── AuthError          no login, no subscription, no permission                 exit 3
    ├── QuotaError         a capacity that the subscription cannot give             exit 4
    ├── ConflictError      a name, a port or a soft-deleted resource in the way     exit 5
    ├── NotFoundError      a stack or resource that does not exist                  exit 6
    ├── NotReadyError      what was deployed does not work in time                  exit 7
    ├── UnverifiedError    what was deployed cannot be tried from here              exit 8
    ├── CloudError         Azure refused or failed; carries its code and status     exit 1
    ├── PolicyError        a policy does not read, parse or bind; has a position    exit 1
    └── Interrupted        Ctrl-C; the same command carries on                      exit 130

Only `apimlb.cli` turns them into prose; every other room raises them and lets them pass. A next step names
commands bare, in backticks (`apimlb deploy`): the command line adds the flags that lead to the same place.
"""

import errno
from collections.abc import Iterable, Sequence


class ApimlbError(Exception):
    """What happened (`what`), on which thing (`where`), `why` such a thing happens, and what to do about it
    (`next_step`). `raw` is what somebody else said of it, word by word."""

    exit_code = 1
    usual_why = "Something that the command needs did not happen."
    """Why it happens, where nobody says it more exactly."""
    usual_step = "Run the same command again."
    """What to do next where nobody says anything better."""

    def __init__(
        self, what: str, *, where: str = "", why: str = "", next_step: str = "", raw: str = ""
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.next_step = next_step
        self.raw = raw

    def __str__(self) -> str:
        return f"{self.what} ({self.where})" if self.where else self.what


class ConfigError(ApimlbError):
    """A file, flag or environment variable holds something that cannot be used."""

    exit_code = 2
    usual_why = "What was given cannot be used as it stands, and apimlb does not guess."
    usual_step = "Correct it, then run the same command again."


class AuthError(ApimlbError):
    """Azure does not know who calls, or does not let them."""

    exit_code = 3
    usual_why = "Azure wants to know who calls, and that they have the right to it."
    usual_step = "Run `az login`, then the same command again."


class QuotaError(ApimlbError):
    """More capacity is asked for than the subscription has left."""

    exit_code = 4
    usual_why = "A subscription has so many tokens per minute for each model and region."
    usual_step = "Lower the capacity, or ask Azure for more quota."


class ConflictError(ApimlbError):
    """A name, a port or a soft-deleted resource stands in the way."""

    exit_code = 5
    usual_why = "Something else has the name, the port or the turn already."
    usual_step = "Move it out of the way, then run the same command again."


class NotFoundError(ApimlbError):
    """What the command works on does not exist."""

    exit_code = 6
    usual_why = "It was never made, is gone, or has another name."
    usual_step = "Look at its name, or make it first."


class NotReadyError(ApimlbError):
    """What was deployed does not work yet, though all of it is there."""

    exit_code = 7
    usual_why = "Roles, keys and configuration reach a gateway some minutes after Azure has taken them."


class UnverifiedError(ApimlbError):
    """What was deployed is there; whether it works cannot be seen from here."""

    exit_code = 8
    usual_why = "No request of this machine reaches the gateway: a proxy, a firewall or a private network."


class CloudError(ApimlbError):
    """Azure's own refusal: HTTP `status` (0 when no answer came) and ARM error `code`."""

    usual_why = "Azure refused it, or could not do it; what it had done before stays."

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        why: str = "",
        next_step: str = "",
        raw: str = "",
        status: int = 0,
        code: str = "",
    ) -> None:
        super().__init__(what, where=where, why=why, next_step=next_step, raw=raw)
        self.status = status
        self.code = code


class PolicyError(ApimlbError):
    """A policy document or expression that Azure would refuse; `line` and `column` count from 1."""

    usual_why = "Azure would refuse this policy, or stumble over it at the first request."
    usual_step = "Correct the policy there, then run the same command again."

    def __init__(
        self, what: str, *, line: int, column: int, where: str = "", code: str = "", next_step: str = ""
    ) -> None:
        super().__init__(what, where=where or f"line {line}, column {column}", next_step=next_step)
        self.line = line
        self.column = column
        self.code = code


class Interrupted(ApimlbError):
    """The user stopped the command."""

    usual_why = "You stopped it."
    exit_code = 130


UNDER_WAY = "You stopped it. What Azure had begun goes on there."
"""Why it ended, of an `Interrupted` that left Azure at work."""


_NEXT_STEPS = {
    errno.EACCES: "Give yourself the right to it, or choose another place.",
    errno.EPERM: "Give yourself the right to it, or choose another place.",
    errno.EROFS: "Choose a place that can be written to.",
    errno.ENOENT: "Correct the path.",
    errno.ENOTDIR: "Move away the file that stands where a folder belongs, or choose another place.",
    errno.EEXIST: "Move away what stands there, or choose another place.",
    errno.EISDIR: "Name a file instead of a folder.",
    errno.ENAMETOOLONG: "Choose a shorter path.",
    errno.ELOOP: "Correct the link, which leads to itself.",
    errno.ENOSPC: "Free some space, then run the same command again.",
    errno.EDQUOT: "Free some space, then run the same command again.",
    errno.EMFILE: "Raise the limit of open files (`ulimit -n`), then run the same command again.",
}
_FULL = (errno.ENOSPC, errno.EDQUOT)


def raise_first(errors: Sequence[ApimlbError]) -> None:
    """Raise the first error, if there is one, with the others as its notes; each is said once."""
    if not errors:
        return
    first = errors[0]
    for other in dict.fromkeys(str(error) for error in errors[1:]):
        first.add_note(other)
    raise first


def raise_together(errors: Iterable["ConfigError"]) -> None:
    """Raise all complaints about what was given as one error, if there are any: a complaint a line, in the
    order of where it is."""
    told = {(error.where, error.what): error for error in errors}
    ordered = [told[key] for key in sorted(told)]
    if len(ordered) > 1:
        ordered[0].next_step = "Correct each where it stands, then run the same command again."
    raise_first(ordered)


def from_system(error: OSError) -> ApimlbError | None:
    """What the operating system refused to do with a file, as an error of ours; None for anything else."""
    next_step = _NEXT_STEPS.get(error.errno or 0)
    if next_step is None:
        return None
    where = " → ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    what = f"{error.strerror}."
    if error.errno in _FULL:
        return ConflictError(what, where=where, why="What is written needs more room.", next_step=next_step)
    return ConfigError(what, where=where, next_step=next_step)


def unreadable(kind: str, error: Exception, file: object) -> ConfigError:
    """That a file does not hold what it should ("JSON"), and at which place; what the parser says of it comes
    last, as anybody else's words."""
    import re  # deferred: a command that prints one line has no time for it

    said = " ".join(str(error).split())
    places = re.findall(r"line (\d+),? column (\d+)", said)
    place = ": it goes wrong at line {}, column {}".format(*places[-1]) if places else ""
    place = place or (": it breaks off at its end" if "end of document" in said else "")
    return ConfigError(
        f"The file is not {kind}{place}.",
        where=str(file),
        next_step=f"Correct {file}, or name another file.",
        raw=said,
    )


def meant(word: object, known: Iterable[str]) -> str:
    """A question about the one that was probably meant, after a space; nothing when none is alike."""
    from difflib import get_close_matches  # deferred: as above

    spelled = {each.lower(): each for each in known}
    near = get_close_matches(str(word).lower(), spelled, n=1)
    return f" Did you mean {spelled[near[0]]}?" if near else ""
