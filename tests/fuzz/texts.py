"""Texts that members of .NET read: dates, numbers, formats, patterns, addresses, documents, mostly right or nearly so.

Each maker takes the source of chance and returns the text itself; `quoted` writes it as a literal of C#.
"""

# ruff: noqa: E501 - rows of tables

import random
from collections.abc import Callable, Sequence

Rng = random.Random


def quoted(text: str) -> str:
    """A string literal of C# in ASCII."""
    made = []
    for char in text:
        if char in '"\\':
            made.append(f"\\{char}")
        elif " " <= char <= "~":
            made.append(char)
        else:
            units = char.encode("utf-16-le", "surrogatepass")
            made += [
                f"\\u{int.from_bytes(units[at : at + 2], 'little'):04x}" for at in range(0, len(units), 2)
            ]
    return f'"{"".join(made)}"'


def _maybe(rng: Rng, text: str, chance: float = 0.5) -> str:
    return text if rng.random() < chance else ""


def _joined(rng: Rng, pieces: Sequence[str], most: int, between: Sequence[str] = ("",)) -> str:
    made = rng.choice(pieces)
    for _ in range(rng.randint(0, most - 1)):
        made += rng.choice(between) + rng.choice(pieces)
    return made


def _spoiled(rng: Rng, text: str, chance: float = 0.12) -> str:
    """Now and then a text with one of its characters gone, doubled or replaced."""
    if not text or rng.random() > chance:
        return text
    at = rng.randrange(len(text))
    return (
        text[:at]
        + rng.choice(("", text[at] * 2, " ", "x", "-", ":", "0", "é", "\0", ",", "１", "٣"))
        + text[at + 1 :]
    )


PLAIN = (
    "", " ", "a", "A", "b", "ab", "abc", "ABC", "abcabc", "a,b,,c", "a b  c", "\t a \r\n", "é", "e\u0301", "É", "ß", "ss",
    "co\u00adop", "straße", "STRASSE", "\uffff", "\ufffe", "İ", "ı", "i", "I", "ﬁ", "Σ", "σ", "ς", "\U0001f600", "a\U0001f600b", "\ud800", "\udc00", "\0", "a\0b", "co-op", "coop",
    "0", "1", "-1", "10", "9", "a1", "A1", "_", "-", "{0}", "%", "&amp;", "<a/>", "日本", "ａ", "x\u00adx", "\ufeff", "\u200d",
    "Æ", "ae", "Ａ", "ⅷ", "½", "٣", "\u00a0", "\u2028", "\u0085", "true", "null", "z", "Z", "a.b", "'", '"', "\\",
)  # fmt: skip


def plain(rng: Rng) -> str:
    if rng.random() < 0.75:
        return rng.choice(PLAIN)
    return _joined(rng, PLAIN, 3)


def number(rng: Rng) -> str:
    """Numerals of every sort."""
    digits = rng.choice(
        ("0", "1", "7", "12", "127", "128", "255", "256", "32767", "32768", "65535", "65536", "2147483647",
         "2147483648", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615",
         "18446744073709551616", "79228162514264337593543950335", "79228162514264337593543950336", "007", "1,000",
         "1,0,0", ",1", "1,", "1e5", "1E+3", "1e-3", "1e400", "1e-400", "5.5", ".5", "5.", ".", "1.0", "1.50",
         "0.1", "0.30000000000000004", "123456789.123456789", "0x1F", "1F", "ff", "NaN", "Infinity", "∞", "-∞", "nan",
         "1_000", "", " ", "٣", "1 2", "1e", "e5", "1.2.3", "0.5", "1.5", "2.5", "-0", "0.0000001", "1e15", "1e16",
         "4.9e-324", "1.7976931348623157E+308", "3.4028235E+38", "1.4e-45", "1e-28", "1e-29", "0.00000000000000000000000000005")
    )  # fmt: skip
    sign = rng.choice(("", "", "", "", "", "-", "+", "- ", "--", "("))
    end = ")" if sign == "(" else rng.choice(("", "", "", "", "-", "$", "%", "\0", "L"))
    text = sign + digits + end
    if rng.random() < 0.15:
        text = rng.choice((" ", "\t", "\n", "\u00a0")) + text
    if rng.random() < 0.15:
        text += rng.choice((" ", "\t", "\r\n", "\0", "\u00a0"))
    return _spoiled(rng, text, 0.06)


