package peer_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// The office ends a speaker's link: whoever has one is out, and no mail brings
// another until the office sends one. An old one never leads in again.
func TestTheOfficeEndsAndSendsASpeakersLink(t *testing.T) {
	visiting(t, func(v *visitor) {
		w := v.w
		of := func(f func(ctx context.Context, tx *db.Tx, c peer.Call) error) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				c, err := peer.ByID(ctx, tx, v.c.ID)
				if err != nil {
					return err
				}
				return f(ctx, tx, c)
			})
		}
		link := func() (l peer.Link) {
			err := of(func(ctx context.Context, tx *db.Tx, c peer.Call) (err error) {
				l, err = peer.LinkOf(ctx, tx, c)
				return err
			})
			if err != nil {
				v.Fatal(err)
			}
			return l
		}
		door := func(ctx context.Context, tx *db.Tx, g peer.Guest) error { return nil }
		if l := link(); !l.Wanted || l.Sent == nil || l.Ended {
			v.Errorf("at first: %+v", l)
		}
		if err := of(func(ctx context.Context, tx *db.Tx, c peer.Call) error {
			return peer.EndLink(ctx, tx, w.Reviewers[0], c, v.o)
		}); !fault.Is(err, fault.Denied) {
			v.Errorf("a reviewer ends it: %v", err)
		}
		for range 2 { // the second time there is nothing to end
			if err := of(func(ctx context.Context, tx *db.Tx, c peer.Call) error { return peer.EndLink(ctx, tx, w.Maria, c, v.o) }); err != nil {
				v.Fatal(err)
			}
		}
		if err := v.at(v.token, door); !fault.Is(err, fault.NotFound) {
			v.Errorf("the link still leads in: %v", err)
		}
		err := of(func(ctx context.Context, tx *db.Tx, c peer.Call) error {
			_, ok, err := peer.InviteSpeaker(ctx, tx, c)
			if ok {
				v.Error("a mail brings a new one")
			}
			return err
		})
		if l := link(); err != nil || !l.Ended || l.Sent != nil {
			v.Errorf("ended: %+v, %v", l, err)
		}
		if err := of(func(ctx context.Context, tx *db.Tx, c peer.Call) error {
			return peer.SendLink(ctx, tx, w.Maria, c, v.o)
		}); err != nil {
			v.Fatal(err)
		}
		again := v.invite(v.c)
		if err := v.at(again, door); err != nil {
			v.Errorf("the new link: %v", err)
		}
		if err := v.at(v.token, door); !fault.Is(err, fault.NotFound) {
			v.Errorf("the old link leads in again: %v", err)
		}
		if l := link(); l.Ended || l.Sent == nil {
			v.Errorf("sent: %+v", l)
		}
		v.now = v.c.EndsAt.Add(24 * time.Hour)
		if err := of(func(ctx context.Context, tx *db.Tx, c peer.Call) error {
			return peer.SendLink(ctx, tx, w.Maria, c, v.o)
		}); !fault.Is(err, fault.Conflict) {
			v.Errorf("after the call: %v", err)
		}
	})
}
