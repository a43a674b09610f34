"""Each member of the allow-list called with arguments at the edges of what its parameters take.

`tests/unit/policy/allow_list.json` writes each argument as `default(T)`; here it becomes a value of T. What a member
changes is returned, where it returns nothing itself.
"""

# ruff: noqa: E501 - rows of tables

import json
import random
import re
from collections.abc import Callable
from functools import cache

from tests.fuzz import texts
from tests.fuzz.material import ROOT
from tests.fuzz.texts import Maker, quoted

Values = dict[str, tuple[str, ...]]

VALUES: Values = {
    "bool": ("true", "false"),
    "byte": ("(byte)0", "(byte)1", "(byte)255", "(byte)7", "(byte)'a'"),
    "sbyte": ("(sbyte)0", "(sbyte)1", "(sbyte)-1", "sbyte.MinValue", "sbyte.MaxValue"),
    "short": ("(short)0", "(short)1", "(short)-1", "short.MinValue", "short.MaxValue", "(short)12"),
    "ushort": ("(ushort)0", "(ushort)1", "ushort.MaxValue", "(ushort)12"),
    "int": ("0", "0", "1", "1", "2", "3", "-1", "5", "7", "10", "16", "100", "int.MaxValue", "int.MinValue", "65", "1024", "255", "-7", "8"),
    "uint": ("0u", "1u", "uint.MaxValue", "7u", "2147483648u", "65u"),
    "long": ("0L", "1L", "-1L", "2L", "long.MaxValue", "long.MinValue", "5000000000L", "7L", "621355968000000000L"),
    "ulong": ("0UL", "1UL", "ulong.MaxValue", "7UL", "9223372036854775808UL"),
    "float": ("0f", "-0f", "1f", "0.1f", "float.NaN", "float.PositiveInfinity", "float.NegativeInfinity", "float.MaxValue", "float.MinValue", "float.Epsilon", "1.5f", "2.5f", "-1.5f", "16777217f", "1e10f", "3.3333f", "1e-5f", "123456.7f", "65f"),
    "double": ("0.0", "-0.0", "1.0", "0.1", "-1.5", "2.5", "0.5", "1.5", "double.NaN", "double.PositiveInfinity", "double.NegativeInfinity", "double.MaxValue", "double.MinValue", "double.Epsilon", "1e15", "1e16", "1e-5", "123456.789", "1e300", "-0.5", "0.30000000000000004", "9007199254740993.0", "2147483647.5", "1e20", "4503599627370497.5", "3.14159", "1e-10", "100.0", "65.0", "-1e9", "0.049999999999999996"),
    "decimal": ("0m", "-0.0m", "1m", "1.0m", "1.50m", "0.1m", "-1.5m", "2.5m", "decimal.MaxValue", "decimal.MinValue", "0.0000000000000000000000000001m", "1e-5m", "123456.789m", "0.5m", "100m", "7.00000m", "79228162514264337593543950334.5m", "1e10m", "3m", "65m"),
    "char": ("'a'", "'A'", "'b'", "','", "' '", "'\\0'", "'\\uffff'", "'\\ud83d'", "'\\ude00'", "'é'", "'1'", "'٣'", "'½'", "'ǅ'", "'İ'", "'\\u00a0'", "'\\n'", "'\\u200b'", "'ß'", "'_'", "'+'", "'ｱ'", "'\\u2028'", "'\\u0301'", "'$'", "'Z'", "'ⅷ'", "'\\u00ad'"),
    "TimeSpan": ("TimeSpan.Zero", "TimeSpan.MaxValue", "TimeSpan.MinValue", "new TimeSpan(1)", "new TimeSpan(-1)", "TimeSpan.FromHours(1.5)", "new TimeSpan(1, 2, 3, 4, 5)", "TimeSpan.FromMinutes(-90)", "TimeSpan.FromDays(400)", "new TimeSpan(23, 59, 59)", "TimeSpan.FromHours(14)", "TimeSpan.FromSeconds(0.1)"),
    "DateTime": ("new DateTime(2024, 2, 29, 13, 4, 5)", "new DateTime(2024, 1, 31, 0, 0, 0, DateTimeKind.Utc)", "DateTime.MinValue", "DateTime.MaxValue", "new DateTime(1, 1, 1, 0, 0, 0, DateTimeKind.Utc)", "new DateTime(2023, 12, 31, 23, 59, 59, 999, DateTimeKind.Local)", "new DateTime(638000000001234567L)", "new DateTime(1970, 1, 1)", "new DateTime(1601, 1, 1)", "new DateTime(1900, 2, 28, 12, 0, 0)", "new DateTime(2024, 3, 31, 2, 30, 0)", "new DateTime(2024, 10, 27, 2, 30, 0)", "new DateTime(1899, 12, 30)", "new DateTime(99, 12, 31)"),
    "DateTimeOffset": ("new DateTimeOffset(2024, 2, 29, 13, 4, 5, TimeSpan.FromHours(2))", "DateTimeOffset.MinValue", "DateTimeOffset.MaxValue", "new DateTimeOffset(2024, 1, 31, 0, 0, 0, TimeSpan.Zero)", "new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.FromMinutes(-90))", "new DateTimeOffset(638000000001234567L, TimeSpan.FromHours(14))", "new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.FromHours(-14))"),
    "Guid": ("Guid.Empty", 'new Guid("11112222-3333-4444-5555-666677778888")', 'Guid.Parse("ffffffff-ffff-ffff-ffff-ffffffffffff")', "new Guid(1, 2, 3, new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 })"),
    "object": ("null", "1", "1L", "1.0", "1m", "'a'", '"a"', '"1"', "true", "new DateTime(2024, 2, 29)", "TimeSpan.FromHours(1)", "new[] { 1, 2 }", 'new[] { "a", null }', "JToken.Parse(\"[1]\")", 'new XElement("a", 1)', "Guid.Empty", "(byte)1", 'new Uri("http://a/b")', "2.5f", "new byte[] { 1, 2 }", "new List<int> { 1 }", 'new Dictionary<string, int> { { "k", 1 } }', "new { A = 1, B = \"x\" }", "(short)3", "ulong.MaxValue", 'XName.Get("a")', 'new XAttribute("k", "v")', 'new XText("t")', "Tuple.Create(1, \"a\")", "{DateTimeOffset}", "{decimal}", "{double}", "{float}", "{string}", "{JToken}", "{XElement}", "{int}", 'new KeyValuePair<string, int>("k", 1)', 'new Exception("m")', "double.NaN", "DateTime.MinValue", "new StringBuilder(\"sb\")", "JTokenType.Array", "new DateTime(2024, 1, 1).DayOfWeek"),
    "char[]": ("new char[0]", "new[] { 'a' }", "new[] { 'a', ',', ' ' }", "null", "new[] { '\\ud83d', '\\ude00' }", "new[] { 'b', 'é' }", "{string}.ToCharArray()"),
    "byte[]": ("new byte[0]", "new byte[] { 1 }", "new byte[] { 1, 2, 3 }", "null", "new byte[] { 255, 254, 0, 128 }", "new byte[] { 0xEF, 0xBB, 0xBF, 65 }", "new byte[] { 0xC3, 0xA9, 0xC3, 0x28, 0xF0, 0x9F }", "Encoding.UTF8.GetBytes({string})", "new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }", "new byte[4]", "new byte[32]", "new byte[8]", "new byte[] { 0, 0, 0, 0, 0, 0, 0xF0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 128 }"),
    "int[]": ("new int[0]", "new[] { 0 }", "new[] { 3, 1, 2 }", "null", "new[] { 1, 0 }", "new[] { -1 }", "new[] { int.MaxValue, 1 }"),
    "long[]": ("new long[0]", "new[] { 0L }", "new[] { 1L, 0L }", "null"),
    "string[]": ("new string[0]", 'new[] { "a" }', 'new[] { "b", "a", null, "B" }', "null", 'new[] { "a", "é", "z", "A", "" }', 'new[] { "10", "9", "1" }', "new[] { {string}, {string}, {string} }", 'new[] { "co-op", "coop", "_a", "a b", "ab" }'),
    "object[]": ("new object[0]", "null", "new object[] { 1, \"a\", null }", "new object[] { {object}, {object} }", "new object[] { {object} }", "new object[] { {object}, {object}, {object} }", 'new object[] { "a" }', "new object[] { new[] { 1, 2 }, true }", 'new object[] { new XElement("b"), new XAttribute("k", 1), "t" }'),
    "JToken[]": ("new JToken[0]", "new JToken[3]", "null", "new JToken[] { 1 }"),
    "Array": ("{string[]}", "new[] { 3, 1, 2 }", "new[] { 1.5, double.NaN, -0.0 }", "new int[2, 2] { { 1, 2 }, { 3, 4 } }", "null", "new object[] { 1, \"a\", null }", "new byte[] { 3, 1 }", "new char[] { 'b', 'a' }", "new long[3]", "new int[0]", "new[] { new[] { 1 }, null }", "new DateTime[1]", "new decimal[] { 1m, 1.0m }", "new bool[] { true, false }"),
    "IEnumerable<string>": ("{string[]}", "{string[]}", "{List<string>}", "Enumerable.Empty<string>()", "{string[]}.Where(x => x != null)", "new HashSet<string> { \"a\", \"b\" }", '"a,b,a".Split(\',\')', "new[] { \"a\", \"b\", \"a\" }.Select(x => x + x)", 'new[] { "x" }'),
    "List<string>": ("new List<string>()", 'new List<string> { "a" }', 'new List<string> { "b", "a", "c", "a" }', 'new List<string> { null, "b", "A" }', "null", "new List<string> { {string}, {string} }"),
    "HashSet<string>": ("new HashSet<string>()", 'new HashSet<string> { "a", "b" }', "null", 'new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "A", "c" }', 'new HashSet<string> { null, "" }'),
    "ISet<string>": ("{HashSet<string>}",),
    "ICollection<string>": ("{List<string>}", "{HashSet<string>}", "{string[]}"),
    "IList<string>": ("{List<string>}", "{string[]}"),
    "IReadOnlyCollection<string>": ("{List<string>}", "{string[]}"),
    "Queue<string>": ("new Queue<string>()", 'new Queue<string>(new[] { "a", "b" })', "null", "new Queue<string>(new string[] { null })"),
    "Stack<string>": ("new Stack<string>()", 'new Stack<string>(new[] { "a", "b" })', "null"),
    "IEnumerator<string>": ("{List<string>}.GetEnumerator()",),
    "Dictionary<string,int>": ("new Dictionary<string, int>()", 'new Dictionary<string, int> { { "a", 1 }, { "b", 2 } }', "null", 'new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { { "A", 1 } }', 'new Dictionary<string, int> { { "", 0 }, { "é", -1 } }'),
    "IDictionary<string,int>": ("{Dictionary<string,int>}",),
    "IReadOnlyDictionary<string,int>": ("{Dictionary<string,int>}",),
    "KeyValuePair<string,int>": ('new KeyValuePair<string, int>("a", 1)', "default(KeyValuePair<string, int>)", "new KeyValuePair<string, int>(null, -1)", 'new KeyValuePair<string, int>("b", 2)'),
    "IEnumerable<KeyValuePair<string,int>>": ("{Dictionary<string,int>}", "new[] { {KeyValuePair<string,int>}, {KeyValuePair<string,int>} }"),
    "StringBuilder": ("new StringBuilder()", 'new StringBuilder("abc")', 'new StringBuilder("abcabc")', "null", "new StringBuilder({string})", "new StringBuilder(1, 3)", "new StringBuilder(\"a\", 100)"),
    "StringReader": ("new StringReader({string})", 'new StringReader("a\\r\\nb\\n\\nc")', 'new StringReader("")', "null"),
    "StringWriter": ("new StringWriter()", "null", "new StringWriter(new StringBuilder({string}))"),
    "StringComparison": (*(f"StringComparison.{name}" for name in ("Ordinal", "OrdinalIgnoreCase", "CurrentCulture", "InvariantCulture", "InvariantCultureIgnoreCase", "CurrentCultureIgnoreCase")), "(StringComparison)9"),
    "StringComparer": tuple(f"StringComparer.{name}" for name in ("Ordinal", "OrdinalIgnoreCase", "CurrentCulture", "InvariantCulture", "InvariantCultureIgnoreCase", "CurrentCultureIgnoreCase")),
    "StringSplitOptions": ("StringSplitOptions.None", "StringSplitOptions.RemoveEmptyEntries", "(StringSplitOptions)2"),
    "MidpointRounding": ("MidpointRounding.ToEven", "MidpointRounding.AwayFromZero", "MidpointRounding.ToZero", "MidpointRounding.ToNegativeInfinity", "MidpointRounding.ToPositiveInfinity", "(MidpointRounding)7"),
    "DateTimeKind": ("DateTimeKind.Utc", "DateTimeKind.Local", "DateTimeKind.Unspecified", "(DateTimeKind)5"),
    "Encoding": ("Encoding.UTF8", "Encoding.ASCII", "Encoding.Unicode", "Encoding.BigEndianUnicode", "Encoding.UTF7", "Encoding.UTF32", 'Encoding.GetEncoding("iso-8859-1")', "Encoding.Default", "null"),
    "Exception": ("new Exception()", "new Exception({string})", 'new Exception("a", new Exception("b"))', "null"),
    "Random": ("new Random(1)", "new Random(-5)", "new Random(int.MaxValue)"),
    "Uri": ("new Uri({uri})", 'new Uri("http://u:p@a.b:8080/c/d?x=1#f")', "new Uri({uri}, UriKind.RelativeOrAbsolute)", 'new Uri("b/c", UriKind.Relative)', "null", 'new Uri("http://a/b/c")', 'new Uri("file:///c:/x/y")', "new Uri({uri})", "new Uri({uri})"),
    "UriPartial": ("UriPartial.Authority", "UriPartial.Path", "UriPartial.Query", "UriPartial.Scheme", "(UriPartial)9"),
    "UriKind": ("UriKind.Absolute", "UriKind.Relative", "UriKind.RelativeOrAbsolute"),
    "IPAddress": ("IPAddress.Loopback", "IPAddress.IPv6Loopback", "IPAddress.Any", "IPAddress.Parse({ip})", 'IPAddress.Parse("1.2.3.4")', 'IPAddress.Parse("fe80::1%3")', "null", "IPAddress.Parse({ip})", "new IPAddress(new byte[] { 1, 2, 3, 4 })"),
    "Regex": ("new Regex({pattern})", "new Regex({pattern}, {RegexOptions})", 'new Regex("(a)(?<n>b)?")', 'new Regex("a|b")', "new Regex({pattern})"),
    "RegexOptions": ("RegexOptions.None", "RegexOptions.IgnoreCase", "RegexOptions.Multiline", "RegexOptions.Singleline", "RegexOptions.ExplicitCapture", "RegexOptions.IgnorePatternWhitespace", "RegexOptions.RightToLeft", "RegexOptions.ECMAScript", "RegexOptions.IgnoreCase | RegexOptions.Multiline", "RegexOptions.Compiled", "RegexOptions.CultureInvariant", "(RegexOptions)4096"),
    "Match": ("Regex.Match({input}, {pattern})", 'Regex.Match("xaby", "(a)(?<n>b)")', 'Regex.Match("x", "y")'),
    "Group": ('Regex.Match("xaby", "(a)(?<n>b)").Groups[1]', "Regex.Match({input}, {pattern}).Groups[0]", 'Regex.Match("aab", "(a)+(c)?").Groups[2]'),
    "Capture": ('Regex.Match("aab", "(a)+").Groups[1].Captures[1]', "Regex.Match({input}, {pattern})"),
    "GroupCollection": ('Regex.Match("xaby", "(a)(?<n>b)").Groups', "Regex.Match({input}, {pattern}).Groups"),
    "CaptureCollection": ('Regex.Match("aab", "(a)+").Groups[1].Captures', "Regex.Match({input}, {pattern}).Captures"),
    "JToken": ('JToken.Parse("1")', "JToken.Parse({json})", "JToken.Parse({json})", 'JToken.Parse("{\\"a\\":[1,{\\"b\\":null}],\\"c\\":\\"x\\"}")', "new JValue({object1})", "null", 'JObject.Parse("{\\"a\\":{\\"b\\":1}}")["a"]', 'JToken.Parse("[1,2.5,\\"x\\",null,true]")', "{JProperty}", "{JArray}", "{JObject}", "(JToken){string}", 'JArray.Parse("[3,[1]]")[1]'),
    "JArray": ("new JArray()", "new JArray(1, 2, \"a\")", 'JArray.Parse("[1,[2],{\\"a\\":1}]")', "null", "new JArray({object1}, {object1})"),
    "JObject": ("new JObject()", 'JObject.Parse("{\\"a\\":1,\\"b\\":{\\"c\\":[]},\\"A\\":null}")', "null", 'new JObject(new JProperty("k", 1))', "JObject.Parse({json})"),
    "JProperty": ('new JProperty("k", 1)', 'new JProperty("k", new JArray(1, 2))', "null", 'JObject.Parse("{\\"a\\":1}").Property("a")', 'new JProperty("", null)'),
    "JValue": ("new JValue(1)", "new JValue({object1})", "JValue.CreateNull()", 'JValue.CreateString("s")', "JValue.CreateUndefined()", "null", 'JValue.CreateComment("c")', "new JValue(1.5)", "new JValue({DateTime})", "new JValue({decimal})", "new JValue({string})"),
    "JContainer": ("{JArray}", "{JObject}", "{JProperty}"),
    "JConstructor": ('new JConstructor("Date", 1)', "new JConstructor()", "new JConstructor({string})"),
    "JRaw": ("new JRaw({json})", "new JRaw(1)"),
    "IEnumerable<JObject>": ('new[] { JObject.Parse("{\\"a\\":1}"), new JObject() }', "new JObject[0]", "null", 'new[] { JObject.Parse("{\\"a\\":{\\"b\\":2}}")["a"] as JObject }'),
    "IEnumerable<JToken>": ('JToken.Parse("[1,[2,3],{\\"a\\":4}]")', "{JArray}", "new JToken[] { {JToken}, {JToken} }", "null", '{JObject}'),
    "XElement": ("XElement.Parse({xml})", "XElement.Parse({xml})", 'new XElement("a", new XAttribute("k", "v"), new XElement("b", 1), "t")', "new XElement({xname}, {object})", "null", 'XElement.Parse("<a xmlns=\\"urn:d\\" xmlns:p=\\"urn:p\\"><p:b p:k=\\"1\\"/>t<!--c--></a>")', 'new XElement("a", {string})', 'new XElement("r", new XElement("c", {object})).Element("c")', "new XElement(\"a\", {object}, {object})", "new XElement(\"a\", {decimal})"),
    "XAttribute": ('new XAttribute("k", "v")', "new XAttribute({xname}, {object})", "null", 'new XElement("a", new XAttribute("k", 1), new XAttribute("l", 2)).Attribute("k")', 'new XAttribute("k", {string})', 'new XAttribute("k", {double})', 'new XAttribute("k", {num})', 'new XAttribute("k", {isodate})', 'new XAttribute("k", {spantext})', 'new XAttribute("k", {DateTime})'),
    "XName": ('"a"', '"k"', '(XName){xmlname}', "null", 'XName.Get("a", "urn:d")', 'XNamespace.Get("urn:p") + "k"', '"b"'),
    "XNamespace": ("XNamespace.None", "XNamespace.Xml", "XNamespace.Xmlns", 'XNamespace.Get("urn:d")', "null", "XNamespace.Get({string})"),
    "XNode": ("{XElement}", "{XText}", "{XComment}", "null", 'XElement.Parse("<a>t<b/><c>u</c></a>").Element("b")', "{XDocument}", "{XProcessingInstruction}", "{XDocumentType}", "XElement.Parse(\"<a>t<b/>u</a>\").LastNode"),
    "XObject": ("{XElement}", "{XAttribute}", "{XText}"),
    "XText": ('new XText("t")', "new XText({string})", "null"),
    "XCData": ('new XCData("t")', "new XCData({string})", 'new XCData("]]>")'),
    "XComment": ('new XComment("c")', "new XComment({string})", "null", 'new XComment("a--b-")'),
    "XContainer": ("{XElement}", "{XDocument}"),
    "XDocument": ("XDocument.Parse({xml})", "new XDocument()", 'new XDocument(new XDeclaration("1.0", "utf-8", "yes"), new XElement("a"))', "null", "new XDocument({object})"),
    "XDeclaration": ('new XDeclaration("1.0", "utf-8", "yes")', "new XDeclaration({string}, {string}, {string})", "null", "new XDeclaration(null, null, null)"),
    "XDocumentType": ('new XDocumentType("a", null, null, null)', "new XDocumentType({string}, {string}, {string}, {string})", 'new XDocumentType("a", "p", "s", "<!ENTITY e \'x\'>")'),
    "XProcessingInstruction": ('new XProcessingInstruction("t", "d")', "new XProcessingInstruction({string}, {string})", 'new XProcessingInstruction("p", "a?>b")'),
    "XNodeEqualityComparer": ("XNode.EqualityComparer",),
    "XNodeDocumentOrderComparer": ("XNode.DocumentOrderComparer",),
    "IEnumerable<XElement>": ('XElement.Parse("<r><a><b/>t</a><a k=\\"1\\"/></r>").Elements()', "new[] { {XElement}, {XElement} }", "null", "new XElement[0]"),
    "IEnumerable<XAttribute>": ('XElement.Parse("<a k=\\"1\\" l=\\"2\\"/>").Attributes()', "null"),
    "HashAlgorithmName": ("HashAlgorithmName.SHA256", "HashAlgorithmName.SHA1", "HashAlgorithmName.MD5", "default(HashAlgorithmName)", "new HashAlgorithmName({string})", "HashAlgorithmName.SHA512"),
    "HashAlgorithm": ("SHA256.Create()", "MD5.Create()", "SHA1.Create()", "new HMACSHA256(new byte[] { 1 })", "SHA512.Create()"),
    "KeyedHashAlgorithm": ("new HMACSHA256(new byte[] { 1 })", "new HMACSHA1({byte[]})"),
    "HMAC": ("new HMACSHA256(new byte[] { 1 })", "new HMACMD5({byte[]})"),
    "HMACMD5": ("new HMACMD5({byte[]})",), "HMACSHA1": ("new HMACSHA1({byte[]})",), "HMACSHA256": ("new HMACSHA256({byte[]})",),
    "HMACSHA384": ("new HMACSHA384({byte[]})",), "HMACSHA512": ("new HMACSHA512({byte[]})",),
    "SHA1Managed": ("new SHA1Managed()",), "SHA256Managed": ("new SHA256Managed()",), "SHA384Managed": ("new SHA384Managed()",), "SHA512Managed": ("new SHA512Managed()",),
    "RNGCryptoServiceProvider": ("new RNGCryptoServiceProvider()",),
    "SymmetricAlgorithm": ('SymmetricAlgorithm.Create("AES")', "SymmetricAlgorithm.Create()"),
    "RSA": ("{certificate}.GetRSAPublicKey()", "{p12}.GetRSAPrivateKey()"),
    "AsymmetricAlgorithm": ("{RSA}", "{certificate}.PublicKey.Key"),
    "RSASignaturePadding": ("RSASignaturePadding.Pkcs1", "RSASignaturePadding.Pss", "null"),
    "RSAEncryptionPadding": ("RSAEncryptionPadding.Pkcs1", "RSAEncryptionPadding.OaepSHA1", "RSAEncryptionPadding.OaepSHA256", "null", "RSAEncryptionPadding.CreateOaep({HashAlgorithmName})"),
    "CipherMode": ("CipherMode.CBC", "CipherMode.ECB", "CipherMode.CFB", "(CipherMode)9"),
    "PaddingMode": ("PaddingMode.PKCS7", "PaddingMode.None", "PaddingMode.Zeros", "(PaddingMode)9"),
    "Oid": ('new Oid("1.2.840.113549.1.1.11")', "new Oid({keyname})", 'new Oid("1.2.3", "x")', "new Oid()"),
    "PublicKey": ("{certificate}.PublicKey",),
    "X500DistinguishedName": ("{certificate}.SubjectName", "new X500DistinguishedName({keyname})"),
    "X509Certificate2": ("{certificate}", "{certificate}", "new X509Certificate2()"),
    "X509Certificate": ("{certificate}", "new X509Certificate()"),
    "X509NameType": ("X509NameType.SimpleName", "X509NameType.EmailName", "X509NameType.DnsName", "X509NameType.UpnName", "X509NameType.UrlName", "X509NameType.DnsFromAlternativeName"),
    "X509ContentType": ("X509ContentType.Cert", "X509ContentType.SerializedCert", "X509ContentType.Unknown", "X509ContentType.Pkcs7"),
    "TimeZoneInfo": ("TimeZoneInfo.Utc", "TimeZoneInfo.FindSystemTimeZoneById({zone})", 'TimeZoneInfo.CreateCustomTimeZone("a", TimeSpan.FromHours(4), "d", "s")', "null", 'TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")', "{zoned}"),
    "zoned": ('TimeZoneInfo.CreateCustomTimeZone("z", TimeSpan.FromHours(1), "d", "s", "x", new[] { {TimeZoneInfo.AdjustmentRule} })',),
    "TimeZone": ("TimeZone.CurrentTimeZone",),
    "TimeZoneInfo.TransitionTime": ("TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 25)", "TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DateTime.MinValue.AddDays(6).DayOfWeek)", "default(TimeZoneInfo.TransitionTime)"),
    "TimeZoneInfo.AdjustmentRule": ("TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue, DateTime.MaxValue.Date, TimeSpan.FromHours(1), TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DateTime.MinValue.AddDays(6).DayOfWeek), TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DateTime.MinValue.AddDays(6).DayOfWeek))",),
    "TimeZoneInfo.AdjustmentRule[]": ("new TimeZoneInfo.AdjustmentRule[0]", "null", "new[] { {TimeZoneInfo.AdjustmentRule} }"),
    "DayOfWeek": ("DateTime.MinValue.DayOfWeek", "DateTime.MaxValue.DayOfWeek"),
    "Formatting": ("Newtonsoft.Json.Formatting.None", "Newtonsoft.Json.Formatting.Indented"),
    "object1": ("1", "null", "1.5", '"a"', "true", "5000000000L", "1.10m", "{DateTime}", "{TimeSpan}", "{Guid}", "'c'", "2.5f", "{double}", "{decimal}", "{string}", 'new Uri("http://a/b")', "new byte[] { 1, 2 }", "{DateTimeOffset}", "ulong.MaxValue", "{long}", "{float}"),
}  # fmt: skip
"""By type as a signature writes it, what may stand for it; a name in braces stands for another of these or a text."""

