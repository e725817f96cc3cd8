-- Rooms of the team (a chat, a pager, a webhook) that hear about alerts beside the people who are paged. The address is a secret: it is
-- sealed, and gone when the channel is removed; the row stays, because messages were sent there.
create table team_channels (
    clinic_id uuid not null references clinics (clinic_id),
    id uuid not null,
    name text not null,
    service text not null,
    host text,
    url_enc bytea,
    language text not null,
    hears text[] not null check (cardinality(hears) > 0 and hears <@ array['emergency', 'urgent', 'same_day', 'incident']),
    added_at timestamptz not null,
    added_by uuid not null,
    removed_at timestamptz,
    primary key (clinic_id, id),
    check ((removed_at is null) = (url_enc is not null)),
    foreign key (clinic_id, added_by) references staff (clinic_id, id)
);
create index team_channels_added_by on team_channels (clinic_id, added_by);
call keep_rows_apart('team_channels', true, false);
grant select, insert, update on team_channels to afterglow_web;
grant select (clinic_id, id, url_enc, language, hears, removed_at) on team_channels to afterglow_engine;

-- A post to a room is no page: it never counts as a person called.
alter table notifications add column team_channel_id uuid;
alter table notifications drop constraint notifications_kind_check, drop constraint notifications_to_kind_check;
alter table notifications
    add constraint notifications_kind_check check (kind in ('prompt', 'page', 'notice', 'post')),
    add constraint notifications_to_kind_check check (to_kind in ('patient', 'companion', 'staff', 'team')),
    add constraint notifications_to_team check ((to_kind = 'team') = (team_channel_id is not null)),
    add foreign key (clinic_id, team_channel_id) references team_channels (clinic_id, id);
create index notifications_team_channel on notifications (clinic_id, team_channel_id, created_at) where team_channel_id is not null;
