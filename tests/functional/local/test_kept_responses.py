"""Responses that an account keeps, behind a gateway that does not know which account it was."""

from tests.functional.local.stack_scene import DATED_RESPONSES, REGIONS, V1_RESPONSES, Raise, Stage


class TestKeptResponses:
    """An account keeps them, and the gateway does not know which one does."""

    async def kept(self, scene: Stage, where: str = V1_RESPONSES) -> list[str]:
        """The ids of answers to six questions and more, until every account keeps one."""
        ids: list[str] = []
        while len(ids) < 6 or not all(count.answered for count in scene.counts().values()):
            reply = await scene.call(where, {"model": "chat", "input": f"Question {len(ids)}"})
            assert reply.status == 200
            ids.append(reply.json["id"])
        return ids

    async def read(self, scene: Stage, id: str, method: str = "GET") -> int:
        return (await scene.call(f"{V1_RESPONSES}/{id}", method=method)).status

    async def test_are_read_and_deleted_wherever_they_are(self, scene: Stage) -> None:
        for id in await self.kept(scene):
            items = await scene.call(f"{V1_RESPONSES}/{id}/input_items", method="GET")
            assert len(items.json["data"]) == 1
            assert [await self.read(scene, id, method) for method in ("GET", "DELETE", "GET")] == [
                200,
                200,
                404,
            ]

    async def test_are_there_at_dated_paths_too(self, scene: Stage) -> None:
        for id in await self.kept(scene, DATED_RESPONSES):
            path = DATED_RESPONSES.replace("?", f"/{id}?")
            assert (await scene.call(path, method="GET")).json["id"] == id
            assert (await scene.call(path, method="DELETE")).json["deleted"] is True

    async def test_are_there_at_the_bare_host_too(self, scene: Stage) -> None:
        for id in await self.kept(scene, "/responses"):
            path = f"/responses/{id}"
            assert (await scene.call(path, method="GET", x_other="1")).status == 401
            assert (await scene.call(path, method="GET")).json["id"] == id
            assert len((await scene.call(f"{path}/input_items", method="GET")).json["data"]) == 1
            assert (await scene.call(path, method="DELETE")).json["deleted"] is True
            assert (await scene.call(path, method="GET")).status == 404

    async def test_can_be_called_off_wherever_they_are(self, scene: Stage) -> None:
        waited = await self.kept(scene)
        begun = [
            (await scene.call(V1_RESPONSES, {"model": "chat", "input": "Work", "background": True})).json[
                "id"
            ]
            for _ in range(8)
        ]
        for path in (
            V1_RESPONSES + "/{}/cancel",
            DATED_RESPONSES.replace("?", "/{}/cancel?"),
            "/responses/{}/cancel",
        ):
            for id in begun:
                reply = await scene.call(path.format(id), method="POST")
                assert (reply.status, reply.json["id"]) == (200, id)
            reply = await scene.call(path.format(waited[0]), method="POST")
            assert (reply.status, reply.json["error"]["message"][:6]) == (400, "Cannot")
            assert (await scene.call(path.format("resp_nobody"), method="POST")).status == 404

    async def test_can_be_gone_on_from_wherever_they_are(self, scene: Stage) -> None:
        for id in await self.kept(scene):
            asked = {"model": "chat", "input": "And then?", "previous_response_id": id}
            reply = await scene.call(V1_RESPONSES, asked)
            assert (reply.status, reply.json["previous_response_id"]) == (200, id)

    async def test_that_nobody_has_are_not_found(self, scene: Stage) -> None:
        assert await self.read(scene, "resp_nobody") == 404
        asked = {"model": "chat", "input": "And then?", "previous_response_id": "resp_nobody"}
        reply = await scene.call(V1_RESPONSES, asked)
        assert (reply.status, reply.json["error"]["code"]) == (400, "previous_response_not_found")

    async def test_of_an_account_at_its_limit_are_not_said_to_be_gone(self, scene: Stage) -> None:
        ids = await self.kept(scene)
        scene.limit("eastus2", tokens=1)
        statuses = set()
        for id in ids:
            asked = {"model": "chat", "input": "And then?", "previous_response_id": id}
            statuses.add((await scene.call(V1_RESPONSES, asked)).status)
        assert statuses == {200, 429}

    async def test_are_read_while_every_account_is_at_its_limit(self, raise_stage: Raise) -> None:
        scene = raise_stage(strategy="retry")
        ids = await self.kept(scene)
        for region in REGIONS:
            scene.limit(region, tokens=1)
        assert (await scene.call()).status == 429
        assert [await self.read(scene, id) for id in ids] == [200] * len(ids)
