"""The types of .NET that an expression may use and their members, one table row each.

Source: Microsoft Learn, "API Management policy expressions", .NET Framework types allowed (2026-01-15). What
reads or writes files is left out. A `Family` is loaded when an expression mentions one of its names.
"""

from apimlb.policy.clr import system_exception
from apimlb.policy.clr.chance import draws
from apimlb.policy.clr.collections import dictionaries, enumerators, interfaces, lists
from apimlb.policy.clr.numbers import primitives
from apimlb.policy.clr.objects import system_object, tuples
from apimlb.policy.clr.strings import string
from apimlb.policy.clr.types.definitions import Definition, Family

DEFINITIONS: tuple[Definition | Family, ...] = (
    *system_object.DEFINITIONS,
    *tuples.DEFINITIONS,
    *system_exception.DEFINITIONS,
    *draws.DEFINITIONS,
    Family("collections.system_array", {"System": "Array"}),
    *string.DEFINITIONS,
    *primitives.DEFINITIONS,
    Family("convert.converters", {"System": "Convert BitConverter"}),
    Family(
        "dates.date_time dates.date_time_offset dates.time_span",
        {"System": "DayOfWeek DateTimeKind DateTime DateTimeOffset TimeSpan"},
    ),
    Family(
        "time_zones.time_zone_info",
        {"System": "TimeZoneInfo+TransitionTime TimeZoneInfo+AdjustmentRule TimeZoneInfo TimeZone "
                   "CurrentSystemTimeZone"},
    ),
    *enumerators.DEFINITIONS,
    *interfaces.DEFINITIONS,
    *lists.DEFINITIONS,
    *dictionaries.DEFINITIONS,
    Family(
        "collections.sets",
        {"System.Collections.Generic": "ISet`1 HashSet`1 HashSet`1+Enumerator Queue`1 Queue`1+Enumerator "
                                       "Stack`1 Stack`1+Enumerator"},
    ),
    Family(
        "linq.enumerable",
        {"System.Linq": "Enumerable Grouping`2 IGrouping`2 ILookup`2 Lookup`2 IOrderedEnumerable`1"},
        "Aggregate All Any Append AsEnumerable Average Cast Concat Contains Count DefaultIfEmpty Distinct "
        "ElementAt ElementAtOrDefault Except First FirstOrDefault GroupBy GroupJoin Intersect Join Last "
        "LastOrDefault LongCount Max Min OfType OrderBy OrderByDescending Prepend Reverse Select SelectMany "
        "SequenceEqual Single SingleOrDefault Skip SkipLast SkipWhile Sum Take TakeLast TakeWhile ThenBy "
        "ThenByDescending ToArray ToDictionary ToHashSet ToList ToLookup Union Where Zip",
    ),
    Family(
        "json.jtoken",
        {"Newtonsoft.Json": "Formatting JsonConvert",
         "Newtonsoft.Json.Linq": "JTokenType JToken JContainer JObject JArray JConstructor JProperty JValue "
                                 "JRaw IJEnumerable`1 Extensions"},
        "AncestorsAndSelf AsJEnumerable Children DescendantsAndSelf Properties Value Values",
    ),
    Family(
        "strings.system_text",
        {"System.Text": "Encoding StringBuilder", "System.IO": "StringReader StringWriter"},
    ),
    Family(
        "web.addresses web.identifiers",
        {"System.Net": "IPAddress WebUtility", "System.Net.Sockets": "AddressFamily",
         "System": "UriKind UriPartial Uri"},
    ),
    Family(
        "xml.xobject",
        {"System.Xml.Linq": "XName XNamespace XNodeEqualityComparer XNodeDocumentOrderComparer XDeclaration "
                            "XObject XAttribute XNode XText XCData XComment XProcessingInstruction "
                            "XDocumentType XContainer XElement XDocument Extensions",
         "System.Xml": "XmlNodeType"},
        "Ancestors AncestorsAndSelf Attributes DescendantNodes DescendantNodesAndSelf Descendants "
        "DescendantsAndSelf Elements InDocumentOrder Nodes Remove",
    ),
    Family(
        "crypto.hash_algorithm",
        {"System.Security.Cryptography":
            "HashAlgorithm KeyedHashAlgorithm HMAC HMACMD5 HMACSHA1 HMACSHA256 HMACSHA384 HMACSHA512 "
            "MD5 MD5+Implementation MD5CryptoServiceProvider "
            "SHA1 SHA1+Implementation SHA1CryptoServiceProvider SHA1Managed "
            "SHA256 SHA256+Implementation SHA256CryptoServiceProvider SHA256Managed "
            "SHA384 SHA384+Implementation SHA384CryptoServiceProvider SHA384Managed "
            "SHA512 SHA512+Implementation SHA512CryptoServiceProvider SHA512Managed"},
    ),
    Family(
        "crypto.symmetric_algorithm crypto.rsa_provider",
        {"System.Security.Cryptography":
            "CipherMode PaddingMode SymmetricAlgorithm RNGCryptoServiceProvider AesCryptoServiceProvider "
            "AesManaged RijndaelManaged HashAlgorithmName RSASignaturePadding RSAEncryptionPadding "
            "RSAParameters AsymmetricAlgorithm RSA RSACng RSACryptoServiceProvider Oid",
         "": "CipherExtensions"},
        "Decrypt Encrypt",
    ),
    Family(
        "certificates.x509",
        {"System.Security.Cryptography.X509Certificates":
            "X509ContentType X509NameType X500DistinguishedName PublicKey X509Certificate X509Certificate2 "
            "RSACertificateExtensions",
         "": "CertificateExtensions"},
        "CopyWithPrivateKey GetRSAPrivateKey GetRSAPublicKey VerifyNoRevocation",
    ),
    Family(
        "regex.matching",
        {"System.Text.RegularExpressions": "RegexOptions Regex Capture Group Match MatchCollection "
                                           "GroupCollection CaptureCollection"},
    ),
)  # fmt: skip
