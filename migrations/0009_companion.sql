-- The companion is asked on their own phone: which check-ins are theirs, whether the patient agreed that we write to them, and which
-- messages went to them. Nobody enrolled before now was asked whether we may, so nobody's companion is written to until they were.
alter table patients add column companion_may_text boolean not null default false;
grant select (companion_phone_enc, companion_blocked, companion_may_text) on patients to afterglow_engine;

-- stands_in_for: the key of the patient's check-in that this one takes the place of, as long as that one is silent.
alter table check_ins add column asked_of text not null default 'patient' check (asked_of in ('patient', 'companion'));
alter table check_ins add column stands_in_for text;
-- A silent patient's companion is asked by the worker.
grant insert on check_ins to afterglow_engine;

alter table notifications drop constraint notifications_to_kind_check, drop constraint notifications_check1;
alter table notifications add constraint notifications_to_kind_check check (to_kind in ('patient', 'companion', 'staff')),
    add constraint notifications_to_staff check ((to_kind = 'staff') = (staff_id is not null));
