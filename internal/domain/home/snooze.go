package home

import (
	"context"
	"regexp"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// What somebody put off and when they were here are preferences of theirs:
// numbers and times, nothing about a patient.
const (
	prefix  = "home."
	snoozed = prefix + "snooze."
	visited = prefix + "visit"
	shown   = prefix + "show"
)

// key is what Need.Key gives.
var key = regexp.MustCompile(`^[a-z]{1,10}\.[0-9A-Za-z]{1,20}$`)

// Snooze hides a need from by until a time; nobody else's Home changes. The
// error is Invalid if there can be no such need or time.
func Snooze(ctx context.Context, tx *db.Tx, by account.Actor, need string, until time.Time) error {
	if !key.MatchString(need) || !until.After(tx.Now()) || until.After(tx.Now().Add(31*24*time.Hour)) {
		return fault.New(fault.Invalid, "This can’t be snoozed. Open Home again.")
	}
	kept, err := account.PreferencesLike(ctx, tx, by.ID, snoozed)
	if err != nil {
		return err
	}
	for name, value := range kept { // what woke up is of no more use
		if at, err := time.Parse(time.RFC3339, value); err != nil || !at.After(tx.Now()) {
			if err := account.ForgetPreference(ctx, tx, by, name); err != nil {
				return err
			}
		}
	}
	return account.SetPreference(ctx, tx, by, snoozed+need, until.UTC().Format(time.RFC3339))
}

// WakeAll shows what by put off.
func WakeAll(ctx context.Context, tx *db.Tx, by account.Actor) error {
	kept, err := account.PreferencesLike(ctx, tx, by.ID, snoozed)
	if err != nil {
		return err
	}
	for name := range kept {
		if err := account.ForgetPreference(ctx, tx, by, name); err != nil {
			return err
		}
	}
	return nil
}

func asleep(kept map[string]string, n Need, now time.Time) bool {
	until, err := time.Parse(time.RFC3339, kept[snoozed+n.Key()])
	return err == nil && until.After(now)
}
