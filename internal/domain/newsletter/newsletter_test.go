package newsletter

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

var admin = account.Actor{ID: "per_a", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}

func each(t *testing.T, f func(w *scene.World)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		f(scene.New(t, d, 1))
	})
}

func of(t *testing.T, w *scene.World, who account.Actor) (s Subscription) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) { s, err = Of(ctx, tx, who); return err })
	return s
}

// The account's own address is good at once. Another one hears nothing before
// its owner said yes, and a link works once, for 7 days.
func TestSubscribing(t *testing.T) {
	each(t, func(w *scene.World) {
		w.Do(func(ctx context.Context, tx *db.Tx) error { return Subscribe(ctx, tx, w.Maria, " "+w.Maria.Email) })
		if s := of(t, w, w.Maria); s.State != Active {
			t.Errorf("with the account's address: %+v", s)
		}
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return Subscribe(ctx, tx, w.Maria, "nobody") }); fault.Of(err).Fields["email"] == "" {
			t.Errorf("no address: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return Subscribe(ctx, tx, w.Maria, "desk@cedar.example") })
		s := of(t, w, w.Maria)
		if s.State != Pending {
			t.Fatalf("with another address: %+v", s)
		}
		var token string
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			var ok bool
			if _, token, ok, err = Draw(ctx, tx, Asked{ID: s.ID}); err != nil || !ok {
				t.Error("nothing is mailed")
			}
			n, err := Receivers(ctx, tx)
			if n != 0 {
				t.Errorf("%d receive it before they said yes", n)
			}
			return err
		})
		for _, wrong := range []string{"", "x", token + "x"} {
			if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return Confirm(ctx, tx, wrong) }); !fault.Is(err, fault.NotFound) {
				t.Errorf("confirmed by %q: %v", wrong, err)
			}
		}
		w.DB.Now = func() time.Time { return dbtest.Clock.Add(confirmFor + time.Minute) }
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return Confirm(ctx, tx, token) }); !fault.Is(err, fault.NotFound) {
			t.Errorf("confirmed too late: %v", err)
		}
		w.DB.Now = func() time.Time { return dbtest.Clock }
		w.Do(func(ctx context.Context, tx *db.Tx) error { return Confirm(ctx, tx, token) })
		if s := of(t, w, w.Maria); s.State != Active {
			t.Errorf("confirmed: %+v", s)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return UnsubscribeAddress(ctx, tx, s.ID) })
		if s := of(t, w, w.Maria); s.State != None {
			t.Errorf("ended: %+v", s)
		}
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return Confirm(ctx, tx, token) }); !fault.Is(err, fault.NotFound) {
			t.Errorf("an old link confirms again: %v", err)
		}
	})
}

// Nobody has us write to many strangers, and nobody subscribes another.
func TestSubscribingIsLimited(t *testing.T) {
	each(t, func(w *scene.World) {
		var err error
		for n := range mostAsked + 1 {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				return Subscribe(ctx, tx, w.Maria, fmt.Sprintf("s%d@other.example", n))
			})
		}
		if !fault.Is(err, fault.TooMany) {
			t.Errorf("one more than often: %v", err)
		}
		for name, who := range map[string]account.Actor{"nobody": {}, "the program": account.Program(), "who looks on": {ID: "per_x", Viewed: &account.Viewing{}}} {
			if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return Subscribe(ctx, tx, who, "x@y.example") }); !fault.Is(err, fault.Denied) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAnIssueGoesOutOnce(t *testing.T) {
	each(t, func(w *scene.World) {
		w.Do(func(ctx context.Context, tx *db.Tx) error { return Subscribe(ctx, tx, w.Maria, w.Maria.Email) })
		w.Do(func(ctx context.Context, tx *db.Tx) error { return Subscribe(ctx, tx, w.Stranger, w.Stranger.Email) })
		var i Issue
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if _, err := SaveIssue(ctx, tx, w.Maria, Issue{Title: "x", Body: "y"}); !fault.Is(err, fault.Denied) {
				t.Errorf("an office writes it: %v", err)
			}
			_, err = SaveIssue(ctx, tx, admin, Issue{})
			if f := fault.Of(err).Fields; f["title"] == "" || f["body"] == "" {
				t.Errorf("nothing said: %v", err)
			}
			if i, err = SaveIssue(ctx, tx, admin, Issue{Title: "News", Body: "One.\r\n\r\nTwo."}); err != nil {
				return err
			}
			i, err = GetIssue(ctx, tx, admin, i.ID)
			return err
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error { return Send(ctx, tx, admin, i.ID, i.Version) })
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return Send(ctx, tx, admin, i.ID, i.Version) }); !fault.Is(err, fault.Conflict) {
			t.Errorf("sent twice: %v", err)
		}
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := SaveIssue(ctx, tx, admin, Issue{ID: i.ID, Title: "x", Body: "y", Version: 2})
			return err
		}); !fault.Is(err, fault.Conflict) {
			t.Errorf("changed after it was sent: %v", err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			got, all, err := Part(ctx, tx, Post{IssueID: i.ID})
			if len(all) != 2 || got.Receivers != 2 || got.Body != "One.\n\nTwo." {
				t.Errorf("%+v to %d", got, len(all))
			}
			return err
		})
	})
}

func TestTheFeedbackGroup(t *testing.T) {
	each(t, func(w *scene.World) {
		for _, wants := range [][]string{nil, {"money"}} {
			if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return JoinGroup(ctx, tx, w.Maria, wants) }); fault.Of(err).Fields["wants"] == "" {
				t.Errorf("%v: %v", wants, err)
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return JoinGroup(ctx, tx, w.Maria, []string{"survey"}) })
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return JoinGroup(ctx, tx, w.Maria, []string{"survey", "talk"})
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := Group(ctx, tx, admin)
			if len(all) != 1 || len(all[0].Wants) != 2 {
				t.Errorf("%+v", all)
			}
			if _, err := Group(ctx, tx, w.Maria); !fault.Is(err, fault.Denied) {
				t.Errorf("an office reads it: %v", err)
			}
			return err
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error { return LeaveGroup(ctx, tx, w.Maria) })
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			wants, err := Wants(ctx, tx, w.Maria)
			if len(wants) != 0 {
				t.Errorf("after leaving: %v", wants)
			}
			return err
		})
	})
}
