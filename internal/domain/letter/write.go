package letter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/pdf"
)

// Go sends a letter that is ready. See app/reactions.go.
type Go struct{ LetterID string }

// Kind names the event.
func (Go) Kind() string { return "letter.go" }

// outcomes are the kinds of letter about a determination.
var outcomes = map[order.Status]Kind{order.Approved: Approved, order.Partial: Partial, order.Denied: Denied}

// Write writes the letters about a determination, to the office and to the
// member, once.
func Write(ctx context.Context, tx *db.Tx, e review.Decided) error {
	undone, err := review.Undone(ctx, tx, e)
	if err != nil || undone {
		return err
	}
	d, err := review.Latest(ctx, tx, order.ID(e.OrderID))
	if err != nil || d.ID != e.DeterminationID {
		return err // a later determination has its own letters
	}
	m, err := matterOf(ctx, tx, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	if err := m.decided(ctx, tx, d); err != nil {
		return err
	}
	return m.write(ctx, tx, outcomes[d.Outcome], "decided:"+d.ID, Provider, Member)
}

// Offer writes the letter that offers a call before a denial.
func Offer(ctx context.Context, tx *db.Tx, e review.Intended) error {
	i, err := review.IntentOf(ctx, tx, order.ID(e.OrderID))
	if err != nil || i == nil || i.ID != e.IntentID {
		return err
	}
	m, err := matterOf(ctx, tx, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	m.Until, m.Points = i.Until, i.Points
	return m.write(ctx, tx, CallOffered, "intended:"+i.ID, Provider)
}

// Extend writes the letters about an extension: the member is told in writing
// why, and may complain (42 CFR 422.568(b)(2), 438.404(c)(4)).
func Extend(ctx context.Context, tx *db.Tx, e order.Extended) error {
	m, err := matterOf(ctx, tx, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	m.Due, m.Ground, m.GroundES = e.Due, e.Ground, e.Spanish
	return m.write(ctx, tx, Extension, "extended:"+e.OrderID, Provider, Member)
}

// TakeBack writes the letters about a request that was withdrawn.
func TakeBack(ctx context.Context, tx *db.Tx, e order.WasWithdrawn) error {
	m, err := matterOf(ctx, tx, order.ID(e.OrderID))
	if err != nil {
		return err
	}
	return m.write(ctx, tx, Withdrawn, "withdrawn:"+e.OrderID, Provider, Member)
}

// Uphold writes the letters that say why a decision stays after a
// reconsideration or an appeal, once for its id. For package appeal, which asks
// who may.
func Uphold(ctx context.Context, tx *db.Tx, id order.ID, filing, rationale, plain, plainES string) error {
	d, err := review.Latest(ctx, tx, id)
	if err != nil {
		return err
	}
	m, err := matterOf(ctx, tx, id)
	if err != nil {
		return err
	}
	m.Rationale, m.Plain, m.PlainES = rationale, plain, plainES
	if err := m.decided(ctx, tx, d); err != nil {
		return err
	}
	return m.write(ctx, tx, Upheld, "upheld:"+filing, Provider, Member)
}

func (m *matter) write(ctx context.Context, tx *db.Tx, k Kind, cause string, readers ...Audience) error {
	all, err := templates(ctx, tx)
	if err != nil {
		return err
	}
	for _, a := range readers {
		l, err := m.compose(all, k, a)
		if err != nil {
			return err
		}
		l.ID, l.Cause, l.Created, l.Due = db.NewID("ltr"), cause+":"+string(a), tx.Now(), m.order.DueAt
		if m.decision != nil {
			l.DeterminationID = m.decision.ID
		}
		if err := insert(ctx, tx, l, m.particulars); err != nil {
			return err
		}
	}
	return nil
}

// compose makes a letter to a reader and checks it.
func (m *matter) compose(all []*Template, k Kind, a Audience) (Letter, error) {
	lang := "en"
	if a == Member {
		lang = m.language()
	}
	t := choose(all, k, a, lang, m.plan.Code, m.order.Line, m.member.State, civil.DateIn(m.now, m.zone))
	if t == nil {
		return Letter{}, fmt.Errorf("no template for a letter: %s to the %s in %s", k, a, lang)
	}
	f := m.facts(lang, a)
	l := Letter{OrderID: string(m.order.ID), Kind: k, Audience: a, Language: lang, Large: a == Member && m.member.LargePrint, Template: t.Ref(), Status: Ready}
	return l, l.fill(t, f)
}

// fill writes the text of l and says what is wrong with it.
func (l *Letter) fill(t *Template, f Facts) error {
	var b strings.Builder
	if err := t.body.Execute(&b, f); err != nil {
		return fmt.Errorf("template %s: %w", t.Ref(), err)
	}
	l.Blocks, l.Title = read(b.String()), l.Kind.Words()
	if i := slices.IndexFunc(l.Blocks, func(b pdf.Block) bool { return b.Kind == pdf.Title }); i >= 0 {
		l.Title = l.Blocks[i].Text
	}
	l.Problems = Lint(*l, f)
	l.Status = Ready
	if Blocking(l.Problems) {
		l.Status = Held
	}
	return nil
}

// Preview is how the letters about a decision would read, made now, and what
// is wrong with them. Nothing is kept. The caller has read the order.
func Preview(ctx context.Context, tx *db.Tx, o order.Order, d review.Determination) (some []Letter, err error) {
	m, err := about(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	if err := m.decided(ctx, tx, d); err != nil {
		return nil, err
	}
	all, err := templates(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, a := range []Audience{Member, Provider} {
		l, err := m.compose(all, outcomes[d.Outcome], a)
		if err != nil {
			return nil, err
		}
		some = append(some, l)
	}
	return some, nil
}

// insert keeps a letter, once for its cause, and has it sent if it can go.
func insert(ctx context.Context, tx *db.Tx, l Letter, p particulars) error {
	k, err := l.pack(p)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `
		insert into letter (id, order_id, determination_id, kind, audience, language, large_print, template, title, body, content, content_hash, status, cause, problems, due_at, created_at, sent_at, channel, particulars)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $12, $13, $14, $15, $16, $16, 'portal', $17) on conflict do nothing`,
		l.ID, l.OrderID, orNull(l.DeterminationID), string(l.Kind), string(l.Audience), l.Language, l.Large, l.Template, l.Title, k.content, k.hash, string(l.Status), l.Cause, k.problems, l.Due, l.Created, k.particulars)
	if err != nil || n == 0 || l.Status != Ready {
		return err
	}
	return job.Add(ctx, tx, Go{l.ID})
}

// packed is what is kept of a letter's text, beside its own columns.
type packed struct{ content, hash, problems, particulars string }

func (l Letter) pack(p particulars) (k packed, err error) {
	blocks, err := json.Marshal(l.Blocks)
	if err != nil {
		return k, err
	}
	found, err := json.Marshal(l.Problems)
	if err != nil {
		return k, err
	}
	kept, err := json.Marshal(p)
	sum := sha256.Sum256(blocks)
	return packed{string(blocks), hex.EncodeToString(sum[:]), string(found), string(kept)}, err
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Draw draws a letter as PDF under its plan's letterhead. large asks for large
// print whatever the letter says.
func (l Letter) Draw(letterhead pdf.Letterhead, large bool, at time.Time) ([]byte, error) {
	lang, of := "en-US", "Page %s of %s"
	if l.Language == "es" {
		lang, of = "es-US", "Página %s de %s"
	}
	return pdf.Draw(pdf.Document{Title: l.Title, Lang: lang, Letterhead: letterhead, PageOf: of, Large: large || l.Large, At: at, Blocks: l.Blocks})
}
