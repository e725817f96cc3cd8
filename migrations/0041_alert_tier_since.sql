-- Since when an alert has the tier that it has: an emergency that was a same-day alert for a day is minutes old to whoever is paged.
-- Null: since it was opened.
alter table alerts add column tier_since timestamptz;
