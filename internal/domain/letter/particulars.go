package letter

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/deadline"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// particulars are what a letter says that stands nowhere else to be read
// again. They are kept with it, so that one that is held can be written anew.
type particulars struct {
	Due       time.Time `json:"due,omitzero"` // of the decision: after an extension, or if nobody answers
	Ground    string    `json:"ground,omitempty"`
	GroundES  string    `json:"ground_es,omitempty"`
	Until     time.Time `json:"until,omitzero"` // of a call before a denial, or to answer
	Points    string    `json:"points,omitempty"`
	Asks      []string  `json:"asks,omitempty"`      // of the office, in its words
	Missing   string    `json:"missing,omitempty"`   // the same for a member, a line each; "" if the office's words do
	Closes    bool      `json:"closes,omitempty"`    // the request is closed if nothing comes
	Rationale string    `json:"rationale,omitempty"` // for the office: the determination's, unless a decision stays for another
	Plain     string    `json:"plain,omitempty"`     // for the member, as a person last worded it
	PlainES   string    `json:"plain_es,omitempty"`  // the same in Spanish
}

// asks are what is missing as a reader is told it. What the office was asked
// is in English, so that to others somebody has to say it.
func (p particulars) asks(lang string, a Audience) []string {
	switch {
	case a == Provider:
		return p.Asks
	case p.Missing != "":
		return strings.Split(p.Missing, "\n")
	case lang == "en":
		return p.Asks
	}
	return nil
}

// A Want is what an office is asked for in writing.
type Want struct {
	Cause  string          // the request's id: a letter is written once for it
	Asks   []string        // what is missing, a line each
	Until  time.Time       // to answer
	Effect deadline.Effect // of asking on the clock
	Due    *time.Time      // of the decision if nobody answers; nil if nothing says so
	Closes bool            // the request is closed if nobody answers
}

// Ask writes the letter about what is missing, to the office, and where the
// decision waits for it to the member too: who claims a benefit is told what is
// needed and until when (29 CFR 2560.503-1(c)(1) and (f)(2)(iii)). For package
// message, which asks who may.
func Ask(ctx context.Context, tx *db.Tx, id order.ID, w Want) error {
	m, err := matterOf(ctx, tx, id)
	if err != nil {
		return err
	}
	m.Asks, m.Until, m.Closes = w.Asks, w.Until, w.Closes
	if w.Due != nil {
		m.Due = *w.Due
	}
	readers := []Audience{Provider}
	if cmp.Or(w.Effect, deadline.Runs) != deadline.Runs {
		readers = append(readers, Member)
	}
	return m.write(ctx, tx, MoreInformation, "asked:"+w.Cause, readers...)
}

// again is the matter of a letter that was written, as it is now.
func again(ctx context.Context, tx *db.Tx, l Letter, o order.Order) (*matter, error) {
	m, err := about(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	kept, err := db.One(ctx, tx, db.Value[string], `select particulars from letter where id = $1`, l.ID)
	if err != nil {
		return nil, err
	}
	if kept != "" {
		err = json.Unmarshal([]byte(kept), &m.particulars)
	} else if slices.Contains([]Kind{Extension, CallOffered}, l.Kind) {
		err = fault.New(fault.Conflict, "This letter is from before letters could be written again. Call the member.")
	}
	if err != nil || l.DeterminationID == "" {
		return m, err
	}
	d, err := review.Latest(ctx, tx, o.ID)
	if err != nil {
		return nil, err
	}
	return m, m.decided(ctx, tx, d)
}

// words points to what a person can say otherwise in a letter to a member; nil
// for a kind that says nothing of its own.
func (m *matter) words(k Kind, lang string) *string {
	spanish := lang == "es"
	switch {
	case k == MoreInformation:
		return &m.Missing
	case k == Extension && spanish:
		return &m.GroundES
	case k == Extension:
		return &m.Ground
	case !k.adverse() || m.decision == nil:
		return nil
	case spanish:
		return &m.PlainES
	}
	return &m.Plain
}

// Wording is what a person can say otherwise in a letter that is held, as it
// is now; ok is false for a letter with nothing of its own to say. The caller
// has read the letter's order.
func Wording(ctx context.Context, tx *db.Tx, l Letter, o order.Order) (words string, ok bool, err error) {
	m, err := again(ctx, tx, l, o)
	if err != nil {
		return "", false, err
	}
	at := m.words(l.Kind, l.Language)
	if at == nil {
		return "", false, nil
	}
	if l.Kind == MoreInformation {
		return strings.Join(m.asks(l.Language, Member), "\n"), true, nil
	}
	return *at, true, nil
}
