"""Alerts: raised from flags, climbing until somebody on the care team answers, closed with an outcome."""
