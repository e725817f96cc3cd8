-- A check-in may come before any session: the form that a patient fills in for a visit. It belongs to the visit, carries the protocol version
-- whose form it is, because no session pins one yet, and is asked of nobody by message.
alter table check_ins
    alter column session_id drop not null,
    add column visit_id uuid,
    add column protocol_key text,
    add column protocol_version integer,
    add check ((session_id is null) = (visit_id is not null)),
    add check ((visit_id is null) = (protocol_key is null) and (visit_id is null) = (protocol_version is null)),
    add foreign key (clinic_id, visit_id) references visits (clinic_id, id),
    add foreign key (clinic_id, protocol_key, protocol_version) references protocol_versions (clinic_id, key, version);
create unique index check_ins_visit on check_ins (clinic_id, visit_id) where visit_id is not null;
create index check_ins_protocol on check_ins (clinic_id, protocol_key, protocol_version) where protocol_key is not null;
alter table signals alter column session_id drop not null;

-- What a patient filled in stands in the record as theirs: nobody of the team wrote it down.
alter table visit_steps alter column recorded_by drop not null;
