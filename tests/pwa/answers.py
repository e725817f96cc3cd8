"""Whole forms, answered well: tests change what they are about."""

from typing import Any

WELL: dict[str, Any] = {
    "a_who": "patient", "a_danger": "none", "a_place": "with_adult", "a_awake": "awake", "a_real": "no",
    "a_steady": "steady", "a_sick": "no", "a_pain": "no", "a_mind": "calm", "a_overall": "better",
}  # fmt: skip
COMPANION: dict[str, Any] = {
    "a_who": "companion", "c_wake": "awake", "c_breath": "calm", "c_danger": "none", "c_head": "yes", "c_sick": "none",
    "c_fall": "no", "c_stay": "yes", "c_call": "no",
}  # fmt: skip
NEXT_DAY: dict[str, Any] = {
    "d_danger": "none", "d_mood": 6, "d_left": ["nothing"], "d_sleep": "well", "d_feel": "none", "d_unlike": "no",
    "d_since": "none", "d_decide": "no", "s_open": "no", "d_call": "no",
}  # fmt: skip
