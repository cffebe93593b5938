package review

import (
	"context"
	"net/url"
	"strings"
	"unicode"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A KeyAction is something that a single key can do for a reviewer who wants
// that. People can turn keys off or choose others: those who speak to their
// computer press letters without meaning to (WCAG 2.2, 2.1.4).
type KeyAction struct{ ID, Key, Words string }

// KeyActions are all, with the keys that they have unless their owner chose
// others, in the order people read them.
var KeyActions = []KeyAction{
	{"next", "n", "Next case"},
	{"down", "j", "Next criterion, or next row of the queue"},
	{"up", "k", "Criterion or row before"},
	{"select", "x", "Select the row"},
	{"met", "1", "Mark as met"},
	{"not_met", "2", "Mark as not met"},
	{"not_shown", "3", "Mark as not shown"},
	{"evidence", "e", "Use the page as evidence"},
	{"page_before", "[", "Page before"},
	{"page_after", "]", "Next page"},
	{"find", "f", "Find in file"},
	{"approve", "a", "Decide"},
	{"queue", "u", "Back to the queue"},
	{"map", "?", "Show the keys"},
}

// Keys are what the keys do for somebody.
type Keys struct {
	Asked bool // whether they ever said
	On    bool
	Of    map[string]string // key by action
}

const keysPreference = "review.keys"

// KeysOf are by's. Who never chose has those of KeyActions, turned off.
func KeysOf(ctx context.Context, tx *db.Tx, by account.Actor) (Keys, error) {
	k := Keys{Of: map[string]string{}}
	for _, a := range KeyActions {
		k.Of[a.ID] = a.Key
	}
	text, err := account.Preference(ctx, tx, by, keysPreference)
	if err != nil || text == "" {
		return k, err
	}
	v, err := url.ParseQuery(text)
	k.Asked, k.On = true, v.Get("on") == "yes"
	for _, a := range KeyActions {
		if key := v.Get(a.ID); key != "" {
			k.Of[a.ID] = key
		}
	}
	return k, err
}

// SaveKeys keeps whether by uses keys, and which; an action that is left out
// keeps its usual one. The error is Invalid at the action's ID.
func SaveKeys(ctx context.Context, tx *db.Tx, by account.Actor, on bool, of map[string]string) error {
	f := fault.Fields{}
	v := url.Values{"on": {"no"}}
	if on {
		v.Set("on", "yes")
	}
	used := map[string]string{}
	for _, a := range KeyActions {
		key := strings.ToLower(strings.TrimSpace(of[a.ID]))
		if key == "" {
			key = a.Key
		}
		r := []rune(key)
		f.Check(len(r) == 1 && unicode.IsPrint(r[0]) && r[0] < unicode.MaxASCII && r[0] != ' ', a.ID, words.Say("%s: enter one letter, digit or sign", a.Words))
		f.Check(used[key] == "", a.ID, words.Say("%s: this key does something else already: %s", a.Words, used[key]))
		used[key] = a.Words
		if key != a.Key {
			v.Set(a.ID, key)
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	return account.SetPreference(ctx, tx, by, keysPreference, v.Encode())
}