TEXTS: dict[str, Maker] = {
    "uri": texts.address, "ip": texts.internet_address, "pattern": texts.pattern, "input": texts.input_text,
    "json": texts.json_document, "xml": texts.xml, "xmlname": texts.xml_name, "xname": texts.xml_name, "num": texts.number,
    "isodate": texts.iso_date, "spantext": texts.span, "keyname": texts.key_name, "zone": texts.zone,
}  # fmt: skip

_NUMBERS = (
    "Boolean",
    "Byte",
    "SByte",
    "Int16",
    "Int32",
    "Int64",
    "UInt16",
    "UInt32",
    "UInt64",
    "Single",
    "Double",
    "Decimal",
)
SUBJECTS: dict[str, tuple[Maker, ...]] = {
    **{f"System.{name}": (texts.number, texts.number_format) for name in _NUMBERS},
    "System.Convert": (texts.number, texts.number, texts.date, texts.base64, texts.plain),
    "System.DateTime": (texts.date, texts.date_format), "System.DateTimeOffset": (texts.date, texts.date_format),
    "System.TimeSpan": (texts.span, texts.span_format),
    "System.Guid": (texts.guid, lambda rng: rng.choice("NDBPXnx q")),
    "System.Uri": (texts.address,), "System.UriPartial": (texts.address,),
    "System.Net.IPAddress": (texts.internet_address,), "System.Net.WebUtility": (texts.encoded,),
    "System.Text.RegularExpressions.Regex": (texts.pattern, texts.input_text, texts.replacement),
    "Newtonsoft.Json.JsonConvert": (texts.json_document,),
    "System.TimeZoneInfo": (texts.zone,),
    "System.Text.Encoding": (texts.encoding_name, texts.plain),
    "System.Security.Cryptography": (texts.key_name,),
    "System.Xml.Linq.XNamespace": (lambda rng: rng.choice(("urn:d", "", "http://www.w3.org/2000/xmlns/", "a", " ")), texts.xml_name),
    "System.Xml.Linq.XName": (texts.xml_name,),
}  # fmt: skip
"""By declaring type, what its texts are about; elsewhere they are about anything."""

