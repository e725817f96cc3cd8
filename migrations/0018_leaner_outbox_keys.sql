-- Most messages go to patients: entries of nobody in the keys of colleagues and alerts cost each of them three times.
drop index notifications_staff;
drop index notifications_alert;
create index notifications_staff on notifications (clinic_id, staff_id) where staff_id is not null;
create index notifications_alert on notifications (clinic_id, alert_id) where alert_id is not null;
