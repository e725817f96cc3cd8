"""The story: what happens when something happens. Each event locks, decides, stores and audits in one transaction.

| event | told in |
|---|---|
| a session is recorded, changed, cancelled | `flow.sessions` |
| a check-in is due, silent, over | `flow.checkins` |
| an answer, a dangerous tap, an unprompted report arrives; a form stops midway | `flow.responses` |
| an alert is raised, climbs, is acknowledged, followed up, passed on, closed | `flow.alerts` |
| a message is due, sent, reported on | `flow.notifications` |

Nothing here decides: the stages' `rules` do.
"""
