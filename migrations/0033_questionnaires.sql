-- Questionnaires that a clinic brings: what was taken from the file, the file itself, and what was said about it. A version is published as it is
-- stored and never changes: nobody has a grant to change one. A newer file of the same name is a new version.
create table questionnaires (
    clinic_id uuid not null references clinics (clinic_id),
    id uuid not null,
    key text not null check (key ~ '^[a-z][a-z0-9]{0,19}$'),
    version integer not null check (version > 0),
    document jsonb not null,
    fhir jsonb not null,
    notes jsonb not null,
    imported_by uuid,
    published_at timestamptz not null,
    primary key (clinic_id, key, version),
    foreign key (clinic_id, imported_by) references staff (clinic_id, id)
);
create index questionnaires_imported_by on questionnaires (clinic_id, imported_by) where imported_by is not null;
call keep_rows_apart('questionnaires', false, false);
grant select, insert on questionnaires to afterglow_web;
