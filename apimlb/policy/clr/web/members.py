"""Uri and WebUtility."""

from apimlb.policy.clr.strings import encodings
from apimlb.policy.clr.types.definitions import Definition
from apimlb.policy.clr.web import uri_calls as calls
from apimlb.policy.clr.web.uris import absolute_of

DEFINITIONS = (
    Definition("System.UriKind", "enum", constants={"RelativeOrAbsolute": 0, "Absolute": 1, "Relative": 2}),
    Definition("System.UriPartial", "enum", constants={"Scheme": 0, "Authority": 1, "Path": 2, "Query": 3}),
    Definition(
        "System.Uri", "class",
        rows=(
            ("new(string uriString)", calls.new_uri),
            ("new(string uriString, UriKind uriKind)", calls.new_uri_kind),
            ("new(Uri baseUri, string relativeUri)", calls.combined),
            ("new(Uri baseUri, Uri relativeUri)", calls.combined_uri),
            ("static bool TryCreate(string uriString, UriKind uriKind, out Uri result)", calls.try_create),
            ("static bool TryCreate(Uri baseUri, string relativeUri, out Uri result)", calls.try_combine),
            ("static bool TryCreate(Uri baseUri, Uri relativeUri, out Uri result)", calls.try_combine_uri),
            ("static string EscapeDataString(string stringToEscape)", calls.escape),
            ("static string EscapeUriString(string stringToEscape)", calls.escape_uri),
            ("static string UnescapeDataString(string stringToUnescape)", calls.unescape),
            ("static bool IsWellFormedUriString(string uriString, UriKind uriKind)", calls.is_well_formed),
            ("static bool CheckSchemeName(string schemeName)", calls.is_scheme_name),
            ("static bool IsHexDigit(char character)", calls.is_hex_digit),
            ("static int FromHex(char digit)", calls.from_hex),
            ("static string HexEscape(char character)", calls.hex_escape),
            ("static char HexUnescape(string pattern, ref int index)", calls.hex_unescape),
            ("static bool IsHexEncoding(string pattern, int index)", calls.is_hex_encoding),
            *((f"static string UriScheme{name}", repr(scheme)) for name, scheme in calls.SCHEMES.items()),
            ("static string SchemeDelimiter", "'://'"),
            ("string AbsoluteUri", absolute_of),
            ("string AbsolutePath", calls.absolute_path),
            ("string LocalPath", calls.local_path),
            ("string PathAndQuery", calls.path_and_query),
            ("string[] Segments", calls.segments),
            ("string GetLeftPart(UriPartial part)", calls.left_part),
            ("string OriginalString", "{0}.text"),
            ("string UserInfo", calls.user_info),
            ("bool IsAbsoluteUri", "({0}.absolute is not None)"),
            *((f"string {name}", calls.uri_part(name.lower())) for name in
              ("Scheme", "Host", "Authority", "Query", "Fragment")),
            ("string DnsSafeHost", calls.dns_host),
            ("string IdnHost", calls.idn_host),
            ("int Port", calls.uri_part("port")),
            ("bool IsDefaultPort", calls.uri_part("is_default_port")),
            ("bool IsFile", calls.is_file),
            ("bool IsUnc", calls.is_unc),
            ("bool IsLoopback", calls.is_loopback),
            ("bool UserEscaped", "({0} is None)"),
            ("bool IsWellFormedOriginalString()", calls.is_well_formed_uri),
            ("bool IsBaseOf(Uri uri)", calls.is_base_of),
            ("Uri MakeRelativeUri(Uri uri)", calls.relative_to),
            ("bool Equals(object comparand)", calls.same_uri),
            ("static bool operator ==(Uri a, Uri b)", "{0} == {1}"),
            ("static bool operator !=(Uri a, Uri b)", "{0} != {1}"),
        ),
    ),
    Definition(
        "System.Net.WebUtility", "static",
        rows=(
            ("static string UrlEncode(string value)", encodings.url_encode),
            ("static string UrlDecode(string encodedValue)", encodings.url_decode),
            ("static byte[] UrlEncodeToBytes(byte[] value, int offset, int count)",
             encodings.url_encode_bytes),
            ("static byte[] UrlDecodeToBytes(byte[] encodedValue, int offset, int count)",
             encodings.url_decode_bytes),
            ("static string HtmlEncode(string value)", encodings.html_encode),
            ("static string HtmlDecode(string value)", encodings.html_decode),
        ),
    ),
)  # fmt: skip
