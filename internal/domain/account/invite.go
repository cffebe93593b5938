package account

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// An Invitation asks somebody to join an organization. Whoever has the link in
// its mail can accept it, once, until it expires.
type Invitation struct {
	ID, OrganizationID, Organization string
	Email                            string
	Post                             Post
	InvitedBy                        PersonID
	InvitedName                      string
	SentAt, ExpiresAt                time.Time
}

const (
	invitationLasts = 7 * 24 * time.Hour
	mostInvited     = 50  // at once
	mostInvitedADay = 200 // by one organization: it is no way to send mail
)

// Expired reports whether the link no longer works.
func (i Invitation) Expired(now time.Time) bool { return !now.Before(i.ExpiresAt) }

// InvitationSent asks that the link be drawn and mailed. It holds no link: see
// DrawInvitation.
type InvitationSent struct{ InvitationID string }

// Kind names the event.
func (InvitationSent) Kind() string { return "account.invitation_sent" }

// Invite asks people to join an organization, by mail addresses that stand on
// lines of their own or between commas; whom it asked before it asks again. It
// never says whether an address has an account elsewhere: who has one is told
// in the mail how to go on. The error is Invalid at "emails", with the line of
// each address that is wrong, and then nobody is asked. The places of the post
// are known to be the organization's: see provider.Invite. Who may: its
// administrators.
func Invite(ctx context.Context, tx *db.Tx, by Actor, organizationID, emails string, p Post) (n int, err error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return 0, err
	}
	o, err := GetOrganization(ctx, tx, organizationID)
	if err != nil {
		return 0, err
	}
	here, err := addressesOf(ctx, tx, organizationID)
	if err != nil {
		return 0, err
	}
	all, wrong := readAddresses(emails, here)
	f := fault.Fields{}
	f.Check(len(all) > 0 || wrong != "", "emails", "Enter an email address")
	f.Check(wrong == "", "emails", wrong)
	f.Check(len(all) <= mostInvited, "emails", words.Say("Invite at most %s people at once", mostInvited))
	if err := p.check(o.Kind); err != nil {
		for field, text := range fault.Of(err).Fields {
			f.Check(false, field, text)
		}
	}
	if err := f.Err(); err != nil {
		return 0, err
	}
	if err := inviteLimit(ctx, tx, organizationID, len(all)); err != nil {
		return 0, err
	}
	for _, email := range all {
		if err := invite(ctx, tx, by, organizationID, email, p); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

// addressesOf are the addresses of an organization's people.
func addressesOf(ctx context.Context, tx *db.Tx, organizationID string) (map[string]bool, error) {
	team, err := TeamOf(ctx, tx, organizationID)
	here := map[string]bool{}
	for _, t := range team {
		here[t.Email] = true
	}
	return here, err
}

// readAddresses takes addresses from what was typed or pasted, each once, and
// says what is wrong with which line.
func readAddresses(text string, here map[string]bool) (all []string, wrong words.Text) {
	seen := map[string]bool{}
	var faults []words.Text
	for i, line := range strings.Split(text, "\n") {
		for _, part := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' }) {
			email := tidyEmail(part)
			if email == "" || seen[email] {
				continue
			}
			seen[email] = true
			f := fault.Fields{}
			checkEmail(f, "email", email)
			f.Check(!here[email], "email", "This person works here already. Take the line out")
			if f["email"] != "" {
				faults = append(faults, words.Say("Line %s: %s", strconv.Itoa(i+1), f["email"]))
				continue
			}
			all = append(all, email)
		}
	}
	return all, words.Join(faults, ". ")
}

func inviteLimit(ctx context.Context, tx *db.Tx, organizationID string, more int) error {
	sent, err := db.Count(ctx, tx, `select count(*) from invitation where organization_id = $1 and sent_at > $2`, organizationID, tx.Now().Add(-24*time.Hour))
	if err == nil && sent+more > mostInvitedADay {
		err = fault.New(fault.TooMany, "Your organization invited %s people today. Invite the others tomorrow.", sent)
	}
	return err
}

