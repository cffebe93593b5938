-- +goose Up
-- Reviewers read messages of all offices, by what happened last, and those that
-- they asked, by what is due; few messages are snoozed at a time.
create index message_thread_last on message_thread (last_at, id);
drop index message_thread_author;
create index message_thread_author on message_thread (created_by, status, turn, reply_by);
create index message_snooze_until on message_snooze (until);

-- +goose Down
drop index message_snooze_until;
drop index message_thread_author;
create index message_thread_author on message_thread (created_by, status);
drop index message_thread_last;
