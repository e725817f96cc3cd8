"""`questionnaires import`: a FHIR file on the command line."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from server.access.setup import clinic_transaction, find_admin, list_clinics
from server.commands import CommandError, choose_clinic, owner
from server.flow.questionnaires import language_of_files, questionnaire_imported
from server.interop.fhir_model import NotJson, NotTaken
from server.interop.fhir_read import NO_INSTRUMENT, read_questionnaire
from server.protocols.instruments import instrument_of, instruments
from server.settings import Settings


async def run_import(settings: Settings, file: Path, clinic: str | None, instrument: str | None) -> int:
    """Publish the file as a questionnaire of the clinic; 1 when anything in it cannot be taken, which is listed."""
    if instrument is not None and instrument not in (*instruments(), NO_INSTRUMENT):
        raise CommandError(f"--instrument is one of: {', '.join((*instruments(), NO_INSTRUMENT))}.")
    try:
        content = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    async with owner(settings) as (conn, key):
        clinic_id = choose_clinic(await list_clinics(conn), clinic)
        async with clinic_transaction(conn, key, clinic_id) as tx:
            language, admin = await language_of_files(tx), await find_admin(tx)
        try:
            read = read_questionnaire(content, language=language, instrument=instrument)
        except NotJson as error:
            raise CommandError(str(error)) from error
        except NotTaken as error:
            _tell("Nothing was taken:", error.wrong, sys.stderr)
            return 1
        async with clinic_transaction(conn, key, clinic_id, admin) as tx:
            taken = await questionnaire_imported(tx, read, msgspec.json.decode(content))
    document = taken.stored.document
    known = instrument_of(document)
    words = f"{document.id}: {len(document.items)} items" + (f", scored as {known.name}" if known else "")
    _tell(f"Taken as {words}." if taken.new else f"{document.id} says the same already.", taken.stored.notes)
    if known and known.needs_check:
        _tell("Check with your medical lead:", [("", text["en"]) for text in known.needs_check])
    return 0


def _tell(heading: str, lines: Sequence[tuple[str, str]], out: TextIO | None = None) -> None:
    told = (f"  {place}: {message}" if place else f"  {message}" for place, message in lines)
    print("\n".join([heading, *told]), file=out)
