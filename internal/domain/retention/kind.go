package retention

import (
	"context"
	"time"

	"parley/internal/domain/help"
	"parley/internal/domain/newsletter"
	"parley/internal/domain/notify"
	"parley/internal/domain/privacy"
	"parley/internal/domain/request"
	"parley/internal/domain/survey"
	"parley/internal/domain/training"
	"parley/internal/infra/db"
)

// A Kind is one kind of record.
type Kind struct {
	Key, Name, What string
	Floor           int    // days for which it is kept at least
	Why             string // the floor is so
	// Holds reports whether a legal hold of an order keeps what belongs to it.
	Holds bool

	chunk  int // how many one job removes; 0 for atOnce
	count  func(ctx context.Context, tx *db.Tx, before time.Time) (int, error)
	remove func(ctx context.Context, tx *db.Tx, before time.Time, most int) (int64, error)
}

// Removed reports whether the program removes what is of the kind. What it
// doesn't is kept for good.
func (k Kind) Removed() bool { return k.remove != nil }

const year = 365

// Kinds are all of them, in the order people read them.
var Kinds = []Kind{
	{Key: "orders", Name: "Orders", What: "With their files, answers, determinations, letters, messages, calls and mails, from when nothing happened with them any more", Floor: 10*year + 3, chunk: ordersAtOnce,
		Why: "Plans of Medicare Advantage and Medicaid managed care keep records for 10 years: 42 CFR 422.504(d), 42 CFR 438.3(u)", Holds: true, count: countOrders, remove: removeOrders},
	{Key: "audit", Name: "Audit", What: "Who saw and did what", Floor: 10*year + 3,
		Why: "It says what became of the orders, by their ids, for 6 years at least: 45 CFR 164.316(b)(2)(i). Its entries are tied together, so that none can be taken out"},
	{Key: "mail", Name: "Texts of mails", What: "The text and the calendar entry of a mail. That it was sent, to whom and when is kept for good: it proves a notice", Floor: 90,
		Why: "Questions about a notice come within weeks", Holds: true, count: notify.CountTexts, remove: notify.ForgetTexts},
	{Key: "receipt", Name: "Answers to “Is authorization needed?”", What: "With their reference", Floor: year,
		Why: "An office that relied on one shows it when a claim is disputed", count: request.CountReceipts, remove: request.RemoveReceipts},
	{Key: "survey", Name: "Surveys", What: "With their answers and what people wrote, which can hold a patient’s data", Floor: 60,
		Why: "Nobody is asked twice in 30 days, which is known from the last one", Holds: true, count: survey.CountOld, remove: survey.RemoveOld},
	{Key: "training", Name: "Training sessions", What: "With who registered and who came", Floor: year,
		Why: "Plans ask yearly who was trained", count: training.CountOld, remove: training.RemoveOld},
	{Key: "problem", Name: "Reports of problems", What: "That were closed, with what people wrote, which can hold a patient’s data", Floor: 30,
		Why: "Who reported one asks what became of it", count: help.CountOld, remove: help.RemoveOld},
	{Key: "privacy", Name: "Privacy incidents and disclosures", What: "Incidents from when they were closed, disclosures from when they were entered", Floor: 6*year + 2,
		Why: "6 years: 45 CFR 164.530(j), and what was disclosed is told for as long: 164.528", count: privacy.CountOld, remove: privacy.RemoveOld},
	{Key: "newsletter", Name: "Ended subscriptions", What: "To the newsletter, or never confirmed", Floor: 30,
		Why: "A link in a mail that came late still ends it", count: newsletter.CountOld, remove: newsletter.RemoveOld},
}

// KindOf is the kind with a key, and one without a key for none.
func KindOf(key string) Kind {
	for _, k := range Kinds {
		if k.Key == key {
			return k
		}
	}
	return Kind{}
}
