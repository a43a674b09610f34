"""Newtonsoft.Json 10."""

from apimlb.policy.clr.json.writer import to_json  # tokens have their text wherever they are made
from apimlb.policy.clr.types.definitions import Definition, Family, names_in

__all__ = ["JSON", "to_json"]


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.json import jtoken

    return jtoken.DEFINITIONS


JSON = Family(
    _definitions,
    types=(
        *names_in("Newtonsoft.Json", "Formatting JsonConvert"),
        *names_in(
            "Newtonsoft.Json.Linq",
            "JTokenType JToken JContainer JObject JArray JConstructor JProperty JValue JRaw "
            "IJEnumerable`1 Extensions",
        ),
    ),
    extensions=names_in(
        "",
        "AncestorsAndSelf AsJEnumerable Children DescendantsAndSelf Properties Value Values",
    ),
)
