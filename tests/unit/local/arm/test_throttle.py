"""Azure Resource Manager's patience with one caller."""

from dataclasses import replace

from tests.unit.local.arm.scene import GROUP, ROOT, STRANGER, Scene, realistic


async def test_a_caller_has_250_reads_at_once_and_25_a_second_after_that() -> None:
    scene = realistic()
    for _ in range(250):
        assert (await scene.get(ROOT)).status == 200
    refused = await scene.get(ROOT)
    assert (refused.status, refused.code) == (429, "SubscriptionRequestsThrottled")
    assert refused.headers.get("Retry-After") == "1"
    assert (await scene.group()).status == 201
    scene.caller = STRANGER
    assert (await scene.get(f"{ROOT}/locations")).status == 403
    scene.caller = Scene().caller
    scene.clock.advance(1)
    answers = [(await scene.get(ROOT)).status for _ in range(26)]
    assert answers == [200] * 25 + [429]


async def test_writes_and_deletes_are_counted_apart() -> None:
    scene = realistic()
    for _ in range(200):
        await scene.group()
    assert (await scene.group()).status == 429
    assert (await scene.delete(f"{GROUP}/providers/Microsoft.Authorization/locks/none")).status == 204


async def test_a_scaled_clock_scales_the_counting() -> None:
    scene = realistic(time_scale=0.01)
    for _ in range(250):
        await scene.get(ROOT)
    scene.clock.advance(0.1)
    answers = [(await scene.get(ROOT)).status for _ in range(251)]
    assert answers == [200] * 250 + [429]


async def test_nobody_is_counted_unless_work_takes_its_time() -> None:
    scene = Scene()
    assert {(await scene.get(ROOT)).status for _ in range(300)} == {200}
    strict = Scene(replace(Scene().settings, throttled=True))
    assert {(await strict.get(ROOT)).status for _ in range(300)} == {200, 429}
