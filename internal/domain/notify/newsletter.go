package notify

import (
	"context"
	"encoding/base64"
	"strings"

	"parley/internal/domain/newsletter"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// NewsletterAsked mails an address the link by which its owner says yes to the
// newsletter. The link is in the mail alone.
func (d *Desk) NewsletterAsked(ctx context.Context, tx *db.Tx, e newsletter.Asked) error {
	s, token, ok, err := newsletter.Draw(ctx, tx, e)
	if err != nil || !ok {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "newsletter-asked:" + s.ID, To: mail.Address{Email: s.Email}, ObjectID: s.ID, Language: e.Language, Secret: true,
		Subject: words.Say("Confirm the newsletter of %s", words.Service),
		Lines: []words.Text{words.Say("Somebody, probably you, asked for the newsletter of %s at this address.", words.Service),
			"Open the link to say yes. It works for 7 days. If it wasn't you, ignore this mail: nothing else comes."},
		Link: "/newsletter/confirm/" + token, LinkText: "Confirm the newsletter",
	})
}

// NewsletterPost mails an issue to a part of those who subscribe.
func (d *Desk) NewsletterPost(ctx context.Context, tx *db.Tx, p newsletter.Post) error {
	i, all, err := newsletter.Part(ctx, tx, p)
	if err != nil {
		return err
	}
	var lines []words.Text
	for text := range strings.SplitSeq(i.Body, "\n\n") {
		if text = strings.TrimSpace(text); text != "" {
			lines = append(lines, words.AsIs(text))
		}
	}
	for _, s := range all {
		path := "/newsletter/unsubscribe/" + UnsubscribeToken(d.Keys, s.ID)
		if err := d.Queue(ctx, tx, Letter{Key: "newsletter:" + i.ID + ":" + s.Email, To: mail.Address{Email: s.Email}, ObjectID: i.ID, Subject: words.AsIs(i.Title), Lines: lines, Written: true,
			Link: path, LinkText: "Unsubscribe", Unsubscribe: d.URL + path}); err != nil {
			return err
		}
	}
	return nil
}

const unsubscribing = "newsletter unsubscribe"

// UnsubscribeToken names a subscription in a link that ends it, signed so that
// nobody ends another's.
func UnsubscribeToken(keys *secret.Signer, id string) string {
	return id + "." + base64.RawURLEncoding.EncodeToString(keys.MAC(unsubscribing, []byte(id)))
}

// Unsubscribing is the subscription that a token names; ok is false if it isn't
// signed by us.
func Unsubscribing(keys *secret.Signer, token string) (id string, ok bool) {
	id, signature, _ := strings.Cut(token, ".")
	mac, err := base64.RawURLEncoding.DecodeString(signature)
	return id, err == nil && secret.SameMAC(mac, keys.MAC(unsubscribing, []byte(id)))
}