_BY_NAME: tuple[tuple[str, tuple[Maker, ...]], ...] = (
    (r"\.(ParseExact|TryParseExact)\(", (texts.date, texts.date_format)),
    (r"(JObject|JArray|JToken|JProperty|JRaw|JConstructor)\.(Parse|Load)\(", (texts.json_document,)),
    (r"SelectTokens?\(", (texts.json_path,)),
    (r"X(Element|Document|Container|Node)\.(Parse|Load)\(", (texts.xml,)),
    (r"(XProcessingInstruction|XDocumentType)\(", (texts.xml_name, texts.plain)),
    (r"Regex\.(Replace)\(|Regex\)\.Replace\(", (texts.input_text, texts.pattern, texts.replacement)),
    (r"Regex\.(IsMatch|Match|Matches|Split)\(", (texts.input_text, texts.pattern)),
    (r"default\(Regex\)\.", (texts.input_text,)), (r"Regex\.(Escape|Unescape)\(", (texts.pattern,)),
    (r"String\.Format\(|AppendFormat\(|StringWriter\)\.Write(Line)?\(default\(string\), default\(object", (texts.composite,)),
    (r"Convert\.To(U?Int|S?Byte|Decimal|Double|Single|Boolean)\w*\(", (texts.number,)),
    (r"Convert\.FromBase64", (texts.base64,)), (r"Convert\.ToDateTime\(", (texts.date,)),
    (r"default\((byte|sbyte|short|ushort|int|uint|long|ulong|float|double|decimal)\)\.ToString\(", (texts.number_format,)),
    (r"default\(DateTime(Offset)?\)\.ToString\(", (texts.date_format,)),
    (r"default\(DateTime(Offset)?\)\.GetDateTimeFormats\(", (texts.date_format,)),
    (r"default\(TimeSpan\)\.ToString\(", (texts.span_format,)),
    (r"default\(Guid\)\.ToString\(", (lambda rng: rng.choice(("N", "D", "B", "P", "X", "n", "", "q", "NN")),)),
    (r"(DateTime|DateTimeOffset)\.(Parse|TryParse)\(", (texts.date,)),
    (r"\.(Normalize)\(|IsNormalized\(", (texts.plain,)),
)  # fmt: skip
"""By what a call looks like, what its texts are about, in order of the parameters."""

