package db

import (
	"context"
	"strings"
	"sync"
)

// What rarely changes and is asked for all the time, such as who reviews and
// when, need not be read anew by each transaction. The table revision has one
// row a topic; triggers raise its number with every change of a watched table,
// whoever makes it. The number comes and goes with the change itself, in one
// transaction. So whoever finds the number that a copy was read under may use
// the copy: there is nothing to expire and nothing to tell other processes.

// watched says of which topic's revision a table is part. The triggers are in
// the migrations; TestWatchedTablesAreThoseWithTriggers compares.
var watched = map[string]string{
	"plan": "plan", "plan_line": "plan", "plan_holiday": "plan", "program": "plan", "delegation": "plan", "rollout": "plan", "procedure": "plan", "cutover": "plan",
	"reviewer": "reviewer", "reviewer_license": "reviewer", "reviewer_program": "reviewer", "reviewer_plan": "reviewer",
	"reviewer_line": "reviewer", "reviewer_language": "reviewer", "person": "reviewer",
	"weekly_hours": "hours", "time_off": "hours", "connected_busy": "hours",
	"match_rule": "law", "rule_pack": "law", "letter_template": "law",
}

// A memory is what a process remembers of one database.
type memory struct {
	mu     sync.Mutex
	topics map[string]remembered
	kept   map[any]any // see Keep
}

// remembered are the copies that were read under one number.
type remembered struct {
	revision int64
	copies   map[string]any
}

func newMemory() *memory { return &memory{topics: map[string]remembered{}, kept: map[any]any{}} }

func (m *memory) get(topic, key string, revision int64) (any, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := m.topics[topic]
	v, ok := at.copies[key]
	return v, ok && at.revision == revision
}

func (m *memory) put(topic, key string, revision int64, v any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.topics[topic]; !ok || at.revision != revision {
		m.topics[topic] = remembered{revision, map[string]any{}}
	}
	m.topics[topic].copies[key] = v
}

// forget has everything read again.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.topics)
	clear(m.kept)
}

// revisions are the numbers as a transaction sees them.
type revisions struct {
	read    bool
	numbers map[string]int64
	changed map[string]bool // topics that the transaction has changed itself
}

// Remember returns what load returned when somebody last asked for key of
// topic, unless anything of the topic changed since. load reads tables of the
// topic and nothing else. What it returns is shared by everyone: nobody may
// change it. A transaction that has changed the topic itself reads afresh.
func Remember[T any](ctx context.Context, tx *Tx, topic, key string, load func() (T, error)) (T, error) {
	revision, err := tx.revision(ctx, topic)
	if err != nil {
		var none T
		return none, err
	}
	if tx.revisions.changed[topic] {
		return load()
	}
	if v, ok := tx.db.memory.get(topic, key, revision); ok {
		return v.(T), nil
	}
	v, err := load()
	if err == nil {
		tx.db.memory.put(topic, key, revision, v)
	}
	return v, err
}

// revision is the number of a topic. All are read at once and hold for the
// transaction: what others change meanwhile is as if it came after.
func (tx *Tx) revision(ctx context.Context, topic string) (int64, error) {
	if tx.revisions.read {
		return tx.revisions.numbers[topic], nil
	}
	type number struct {
		topic string
		n     int64
	}
	all, err := All(ctx, tx, func(r Row) (n number, err error) { return n, r.Scan(&n.topic, &n.n) }, `select topic, n from revision`)
	tx.revisions.numbers = make(map[string]int64, len(all))
	for _, n := range all {
		tx.revisions.numbers[n.topic] = n.n
	}
	tx.revisions.read = err == nil
	return tx.revisions.numbers[topic], err
}

// Revise raises the number of a topic without triggers: one whose tables are
// written by few, in bulk, who say so themselves.
func Revise(ctx context.Context, tx *Tx, topic string) error {
	_, err := tx.Exec(ctx, `insert into revision (topic, n) values ($1, 1) on conflict (topic) do update set n = revision.n + 1`, topic)
	tx.changed(topic)
	return err
}

// note keeps that a statement changes a watched table.
func (tx *Tx) note(query string) {
	if topic, ok := watched[target(query)]; ok {
		tx.changed(topic)
	}
}

func (tx *Tx) changed(topic string) {
	if tx.revisions.changed == nil {
		tx.revisions.changed = map[string]bool{}
	}
	tx.revisions.changed[topic] = true
	tx.Tell(topic)
}

// target is the table that a statement writes to, "" if it writes to none.
func target(query string) string {
	for _, verb := range []string{"insert into ", "update ", "delete from "} {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(query, " \t\n"), verb); ok {
			return rest[:max(0, strings.IndexAny(rest+" ", " (\t\n"))]
		}
	}
	return ""
}

// Keep returns the T that a package keeps for the database of tx for as long
// as the process runs, made by make at first. T guards itself: many
// transactions use it at once.
func Keep[T any](tx *Tx, make func() *T) *T {
	m := tx.db.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	return kept(m.kept, make)
}

// KeepInTx is Keep for as long as the transaction runs.
func KeepInTx[T any](tx *Tx, make func() *T) *T {
	if tx.own == nil {
		tx.own = map[any]any{}
	}
	return kept(tx.own, make)
}

func kept[T any](in map[any]any, make func() *T) *T {
	key := (*T)(nil)
	if v, ok := in[key]; ok {
		return v.(*T)
	}
	v := make()
	in[key] = v
	return v
}
