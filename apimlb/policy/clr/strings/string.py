"""String, Char, StringComparison, StringComparer."""

import unicodedata
from functools import partial

from apimlb.policy.clr.catching import tried
from apimlb.policy.clr.collections.containers import Comparer
from apimlb.policy.clr.convert.parsing import convertible, to_char
from apimlb.policy.clr.convert.type_codes import type_code
from apimlb.policy.clr.exceptions import argument
from apimlb.policy.clr.numbers.arithmetic import Char
from apimlb.policy.clr.objects import ordering
from apimlb.policy.clr.objects.hashing import hash_code
from apimlb.policy.clr.objects.text import clr_equals, format_text
from apimlb.policy.clr.strings import chars, parts, search, texts
from apimlb.policy.clr.types.definitions import Call, Definition


def compare_objects(comparer: Comparer, left: object, right: object) -> int:
    """StringComparer.Compare(object, object): texts by the comparer, all else by their own order."""
    if type(left) is str and type(right) is str:
        return comparer.compare(left, right)
    if left is not None and right is not None and type(left) is not type(right) and not convertible(left):
        raise argument(ordering.NO_ORDER)
    return ordering.compare(left, right)


_COMPARISONS = {
    "CurrentCulture": 0, "CurrentCultureIgnoreCase": 1, "InvariantCulture": 2,
    "InvariantCultureIgnoreCase": 3,
    "Ordinal": 4, "OrdinalIgnoreCase": 5,
}  # fmt: skip

