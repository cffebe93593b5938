-- +goose Up

-- What runs in the background, and the mail and files it works with.
create table job (
  id text primary key, kind text not null, args text not null, unique_key text unique,
  state text not null check (state in ('ready','running','done','dead')),
  run_at timestamptz not null, lease_until timestamptz, attempt integer not null default 0,
  error text not null default '', added_at timestamptz not null, ended_at timestamptz);
create index job_due on job (state, run_at);

create table lease (name text primary key, holder text not null, until timestamptz not null);

-- Who did what. Copies, no foreign keys: a row outlives what it speaks of.
create table audit (
  id text primary key, at timestamptz not null, actor_id text not null, actor_name text not null,
  action text not null, kind text not null, object_id text not null, member_id text not null default '',
  request_id text not null default '', detail text not null default '');
create index audit_object on audit (kind, object_id, at);
create index audit_actor on audit (actor_id, at);

-- People and how they come in.
create table person (
  id text primary key, email text not null unique, first_name text not null, last_name text not null,
  credential text not null default '', phone text not null default '',
  password_hash text not null default '', password_at timestamptz,
  totp_secret text not null default '', totp_since timestamptz, totp_step bigint not null default 0,
  time_zone text not null default '', theme text not null default '',
  created_at timestamptz not null, disabled_at timestamptz, version integer not null default 1);

create table recovery_code (
  person_id text not null references person (id), code_hash text not null, used_at timestamptz,
  primary key (person_id, code_hash));

create table session (
  id text primary key, person_id text not null references person (id),
  created_at timestamptz not null, seen_at timestamptz not null, expires_at timestamptz not null,
  verified_at timestamptz, locked_at timestamptz, ended_at timestamptz,
  factor text not null default '', agent text not null default '', address text not null default '');
create index session_person on session (person_id, created_at);

create table trusted_device (
  id text primary key, person_id text not null references person (id),
  agent text not null default '', created_at timestamptz not null, expires_at timestamptz not null);
create index trusted_device_person on trusted_device (person_id);

create table mailed_code (
  session_id text primary key references session (id), code_hash text not null,
  sent_at timestamptz not null, expires_at timestamptz not null, used_at timestamptz);

create table throttle (
  key text primary key, failures integer not null, since timestamptz not null, blocked_until timestamptz);

-- What a person had typed when the session locked; sealed, and theirs alone.
create table saved_form (
  id text primary key, person_id text not null references person (id), path text not null,
  body text not null, saved_at timestamptz not null);
create index saved_form_person on saved_form (person_id, saved_at);

-- The answer a form got, so that the same form sent twice does nothing twice.
create table form_key (
  person_id text not null, key text not null, body_hash text not null, see_other text not null, at timestamptz not null,
  primary key (person_id, key));

-- Offices, sites and the utilization-management organization itself.
create table organization (
  id text primary key, kind text not null check (kind in ('office','site','um')),
  name text not null, npi text not null default '', tin text not null default '', phone text not null default '',
  sees text not null default 'location' check (sees in ('all','location','own')),
  mailed_codes boolean not null default false, source_key text unique, created_at timestamptz not null);
create index organization_npi on organization (npi);

create table location (
  id text primary key, organization_id text not null references organization (id), name text not null,
  line text not null default '', city text not null default '', state text not null default '', zip text not null default '',
  phone text not null default '', fax text not null default '', time_zone text not null default '', source_key text unique);
create index location_organization on location (organization_id);

create table practitioner (
  id text primary key, npi text not null default '', first_name text not null, last_name text not null,
  credential text not null default '', specialty text not null default '', phone text not null default '', source_key text unique);
create index practitioner_npi on practitioner (npi);

create table practitioner_location (
  practitioner_id text not null references practitioner (id), location_id text not null references location (id),
  primary key (practitioner_id, location_id));

create table membership (
  id text primary key, person_id text not null references person (id), organization_id text not null references organization (id),
  role text not null, location_id text references location (id), practitioner_id text references practitioner (id),
  unique (person_id, organization_id, role, location_id));

-- Which plans and programs a member of staff works on; none means all.
create table staff_scope (
  person_id text not null references person (id), plan_id text not null, program_id text not null,
  primary key (person_id, plan_id, program_id));