_RANDOM = re.compile(
    r"NewGuid|\bNow\b|UtcNow|Today|new Random\(\)|RNGCrypto|GenerateIV|GenerateKey|RSA\.Create|AsymmetricAlgorithm\.Create"
    r"|new HMAC\w+\(\)|\.IV;|\.Key;|\.GetHashCode\(\)|SignData|SignHash|\.Encrypt\(|GetTempPath|IsSynchronized|SyncRoot|GetLifetime|InitializeLifetime|ReadAllText|StackTrace"
    r"|ClearCachedData|new X509Certificate2?\(default\(string\)|(Load|Save|Import)\(default\(string|CreateFrom|GetCertContentType\(default\(string|(Groups|Captures);|\.Matches\(|\.Verify\(\)|GetSystemTimeZones|\.Handle"
)
"""What has no answer that stays the same."""


@cache
def calls() -> tuple[tuple[str, str], ...]:
    """(declaring type, a call of a member), without those whose answers are left to chance."""
    listed = json.loads((ROOT / "tests/unit/policy/allow_list.json").read_text())
    return tuple((kind, call) for kind, each in listed.items() for call in each if not _RANDOM.search(call))


@cache
def _certificates() -> dict[str, tuple[str, ...]]:
    """Certificates of the written cases: literals that make them."""
    written = json.loads((ROOT / "tests/unit/policy/cases/crypto.json").read_text())
    found = dict.fromkeys(
        re.findall(r'"(MI[A-Za-z0-9+/=]{300,1700})"', " ".join(case["expression"] for case in written))
    )
    made = [f'new X509Certificate2(Convert.FromBase64String("{text}"))' for text in found if len(text) < 1200]
    private = re.search(
        r'new X509Certificate2\(Convert\.FromBase64String\("MII[FH][^"]+"\), "[^"]*"\)',
        json.dumps(written).replace('\\"', '"'),
    )
    return {"certificate": tuple(made), "p12": (private[0],) if private else tuple(made)}


