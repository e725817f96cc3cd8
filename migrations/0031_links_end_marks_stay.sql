-- The worker forgets where pages' links led, in all clinics at once: it finds them among pages alone.
create index credential_lookup_pages on credential_lookup (clinic_id, subject_id) where kind = 'page';
grant delete on credential_lookup to afterglow_engine;
create policy engine_sees_pages on credential_lookup for select to afterglow_engine
    using (kind = 'page' and (select app_clinic()) is null);
create policy engine_forgets_pages on credential_lookup for delete to afterglow_engine
    using (kind = 'page' and (select app_clinic()) is null);

-- Why a check-in was planned, while a pause is its reason: a second look stays one when the pause is taken back.
alter table check_ins add column reason_before text;
