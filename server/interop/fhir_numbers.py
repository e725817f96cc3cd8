"""Limits, steps and units of a FHIR item that asks for a number."""

import msgspec

from server.interop import fhir_names as names
from server.interop.fhir_model import FhirItem
from server.interop.fhir_reading import Reading
from server.interop.fhir_words import fault_in
from server.protocols.model import Item

LARGEST_NUMBER = 1e12


def numeric(item: FhirItem, base: Item, reading: Reading, place: str) -> Item:
    """The item with its limits, step and unit; a slider with both ends is a scale."""
    least, most, step = (_bound(item, url) for url in (names.LEAST, names.MOST, names.STEP))
    if any(abs(bound) > LARGEST_NUMBER for bound in (least, most, step) if bound is not None):
        reading.refuse(place, "Has a limit that is out of reach.")
    if least is not None and most is not None and least >= most:
        reading.refuse(place, "Has limits that leave nothing between them.")
    kind = base.type
    if item.control == "slider" and kind == "integer":
        if least is None or most is None:
            reading.note(place, "Is a slider without both ends; it is asked as a number.")
        else:
            kind = "scale"
    if step is not None and (kind != "scale" or step <= 0 or not step.is_integer()):
        reading.note(place, "The steps of its slider are not kept.")
        step = None
    unit = _unit(item)
    if unit is None and item.type == "quantity":
        reading.note(place, "Names no unit; it is asked as a number without one.")
    elif unit == "":
        reading.refuse(place, "Lets people choose the unit. Ask for one unit.")
    elif unit is not None and (fault := fault_in({"": unit})):
        reading.refuse(place, fault)
    return msgspec.structs.replace(base, type=kind, min=least, max=most, step=step, unit=unit)


def _bound(item: FhirItem, url: str) -> float | None:
    found = item.extra(url)
    number = found.number if found else None
    return None if number is None else float(number)


def _unit(item: FhirItem) -> str | None:
    """Its unit; None without one, empty when there are several to choose from."""
    given = [one.value_coding for one in item.extension if one.url in (names.UNIT, names.UNIT_OPTION)]
    units = {unit for one in given if one is not None and (unit := (one.display or one.code or "").strip())}
    return (units.pop() if len(units) == 1 else "") if units else None