class _Caller:
    """Fills the places of one call."""

    def __init__(self, rng: random.Random, makers: tuple[Maker, ...], values: Values = VALUES) -> None:
        self.rng = rng
        self.makers = list(makers)
        self.strings = 0
        self.values = values

    def value(self, kind: str, depth: int = 4) -> str:
        rng = self.rng
        if kind in TEXTS:
            return quoted(TEXTS[kind](rng))
        if kind == "string" and kind not in self.values:
            return self.string()
        if kind.startswith("Nullable<"):
            inner = kind[9:-1]
            return f"(({inner}?)null)" if rng.random() < 0.25 else f"({inner}?)({self.value(inner, depth)})"
        if kind.startswith("IEnumerable<") and kind not in VALUES:
            inner = kind[12:-1]
            written = inner[9:-1] + "?" if inner.startswith("Nullable<") else inner
            items = ", ".join(self.value(inner, depth - 1) for _ in range(rng.randint(0, 4)))
            return f"new {written}[] {{ {items} }}"
        pool = self.values.get(kind) or VALUES.get(kind) or _certificates().get(kind)
        if pool is None:
            return f"default({kind})"
        made = rng.choice(pool)
        if depth <= 0:
            plain = [each for each in pool if not re.search(r"\{[A-Za-z]", each)]
            made = rng.choice(plain or pool)
        made = re.sub(r"\{([A-Za-z][\w.<>,\[\]]*)\}", lambda m: self.value(m[1], depth - 1), made)
        return f"(({kind})null)" if made == "null" else made

    def string(self) -> str:
        rng = self.rng
        self.strings += 1
        if rng.random() < 0.03:
            return "((string)null)"
        if not self.makers or rng.random() < 0.12:
            return quoted(texts.plain(rng))
        return quoted(self.makers[min(self.strings, len(self.makers)) - 1](rng))


