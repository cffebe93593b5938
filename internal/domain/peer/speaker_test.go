package peer_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A visitor is somebody with the link to a call.
type visitor struct {
	*testing.T
	w     *scene.World
	c     peer.Call
	o     order.Order
	token string
	now   time.Time
}

// visiting runs f for the speaker of a fresh call, on both databases.
func visiting(t *testing.T, f func(v *visitor)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := &visitor{T: t, w: scene.New(t, d, 1), now: dbtest.Clock}
		d.Now = func() time.Time { return v.now }
		v.c, v.o = booking(t, v.w, 20)
		v.token = v.invite(v.c)
		f(v)
	})
}

func (v *visitor) invite(c peer.Call) (token string) {
	v.Helper()
	v.w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		var ok bool
		if token, ok, err = peer.InviteSpeaker(ctx, tx, c); err == nil && !ok {
			v.Fatal("the speaker gets no link")
		}
		return err
	})
	return token
}

// at tries f at the door that a token leads to. As on the pages, what fails
// because of what was entered is remembered all the same.
func (v *visitor) at(token string, f func(context.Context, *db.Tx, peer.Guest) error) (err error) {
	v.Helper()
	v.w.Do(func(ctx context.Context, tx *db.Tx) error {
		g, doorErr := peer.AtDoor(ctx, tx, token)
		if doorErr != nil {
			err = doorErr
			return nil
		}
		err = f(ctx, tx, g)
		return nil
	})
	return err
}

// mailed asks for a code and answers the one that is mailed.
func (v *visitor) mailed(token string) (code string) {
	v.Helper()
	err := v.at(token, func(ctx context.Context, tx *db.Tx, g peer.Guest) error { return peer.AskSpeakerCode(ctx, tx, g) })
	if err != nil {
		v.Fatal(err)
	}
	v.w.Do(func(ctx context.Context, tx *db.Tx) error {
		links, err := db.All(ctx, tx, db.Value[string], `select id from speaker_link where code_hash = '' and code_sent_at = $1 order by made_at, id`, tx.Now())
		for _, id := range links {
			if g, drawn, ok, err := peer.DrawSpeakerCode(ctx, tx, peer.SpeakerCodeAsked{LinkID: id}); err != nil || ok {
				if code = drawn; g.People.Email != "ada@test.example" {
					v.Errorf("the code goes to %q", g.People.Email)
				}
				return err
			}
		}
		return err
	})
	return code
}

func (v *visitor) enter(token, code string) (visit string, err error) {
	v.Helper()
	err = v.at(token, func(ctx context.Context, tx *db.Tx, g peer.Guest) (err error) {
		visit, err = peer.EnterCall(ctx, tx, g, code)
		return err
	})
	return visit, err
}

func (v *visitor) in(token, visit string) (in bool) {
	v.Helper()
	if err := v.at(token, func(ctx context.Context, tx *db.Tx, g peer.Guest) (err error) {
		in, err = peer.CameIn(ctx, tx, g, visit)
		return err
	}); err != nil {
		return false
	}
	return in
}

// other is a code that is not this one.
func other(code string) string {
	if code == "123456" {
		return "654321"
	}
	return "123456"
}

func TestASVS_6_5_1_ASpeakersCodeWorksOnce(t *testing.T) {
	visiting(t, func(v *visitor) {
		code := v.mailed(v.token)
		visit, err := v.enter(v.token, code)
		if err != nil || !v.in(v.token, visit) {
			v.Fatalf("the right code: %v", err)
		}
		if v.in(v.token, "") || v.in(v.token, code) {
			v.Error("a browser that entered no code is in")
		}
		if _, err := v.enter(v.token, code); !fault.Is(err, fault.Invalid) {
			v.Errorf("the code entered again: %v", err)
		}
		v.now = v.now.Add(time.Hour)
		if v.in(v.token, visit) {
			v.Error("the browser is in after an hour")
		}
	})
}

func TestASVS_6_5_5_ASpeakersCodeEndsAfterTenMinutes(t *testing.T) {
	visiting(t, func(v *visitor) {
		code := v.mailed(v.token)
		v.now = v.now.Add(10 * time.Minute)
		if _, err := v.enter(v.token, code); !fault.Is(err, fault.Invalid) {
			v.Errorf("after ten minutes: %v", err)
		}
		code = v.mailed(v.token)
		v.now = v.now.Add(10*time.Minute - time.Second)
		if _, err := v.enter(v.token, code); err != nil {
			v.Errorf("a second before: %v", err)
		}
	})
}

