-- Addresses of phones that take no messages any more are deleted a month later, across clinics, by the worker.
create policy engine_sees_retired on push_subscriptions for select to afterglow_engine
    using (app_clinic() is null and retired_at is not null);
create policy engine_forgets on push_subscriptions for delete to afterglow_engine
    using (app_clinic() is null and retired_at is not null);
create index push_subscriptions_retired on push_subscriptions (retired_at) where retired_at is not null;
grant delete on push_subscriptions to afterglow_engine;
