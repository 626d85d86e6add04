"""The webhook: only Telegram is let in, and what was not stored is not taken."""

from collections.abc import AsyncIterator, Sequence

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.telegram.webhook import BODY_LIMIT, SECRET_HEADER, webhook_app
from tests.conftest import OpenRig

SECRET = "a-secret-of-sixteen-or-more"
PATH = "/webhook/1000000001"


class Intake:
    """Stands for the intake where only the route is asked about."""

    def __init__(self) -> None:
        self.taken: list[object] = []
        self.works = True

    async def take(self, updates: Sequence[object]) -> bool:
        self.taken += updates
        return self.works


@pytest.fixture
def intake() -> Intake:
    return Intake()


@pytest.fixture
async def client(intake: Intake) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    app = webhook_app(intake, 1000000001, SECRET)  # type: ignore[arg-type]
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def test_an_update_with_the_secret_is_taken(client: TestClient, intake: Intake) -> None:  # type: ignore[type-arg]
    answer = await client.post(PATH, json={"update_id": 1}, headers={SECRET_HEADER: SECRET})
    assert answer.status == 200
    assert intake.taken == [{"update_id": 1}]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "\u00e9"])
async def test_without_the_secret_nothing_is_read(client: TestClient, intake: Intake, secret: str) -> None:  # type: ignore[type-arg]
    answer = await client.post(PATH, json={"update_id": 1}, headers={SECRET_HEADER: secret})
    assert answer.status == 403
    assert intake.taken == []


async def test_what_the_inbox_cannot_take_comes_again(client: TestClient, intake: Intake) -> None:  # type: ignore[type-arg]
    intake.works = False
    answer = await client.post(PATH, json={"update_id": 1}, headers={SECRET_HEADER: SECRET})
    assert answer.status == 500


async def test_a_body_is_capped_and_must_be_json(client: TestClient, intake: Intake) -> None:  # type: ignore[type-arg]
    headers = {SECRET_HEADER: SECRET}
    assert (await client.post(PATH, data=b"x" * (BODY_LIMIT + 1), headers=headers)).status == 413
    assert (await client.post(PATH, data=b"{not json", headers=headers)).status == 400
    assert (await client.post(PATH, data=b"\xff\xfe\x00", headers=headers)).status == 400
    assert (await client.post("/webhook/7", json={}, headers=headers)).status == 404
    assert (await client.get(PATH, headers=headers)).status == 405
    assert intake.taken == []


async def test_a_conversation_goes_through_the_webhook(open_rig: OpenRig, unused_tcp_port: int) -> None:
    async with open_rig(
        webhook_url=f"http://127.0.0.1:{unused_tcp_port}", webhook_secret=SECRET, webhook_port=unused_tcp_port
    ) as rig:
        await rig.people.say(1, "/help")
        assert len(await rig.people.hears(1)) == 3
        with rig.journal.write() as session:
            session.connection()
            await rig.people.say(1, "/new")  # the database is locked: 500, and Telegram comes again
            import asyncio

            await asyncio.sleep(0.4)
            assert rig.count("inbox") == 1
        assert len(await rig.people.hears(1)) == 1
