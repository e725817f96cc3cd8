-- Who is on call: layers of people who take turns, and changes to them (one who stands in, both sides of a swap). A clinic
-- without layers goes by its call list. Hours are clock times of the clinic, changes are instants.
create table rotas (
    clinic_id uuid primary key references clinics (clinic_id),
    version integer not null,
    coverage jsonb not null default '[]'
);
call keep_rows_apart('rotas', true, false);

create table rota_layers (
    clinic_id uuid not null references rotas (clinic_id),
    position integer not null,
    first_day date not null,
    hand_over text not null check (hand_over ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    weeks integer not null check (weeks between 1 and 8),
    hours jsonb not null default '[]',
    primary key (clinic_id, position)
);
call keep_rows_apart('rota_layers', true, false);

create table rota_people (
    clinic_id uuid not null,
    layer integer not null,
    position integer not null,
    staff_id uuid not null,
    primary key (clinic_id, layer, position),
    unique (clinic_id, layer, staff_id),
    foreign key (clinic_id, layer) references rota_layers (clinic_id, position) on delete cascade,
    foreign key (clinic_id, staff_id) references staff (clinic_id, id)
);
create index rota_people_staff on rota_people (clinic_id, staff_id);
call keep_rows_apart('rota_people', true, false);

create table rota_changes (
    clinic_id uuid not null,
    id uuid not null,
    swap_id uuid,
    begins timestamptz not null,
    ends timestamptz not null,
    staff_id uuid not null,
    instead_of uuid,
    made_at timestamptz not null,
    made_by uuid not null,
    primary key (clinic_id, id),
    check (begins < ends),
    check (staff_id <> instead_of),
    foreign key (clinic_id, staff_id) references staff (clinic_id, id),
    foreign key (clinic_id, instead_of) references staff (clinic_id, id),
    foreign key (clinic_id, made_by) references staff (clinic_id, id)
);
create index rota_changes_ends on rota_changes (clinic_id, ends);
create index rota_changes_staff on rota_changes (clinic_id, staff_id);
create index rota_changes_instead_of on rota_changes (clinic_id, instead_of) where instead_of is not null;
create index rota_changes_made_by on rota_changes (clinic_id, made_by);
call keep_rows_apart('rota_changes', true, false);

-- A page sent to a colleague to see whether it arrives, one row for each channel. `address_hash` ties what was proven to
-- the number or address that it was proven of.
create table page_tests (
    clinic_id uuid not null,
    id uuid not null,
    staff_id uuid not null,
    channel text not null,
    address_hash bytea not null,
    sent_by uuid not null,
    sent_at timestamptz not null,
    arrived_at timestamptz,
    primary key (clinic_id, id),
    foreign key (clinic_id, staff_id) references staff (clinic_id, id),
    foreign key (clinic_id, sent_by) references staff (clinic_id, id)
);
create index page_tests_staff on page_tests (clinic_id, staff_id, sent_at);
create index page_tests_sent_by on page_tests (clinic_id, sent_by);
call keep_rows_apart('page_tests', false, false);

grant select, insert, update on rotas to afterglow_web;
grant select, insert, delete on rota_layers, rota_people, rota_changes to afterglow_web;
grant select, insert, update on page_tests to afterglow_web;
grant select on rotas, rota_layers, rota_people, rota_changes to afterglow_engine;