// A code opens the call by the link at which it was asked for, and what a link
// opened opens no other call.
func TestASVS_6_6_2_ASpeakersCodeIsBoundToItsLink(t *testing.T) {
	visiting(t, func(v *visitor) {
		second := v.invite(v.c)
		code := v.mailed(v.token)
		if _, err := v.enter(second, code); err == nil {
			v.Error("the code opens by another link")
		}
		visit, err := v.enter(v.token, code)
		if err != nil {
			v.Fatal(err)
		}
		o := v.w.Denied()
		c, err := v.w.Book(v.w.Maria, o, v.w.Slots(v.w.Maria, o, nil)[40])
		if err != nil {
			v.Fatal(err)
		}
		theirs := v.invite(c)
		if v.in(theirs, visit) || v.in(second, visit) {
			v.Error("the browser is in another link's call")
		}
		// Nor may who speaks in one call do anything in another.
		err = v.at(v.token, func(ctx context.Context, tx *db.Tx, g peer.Guest) error {
			_, err := peer.ChangePhone(ctx, tx, g.By, c, o, scene.People())
			return err
		})
		if !fault.Is(err, fault.Denied) {
			v.Errorf("another call's phone: %v", err)
		}
	})
}

// Who guesses is stopped after a few tries, by whichever link they come and
// however many new codes they ask for; the right code waits with them.
func TestASVS_6_3_1_GuessingASpeakersCodeIsStopped(t *testing.T) {
	visiting(t, func(v *visitor) {
		second := v.invite(v.c)
		code := v.mailed(v.token)
		tries := 0
		for i := range 20 {
			token := v.token
			if i%2 == 1 {
				token = second
			}
			if _, err := v.enter(token, other(code)); !fault.Is(err, fault.TooMany) {
				tries++
			}
		}
		if tries > 5 {
			v.Errorf("%d tries were heard", tries)
		}
		if _, err := v.enter(v.token, code); !fault.Is(err, fault.TooMany) {
			v.Errorf("the right code in the pause: %v", err)
		}
		v.now = v.now.Add(31 * time.Second)
		if _, err := v.enter(v.token, v.mailed(v.token)); !fault.Is(err, fault.TooMany) {
			v.Errorf("a new code in the pause: %v", err)
		}
		v.now = v.now.Add(15 * time.Minute)
		if _, err := v.enter(v.token, v.mailed(v.token)); err != nil {
			v.Errorf("after the pause: %v", err)
		}
	})
}

func TestNobodyFillsASpeakersMailbox(t *testing.T) {
	visiting(t, func(v *visitor) {
		ask := func() error {
			return v.at(v.token, func(ctx context.Context, tx *db.Tx, g peer.Guest) error { return peer.AskSpeakerCode(ctx, tx, g) })
		}
		if err := ask(); err != nil {
			v.Fatal(err)
		}
		if err := ask(); !fault.Is(err, fault.TooMany) {
			v.Errorf("again at once: %v", err)
		}
		sent := 1
		for range 30 {
			v.now = v.now.Add(31 * time.Second)
			if ask() == nil {
				sent++
			}
		}
		if sent > 10 {
			v.Errorf("%d codes in a quarter of an hour", sent)
		}
	})
}

// Every token that leads nowhere is answered alike, whatever was once behind
// it.
func TestASVS_6_3_8_LinksThatEndedSayNoMoreThanAnyOther(t *testing.T) {
	visiting(t, func(v *visitor) {
		nothing := func(context.Context, *db.Tx, peer.Guest) error { return nil }
		unknown := v.at("nonsense", nothing)
		if !fault.Is(unknown, fault.NotFound) {
			v.Fatal(unknown)
		}
		visit, err := v.enter(v.token, v.mailed(v.token))
		if err != nil {
			v.Fatal(err)
		}
		v.now = v.c.EndsAt.Add(30*time.Minute - time.Second)
		if err := v.at(v.token, nothing); err != nil {
			v.Errorf("a call that may go on: %v", err)
		}
		v.now = v.c.EndsAt.Add(30 * time.Minute)
		over := v.at(v.token, nothing)
		v.now = dbtest.Clock
		v.w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update call set email = 'other@test.example' where id = $1`, string(v.c.ID))
			return err
		})
		changed := v.at(v.token, nothing)
		if v.in(v.token, visit) {
			v.Error("who no longer speaks is still in")
		}
		v.w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update call set email = 'ada@test.example' where id = $1`, string(v.c.ID))
			return err
		})
		c, _ := read(v.T, v.w, v.c.Number)
		cancel(v.T, v.w, c, v.o)
		canceled := v.at(v.token, nothing)
		for why, err := range map[string]error{"over": over, "of another speaker": changed, "canceled": canceled} {
			if err == nil || err.Error() != unknown.Error() || fault.Of(err).Kind != fault.NotFound {
				v.Errorf("a call that is %s: %v, want %v", why, err, unknown)
			}
		}
	})
}

