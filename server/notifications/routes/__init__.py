"""What tells us that a message arrived, test pages, the phones that take notifications, and the hold on sending."""

from server.notifications.routes import page_tests, proofs, push, receipts, replies, sending, team_channels

HANDLERS = [
    *receipts.HANDLERS,
    *replies.HANDLERS,
    *push.HANDLERS,
    *sending.HANDLERS,
    *page_tests.HANDLERS,
    *proofs.HANDLERS,
    *team_channels.HANDLERS,
]
