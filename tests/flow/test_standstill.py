"""The engine stood still, or the machine's clock was set back: everybody who handles alerts is told, once."""

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
