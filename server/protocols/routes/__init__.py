"""Protocols over HTTP: those in use, their versions, drafts of the next ones."""

from server.protocols.routes import drafts, listed, previews, signing, versions

HANDLERS = [*listed.HANDLERS, *drafts.HANDLERS, *signing.HANDLERS, *versions.HANDLERS, *previews.HANDLERS]
