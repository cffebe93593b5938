package peer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// Topics that are told (db.Tell) when something of a kind changes.
const (
	busyTopic  = "busy:"  // and a reviewer: what keeps them busy
	callsTopic = "calls:" // and an organization or a reviewer: their calls
	boardTopic = "board"  // what schedulers look after
)

// tellCall tells who has c, or had it, that it changed.
func tellCall(tx *db.Tx, c Call) {
	tx.Tell(boardTopic)
	tx.Tell(callsTopic + c.OrganizationID)
	for _, id := range []account.PersonID{c.stored, c.ReviewerID} {
		if id != "" {
			tx.Tell(callsTopic + string(id))
		}
	}
}

// HearsTimes reports whether what a topic names may change free times.
func HearsTimes(topic string) bool {
	return strings.HasPrefix(topic, busyTopic) || slices.Contains([]string{"hours", "reviewer", "plan", "law"}, topic)
}

// HearsBoard reports whether what a topic names may change the board.
func HearsBoard(topic string) bool { return topic == boardTopic || topic == "hours" }

// HearsList says of topics whether what they name may change by's List.
func HearsList(by account.Actor) func(topic string) bool {
	if by.IsStaff() {
		return HearsBoard
	}
	return func(topic string) bool {
		of, ok := strings.CutPrefix(topic, callsTopic)
		return ok && slices.ContainsFunc(by.Seats, func(s account.Seat) bool { return s.OrganizationID == of })
	}
}

// HearsOwn says of topics whether what they name may change a reviewer's own
// calls.
func HearsOwn(by account.Actor) func(topic string) bool {
	return func(topic string) bool { return topic == callsTopic+string(by.ID) }
}

// Line is a call in a list for who compares lists: its number and, after a
// space, what is another when the call is. No member's data is in it.
func (l Listed) Line() string {
	return fmt.Sprintf("%s %s.%d.%d.%d.%d", l.Number, l.Status, l.Version, l.More, l.Late, l.Attempts)
}

// A Watch asks for an offer's times again and again, which costs next to
// nothing: what the orders ask of a reviewer is as it was when the offer was
// made. Ask for a new offer from time to time.
type Watch struct {
	snapshot
	program plan.ProgramID
	draft   string
}

// Watch is that of what f offers.
func (f Offer) Watch() Watch {
	w := Watch{f.snapshot, f.about[0].Order.ProgramID, f.work.draft}
	w.all, w.work, w.about = nil, work{}, nil // large, and asked anew
	return w
}

// known is what watches of one transaction share.
type known struct {
	work      *work
	reviewers map[plan.ProgramID][]review.Reviewer
}

// Slots are the free times as of now.
func (w Watch) Slots(ctx context.Context, tx *db.Tx) ([]Slot, error) {
	k := db.KeepInTx(tx, func() *known { return &known{reviewers: map[plan.ProgramID][]review.Reviewer{}} })
	s, in := w.snapshot, Horizon{}
	s.now = tx.Now()
	in = s.horizon()
	all, ok := k.reviewers[w.program]
	if !ok {
		var err error
		if all, err = review.Callable(ctx, tx, w.program); err != nil {
			return nil, err
		}
		k.reviewers[w.program] = all
	}
	s.all = all
	if k.work == nil {
		now, err := loadWork(ctx, tx, in, 0, nil, "", "")
		if err != nil {
			return nil, err
		}
		k.work = &now
	}
	s.work = k.work.of(in, s.around(), s.orders, callID(s.moving), w.draft)
	offer, err := s.offer(in)
	return offer.Slots, err
}
