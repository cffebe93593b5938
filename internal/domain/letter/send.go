package letter

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/pdf"
)

// An Outbox draws letters and lets them go.
type Outbox struct {
	DB    *db.DB
	Files blob.Store
}

// WentOut announces a letter that was sent. See app/reactions.go.
type WentOut struct{ OrderID, LetterID string }

// Kind names the event.
func (WentOut) Kind() string { return "letter.went_out" }

// Send draws a letter that is ready and puts it on its ways, once. The PDF is
// kept before anybody is told of it.
func (o Outbox) Send(ctx context.Context, e Go) error {
	var l Letter
	var head pdf.Letterhead
	var now time.Time
	err := o.DB.View(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now()
		if l, err = one(ctx, tx, `id = $1`, e.LetterID); err != nil {
			return err
		}
		head, err = letterhead(ctx, tx, l.OrderID)
		return err
	})
	if err != nil || l.Status != Ready {
		return err
	}
	drawn, err := l.Draw(head, false, now)
	if err != nil {
		return err
	}
	ref, err := o.Files.Put(ctx, bytes.NewReader(drawn))
	if err != nil {
		return err
	}
	went := false
	err = o.DB.Update(ctx, func(tx *db.Tx) (err error) {
		went, err = letGo(ctx, tx, l, ref.Key)
		return err
	})
	if !went && (err == nil || fault.Of(err).Kind != fault.Internal) { // else nobody knows whether it was kept
		_ = o.Files.Delete(context.WithoutCancel(ctx), ref.Key)
	}
	return err
}

// letterhead is how the letters of an order's plan begin.
func letterhead(ctx context.Context, tx *db.Tx, orderID string) (pdf.Letterhead, error) {
	o, err := order.OfEvent(ctx, tx, order.ID(orderID))
	if err != nil {
		return pdf.Letterhead{}, err
	}
	p, err := plan.Get(ctx, tx, o.PlanID)
	if err != nil {
		return pdf.Letterhead{}, err
	}
	return Letterhead(p).Print(ctx, tx)
}

// A Head is how a plan's letters begin.
type Head struct {
	Lines []string   // name, address, phone
	Color plan.Color // of the line below; "" for none
	Logo  string     // id of its picture (plan.Logo); "" for none
}

// Print is h as a PDF has it.
func (h Head) Print(ctx context.Context, tx *db.Tx) (pdf.Letterhead, error) {
	printed := pdf.Letterhead{Lines: h.Lines}
	if h.Color != "" {
		printed.Ink, printed.Rule = rgb(h.Color.Ink()), rgb(h.Color)
	}
	var err error
	printed.Logo, err = plan.Logo(ctx, tx, h.Logo)
	return printed, err
}

func rgb(c plan.Color) pdf.RGB {
	r, g, b := c.RGB()
	return pdf.RGB{R: r, G: g, B: b}
}

// Letterhead is how a plan's letters begin.
func Letterhead(p plan.Plan) Head {
	head := []string{p.Name}
	if p.Address != "" {
		head = append(head, oneLine(p.Address))
	}
	if p.Phone != "" {
		head = append(head, p.Phone)
	}
	return Head{Lines: head, Color: p.Color, Logo: p.Logo}
}

// letGo marks a letter as sent and begins its ways, unless that was done.
func letGo(ctx context.Context, tx *db.Tx, l Letter, key string) (went bool, err error) {
	n, err := tx.Exec(ctx, `update letter set status = 'sent', sent_at = $1, file_key = $2 where id = $3 and status = 'ready'`, tx.Now(), key, l.ID)
	if err != nil || n == 0 {
		return false, err
	}
	o, err := order.OfEvent(ctx, tx, order.ID(l.OrderID))
	if err != nil {
		return false, err
	}
	sure, err := faxIsSure(ctx, tx, o)
	if err != nil {
		return false, err
	}
	for _, w := range ways(l, o, sure, tx.Now()) {
		if err := w.insert(ctx, tx, l.ID); err != nil {
			return false, err
		}
	}
	a := account.Program().Audit("letter.sent", "letter", l.ID)
	a.MemberID = o.MemberID
	if err := audit.Record(ctx, tx, a); err != nil {
		return false, err
	}
	return true, job.Add(ctx, tx, WentOut{l.OrderID, l.ID})
}

// faxIsSure reports whether an order's office has confirmed the fax number at
// which it wants to hear.
func faxIsSure(ctx context.Context, tx *db.Tx, o order.Order) (bool, error) {
	if o.Contact.Notices != "fax" || o.Contact.Fax == "" {
		return false, nil
	}
	return provider.FaxConfirmed(ctx, tx, o.OrganizationID, o.Contact.Fax)
}

// notConfirmed is why a letter is kept from a fax number.
const notConfirmed = "Not faxed: the office has not confirmed that this number is theirs"

// ways are those a letter goes: to the office on its page, and by fax where it
// hears by fax at a number that is surely its own, else staff are told; to the
// member on paper.
func ways(l Letter, o order.Order, sure bool, now time.Time) []Delivery {
	if l.Audience == Member {
		return []Delivery{{Channel: OnPaper, Status: Waiting, Created: now}}
	}
	all := []Delivery{{Channel: OnPage, Status: Done, Created: now, DoneAt: &now, Proof: "Shown on the order's page"}}
	if o.Contact.Notices == "fax" && o.Contact.Fax != "" {
		way := Delivery{Channel: ByFax, Address: o.Contact.Fax, Status: Waiting, Created: now}
		if !sure {
			way.Status, way.Error = Failed, notConfirmed
		}
		all = append(all, way)
	}
	return all
}

// PDF is a letter as it was sent. A letter from before PDFs were kept is drawn.
func PDF(ctx context.Context, files blob.Store, l Letter, head pdf.Letterhead) ([]byte, error) {
	if l.FileKey == "" {
		return l.Draw(head, false, l.SentAt)
	}
	in, err := files.Open(ctx, l.FileKey)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}

// FileName is what a letter's PDF is called: nothing about the patient.
func (l Letter) FileName(number string) string {
	return strings.Join([]string{"letter", number, string(l.Kind), string(l.Audience), l.Language}, "-") + ".pdf"
}
