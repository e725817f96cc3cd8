"""The OpenAPI description of the server, as the web apps' types are made from: `make types` writes it."""

import json
from pathlib import Path

from server.app import create_app
from server.kit.db import Database
from server.settings import from_env

FILE = Path(__file__).parents[1] / "pwa" / "openapi.json"


def describe() -> str:
    """The document; no database is asked."""
    app = create_app(from_env({}), Database(None, bytes(32), ""))
    return json.dumps(app.openapi_schema.to_schema(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(describe(), encoding="utf-8")