def number_format(rng: Rng) -> str:
    """Standard and custom formats of numbers."""
    if rng.random() < 0.4:
        return rng.choice("CDEFGNPRXcdefgnprxZ") + rng.choice(
            ("", "0", "1", "2", "3", "5", "10", "15", "20", "99", "100")
        )
    pieces = ("0", "0", "#", "#", "00", "##", ".", ",", "%", "‰", "E0", "E+00", "e-0", "'a'", '"b"', "\\x", ";", " ", "a",
              "-", "+", "(", ")", "$", "#,##0", "0.00", "0.##", ",,", "E", "'", "\\")  # fmt: skip
    return _joined(rng, pieces, 7)


_CLOCKS = ("10:00", "1:02:03", "23:59:59", "24:00:00", "24:00", "00:00", "1:2", "01:02:03.4", "01:02:03.1234567",
           "01:02:03.12345678", "10:00 AM", "10 PM", "12:30 pm", "10:00:00AM", "13:00 PM", "1:60", "10", "10:", "10:00Z",
           "10:00+02:00", "10:00 -0500", "10:00:00 GMT", "10:00 UTC", "T10:00:00Z", "10:00 A", "10.00", "10h")  # fmt: skip
_DAYS = ("24 December", "5 March", "March 5", "5Mar", "Dec 24", "March 45", "45 March", "2024-01-31", "2024-02-29", "2023-02-29", "2024-1-5", "01/02/2024", "1/2/24", "13/01/2024", "2024/03/04",
         "31 January 2024", "January 31, 2024", "Jan 31", "Jan 2024", "February 2024", "29 Feb", "31 Dec 99", "Dec 31 0099",
         "20240131", "2024.01.31", "1.2.2024", "0001-01-01", "9999-12-31", "10000-01-01", "2024-00-10", "2024-13-01",
         "2024-01", "2024", "1/2", "3-Mar-2024", "Mar-2024", "March 3rd, 2024", "2024-W05", "24-01-31", "1 2 3", "2024 Jan 5",
         "5 2024 Jan", "2024, 5 Jan", "Sept 5 2024", "MAY 5 2024", "2024-001", "2024 1 5")  # fmt: skip
_WEEKDAYS = ("Wed, ", "Wednesday, ", "wed ", "Fri, ", "Thu ", "Foo, ", "Wed,", "Thursday ", "Wednesday")
_ZONES = (
    "Z",
    " Z",
    "z",
    "+00:00",
    "-05:30",
    "+14:00",
    "+15:00",
    " GMT",
    " UTC",
    " +02",
    "+0200",
    " EST",
    " -3",
    "+1:30",
    "+1:3",
    "+130",
    "-00:00",
)


def date(rng: Rng) -> str:
    """Dates, times, both in either order, with days of the week, zones and blanks."""
    day, clock = rng.choice(_DAYS), rng.choice(_CLOCKS)
    shape = rng.random()
    if shape < 0.06:
        text = rng.choice(
            (
                day + rng.choice((" AM", " PM", "pm")),
                "AM " + day,
                "PM " + clock,
                day + " am " + clock,
                day + " T " + clock,
                day + "T " + clock,
            )
        )
    elif shape < 0.3:
        text = day
    elif shape < 0.4:
        text = clock
    elif shape < 0.75:
        text = day + rng.choice((" ", "T", "t", "  ", ", ", " at ", "\t")) + clock
    else:
        text = clock + rng.choice((" ", ", ", "  ")) + day
    text = _maybe(rng, rng.choice(_WEEKDAYS), 0.2) + text + _maybe(rng, rng.choice(_ZONES), 0.25)
    if rng.random() < 0.1:
        text = rng.choice((" ", "\t", "\n", "#", "\0")) + text
    if rng.random() < 0.1:
        text += rng.choice((" ", ",", ".", "\0", "#", "/"))
    return _spoiled(rng, text, 0.1)


