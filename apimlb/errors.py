"""The errors of apimlb: each says what happened, where, and what to do next.

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


class ApimlbError(Exception):
    """What happened (`what`), on which thing (`where`) and what to do about it (`next_step`)."""

    exit_code = 1
    usual_step = "Run the same command again."
    """What to do next where nobody says anything better."""

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what} ({self.where})" if self.where else self.what


class ConfigError(ApimlbError):
    """A file, flag or environment variable holds something that cannot be used."""

    exit_code = 2
    usual_step = "Correct it, then run the same command again."


class AuthError(ApimlbError):
    """Azure does not know who calls, or does not let them."""

    exit_code = 3


class QuotaError(ApimlbError):
    """More capacity is asked for than the subscription has left."""

    exit_code = 4
    usual_step = "Lower the capacity, or ask Azure for more quota."


class ConflictError(ApimlbError):
    """A name, a port or a soft-deleted resource stands in the way."""

    exit_code = 5
    usual_step = "Move it out of the way, then run the same command again."


class NotFoundError(ApimlbError):
    """What the command works on does not exist."""

    exit_code = 6
    usual_step = "Look at its name, or make it first."


class NotReadyError(ApimlbError):
    """What was deployed does not work yet, though all of it is there."""

    exit_code = 7


class UnverifiedError(ApimlbError):
    """What was deployed is there; whether it works cannot be seen from here."""

    exit_code = 8


class CloudError(ApimlbError):
    """Azure's own refusal: HTTP `status` (0 when no answer came) and ARM error `code`."""

    def __init__(
        self, what: str, *, where: str = "", next_step: str = "", status: int = 0, code: str = ""
    ) -> None:
        super().__init__(what, where=where, next_step=next_step)
        self.status = status
        self.code = code


class PolicyError(ApimlbError):
    """A policy document or expression that Azure would refuse; `line` and `column` count from 1."""

    usual_step = "Correct the policy there, then run the same command again."

    def __init__(
        self, what: str, *, line: int, column: int, where: str = "", code: str = "", next_step: str = ""
    ) -> None:
        super().__init__(what, where=where or f"line {line}, column {column}", next_step=next_step)
        self.line = line
        self.column = column
        self.code = code


class Interrupted(ApimlbError):
    """The user stopped the command; what was under way in Azure goes on there."""

    exit_code = 130


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


def from_system(error: OSError) -> ApimlbError | None:
    """What the operating system refused to do with a file, as an error of ours; None for anything else."""
    next_step = _NEXT_STEPS.get(error.errno or 0)
    if next_step is None:
        return None
    kind = ConflictError if error.errno in _FULL else ConfigError
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    return kind(f"{error.strerror}.", where=" → ".join(names), next_step=next_step)