-- The national directory of providers, as last imported.
create table listing (
  npi text primary key, kind text not null check (kind in ('person','organization','')),
  name text not null, first_name text not null default '', last_name text not null default '', credential text not null default '',
  taxonomy text not null default '', line text not null default '', city text not null default '', state text not null default '', zip text not null default '',
  phone text not null default '', fax text not null default '', license text not null default '', license_state text not null default '',
  deactivated_on text, reactivated_on text, updated_on text, content_hash text not null);

-- Health plans, programs, what is delegated, what is open since when.
create table plan (
  id text primary key, code text not null unique, name text not null, payer_id text not null default '',
  time_zone text not null, phone text not null default '', hours text not null default '', source_key text unique, created_at timestamptz not null);

create table plan_line (
  plan_id text not null references plan (id), line text not null, name text not null,
  phone text not null default '', hours text not null default '',
  decision_days integer not null default 7, urgent_hours integer not null default 72,
  call_effect text not null default 'change' check (call_effect in ('change','discussion')),
  call_window_days integer not null default 5, call_window_business boolean not null default true,
  calls_per_decision integer not null default 1, peers text not null default 'MD,DO,NP,PA',
  primary key (plan_id, line));

create table plan_holiday (
  plan_id text not null references plan (id), day text not null, name text not null, primary key (plan_id, day));

create table program (
  id text primary key, code text not null unique, name text not null, description text not null default '',
  slot_minutes integer not null default 30 check (slot_minutes in (15,30,60)),
  confirm text not null default 'instant' check (confirm in ('instant','staff')),
  look_ahead_days integer not null default 10, hold_minutes integer not null default 5, notice_minutes integer not null default 60,
  distribution text not null default '', call_from text not null default '', created_at timestamptz not null);

create table delegation (
  id text primary key, plan_id text not null references plan (id), line text not null, program_id text not null default '',
  function text not null check (function in ('um','p2p','reconsideration','appeal')),
  done_by text not null check (done_by in ('us','plan','none')), from_day text not null, to_day text);
create index delegation_plan on delegation (plan_id, line);

create table rollout (
  id text primary key, feature text not null, program_id text not null, plan_id text not null, line text not null default '',
  stage text not null check (stage in ('off','announced','pilot','on','ending')), from_day text not null, to_day text, notice text not null default '');
create index rollout_feature on rollout (feature, program_id, plan_id);

-- Members and what covers them.
create table member (
  id text primary key, first_name text not null, middle_name text not null default '', last_name text not null, suffix text not null default '',
  birth_date text, sex text not null default '', line text not null default '', city text not null default '', state text not null default '', zip text not null default '',
  phone text not null default '', deceased_on text, last_key text not null, first_key text not null, source_key text unique,
  content_hash text not null default '', updated_at timestamptz not null);
create index member_name on member (last_key, first_key);

create table coverage (
  id text primary key, member_id text not null references member (id), plan_id text not null references plan (id), line text not null,
  number text not null, number_key text not null, starts_on text, ends_on text, rank integer not null default 1,
  source_key text unique, content_hash text not null default '');
create index coverage_member on coverage (member_id);
create index coverage_number on coverage (number_key);

-- Diagnosis and procedure codes.
create table code (
  system text not null, code text not null, billable boolean not null, short text not null, long text not null,
  position integer not null default 0, edition text not null, primary key (system, code));

-- Orders and their life.
create table orders (
  id text primary key, number text not null unique, status text not null,
  organization_id text not null references organization (id), location_id text, practitioner_id text, site_id text, site_name text not null default '',
  member_id text not null references member (id), coverage_id text, member_number text not null, member_key text not null,
  patient_first text not null, patient_last text not null, last_key text not null, first_key text not null, birth_date text,
  plan_id text not null references plan (id), line text not null, program_id text not null references program (id),
  urgency text not null check (urgency in ('standard','urgent','retrospective')), channel text not null,
  title text not null, service_from text, service_to text, valid_from text, valid_to text, auth_number text not null default '',
  contact_name text not null default '', contact_phone text not null default '', contact_extension text not null default '', contact_fax text not null default '', contact_email text not null default '',
  received_at timestamptz not null, due_at timestamptz, decided_at timestamptz, sort_due bigint not null,
  denial_kind text not null default '', appeal_at timestamptz, note text not null default '',
  created_by text not null, changed_at timestamptz not null, version integer not null default 1, source_key text unique);