def iso_date(rng: Rng) -> str:
    """Dates as JSON and XML write them."""
    text = rng.choice(("2024-01-31T10:00:00", "2024-02-29T23:59:59.1234567", "2024-01-31", "2024-01-31T24:00:00", "0001-01-01T00:00:00",
                       "9999-12-31T23:59:59.9999999", "2024-01-31T10:00", "2024-01-31 10:00:00", "/Date(1700000000000)/",
                       "/Date(1700000000000+0200)/", "2024-06-30T23:59:60", "2024-01-31T10:00:00.12345678", "2024-01", "2024", "--01-31", "10:00:00"))  # fmt: skip
    return _spoiled(rng, text + _maybe(rng, rng.choice(_ZONES), 0.5), 0.1)


def date_format(rng: Rng) -> str:
    """Standard and custom formats of dates."""
    if rng.random() < 0.3:
        return rng.choice(
            (
                "d",
                "D",
                "f",
                "F",
                "g",
                "G",
                "m",
                "M",
                "o",
                "O",
                "r",
                "R",
                "s",
                "t",
                "T",
                "u",
                "U",
                "y",
                "Y",
                "x",
                "z",
                "",
                "K",
            )
        )
    pieces = ("d", "dd", "ddd", "dddd", "M", "MM", "MMM", "MMMM", "y", "yy", "yyy", "yyyy", "yyyyy", "h", "hh", "H", "HH",
              "m", "mm", "s", "ss", "f", "fff", "fffffff", "ffffffff", "F", "FFF", "FFFFFFF", "t", "tt", "z", "zz", "zzz", "K", "g",
              ":", "/", "-", " ", ".", ",", "'at'", '"q"', "\\T", "T", "%d", "%", "'", "x")  # fmt: skip
    return _joined(rng, pieces, 8)


def span(rng: Rng) -> str:
    """Time spans."""
    text = rng.choice(
        ("1", "0", "1:2", "1:02:03", "24:00:00", "24:00", "23:59:59", "1.02:03:04", "1.24:00:00", "1:2:3:4", "1:24:0:0",
         "1.02:03:04.5", "1:2:3.1234567", "1:2:3.12345678", "1:60", "1:59:60", "60:00", "100", "10675199", "10675200",
         "10675199.02:48:05.4775807", "10675199.02:48:05.4775808", "1.", ".1", ":1", "1:", "1.2", "1.2:3", "1 2", "P1DT2H", "PT1H30M",
         "PT0.5S", "P1Y", "-P1D", "::", "1::2", "0:0:0.0", "00:00:00.00000001", "1:2:3:4.5", "999999999", "1:2:3:4:5", "+1:2", "1-2", "5d")
    )  # fmt: skip
    sign = rng.choice(("", "", "", "-", "- ", "--", "+"))
    return _spoiled(rng, _maybe(rng, " ", 0.1) + sign + text + _maybe(rng, " ", 0.1), 0.08)


def span_format(rng: Rng) -> str:
    if rng.random() < 0.35:
        return rng.choice(("c", "g", "G", "t", "T", "", "x", "C"))
    pieces = ("d", "dd", "dddddddd", "h", "hh", "hhh", "m", "mm", "s", "ss", "f", "fff", "fffffff", "F", "FFF", "\\:", "\\.", "':'",
              "%d", "%", ":", " ", "\\ ", "'d'", "-", "D", "H")  # fmt: skip
    return _joined(rng, pieces, 6)


_ATOMS = ("a", "b", ".", "[a-c]", "[^b]", r"\d", r"\w+", r"\s", r"\S", r"\W", "(a)", "(?<n>b)", "(?:ab)", "a|b", "^", "$", r"\b",
          r"\B", r"\A", r"\z", r"\Z", r"\G", "(?=b)", "(?!b)", "(?<=a)", "(?<!a)", "(?>a+)", r"\1", r"\k<n>", "(?i)", "(?i:A)", "(?-i)",
          "[0-9]", "[a-z-[b]]", r"\p{L}", r"\P{Lu}", r"\x41", r"\u0042", r"\101", r"\0", r"\07", r"\e", r"\cA", r"\t", r"\n", "[]a]", r"[\w-]",
          "(?#c)", " ", "#c", "(?x: a )", "(?n)(a)", "(?<2>a)", "(?'q'b)", "(?(1)a|b)", "(?(n)a)", "(?(?=a)ab)", "(?<a-n>b)", r"\12", r"\8", r"\_",
          "[[:alpha:]]", r"\p{IsGreek}", "()", "(?<n>a)(?<n>b)", "{", "}", "]", "a{2}", "a{,2}", "a{1,2}?", "é", "(?s).", r"\-", "[b-a]", "(", ")",
          "[a", "*", r"\p{X}", r"\k<z>", "\\", "(?<>a)", "(?", r"[\d-z]", "(?m)^", "[^\\d\\D]", "\\ca", "\\x4", "\\u12", "[\\b]", "(?<1a>b)")  # fmt: skip
