-- +goose Up

-- A holiday has a name in Spanish too, counts for clocks, calls or both, and
-- may leave some hours of its day. day is a date, or the rule by which it comes
-- each year, like "4th Thursday of November". Minutes 0 and 0 are the whole day.
alter table plan_holiday add column name_es text not null default '';
alter table plan_holiday add column applies text not null default 'both' check (applies in ('both','clocks','calls'));
alter table plan_holiday add column shut_from integer not null default 0;
alter table plan_holiday add column shut_until integer not null default 0;

-- Those that were seeded get the names that new ones have.
update plan_holiday set name_es = case name
  when 'New Year''s Day' then 'Año Nuevo'
  when 'Martin Luther King Jr. Day' then 'Día de Martin Luther King Jr.'
  when 'Presidents'' Day' then 'Día de los Presidentes'
  when 'Memorial Day' then 'Día de los Caídos'
  when 'Juneteenth' then 'Juneteenth, Día de la Emancipación'
  when 'Independence Day' then 'Día de la Independencia'
  when 'Labor Day' then 'Día del Trabajo'
  when 'Columbus Day' then 'Día de la Raza'
  when 'Veterans Day' then 'Día de los Veteranos'
  when 'Thanksgiving' then 'Día de Acción de Gracias'
  when 'Christmas Day' then 'Navidad'
  when 'New Year''s Day (observed)' then 'Año Nuevo (observado)'
  when 'Juneteenth (observed)' then 'Juneteenth, Día de la Emancipación (observado)'
  when 'Independence Day (observed)' then 'Día de la Independencia (observado)'
  when 'Veterans Day (observed)' then 'Día de los Veteranos (observado)'
  when 'Christmas Day (observed)' then 'Navidad (observado)'
  else '' end;

-- +goose Down
select 1;
