-- Harm that the clinic learned of elsewhere, with no alert of ours before it: recorded and reviewed by hand. Without it, fewer alerts
-- would look like better care.
create table missed_harms (
    clinic_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    kind text not null check (kind in ('emergency_visit', 'serious_event', 'self_harm', 'other')),
    happened_on date not null,
    note_enc bytea not null,
    recorded_by uuid not null,
    recorded_at timestamptz not null,
    reviewed_by uuid,
    reviewed_at timestamptz,
    review_enc bytea,
    primary key (clinic_id, id),
    check ((reviewed_by is null) = (reviewed_at is null) and (reviewed_by is null) = (review_enc is null)),
    check (reviewed_by <> recorded_by),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, recorded_by) references staff (clinic_id, id),
    foreign key (clinic_id, reviewed_by) references staff (clinic_id, id)
);
create index missed_harms_patient on missed_harms (clinic_id, patient_id);
create index missed_harms_recorded_by on missed_harms (clinic_id, recorded_by);
create index missed_harms_reviewed_by on missed_harms (clinic_id, reviewed_by) where reviewed_by is not null;
call keep_rows_apart('missed_harms', true, false);
grant select, insert on missed_harms to afterglow_web;
grant update (reviewed_by, reviewed_at, review_enc) on missed_harms to afterglow_web;
