package notify

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// forSpeaker has a letter to a speaker who has no account lead by a personal
// link while the call is to come, and then to who arranged it. What has a link
// is forgotten once it is sent. They read what who arranged it reads.
func (d *Desk) forSpeaker(ctx context.Context, tx *db.Tx, a about, l *Letter) (guest bool, err error) {
	if guest, err = peer.Welcome(ctx, tx, a.call); err != nil || !guest {
		return guest, err
	}
	l.Link, l.LinkText = "", ""
	if l.Language, err = account.LanguageOf(ctx, tx, a.call.ArrangerEmail); err != nil {
		return guest, err
	}
	now, err := peer.ByID(ctx, tx, a.call.ID)
	if err != nil {
		return guest, err
	}
	token, ok, err := peer.InviteSpeaker(ctx, tx, now)
	if err != nil {
		return guest, err
	}
	if !ok {
		l.Lines = append(slices.Clip(l.Lines), words.Say("For anything about this call turn to %s, who arranged it.", a.call.ArrangerName))
		return guest, nil
	}
	l.Link, l.LinkText, l.Secret = "/speak/"+token, "Open your call", true
	l.Lines = append(slices.Clip(l.Lines), "The link is for you alone and ends with the call. It asks for a code that we send to this address.")
	return guest, nil
}

// SpeakerLink mails a new link to the speaker of a call, if they need one.
func (d *Desk) SpeakerLink(ctx context.Context, tx *db.Tx, e peer.LinkSent) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{
		Key: "speaker-link:" + db.NewID("lnk"), To: mail.Address{Name: a.call.People.SpeakerName(), Email: a.call.People.Email}, ObjectID: string(a.call.ID),
		Subject: "Your link to the peer-to-peer call",
		Lines:   []words.Text{words.Say("Your peer-to-peer call. Reference %s.", a.call.Reference()), "Links that we sent before don't work any more."},
	}
	if !a.call.StartsAt.IsZero() {
		l.Lines[0] = words.Say("Your peer-to-peer call on %s. Reference %s.", a.when(a.call.Zone, tx.Now()), a.call.Reference())
	}
	guest, err := d.forSpeaker(ctx, tx, a, &l)
	if err != nil || !guest {
		return err
	}
	return d.Queue(ctx, tx, l)
}

// SpeakerCode mails the code that a speaker asked for. The code is in the
// mail alone.
func (d *Desk) SpeakerCode(ctx context.Context, tx *db.Tx, e peer.SpeakerCodeAsked) error {
	g, code, ok, err := peer.DrawSpeakerCode(ctx, tx, e)
	if err != nil || !ok {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "speaker-code:" + db.NewID("cod"), To: mail.Address{Name: g.People.SpeakerName(), Email: g.People.Email}, ObjectID: string(g.ID), Language: e.Language,
		Subject: "Your code for the peer-to-peer call", Secret: true,
		Lines: []words.Text{words.Say("Your code is %s. It works once, for 10 minutes.", code), "If you didn't ask for it, somebody else has your link. Tell the office that arranged the call."},
	})
}
