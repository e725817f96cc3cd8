"""The engine stood still, or the machine's clock was set back: everybody who handles alerts is told, once."""

import asyncpg

from tests.flow.story import LENA, NORA, OMAR, Story

ZOE = "+353861234567"


async def test_after_standing_still_the_team_is_told_once(story: Story) -> None:
    story.expected_errors.add("engine_late")
    await story.settle()
    await story.wait(240)
    await story.quiet()
    await story.wait(360)
    await story.settle()
    for who in (OMAR, NORA, LENA, ZOE):
        await story.got(who, "SYSTEM", "stood still")
    await story.quiet()


async def test_a_clock_that_was_set_back_is_told(story: Story) -> None:
    story.expected_errors.add("clock_set_back")
    await story.settle()
    await story.wait(-30)
    await story.quiet()
    await story.wait(-61)
    await story.settle()
    for who in (OMAR, NORA, LENA, ZOE):
        await story.got(who, "SYSTEM", "clock was set back")
    await story.quiet()


async def test_a_clinic_without_keys_does_not_keep_the_engine_from_going_on(story: Story) -> None:
    story.expected_errors |= {"engine_late", "standstill_untold"}
    superuser = await asyncpg.connect(story.instance.urls.superuser_url)
    gone = await superuser.fetch("delete from clinic_keys where clinic_id <> $1 returning *", story.instance.ids.harbor)
    assert gone
    await story.settle()
    await story.wait(600)
    await story.settle()
    (mark,) = await story.rows("select finished_at > wall_now() - interval '1 minute' as fresh from engine_cycle")
    assert mark["fresh"]
    for who in (OMAR, NORA, LENA):
        await story.got(who, "SYSTEM", "stood still")
    await superuser.copy_records_to_table("clinic_keys", records=[tuple(row) for row in gone])
    await superuser.close()
