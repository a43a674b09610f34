"""trace."""

from tests.unit.policy.play import play


async def test_a_trace_is_kept_with_its_facts() -> None:
    played = await play(
        "<trace source='mine' severity='error'><message>@(\"n=\" + 1)</message>"
        "<metadata name='k' value='@(2.ToString())'/></trace>"
    )
    assert played.messages == ("mine [error]: n=1 k=2",)


async def test_the_older_form_holds_the_message_itself() -> None:
    played = await play("<trace source='mine'>@(\"n=\" + 1)</trace>")
    assert played.messages == ("mine [verbose]: n=1",)
