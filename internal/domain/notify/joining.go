package notify

import (
	"context"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// Registered mails somebody who registered the link that makes their account;
// or, where the address has one, how to sign in. Only who reads the mail learns
// which.
func (d *Desk) Registered(ctx context.Context, tx *db.Tx, e account.Registered) error {
	r, token, ok, err := account.DrawRegistration(ctx, tx, e)
	if err != nil || !ok {
		return err
	}
	l := Letter{
		Key: "registration:" + r.ID, To: mail.Address{Email: r.Email}, ObjectID: r.ID, Language: r.Language, Secret: true,
		Subject: "Confirm your email address",
		Lines: []words.Text{words.Say("You asked for an account on %s, where offices ask for authorizations and follow them.", words.Service),
			"Open the link and choose a password. It works once, for 24 hours.", "If it wasn't you, ignore this mail: nothing happens."},
		Link: "/register/" + token, LinkText: "Confirm and choose a password",
	}
	if token == "" {
		l.Subject, l.Link, l.LinkText = "You have an account already", "/sign-in", "Sign in"
		l.Lines = []words.Text{words.Say("Somebody, probably you, asked for an account on %s with this address. You have one.", words.Service),
			"Sign in as always. If you forgot your password, choose \"I forgot my password\" there.",
			"To work for another organization too, ask its administrator to invite this address.",
			"If it wasn't you, there is nothing to do."}
	}
	return d.Queue(ctx, tx, l)
}

// RegistrationKept mails somebody the link by which they go on registering.
func (d *Desk) RegistrationKept(ctx context.Context, tx *db.Tx, e account.RegistrationKept) error {
	r, token, ok, err := account.DrawDraft(ctx, tx, e)
	if err != nil || !ok {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "registration draft:" + e.DraftID, To: mail.Address{Email: r.Email}, ObjectID: e.DraftID, Language: r.Language, Secret: true,
		Subject: "Go on creating your account",
		Lines: []words.Text{words.Say("You began to create an account on %s and saved it. Open the link to go on where you were. It works for 7 days.", words.Service),
			"If it wasn't you, ignore this mail: nothing happens."},
		Link: "/register/continue/" + token, LinkText: "Go on",
	})
}

// JoinAsked tells an organization's administrators that somebody asks to join.
func (d *Desk) JoinAsked(ctx context.Context, tx *db.Tx, e account.JoinAsked) error {
	j, err := account.JoiningOf(ctx, tx, e.JoiningID)
	if err != nil || j.DecidedAt != nil {
		return err
	}
	team, err := account.TeamOf(ctx, tx, j.OrganizationID)
	if err != nil {
		return err
	}
	key := "joining:" + j.ID
	if e.Again && j.RemindedAt != nil {
		key += ":" + strconv.FormatInt(j.RemindedAt.Unix(), 10)
	}
	who := words.Say("%s, %s, asks to work for %s on %s. They didn't give your tax ID.", j.Name, j.Email, j.Organization, words.Service)
	if j.TINRight {
		who = words.Say("%s, %s, asks to work for %s on %s. They gave your tax ID.", j.Name, j.Email, j.Organization, words.Service)
	}
	for _, t := range team {
		if t.Role != account.OrgAdmin {
			continue
		}
		if err := d.Queue(ctx, tx, Letter{
			Key: key + ":" + string(t.ID), To: mail.Address{Name: t.Name, Email: t.Email}, ObjectID: j.ID,
			Subject: words.Say("%s asks to join %s", j.Name, j.Organization),
			Lines: []words.Text{who,
				"Accept only whom you know. Until then they see nothing of yours."},
			Link: "/organization/" + j.OrganizationID + "/people", LinkText: "Open People",
		}); err != nil {
			return err
		}
	}
	return nil
}

// JoinDecided tells somebody what became of their request to join.
func (d *Desk) JoinDecided(ctx context.Context, tx *db.Tx, e account.JoinDecided) error {
	j, err := account.JoiningOf(ctx, tx, e.JoiningID)
	if err != nil || j.DecidedAt == nil {
		return err
	}
	l := Letter{
		Key: "joined:" + j.ID, To: mail.Address{Name: j.Name, Email: j.Email}, ObjectID: j.ID,
		Subject: words.Say("You can work for %s now", j.Organization),
		Lines:   []words.Text{words.Say("An administrator of %s let you in.", j.Organization)}, Link: "/welcome", LinkText: "Get started",
	}
	if !j.Accepted {
		l.Subject = words.Say("%s did not let you in", j.Organization)
		l.Lines = []words.Text{words.Say("An administrator of %s declined your request to join. If that is a mistake, talk to them: they can invite you.", j.Organization)}
		l.Link, l.LinkText = "/help", "Help"
	}
	return d.Queue(ctx, tx, l)
}
