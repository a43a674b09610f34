"""The Python that is written for an expression holds nothing but what we put there."""

# ruff: noqa: E501 - rows of tables

import ast
import builtins
import contextlib
import random
import re

import pytest

from apimlb.errors import PolicyError
from apimlb.policy.apim.members import DEFINITIONS
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.csharp.expression import Expression, compile_fresh
from apimlb.policy.rehearse.cases import context_of
from tests.fuzz.material import grown_expression, mutated_expression, written_expressions
from tests.unit.policy.tables import loaded

NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Lambda, ast.Return, ast.Pass, ast.Break, ast.Continue,
    ast.Raise, ast.Try, ast.ExceptHandler, ast.If, ast.While, ast.For, ast.Assign, ast.AugAssign, ast.NamedExpr, ast.Expr, ast.Call,
    ast.Name, ast.Load, ast.Store, ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Subscript, ast.Attribute,
    ast.IfExp, ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.cmpop, ast.boolop, ast.operator, ast.unaryop,
)  # fmt: skip
NAMES = re.compile(r"(?:ctx|n|expression|a\d+|t\d+|[vfgek]_\w+)\Z", re.ASCII)


def attributes_of_the_tables() -> set[str]:
    """Whatever a template of the library names behind a dot."""
    found = {"members"}  # of anonymous objects
    for definition in loaded(DEFINITIONS):
        for row in definition.rows:
            for call in row[1:]:
                template = call if isinstance(call, str) else getattr(call, "call", "")
                if isinstance(template, str):
                    found.update(re.findall(r"\.([A-Za-z_]\w*)", template))
    return found


ATTRIBUTES = attributes_of_the_tables()


def audit(made: Expression) -> None:
    for node in ast.walk(ast.parse(made.python)):
        assert isinstance(node, NODES), ast.dump(node)
        if isinstance(node, ast.Name):
            assert NAMES.match(node.id), node.id
        elif isinstance(node, ast.FunctionDef | ast.arg | ast.ExceptHandler):
            name = node.arg if isinstance(node, ast.arg) else node.name
            assert name is None or NAMES.match(name), name
        elif isinstance(node, ast.Attribute):
            assert node.attr in ATTRIBUTES, node.attr
            assert isinstance(node.ctx, ast.Load), f"stores into {node.attr}"
        elif isinstance(node, ast.Call):
            assert not node.keywords
        elif isinstance(node, ast.FunctionDef):
            assert not node.decorator_list


def test_the_tables_reach_for_nothing_private() -> None:
    assert {name for name in ATTRIBUTES if name.startswith("_")} <= {"__len__"}
    assert not ATTRIBUTES & {"format", "format_map", "gi_frame", "tb_frame", "f_globals", "mro"}


HOSTILE = (
    """@{ var a = new int[99]; int.TryParse("5", out a["{0.__doc__[11]}.__class__ #".Length]); return a[0]; }""",
    """@{ var a = new int[99]; int.TryParse("5", out a["{0:'<6}){0:\\"<6}".Length]); return a[0]; }""",
    '@("\\"\\\'\\\\" + \'\\\'\' + @"""\'" + $"{1}\\"\'" + "\\u0000\\ud800\\r\\n\\u2028")',
    "@(new { __class__ = 1, ﬁ = 2, 𝒜 = 3 }.__class__)",
    "@{ var ﬁ = 1; var fi = 2; var ｆｉ = 3; return ﬁ * 100 + fi * 10 + ｆｉ; }",
    "@{ var __builtins__ = 1; var __import__ = 2; var g_type = 3; var ctx = 4; var n = 5; var t1 = 6; return t1; }",
    "@{ var self = 1; var lambda = 2; var def = 3; var None = 4; var import = 5; return None + lambda; }",
    "@{ int f_F(int n) => n; int F(int f) => f_F(f); return F(2); }",
    "@(new[] { new { ﬁ = 1 }, new { ﬁ = 2 } }.FirstOrDefault())",
    "@(new[] { 1 }.Select(v_x => new[] { v_x }.Select(__x => __x + v_x).Sum()).Sum())",
    '@(string.Format("{0.__class__}{0!r}{0:{1}}", 1, 2))',
    '@($"{1:__class__}{"a".Length,5:D}{{__import__}}")',
    "@(1 /* \n import os \n */ + // x \n 2)",
    "@(nameof(context.Request.__class__))",
    '@(Regex.Replace("a", "(?<__x>a)", "${__x}\\\\1{0}"))',
    '@{ try { throw new Exception("{0}\'"); } catch (Exception __e) { return __e.Message; } }',
)


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_texts_become_plain_values_or_are_refused(source: str) -> None:
    problem: PolicyError | None
    try:
        made = compile_fresh(source)
    except PolicyError as found:
        problem = found
    else:
        problem = None
    if problem is not None:
        assert problem.code != "Untranslated"
        return
    audit(made)
    with contextlib.suppress(ClrException):
        made(context_of({}))


def test_names_that_python_reads_as_one_stay_apart() -> None:
    made = compile_fresh("@{ var ﬁ = 1; var fi = 2; var ｆｉ = 3; return ﬁ * 100 + fi * 10 + ｆｉ; }")
    assert made(context_of({})) == 123


@pytest.mark.parametrize(
    "source",
    ["@(__import__)", '@("a".__class__)', "@(context.__class__)", "@(context.Request.__dict__)", "@(ctx)", "@(g_type)",
     "@(context.clock)", "@(context.rng)", "@(System.IO.File.ReadAllText(\"/etc/passwd\"))", "@(\"a\".format(1))",
     "@(new Exception().__traceback__)", "@(typeof(string))", "@(\"a\".GetType().Assembly)", "@(open(\"x\"))",
     "@(int.Parse(s: \"1\", __class__: 2))", "@(Environment.GetEnvironmentVariable(\"PATH\"))",
     "@(new System.Net.Sockets.Socket())", "@(Activator.CreateInstance(null))"],
)  # fmt: skip
def test_what_is_no_member_of_the_tables_is_refused(source: str) -> None:
    with pytest.raises(PolicyError):
        compile_fresh(source)


def test_the_python_of_many_expressions_is_made_of_known_pieces() -> None:
    rng = random.Random(5)
    audited = 0
    texts = [*written_expressions()[::4]]
    texts += [rng.choice((grown_expression, mutated_expression))(rng) for _ in range(400)]
    for text in texts:
        try:
            made = compile_fresh(text)
        except PolicyError:
            continue
        audit(made)
        audited += 1
    assert audited > 250


def test_no_python_builtin_is_in_reach() -> None:
    made = compile_fresh("@(1 + context.Variables.Count)")
    scope = made._run.__globals__
    assert scope["__builtins__"] == {}
    assert not {name for name in scope if hasattr(builtins, name) and name != "__builtins__"}
