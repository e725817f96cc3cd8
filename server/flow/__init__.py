"""The story: what happens when something happens. Each event locks, decides, stores and audits in one transaction.

| event | told in |
|---|---|
| a session is recorded, changed, cancelled | `flow.sessions`, `flow.recording` |
| a file of sessions comes in | `flow.imports`, `flow.following` |
| a check-in is due, silent, over | `flow.checkins`, `flow.prompting` |
| an answer or an unprompted report arrives | `flow.responses`; many answers: `flow.together` |
| a dangerous tap goes ahead; its form stops midway | `flow.signals` |
| a message reached somebody else, who says so | `flow.wrong_person` |
| an alert is raised, climbs, pages people | `flow.alerts`, `flow.paging` |
| somebody is on call, the rota changes | `flow.on_call`, `flow.rota` |
| nobody is on duty, and patients are told so | `flow.cover` |
| a colleague is sent a test page | `flow.page_tests` |
| a colleague acknowledges, follows up, passes on, closes | `flow.handling` |
| a message is due, sent, reported on | `flow.notifications`, `flow.composing` |
| sending starts again after a restore | `flow.sending` |
| a push goes to a phone, which shows it or does not | `flow.push` |

Nothing here decides: the stages' `rules` do.
"""