_QUANTIFIERS = (
    "",
    "",
    "",
    "*",
    "+",
    "?",
    "*?",
    "+?",
    "??",
    "{2}",
    "{1,2}",
    "{0}",
    "{2,1}",
    "{1,}",
    "{,3}",
    "+*",
    "{1}?",
)


def pattern(rng: Rng) -> str:
    """Regular expressions."""
    made = ""
    for _ in range(rng.randint(1, 4)):
        made += rng.choice(_ATOMS) + rng.choice(_QUANTIFIERS)
    return made


def replacement(rng: Rng) -> str:
    """What Regex.Replace puts in."""
    pieces = ("$0", "$1", "$10", "$2", "$$", "$", "${1}", "${n}", "${10}", "${x}", "${", "$&", "$`", "$'", "$+", "$_", "$-1", "x", "$01", "${ n}", "$n", "\\1", "$1a", "${1", "$99999999999")  # fmt: skip
    return _joined(rng, pieces, 4)


def input_text(rng: Rng) -> str:
    """What a regular expression looks at."""
    return _joined(
        rng,
        (
            "a",
            "b",
            "c",
            "A",
            "aa",
            "ab",
            "1",
            "42",
            " ",
            "\n",
            "é",
            "_",
            "-",
            "abc",
            "aab",
            "",
            "\r\n",
            "x",
            ".",
        ),
        8,
    )


def address(rng: Rng) -> str:
    """URIs, absolute and relative."""
    scheme = rng.choice(
        (
            "http:",
            "https:",
            "HTTP:",
            "ftp:",
            "file:",
            "mailto:",
            "urn:",
            "ws:",
            "x-y+z.1:",
            "",
            "",
            "1a:",
            "news:",
            "javascript:",
            "data:",
            "net.tcp:",
            "gopher:",
            "ldap:",
            ":",
            "c:",
        )
    )
    host = rng.choice(
        ("//a", "//A.Com", "//a:80", "//a:443", "//a:8080", "//a:", "//u:p@a", "//u@a:1", "//1.2.3.4", "//1.2", "//0x7f.1", "//256.1.1.1", "//[::1]",
         "//[::1]:80", "//[fe80::1%25en]", "//[1:2]", "//bücher.de", "//xn--bcher-kva.de", "//a_b", "//-a", "//a..b", "//", "//a b", "//a:99999", "//a:x", "/", "", "",
         "///", "//a.", "//localhost", "//%41", "//a%2eb", "//EXAMPLE.org", "//loopback", "//[::FFFF:1.2.3.4]", "//u:p:q@a", "//@a", "//a@b@c", "\\\\a\\b", "//日本.jp")
    )  # fmt: skip
    segments = ("", "/", "/b", "/b/", "/../c", "/./d", "/%7E", "/%2F", "/%2f", "/a b", "/é", "/%e9", "/%C3%A9", "/%", "/%zz", "/b;c=d", "/a+b", "/~x", "/\\y", "//z",
                "/%20", "/..", "/.", "/...", "/a%00", "/<>", "/{x}", "/|", "/^", "/`", "/'", "/!*()", "/b:c", "/@", "/[x]", "/%25", "/%41", "/.a", "/a.", "/\t", "/\U0001f600", "/%F0%9F%98%80", "b", "../b", "./b", "..")  # fmt: skip
    path = _joined(rng, segments, 3)
    query = rng.choice(
        (
            "",
            "",
            "",
            "?",
            "?x",
            "?x=1&y=2",
            "?x=%7E",
            "?a b",
            "?é",
            "?%",
            "?x=%2F/",
            "??",
            "?x=[1]",
            "?{}",
            "?x=%41",
            "?'",
            '?"<>',
            "?a=b?c",
            "?%C3%A9",
            "?\\",
        )
    )
    fragment = rng.choice(("", "", "", "#", "#f", "#a b", "#%7E", "##", "#é", "#?x", "#/"))
    text = scheme + host + path + query + fragment
    if rng.random() < 0.08:
        text = rng.choice((" ", "\t", "\n")) + text + rng.choice((" ", "\n", ""))
    return _spoiled(rng, text, 0.05)