// A link goes to who has no other way in.
func TestALinkIsForSpeakersWithoutAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		c, _ := booking(t, w, 20)
		for email, want := range map[string]bool{"": false, "ada@test.example": true, w.Maria.Email: false, w.Stranger.Email: true} {
			c.People.Email = email
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				token, ok, err := peer.InviteSpeaker(ctx, tx, c)
				if ok != want || (token != "") != want {
					t.Errorf("%q gets a link: %v", email, ok)
				}
				return err
			})
		}
		c.People.Email = w.Maria.Email
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if err := account.Disable(ctx, tx, account.Program(), w.Maria.ID); err != nil {
				return err
			}
			_, ok, err := peer.InviteSpeaker(ctx, tx, c)
			if !ok {
				t.Error("somebody whose account is closed gets no link")
			}
			return err
		})
	})
}

// The speaker says that they are late and changes the number, and the reading
// and the changes stand in their name.
func TestWhatASpeakerDoesStandsInTheirName(t *testing.T) {
	visiting(t, func(v *visitor) {
		v.now = v.c.StartsAt.Add(-time.Hour)
		err := v.at(v.token, func(ctx context.Context, tx *db.Tx, g peer.Guest) error {
			k, err := peer.CardFor(ctx, tx, g)
			if err != nil {
				return err
			}
			if len(k.Orders) != 1 || k.Orders[0].Patient.Last != "Canarywell" || k.Reviewer != "Orthopedic surgery" {
				v.Errorf("the card: %+v", k)
			}
			if g.Call, err = peer.RunLate(ctx, tx, g.By, g.Call, k.Orders[0], 10); err != nil {
				return err
			}
			people := g.People
			people.Phone = "555-555-0199"
			_, err = peer.ChangePhone(ctx, tx, g.By, g.Call, k.Orders[0], people)
			return err
		})
		if err != nil {
			v.Fatal(err)
		}
		c, _ := read(v.T, v.w, v.c.Number)
		if c.People.Phone != "(555) 555-0199" {
			v.Errorf("the number is %s", c.People.Phone)
		}
		v.w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := audit.Recent(ctx, tx, 20)
			var did []string
			for _, e := range all {
				if e.ActorID == "speaker:"+string(c.ID) {
					did = append(did, fmt.Sprint(e.Action, " ", e.ActorName, " ", e.MemberID == string(v.w.Member.ID)))
				}
			}
			for _, want := range []string{"call.read Ada Okafor, MD true", "call.late Ada Okafor, MD true", "call.phone Ada Okafor, MD true"} {
				if !slices.Contains(did, want) {
					v.Errorf("the audit has no %q but %q", want, did)
				}
			}
			return err
		})
		// That is all a speaker may do.
		refused := v.at(v.token, func(ctx context.Context, tx *db.Tx, g peer.Guest) error {
			_, err := peer.Cancel(ctx, tx, g.By, c, v.o, "other", "")
			return err
		})
		if !fault.Is(refused, fault.Denied) {
			v.Errorf("a speaker cancels: %v", refused)
		}
		if v.w.Maria.Speaks(string(c.ID)) || (account.Actor{}).Speaks("") {
			v.Error("somebody who has no link speaks")
		}
	})
}

func TestSweepForgetsOldLinks(t *testing.T) {
	visiting(t, func(v *visitor) {
		if _, err := v.enter(v.token, v.mailed(v.token)); err != nil {
			v.Fatal(err)
		}
		links := func() (n int) {
			v.w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				if err = peer.Sweep(ctx, tx); err == nil {
					n, err = db.Count(ctx, tx, `select count(*) from speaker_link`)
				}
				return err
			})
			return n
		}
		v.now = v.now.Add(31 * 24 * time.Hour)
		if links() != 1 {
			v.Error("the link of a call to come is gone")
		}
		v.w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update call set status = 'completed'`)
			return err
		})
		if links() != 0 {
			v.Error("the link of an old call is there")
		}
	})
}