def _makers(kind: str, call: str) -> tuple[Maker, ...]:
    for look, makers in _BY_NAME:
        if re.search(look, call):
            return makers
    for prefix, makers in SUBJECTS.items():
        if kind == prefix or (prefix.endswith("Cryptography") and kind.startswith(prefix)):
            return makers
    return ()


def _places(call: str) -> list[tuple[int, int, str]]:
    """(start, end, type) of each `default(T)`."""
    found = []
    at = call.find("default(")
    while at >= 0:
        end = call.index(")", at)
        found.append((at, end + 1, call[at + 8 : end]))
        at = call.find("default(", end)
    return found


_SHOWN: dict[str, str] = {
    "StringReader": "{0}.ReadToEnd()", "Exception": "{0}.Message", "object": "{0}",
    "XDeclaration": "{0}.ToString()", "XDocument": "{0}.ToString()", "XContainer": "{0}.ToString()", "XNode": "{0}.ToString()",
    "SymmetricAlgorithm": '({0}.KeySize + "," + {0}.BlockSize + "," + {0}.Mode + "," + {0}.Padding)',
    "X509Certificate2": '({0}.FriendlyName + {0}.Archived + {0}.Subject)',
}  # fmt: skip

_GENERIC = ("int", "double", "bool", "string", "object", "long", "decimal", "DateTime", "Guid", "int?", "TimeSpan", "JToken", "JObject",
            "List<JObject>", "JToken[]", "JValue", "Dictionary<string, JObject>", "HashSet<int>", "List<List<int>>", "byte", "Dictionary<string, byte[]>", "List<Uri>",
            "List<int>", "Dictionary<string, object>", "string[]", "byte[]", "char", "Uri", "DateTimeOffset", "float", "List<string>", "Dictionary<string, int>",
            "long?", "List<long?>", "Guid?[]", "Queue<int>", "Stack<string>", "ISet<int>", "KeyValuePair<string, int>", "List<KeyValuePair<string, string>>",
            "IReadOnlyCollection<int>", "IReadOnlyDictionary<string, int>", "Tuple<string, int>", "Dictionary<string, List<object>>", "Dictionary<int, string>")  # fmt: skip