def internet_address(rng: Rng) -> str:
    return _spoiled(
        rng,
        rng.choice(
            ("1.2.3.4", "1.2.3", "1.2", "1", "0x7f.0.0.1", "010.1.1.1", "256.1.1.1", "1.2.3.4.5", "4294967295", "4294967296", "::", "::1", "1::", "fe80::1%3",
             "fe80::1%eth0", "::ffff:1.2.3.4", "2001:db8::8:800:200c:417a", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1::", "[::1]", "[::1]:80", "::1/64", "ABCD::EF", "0:0:0:0:0:0:0:0",
             "1:0:0:2:0:0:0:3", "::1.2.3.4", "64:ff9b::1.2.3.4", "", " 1.2.3.4", "1.2.3.4 ", "127.0.0.1", "0.0.0.0", "255.255.255.255", "1.2.3.04", "::g", "fec0::1", "ff02::1", "12345::")
        ),
        0.15,
    )  # fmt: skip


def json(rng: Rng, depth: int = 3) -> str:
    """JSON, with what Newtonsoft takes besides."""
    if depth == 0 or rng.random() < 0.35:
        return rng.choice(
            ("null", "true", "false", "0", "-1", "1", "5.5", "1e3", "1E400", "9223372036854775807", "9223372036854775808", "0x1F", "010", "-0", "-0.0", "1.0", "0.1", ".5", "1.", "+1",
             '"a"', '""', "'b'", '"2024-01-31T10:00:00Z"', '"2024-01-31"', '"2024-01-31T10:00:00.5+02:00"', '"\\u00e9\\n\\/"', '"é"', '"\\ud83d\\ude00"', '"\\ud800"', '"x\\udc00y"', '"10:00"', '"5 March"', "undefined", "NaN", "Infinity", "-Infinity", "new Date(1)",
             "new X(1, 2)", "[]", "{}", '"1"', '"5.5"', '"true"', '"\\x"', '"\\u12"', '"00:01:02"', '"AQID"', '"11112222-3333-4444-5555-666677778888"', "True", "nul", "tru", '"a', "/*c*/1", "1//c\n", '"/Date(1)/"',
             "12345678901234567890123", "1.2345678901234567890123", "123456789.123456789123456789")
        )  # fmt: skip
    gap = rng.choice(("", "", " ", "\n ", "/*c*/"))
    if rng.random() < 0.45:
        items = [json(rng, depth - 1) for _ in range(rng.randint(0, 3))]
        return (
            "["
            + gap
            + f",{gap}".join(items)
            + rng.choice(("", "", "", ",", ",,"))
            + gap
            + rng.choice(("]", "]", "]", "]", "]", "]", "]", "", "}"))
        )
    keys = (
        '"a"',
        '"b"',
        '"A"',
        "a",
        "'b'",
        '"a.b"',
        '"x y"',
        '""',
        '"$type"',
        '"$ref"',
        '"é"',
        "1",
        '"a"',
        '"c"',
    )
    members = [f"{rng.choice(keys)}:{gap}{json(rng, depth - 1)}" for _ in range(rng.randint(0, 3))]
    return (
        "{"
        + gap
        + f",{gap}".join(members)
        + rng.choice(("", "", "", "", ","))
        + gap
        + rng.choice(("}", "}", "}", "}", "}", "}", "}", "", "]"))
    )


def json_document(rng: Rng) -> str:
    text = json(rng)
    if rng.random() < 0.15:
        text = rng.choice((" ", "\ufeff", "//c\n", "/*c*/", "\n")) + text
    if rng.random() < 0.1:
        text += rng.choice((" ", "x", "{}", ",", "//c", "\0", "/*", "]"))
    return _spoiled(rng, text, 0.04)


