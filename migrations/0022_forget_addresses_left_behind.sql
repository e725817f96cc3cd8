-- "Switched off" is remembered while the phone is its patient's and stays off. What was handed over, or switched on
-- again since, is forgotten after a month like any other address that takes no messages.
update push_subscriptions s set retired_for = 'signed_out'
where s.retired_for = 'switched_off'
  and exists (select from audit_log a
              where a.clinic_id = s.clinic_id and a.action = 'device_handed_over' and a.object_id = s.device_id);
update push_subscriptions s set retired_for = 'replaced'
where s.retired_for = 'switched_off'
  and exists (select from push_subscriptions n
              where n.clinic_id = s.clinic_id and n.device_id = s.device_id and n.created_at > s.created_at);
