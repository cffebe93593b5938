-- +goose Up

-- Texts that the installation says otherwise than the program does, by the key
-- of the catalog: the English wording, after a context if it has one. An empty
-- text is as the program says it.
create table wording (key text primary key, en text not null, es text not null);

-- +goose Down
drop table wording;
