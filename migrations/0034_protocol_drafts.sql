-- A protocol while it is being changed: one draft a protocol. Whoever submits it signs as its author; somebody else publishes it as a new
-- version and signs for it. `revision` goes up with each change: who writes says which one they saw. `accepted`: rules that are less urgent
-- than those of the built-in document, and that the author said yes to by name.
create table protocol_drafts (
    clinic_id uuid not null references clinics (clinic_id),
    id uuid not null,
    key text not null,
    base_version integer not null,
    document jsonb not null,
    revision integer not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    edited_at timestamptz not null,
    edited_by uuid not null,
    submitted_at timestamptz,
    submitted_by uuid,
    accepted text[] not null default '{}',
    primary key (clinic_id, id),
    unique (clinic_id, key),
    check ((submitted_by is null) = (submitted_at is null)),
    foreign key (clinic_id, created_by) references staff (clinic_id, id),
    foreign key (clinic_id, edited_by) references staff (clinic_id, id),
    foreign key (clinic_id, submitted_by) references staff (clinic_id, id)
);
create index protocol_drafts_created_by on protocol_drafts (clinic_id, created_by);
create index protocol_drafts_edited_by on protocol_drafts (clinic_id, edited_by);
create index protocol_drafts_submitted_by on protocol_drafts (clinic_id, submitted_by) where submitted_by is not null;
call keep_rows_apart('protocol_drafts', false, false);
grant select, insert, update, delete on protocol_drafts to afterglow_web;

-- The first of the two signatures of a version that came of a draft.
alter table protocol_versions add column submitted_by uuid, add column submitted_at timestamptz;
alter table protocol_versions add check ((submitted_by is null) = (submitted_at is null)),
    add foreign key (clinic_id, submitted_by) references staff (clinic_id, id);
create index protocol_versions_submitted_by on protocol_versions (clinic_id, submitted_by) where submitted_by is not null;

-- Where a session stands in the treatment: as somebody said (`phase_given`), else counted from the sessions before it.
alter table treatment_sessions
    add column phase text not null default 'induction' check (phase in ('induction', 'maintenance', 'booster')),
    add column phase_given text check (phase_given in ('induction', 'maintenance', 'booster'));
update treatment_sessions s set phase = case
        when p.ended_at - p.before > interval '56 days' then 'booster'
        when p.nth <= 8 and p.ended_at <= p.first + interval '28 days' then 'induction'
        else 'maintenance' end
from (select clinic_id, id, ended_at, row_number() over course as nth, first_value(ended_at) over course as first,
             lag(ended_at) over course as before
      from treatment_sessions where cancelled_at is null
      window course as (partition by clinic_id, patient_id order by ended_at, id)) p
where s.clinic_id = p.clinic_id and s.id = p.id;
grant select (phase, phase_given), update (phase) on treatment_sessions to afterglow_engine;
