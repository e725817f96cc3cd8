"""HTTP of alerts: the queue, what is done with an alert, the live stream; holds; the rota."""

from server.alerts.routes import harms, holds, page_answers, queue, rota, rota_findings

HANDLERS = [
    *queue.HANDLERS,
    *page_answers.HANDLERS,
    *holds.HANDLERS,
    *harms.HANDLERS,
    *rota.HANDLERS,
    *rota_findings.HANDLERS,
]
