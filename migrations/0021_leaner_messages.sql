-- A prompt paid for five checks of foreign keys, one row at a time: a fifth of what PostgreSQL does for it. These say
-- nothing that the statements do not: a message about a check-in takes its patient from the check-in's own row, found
-- under its clinic; an attempt is written with the message that its statement has just found and holds. No role may
-- delete patients, check-ins or messages. A secret's clinic is that of the transaction, as its policies demand.
alter table notifications drop constraint notifications_clinic_id_patient_id_fkey;
alter table notifications drop constraint notifications_clinic_id_check_in_id_fkey;
alter table attempts drop constraint attempts_clinic_id_notification_id_fkey;
alter table credential_lookup drop constraint credential_lookup_clinic_id_fkey;

-- A patient's messages are found through their check-ins and alerts; the few about neither keep an index of their own.
drop index notifications_patient;
create index notifications_patient on notifications (clinic_id, patient_id, created_at)
    where check_in_id is null and alert_id is null;
