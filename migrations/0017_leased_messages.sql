-- The isolation lane looks for messages whose sender died. Without an index of its own it reads every message that is
-- due, each time a batch is claimed.
create index notifications_leased on notifications (priority, next_attempt_at)
    where state = 'queued' and lease_token is not null;