_CULTURES = ("Invariant", "Current")
DEFINITIONS = (
    Definition(
        "System.String", "class", keyword="string",
        bases=("System.Collections.Generic.IEnumerable<char>", "System.IComparable"),
        rows=(
            ("static string Empty", "''"),
            ("int Length", len),
            ("char this[int index]", texts.char_at),
            ("new(char c, int count)", texts.repeated),
            ("new(char[] value)", texts.chars_text),
            ("new(char[]! value, int startIndex, int length)", parts.new_part),
            ("string ToString()", "{0}"),
            ("static bool IsNullOrEmpty(string value)", Call(lambda text: not text, cost="result")),
            ("static bool IsNullOrWhiteSpace(string value)",
             lambda text: not text or not text.strip(texts.WHITE)),
            ("string Substring(int startIndex[, int length])", Call(texts.substring, cost="result")),
            ("string Remove(int startIndex[, int count])", texts.remove),
            ("string Insert(int startIndex, string! value)", texts.insert),
            ("string Replace(string oldValue, string newValue)", texts.replace),
            ("string Replace(string! oldValue, string newValue, StringComparison comparisonType)",
             search.replace_as),
            ("string Replace(char oldChar, char newChar)", lambda text, old, new: text.replace(old, new)),
            ("bool Contains(string|char value)", search.contains),
            ("bool Contains(string|char value, StringComparison comparisonType)",
             lambda text, *given: search.index_of(text, *given) >= 0),
            ("bool StartsWith(string value[, StringComparison comparisonType])", search.starts_with),
            ("bool StartsWith(char value)", search.starts_with),
            ("bool EndsWith(string value[, StringComparison comparisonType])", search.ends_with),
            ("bool EndsWith(char value)", search.ends_with),
            ("int IndexOf(string value[, int startIndex[, int count]][, StringComparison comparisonType])",
             search.index_of),
            ("int IndexOf(char value[, int startIndex[, int count]])", search.index_of),
            ("int IndexOf(char value, StringComparison comparisonType)", search.index_of),
            ("int LastIndexOf(char value[, int startIndex[, int count]])", search.last_index_of_char),
            ("int LastIndexOf(string value[, int startIndex[, int count]]"
             "[, StringComparison comparisonType])", search.last_index_of),
            ("int IndexOfAny(char[]! anyOf[, int startIndex[, int count]])", search.index_of_any),
            ("int LastIndexOfAny(char[]! anyOf[, int startIndex[, int count]])", search.last_index_of_any),
            *((f"string {name}([params char[] trimChars])", texts.trimming(strip)) for name, strip in
              (("Trim", str.strip), ("TrimStart", str.lstrip), ("TrimEnd", str.rstrip))),
            ("string PadLeft(int totalWidth[, char paddingChar])", partial(texts.padded, str.rjust)),
            ("string PadRight(int totalWidth[, char paddingChar])", partial(texts.padded, str.ljust)),
            ("string ToUpper()", ordering.upper_invariant),
            ("string ToLower()", ordering.lower_ordinal),
            ("string ToUpperInvariant()", ordering.upper_invariant),
            ("string ToLowerInvariant()", ordering.lower_ordinal),
            ("string Normalize()", partial(texts.in_form_c, unicodedata.normalize)),
            ("string[] Split(params char[] separator)", texts.split),
            ("string[] Split(char[] separator, int count)", texts.split),
            ("string[] Split(char[]|string[] separator[, int count], StringSplitOptions options)",
             texts.split),
            ("string[] Split(char|string separator[, int count], StringSplitOptions options = 0)",
             texts.split_by),
            ("bool Equals(string value)", lambda left, right: left == right),
            ("bool Equals(object value)", lambda left, right: type(right) is str and left == right),
            ("bool Equals(string value, StringComparison comparisonType)", ordering.equal_as),
            ("int CompareTo(string strB)", ordering.compare_culture),
            ("int CompareTo(object value)", ordering.compare),
            ("int GetHashCode(StringComparison comparisonType)",
             lambda text, comparison: hash_code(ordering.folded(comparison, text))),
            ("object Clone()", "{0}"),
            ("void CopyTo(int sourceIndex, char[]! destination, int destinationIndex, int count)",
             parts.copy_to),
            ("char[] ToCharArray([int startIndex, int length])", parts.to_chars),
            ("TypeCode GetTypeCode()", type_code),
            ("bool IsNormalized()", partial(texts.in_form_c, unicodedata.is_normalized)),
            # Every text counts as interned, as those of an expression's source do.
            *((f"static string {name}(string! str)", lambda text: text) for name in
              ("Intern", "IsInterned", "Copy")),
            ("static bool Equals(string a, string b)", clr_equals),
            ("static bool Equals(string a, string b, StringComparison comparisonType)", ordering.equal_as),
            ("static int Compare(string strA, string strB[, bool ignoreCase])", ordering.compare_culture),
            ("static int Compare(string strA, string strB, StringComparison comparisonType)",
             lambda left, right, comparison: ordering.comparer_of(comparison).compare(left, right)),
            ("static int Compare(string strA, int indexA, string strB, int indexB, int length"
             "[, bool ignoreCase])",
             parts.compare_parts_ignoring),
            ("static int Compare(string strA, int indexA, string strB, int indexB, int length, "
             "StringComparison comparisonType)", parts.compare_parts_as),
            ("static int CompareOrdinal(string strA, int indexA, string strB, int indexB, int length)",
             parts.compare_parts_as),
            ("static int CompareOrdinal(string strA, string strB)", ordering.compare_ordinal),
            ("static string Join(string|char separator, params string[] value)",
             lambda separator, values: texts.join(separator, values, "value")),
            ("static string Join(string|char separator, string[]! value, int startIndex, int count)",
             parts.join_part),
            ("static string Join(string|char separator, params object[] values)", texts.join),
            ("static string Join<T>(string|char separator, IEnumerable<T> values)", texts.join),
            ("static string Join(string separator, IEnumerable<string> values)", texts.join),
            ("static string Concat(params string[] values)", lambda values: texts.join("", values)),
            ("static string Concat(params object[] args)", lambda values: texts.join("", values, "args")),
            ("static string Concat<T>(IEnumerable<T> values)", lambda values: texts.join("", values)),
            ("static string Concat(IEnumerable<string> values)", lambda values: texts.join("", values)),
            ("static string Format(string format, params object[]! args)",
             lambda layout, values: format_text(layout, values.items)),
        ),
    ),
    Definition(
        "System.Char", "struct", bases=("System.ValueType", "System.IComparable"), keyword="char",
        default=Char("\0"),
        rows=(
            ("static char MaxValue", lambda: Char("\uffff")),
            ("static char MinValue", lambda: Char("\0")),
            ("int CompareTo(char|object value)", chars.compare_char),
            ("bool Equals(char obj)", clr_equals),
            ("static char Parse(string! s)", to_char),
            ("static string ToString(char c)", str),
            *((f"static char ToUpper{culture}(char c)", lambda char: Char(ordering.upper_invariant(char)))
              for culture in ("", "Invariant")),
            *((f"static char ToLower{culture}(char c)", lambda char: Char(ordering.lower_ordinal(char)))
              for culture in ("", "Invariant")),
            ("static double GetNumericValue(char c)", chars.numeric_value),
            ("static double GetNumericValue(string! s, int index)", chars.at_index(chars.numeric_value)),
            ("TypeCode GetTypeCode()", type_code),
            ("static bool TryParse(string s, out char result)",
             tried(lambda text: to_char(text or ""), Char("\0"))),
            ("static bool IsSurrogatePair(char highSurrogate, char lowSurrogate)", chars.is_pair),
            ("static bool IsSurrogatePair(string! s, int index)", chars.is_pair_at),
            ("static string ConvertFromUtf32(int utf32)", chars.from_utf32),
            ("static int ConvertToUtf32(char highSurrogate, char lowSurrogate)", chars.to_utf32),
            ("static int ConvertToUtf32(string! s, int index)", chars.to_utf32_at),
            *(row for tests, at_index in
              ((chars.TESTS, chars.at_index), (chars.UNIT_TESTS, chars.unit_at_index))
              for name, test in tests.items()
              for row in ((f"static bool {name}(char c)", test),
                          (f"static bool {name}(string! s, int index)", at_index(test)))),
        ),
    ),
    Definition("System.StringComparison", "enum", constants=_COMPARISONS),
    Definition("System.StringSplitOptions", "enum", constants={"None": 0, "RemoveEmptyEntries": 1}),
    Definition(
        "System.StringComparer", "class", bases=("IEqualityComparer<string>", "IComparer<string>"),
        rows=(
            ("static StringComparer Ordinal", lambda: ordering.ORDINAL),
            ("static StringComparer OrdinalIgnoreCase", lambda: ordering.ORDINAL_IGNORE_CASE),
            *((f"static StringComparer {name}Culture", lambda: ordering.INVARIANT) for name in _CULTURES),
            *((f"static StringComparer {name}CultureIgnoreCase", lambda: ordering.INVARIANT_IGNORE_CASE)
              for name in _CULTURES),
            ("static StringComparer FromComparison(StringComparison comparisonType)",
             ordering.comparer_of),
            ("bool Equals(string x, string y)", Comparer.equal),
            ("int Compare(string x, string y)", lambda comparer, x, y: comparer.compare(x, y)),
            ("bool Equals(object x, object y)", Comparer.equal),
            ("int Compare(object x, object y)", compare_objects),
            ("int GetHashCode(string|object! obj)",
             lambda comparer, value: hash_code(comparer.key(value) if isinstance(value, str) else value)),
        ),
    ),
)  # fmt: skip
