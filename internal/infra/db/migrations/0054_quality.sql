-- +goose Up

-- Decisions drawn to be read again by somebody else, and what came of that.
create table quality_sample (
  id text primary key, determination_id text not null unique references determination (id), order_id text not null references orders (id),
  program_id text not null references program (id), decider_id text not null references person (id), decider text not null, outcome text not null, drawn_at timestamptz not null,
  reader_id text references person (id), reader text not null default '', read_at timestamptz,
  agrees boolean not null default false, comment text not null default '', coaching text not null default '');
create index quality_sample_open on quality_sample (drawn_at, id) where read_at is null;
create index quality_sample_decider on quality_sample (decider_id, read_at);
create index quality_sample_read on quality_sample (read_at, id);
create table quality_item (
  sample_id text not null references quality_sample (id), item text not null, says text not null check (says in ('yes','no','na')),
  primary key (sample_id, item));

-- +goose Down
drop table quality_item;
drop table quality_sample;