def json_path(rng: Rng) -> str:
    pieces = ("a", "b", ".a", ".b", "[0]", "[1]", "[-1]", "['a']", '["b"]', "[*]", ".*", "..a", "..", "[?(@.a)]", "[?(@.a==1)]", "[?(@.a>0 && @.b)]", "[0,1]", "['a','b']", "[0:1]", "[::2]", "[:-1]", "[::-1]", "$", "$.",
              "[?(@.a=='x')]", "[?(@.a != null)]", "[?(@ > 1)]", "[?(@.a =~ /x/)]", ".", "[", "]", "[]", "['a'", " ", "[?(@.b || @.a<=5.5)]", "[?(@[0])]", ".A", "['']", "[ 0 ]", "[::0]", "[0:]", "a.b")  # fmt: skip
    return _maybe(rng, "$", 0.4) + _joined(rng, pieces, 3)


def _xml_element(rng: Rng, depth: int) -> str:
    name = rng.choice(("a", "b", "c", "p:a", "x", "A", "_1", "a.b", "é"))
    attributes = ""
    for _ in range(rng.choice((0, 0, 1, 2))):
        attributes += " " + rng.choice(
            ('k="v"', "k='w'", 'xmlns="urn:d"', 'xmlns:p="urn:p"', 'p:k="1"', 'k="&lt;&#65;&#xA;"', 'xml:space="preserve"', 'xml:space=" default "', 'xml:space="x"', 'n=""', 'k="a\n\tb"', 'xml:lang="en"', 'l="&quot;\'"', 'xmlns=""')
        )  # fmt: skip
    if name == "p:a" and "xmlns:p" not in attributes and rng.random() < 0.8:
        attributes += ' xmlns:p="urn:p"'
    content = ""
    for _ in range(rng.choice((0, 0, 1, 2, 3)) if depth else 0):
        content += (
            _xml_element(rng, depth - 1)
            if rng.random() < 0.5
            else rng.choice(
                ("t", " ", "\n  ", "&amp;", "&#233;", "<!--c-->", "<![CDATA[<d>]]>", "<?pi x?>", "1", "5.5", "true", "2024-01-31T10:00:00Z", "a\r\nb", "]]", "<![CDATA[]]>", "&#x1F600;", " x ", "\u00a0", "\r\n", "PT1H", "\t")
            )
        )  # fmt: skip
    if not content and rng.random() < 0.6:
        return f"<{name}{attributes}/>"
    return f"<{name}{attributes}>{content}</{name}>"


def xml(rng: Rng) -> str:
    text = _xml_element(rng, 3)
    if rng.random() < 0.25:
        text = (
            rng.choice(
                (
                    '<?xml version="1.0"?>',
                    '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n',
                    "<!--c-->",
                    "<?pi y?>",
                    "<!DOCTYPE a>",
                    "\n",
                    " ",
                    '<!DOCTYPE a SYSTEM "s">',
                    "\ufeff",
                )
            )
            + text
        )
    if rng.random() < 0.08:
        text += rng.choice((" ", "<!--e-->", "<b/>", "x", "\n"))
    return _spoiled(rng, text, 0.06)


def xml_name(rng: Rng) -> str:
    return rng.choice(
        (
            "a",
            "b",
            "k",
            "{urn:d}a",
            "{urn:p}k",
            "p:k",
            "",
            "1a",
            "{}a",
            "{urn:d}",
            "a b",
            "xmlns",
            "{http://www.w3.org/2000/xmlns/}p",
            "{http://www.w3.org/XML/1998/namespace}lang",
            "é",
            "A",
            "{",
            "n",
            "_1",
        )
    )


