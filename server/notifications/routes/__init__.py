"""What tells us that a message arrived, the phones that take notifications, and the hold on sending."""

from server.notifications.routes import push, receipts, sending

HANDLERS = [*receipts.HANDLERS, *push.HANDLERS, *sending.HANDLERS]