_TYPED = re.compile(r"(DeserializeObject|ToObject|\.Value|\.Values|Convert)<string>\(")


def called(rng: random.Random, kind: str, call: str, values: Values = VALUES) -> str:
    """An expression that calls a member with values at the edges."""
    caller = _Caller(rng, _makers(kind, call), values)
    if rng.random() < 0.8:
        call = _TYPED.sub(lambda m: f"{m[1]}<{rng.choice(_GENERIC)}>(", call)
    locals_, body, at = "", "", 0
    changed: list[tuple[str, str]] = []
    nothing = call.endswith(" return 0;")
    for start, end, each in _places(call):
        made = caller.value(each)
        body += call[at:start]
        if nothing and "=>" not in call and not (made.startswith("((") and made.endswith(")null)")):
            name = f"r{len(changed)}"
            changed.append((name, each))
            locals_ += f"{each} {name} = {made}; "
            made = name
        elif call[end : end + 1] == "." and not re.fullmatch(r"[\w.\"()]+", made):
            made = f"({made})"
        elif call[end : end + 1] == ".":
            made = f"(({each})({made}))"
        body += made
        at = end
    body += call[at:]
    return "@{ " + locals_ + _returning(rng, body, changed) + " }"


def _returning(rng: random.Random, body: str, changed: list[tuple[str, str]]) -> str:
    """The body, with what it changed as its value."""
    if body.endswith(" return 0;"):
        name, kind = next(
            ((n, k) for n, k in changed if k not in ("int", "long", "string", "bool")), ("", "")
        )
        if body.startswith("var o = "):
            member = re.search(r" o\.(\w+) = ", body)
            shown = f"o.{member[1]}" if member and rng.random() < 0.7 else _SHOWN.get(kind, "{0}").format("o")
            return f"{body[:-10]} return {shown};"
        if name:
            return f"{body[:-10]} return {_SHOWN.get(kind, '{0}').format(name)};"
        return body
    sequence = _SEQUENCES.search(body)
    if sequence and body.startswith("return "):
        return f'return string.Join("|", ({body[7:-1]}));'
    out = re.match(r"\S+ (a\d) *; return (.*);$", body)
    if out and "out " in body:
        written = body.partition(";")[0]
        return f'{written}; var r = {out[2]}; return r + "|" + {out[1]};'
    return body


_SEQUENCES = re.compile(
    r"\.(Elements|Descendants|DescendantNodes|DescendantsAndSelf|DescendantNodesAndSelf|Ancestors|AncestorsAndSelf|Nodes|Attributes"
    r"|ElementsBeforeSelf|ElementsAfterSelf|NodesBeforeSelf|NodesAfterSelf|InDocumentOrder|Properties|Children|Values|BeforeSelf|AfterSelf)(<[^(]*>)?\([^;]*\);$"
)
"""Calls that end in a sequence whose items are shown as texts."""

OPERATORS = (
    "+",
    "-",
    "*",
    "/",
    "%",
    "<<",
    ">>",
    "==",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "&",
    "|",
    "^",
    "??",
    "&&",
    "||",
)
PLAIN_TYPES = ("bool", "byte", "sbyte", "short", "ushort", "int", "uint", "long", "ulong", "float", "double", "decimal", "char", "string", "object",
               "TimeSpan", "DateTime", "DateTimeOffset", "Guid", "JToken", "JValue", "XElement", "XAttribute", "Uri", "JObject", "JArray", "XName", "StringComparison", "Exception", "Nullable<int>", "Nullable<double>", "List<string>", "string[]")  # fmt: skip
_ASKED: tuple[str, ...] = (
    "{0} {op} {1}", "{0} {op} {1}", "{0} {op} {1}", "({t1})({0})", "({t1})(object)({0})", "unchecked(({t1})({0}))", "checked(({t1})({0}))", "(object)({0}) == (object)({1})",
    "({0}).Equals({1})", "object.Equals({0}, {1})", "({0}).ToString()", '({0}) + ""', '"" + ({0}) + ({1})', "(object)({0}) is {t1}",
    "((object)({0})) as {t1}", "({0}) ?? ({1})", "true ? {0} : {1}", "string.Concat({0}, {1})", "object.ReferenceEquals({0}, {1})", "string.Join(\",\", {0}, {1})",
    "-({0})", "~({0})", "!({0})", "+({0})", "(({0}) as object) == null", "JToken.FromObject({0})", "JsonConvert.SerializeObject({0})", "new JValue({0}).ToString()", "Convert.ToString({0})",
    "new XElement(\"a\", {0}).ToString()", "({0}).CompareTo({1})", "new[] { {0}, {1} }", "new { A = {0}, B = {1} }", "Tuple.Create({0}, {1})", "new JObject(new JProperty(\"k\", {0}))", "new List<object> { {0}, {1} }",
    "({0})?.ToString()", "new JArray({0}, {1})", "JToken.DeepEquals(JToken.FromObject({0}), JToken.FromObject({1}))", "({0}).GetHashCode() == ({0}).GetHashCode()", "string.Format({c}, {0}, {1})", "$\"{({0})}|{({1}),6}\"", "new[] { {0}, {1} }.Max()", "new[] { {0}, {1} }.OrderBy(x => x)", "new[] { {0}, {1} }.OrderBy(x => x).{end}", "new object[] { {0}, {1} }.OrderByDescending(x => x).{end}", "{ object o = {0}; object p = o; object q = p; return (o == q) + \"|\" + (p == (object){0}); }", "(({t0})({0}))?.Equals({1})", "new[] { {0}, {1} }.Contains({0})",
    "Math.Max({0}, {1})", "new[] { {0}, {1} }.Sum()", "new[] { {0}, {1}, {0} }.Distinct().Count()", "new HashSet<{t0}> { {0}, {1} }", "new List<{t0}> { {0} }.IndexOf({1})", "Convert.ToInt32({0})", "Convert.ToDouble({0})", "Convert.ToBoolean({0})", "Convert.ToDecimal({0})", "Convert.ToInt64({0})", "Convert.ToDateTime({0})", "({0}).GetHashCode()",
)  # fmt: skip
_ENDS = (
    "Count()", "First() == null", "Last() == null", "ElementAt(1) == null", "Any()", "ToArray().Length", "Take(1).Count()",
    "Skip(1).Any()", "Take(2).Last() == null", "Where(x => true).Count()", "Reverse().First() == null", "First(x => true) == null",
    "ThenBy(x => 1).Count()", "OrderBy(x => 1).Count()", "Contains(null)", "Skip(9).Any()", "ElementAtOrDefault(1) == null",
)  # fmt: skip
"""How a sorted sequence is used: not each of these compares its elements, and not each words it alike."""