def guid(rng: Rng) -> str:
    digits = rng.choice(
        ("11112222333344445555666677778888", "abcdefABCDEF00000000000000000001", "0" * 32, "f" * 32)
    )
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    dashed = "-".join(parts)
    hexes = (
        "{"
        + ",".join(f"0x{each}" for each in parts[:3])
        + ",{"
        + ",".join(f"0x{digits[at : at + 2]}" for at in range(16, 32, 2))
        + "}}"
    )
    text = rng.choice(
        (
            digits,
            dashed,
            "{" + dashed + "}",
            "(" + dashed + ")",
            hexes,
            dashed.upper(),
            " " + dashed + " ",
            "{" + digits + "}",
            "{" + dashed + ")",
            hexes.replace(",", ", "),
            "0x" + dashed,
            dashed[:-1],
        )
    )
    return _spoiled(rng, text, 0.15)


def base64(rng: Rng) -> str:
    return _spoiled(
        rng,
        rng.choice(
            (
                "",
                "AA==",
                "AQID",
                "AQIDBA==",
                "AQI=",
                "AQI",
                "A",
                "AQ",
                "AQ=",
                "AQ===",
                "=",
                "AQID\nBAUG",
                " AQ ID ",
                "A-_B",
                "+/+/",
                "AQ==AQ==",
                "AR==",
                "Zm9v",
                "Zm 9v=",
                "=AQI",
                "\u00a0AQID",
            )
        ),
        0.1,
    )


def composite(rng: Rng) -> str:
    pieces = ("{0}", "{1}", "{2}", "{0,5}", "{0,-5}", "{0:X}", "{1:F2}", "{0:}", "{0,3:D}", "{{", "}}", "a", "{0 }", "{ 0}", "{0:{{}}}", "{-1}", "{0:yyyy}", "{", "}", "{0", "{0:'x'}", "{a}", "{0, 3}", "{0,x}", "{1000000}", "{0:N}", "{0:0.0}")  # fmt: skip
    return _joined(rng, pieces, 4)


def encoded(rng: Rng) -> str:
    """Text with references of HTML or escapes of URLs."""
    pieces = ("&lt;", "&amp;", "&quot;", "&#65;", "&#x41;", "&eacute;", "&EACUTE;", "&nbsp;", "&foo;", "&", "&#", "&#x;", "&#1114112;", "&#55296;", "&#128512;", "&lt", "a", "%41", "%20", "+", "%", "%zz", "%C3%A9", "%u00e9", "%e9", "<", ">", '"',
              "'", "é", "\U0001f600", "\u00a0", "ÿ", "Ā", "\x80", " ", "/", "?", "%F0%9F%98%80", "~", "!*()", "\n", "&apos;", "&hearts;", "&#0;", "&#128;", "-_.", "%2", "\ud800")  # fmt: skip
    return _joined(rng, pieces, 5)


def key_name(rng: Rng) -> str:
    """Distinguished names, names of algorithms, object identifiers."""
    return rng.choice(("CN=a", "CN=a, O=b", "C=DE, CN=\"x, y\"", "CN=a+O=b", "2.5.4.3=a", "E=a@b", "CN=", "x", "", "OID.1.2.3=#0403", "SHA256", "sha1", "MD5", "SHA-512", "HMACSHA256", "AES", "RSA", "1.2.840.113549.1.1.11", "1.3.14.3.2.26",
                       "sha256RSA", "CN", "System.Security.Cryptography.SHA256", "http://www.w3.org/2001/04/xmlenc#sha256", "Rijndael", "TripleDES", "DES", "SHA384", "SHA3-256"))  # fmt: skip


def zone(rng: Rng) -> str:
    return rng.choice(
        (
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Australia/Lord_Howe",
            "GMT",
            "Etc/GMT+5",
            "utc",
            "W. Europe Standard Time",
            "Pacific Standard Time",
            "Nowhere",
            "",
            "Asia/Tehran",
            "Africa/Casablanca",
            "America/Sao_Paulo",
            "Europe/London",
            "Pacific/Apia",
        )
    )


def encoding_name(rng: Rng) -> str:
    return rng.choice(
        (
            "utf-8",
            "UTF8",
            "utf-16",
            "unicode",
            "ascii",
            "us-ascii",
            "iso-8859-1",
            "latin1",
            "windows-1252",
            "utf-7",
            "utf-32",
            "utf-16BE",
            "x",
            "",
            "UTF-8 ",
            "shift_jis",
            "unicodeFFFE",
            "ibm850",
            "utf-32BE",
        )
    )


Maker = Callable[[Rng], str]