// invite stores one invitation, over one to the same address that is open.
func invite(ctx context.Context, tx *db.Tx, by Actor, organizationID, email string, p Post) error {
	post, err := json.Marshal(p)
	if err != nil {
		return err
	}
	open, err := db.All(ctx, tx, db.Value[string], `
		select id from invitation where organization_id = $1 and email = $2 and accepted_at is null and withdrawn_at is null`, organizationID, email)
	if err != nil {
		return err
	}
	id := db.NewID("inv")
	if len(open) > 0 {
		id = open[0]
	}
	if _, err := tx.Exec(ctx, `
		insert into invitation (id, organization_id, email, post, made_at, sent_at, expires_at, invited_by, invited_name)
		values ($1, $2, $3, $4, $5, $5, $6, $7, $8)
		on conflict (id) do update set post = excluded.post, sent_at = excluded.sent_at, expires_at = excluded.expires_at,
			invited_by = excluded.invited_by, invited_name = excluded.invited_name, token_hash = null`,
		id, organizationID, email, string(post), tx.Now(), tx.Now().Add(invitationLasts), string(by.ID), by.Name); err != nil {
		return err
	}
	return invited(ctx, tx, by, "invitation.sent", id)
}

// invited leaves a trace and has the mail written.
func invited(ctx context.Context, tx *db.Tx, by Actor, action, id string) error {
	if err := audit.Record(ctx, tx, by.Audit(action, "invitation", id)); err != nil {
		return err
	}
	return job.Add(ctx, tx, InvitationSent{id})
}

const invitationColumns = `i.id, i.organization_id, o.name, i.email, i.post, i.invited_by, i.invited_name, i.sent_at, i.expires_at`

func scanInvitation(r db.Row) (i Invitation, err error) {
	var post string
	if err := r.Scan(&i.ID, &i.OrganizationID, &i.Organization, &i.Email, &post, (*string)(&i.InvitedBy), &i.InvitedName, &i.SentAt, &i.ExpiresAt); err != nil {
		return i, err
	}
	return i, json.Unmarshal([]byte(post), &i.Post)
}

const openInvitations = `select ` + invitationColumns + ` from invitation i join organization o on o.id = i.organization_id
	where i.accepted_at is null and i.withdrawn_at is null and `

// Invitations are those of an organization that nobody has accepted, the
// newest first. Who may: its administrators.
func Invitations(ctx context.Context, tx *db.Tx, by Actor, organizationID string) ([]Invitation, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanInvitation, openInvitations+`i.organization_id = $1 order by i.sent_at desc, i.id desc`, organizationID)
}

// ownInvitation is an open one of an organization that by administers.
func ownInvitation(ctx context.Context, tx *db.Tx, by Actor, organizationID, id string) (Invitation, error) {
	if err := by.MustAdminister(organizationID); err != nil {
		return Invitation{}, err
	}
	i, err := db.One(ctx, tx, scanInvitation, openInvitations+`i.organization_id = $1 and i.id = $2`, organizationID, id)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "This invitation was accepted or withdrawn.")
	}
	return i, err
}

// InviteAgain sends an invitation again, with a new link; the one before ends.
// Who may: administrators of the organization.
func InviteAgain(ctx context.Context, tx *db.Tx, by Actor, organizationID, id string) error {
	i, err := ownInvitation(ctx, tx, by, organizationID, id)
	if err != nil {
		return err
	}
	if tx.Now().Sub(i.SentAt) < time.Minute {
		return fault.New(fault.TooMany, "We just sent it. Wait a minute before you send it again.")
	}
	if err := inviteLimit(ctx, tx, organizationID, 1); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update invitation set sent_at = $1, expires_at = $2, token_hash = null where id = $3`,
		tx.Now(), tx.Now().Add(invitationLasts), id); err != nil {
		return err
	}
	return invited(ctx, tx, by, "invitation.sent_again", id)
}

// Withdraw ends an invitation: its link opens nothing any more. Who may:
// administrators of the organization.
func Withdraw(ctx context.Context, tx *db.Tx, by Actor, organizationID, id string) error {
	if _, err := ownInvitation(ctx, tx, by, organizationID, id); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update invitation set withdrawn_at = $1, token_hash = null where id = $2`, tx.Now(), id); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("invitation.withdrawn", "invitation", id))
}

// DrawInvitation draws the link of an invitation, once for each time it is
// sent, and keeps only its hash: it is in nothing but the mail that the caller
// queues in the same transaction. known says that the address has an account.
// ok is false when there is nothing to send any more.
func DrawInvitation(ctx context.Context, tx *db.Tx, e InvitationSent) (i Invitation, token string, known, ok bool, err error) {
	waiting, err := db.All(ctx, tx, scanInvitation, openInvitations+`i.id = $1 and i.token_hash is null`, e.InvitationID)
	if err != nil || len(waiting) == 0 {
		return i, "", false, false, err
	}
	i = waiting[0]
	c, err := credentialsOf(ctx, tx, "email", i.Email)
	if err != nil {
		return i, "", false, false, err
	}
	token, hash := secret.Token()
	_, err = tx.Exec(ctx, `update invitation set token_hash = $1 where id = $2`, hash, i.ID)
	return i, token, c.ID != "", err == nil, err
}