HASHED = frozenset(PLAIN_TYPES) & {
    "bool",
    "byte",
    "sbyte",
    "short",
    "ushort",
    "int",
    "uint",
    "long",
    "ulong",
    "float",
    "double",
    "decimal",
    "char",
    "TimeSpan",
    "DateTime",
    "DateTimeOffset",
    "Guid",
    "DayOfWeek",
    "StringComparison",
    "Nullable<int>",
    "Nullable<double>",
}


def asked_of_values(rng: random.Random) -> str:
    """An expression about one or two values of any types: an operator, a conversion, a comparison, a text."""
    caller = _Caller(rng, rng.choice(((), (), (texts.number,), (texts.date,), (texts.json_document,))))
    shape = rng.choice(_ASKED)
    first = rng.choice(PLAIN_TYPES)
    if shape == "({0}).GetHashCode()":
        first = rng.choice(sorted(HASHED))
    second = first if rng.random() < 0.6 else rng.choice(PLAIN_TYPES)
    target = rng.choice(PLAIN_TYPES)
    made = (
        shape.replace("{end}", rng.choice(_ENDS))
        .replace("{t1}", target)
        .replace("{t0}", first)
        .replace("{op}", rng.choice(OPERATORS))
        .replace("{c}", quoted(texts.composite(rng)))
    )
    values = {"{0}": caller.value(first), "{1}": caller.value(second)}
    made = re.sub(r"\{[01]\}", lambda m: values[m[0]], made)
    return f"@{made}" if shape.startswith("{ ") else f"@({made})"


def grown_call(rng: random.Random) -> str:
    """One member, or one question about values."""
    if rng.random() < 0.3:
        return asked_of_values(rng)
    kind, call = rng.choice(calls())
    return called(rng, kind, call)


Grower = Callable[[random.Random], str]


def read_text(rng: random.Random) -> str:
    """A text that a type reads, shown in full."""
    shape, maker = rng.choice(
        (
            ('DateTime.Parse({}).ToString("o")', texts.date), ('DateTimeOffset.Parse({}).ToString("o")', texts.date),
            ("TimeSpan.Parse({})", texts.span), ("new Uri({}).AbsoluteUri", texts.address),
            ('new Uri({}, UriKind.RelativeOrAbsolute).ToString()', texts.address), ("new Uri({}, UriKind.Relative).ToString()", texts.address),
            (f"new Uri({{}}).GetLeftPart(UriPartial.{rng.choice(('Scheme', 'Authority', 'Path', 'Query'))})", texts.address),
            (f"Uri.IsWellFormedUriString({{}}, UriKind.{rng.choice(('Absolute', 'Relative', 'RelativeOrAbsolute'))})", texts.address),
            ('new Uri(new Uri("http://h/p/q?r"), {}).AbsoluteUri', texts.address), ("new Uri({}).PathAndQuery", texts.address),
            ("JToken.Parse({})", texts.json_document), ("JsonConvert.DeserializeObject({})", texts.json_document),
            (f"JsonConvert.DeserializeObject<{rng.choice(_GENERIC)}>({{}})", texts.json_document), ("XElement.Parse({}).ToString()", texts.xml),
            (f"JToken.Parse({{}}).ToObject<{rng.choice(_GENERIC)}>()", texts.json_document),
            ("double.Parse({})", texts.number), ("decimal.Parse({})", texts.number), ("int.Parse({})", texts.number), ("Guid.Parse({})", texts.guid),
            (f"({rng.choice(VALUES['double'])}).ToString({{}})", texts.number_format), (f"({rng.choice(VALUES['int'])}).ToString({{}})", texts.number_format),
            (f"({rng.choice(VALUES['decimal'])}).ToString({{}})", texts.number_format), (f"({rng.choice(VALUES['DateTime'])}).ToString({{}})", texts.date_format),
            (f"({rng.choice(VALUES['TimeSpan'])}).ToString({{}})", texts.span_format), ("IPAddress.Parse({}).ToString()", texts.internet_address),
            (f"Regex.Match({quoted(texts.input_text(rng))}, {{}}).Value", texts.pattern), ('Regex.Replace("xaby", "(a)(?<n>b)?", {})', texts.replacement),
            ("System.Net.WebUtility.HtmlDecode({})", texts.encoded), ("System.Net.WebUtility.UrlDecode({})", texts.encoded), ("Uri.UnescapeDataString({})", texts.encoded),
            ('string.Format({}, 1, 2.5, "a")', texts.composite), ("Convert.FromBase64String({})", texts.base64),
        )
    )  # fmt: skip
    return f"@({shape.replace('{}', quoted(maker(rng)), 1)})"