create index orders_office_due on orders (organization_id, sort_due, id);
create index orders_office_entered on orders (organization_id, received_at, id);
create index orders_office_status on orders (organization_id, status, sort_due, id);
create index orders_office_name on orders (organization_id, last_key, first_key, id, status, plan_id, program_id, location_id);
create index orders_site on orders (site_id, sort_due, id);
create index orders_due on orders (sort_due, id);
create index orders_entered on orders (received_at, id);
create index orders_status on orders (status, sort_due, id);
create index orders_plan on orders (plan_id, sort_due, id);
create index orders_name on orders (last_key, first_key, id, status, plan_id, program_id, location_id);
create index orders_member_number on orders (member_key, sort_due, id);
create index orders_member on orders (member_id);
create index orders_service on orders (service_from, id);
create index orders_auth on orders (auth_number);

-- How many orders there are of a kind, kept in step by whoever adds or moves
-- one: counting a million takes longer than finding one.
create table order_count (
  organization_id text not null, location_id text not null, status text not null, plan_id text not null, program_id text not null, n bigint not null,
  primary key (organization_id, location_id, status, plan_id, program_id));

create table order_service (
  order_id text not null references orders (id), line integer not null, system text not null, code text not null, modifiers text not null default '',
  wording text not null default '', laterality text not null default '', units integer not null default 1, unit text not null default '', place text not null default '',
  from_day text, to_day text, status text not null, approved_units integer not null default 0, approved_from text, approved_to text,
  primary key (order_id, line));

create table order_diagnosis (
  order_id text not null references orders (id), rank integer not null, code text not null, wording text not null default '', recorded_on text,
  primary key (order_id, rank));

create table order_reference (
  order_id text not null references orders (id), kind text not null, value text not null, value_key text not null,
  primary key (order_id, kind, value_key));
create index order_reference_value on order_reference (value_key);

create table order_event (
  order_id text not null references orders (id), n integer not null, at timestamptz not null, actor_id text not null, actor_name text not null,
  kind text not null, text text not null, from_status text not null default '', to_status text not null default '', internal boolean not null default false,
  primary key (order_id, n));

-- What the order came from, and what in it we could not map.
create table order_source (
  order_id text not null references orders (id), n integer not null, format text not null, name text not null, content_hash text not null, blob_key text not null, received_at timestamptz not null,
  primary key (order_id, n));
create index order_source_hash on order_source (content_hash);
create table order_gap (
  order_id text not null references orders (id), n integer not null, kind text not null check (kind in ('missing','unmapped')), path text not null, text text not null, value text not null default '',
  primary key (order_id, n));

create table attachment (
  id text primary key, order_id text not null, name text not null, media_type text not null, size bigint not null, sha256 text not null, blob_key text not null,
  kind text not null default '', note text not null default '', status text not null, added_by text not null, added_name text not null, added_at timestamptz not null);
create index attachment_order on attachment (order_id, added_at);

create table saved_view (
  id text primary key, person_id text not null references person (id), name text not null, query text not null, created_at timestamptz not null,
  unique (person_id, name));

-- Review: who may decide, and what was decided.
create table reviewer (
  person_id text primary key references person (id), npi text not null default '', specialty text not null, time_zone text not null,
  physician boolean not null, daily_calls integer not null default 12, weight integer not null default 1, active boolean not null default true);
create table reviewer_license (
  person_id text not null references reviewer (person_id), state text not null, number text not null, expires_on text not null, primary key (person_id, state));
create table reviewer_program (
  person_id text not null references reviewer (person_id), program_id text not null references program (id), primary key (person_id, program_id));

create table determination (
  id text primary key, order_id text not null references orders (id), n integer not null, at timestamptz not null,
  person_id text not null, name text not null, credential text not null, specialty text not null, license text not null,
  outcome text not null, rationale text not null, would_change text not null default '', reviewed text not null default '', unique (order_id, n));
create table determination_line (
  determination_id text not null references determination (id), line integer not null, outcome text not null, units integer not null default 0,
  from_day text, to_day text, reason_code text not null default '', reason text not null default '', criterion text not null default '',
  primary key (determination_id, line));

-- What the office is sent about a decision; a sent letter never changes.
create table letter (
  id text primary key, order_id text not null references orders (id), determination_id text, title text not null, body text not null,
  sent_at timestamptz not null, channel text not null);
create index letter_order on letter (order_id, sent_at);

