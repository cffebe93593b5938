-- +goose Up
-- Reviewers read messages of all offices, by what happened last.
create index message_thread_last on message_thread (last_at, id);

-- +goose Down
drop index message_thread_last;