-- Peer-to-peer calls.
create table weekly_hours (
  id text primary key, person_id text not null references reviewer (person_id), weekday integer not null, start_minute integer not null, end_minute integer not null,
  time_zone text not null, valid_from text not null, valid_to text);
create index weekly_hours_person on weekly_hours (person_id);
create table time_off (
  id text primary key, person_id text not null references reviewer (person_id), starts_at timestamptz not null, ends_at timestamptz not null, reason text not null default '');
create index time_off_person on time_off (person_id, ends_at);

create table call (
  id text primary key, number text not null unique, status text not null check (status in
    ('requested','scheduled','confirmed','in_call','completed','cancelled','no_show','missed','expired')),
  organization_id text not null references organization (id), order_id text not null references orders (id),
  plan_id text not null, program_id text not null,
  reviewer_id text, starts_at timestamptz, ends_at timestamptz, time_zone text not null, zone_offset integer not null default 0,
  effect text not null check (effect in ('change','discussion')), valid_until timestamptz,
  version integer not null default 1, uid_office text not null unique, uid_reviewer text not null, sequence integer not null default 0,
  tier integer not null default 0, trace text not null default '', cancel_reason text not null default '', cancel_note text not null default '',
  speaker text not null, first_name text not null, last_name text not null, credential text not null default '', phone text not null, extension text not null default '',
  backup_phone text not null default '', backup_extension text not null default '', email text not null default '',
  contact_first_name text not null default '', contact_last_name text not null default '', contact_location text not null default '', instructions text not null default '',
  arranger_id text not null, arranger_name text not null, arranger_email text not null, outcome text not null default '', outcome_note text not null default '',
  created_at timestamptz not null, changed_at timestamptz not null,
  check (status not in ('scheduled','confirmed','in_call') or (reviewer_id is not null and starts_at is not null and ends_at is not null)),
  check (status <> 'cancelled' or cancel_reason <> ''));
create index call_office on call (organization_id, starts_at);
create index call_reviewer on call (reviewer_id, starts_at);
create index call_order_id on call (order_id, created_at);
create index call_status on call (status, starts_at);

create table call_order (
  call_id text not null references call (id), order_id text not null references orders (id), active boolean not null, primary key (call_id, order_id));
create unique index one_live_call_per_order on call_order (order_id) where active;

-- The double-booking guard: one row for each five minutes of a reviewer.
create table claim (
  reviewer_id text not null, q bigint not null, kind text not null check (kind in ('call','hold')), holder text not null, expires_at timestamptz,
  check ((kind = 'call') = (expires_at is null)), primary key (reviewer_id, q));
create index claim_holder on claim (holder);

create table reviewer_day (
  reviewer_id text not null, day text not null, cap integer not null, booked integer not null default 0,
  check (booked between 0 and cap), primary key (reviewer_id, day));

create table call_event (
  call_id text not null references call (id), n integer not null, at timestamptz not null, actor_id text not null, actor_name text not null,
  kind text not null, from_status text not null, to_status text not null, version integer not null, text text not null default '', primary key (call_id, n));

-- What a person has chosen and typed on the way to a call.
create table call_draft (
  id text primary key, person_id text not null, order_id text not null references orders (id), call_id text not null default '',
  reviewer_id text not null default '', starts_at timestamptz, minutes integer not null default 0, tier integer not null default 0, held_until timestamptz, people text not null default '', changed_at timestamptz not null,
  unique (person_id, order_id, call_id));

-- A word to the schedulers when no time fits.
create table scheduler_note (
  id text primary key, order_id text not null references orders (id), organization_id text not null, text text not null, phone text not null,
  person_id text not null, person_name text not null, at timestamptz not null, done_at timestamptz, done_by text not null default '');
create index scheduler_note_open on scheduler_note (done_at, at);

-- Mail: one row a message, sent once.
create table mail (
  id text primary key, key text not null unique, address text not null, name text not null default '', subject text not null, body text not null, html text not null default '',
  calendar text not null default '', method text not null default '', object_id text not null default '', secret boolean not null default false, state text not null check (state in ('waiting','sent','failed','dropped')),
  tries integer not null default 0, error text not null default '', queued_at timestamptz not null, sent_at timestamptz);
create index mail_object on mail (object_id, queued_at);
create index mail_state on mail (state, queued_at);

-- +goose Down
select 1;
