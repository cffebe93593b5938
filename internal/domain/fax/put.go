package fax

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/privacy"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect"
)

// A Target is what pages can be put on: an order, or a request that isn't sent.
type Target struct {
	Order   *order.Order
	Request *request.Request
}

// Number is as people call t.
func (t Target) Number() string {
	if t.Order != nil {
		return t.Order.Number
	}
	return t.Request.Number
}

// Patient is for whom t is.
func (t Target) Patient() (name string, born civil.Date, memberID string) {
	if t.Order != nil {
		return t.Order.Patient.Name(), t.Order.Patient.Born, t.Order.MemberID
	}
	p := t.Request.Patient
	return strings.TrimSpace(p.First + " " + p.Last), p.Born, p.MemberID
}

// Find returns what has a number, if by may see it; else a NotFound fault. The
// read is audited. Who may: those who put faxes on orders.
func Find(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Target, error) {
	if err := by.Must(account.HandleFaxes); err != nil {
		return Target{}, err
	}
	number = order.Digits(number)
	o, err := order.Get(ctx, tx, by, number)
	if err == nil {
		return Target{Order: &o}, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return Target{}, err
	}
	r, err := request.ForFax(ctx, tx, by, number)
	return Target{Request: &r}, err
}

// FindMember returns what is open for a member, by their number and date of
// birth, of what by may see. Every read is audited. Who may: those who put
// faxes on orders. The error is Invalid at "number" or "born".
func FindMember(ctx context.Context, tx *db.Tx, by account.Actor, number string, born civil.Date) (all []Target, err error) {
	if err := by.Must(account.HandleFaxes); err != nil {
		return nil, err
	}
	found, err := member.Search(ctx, tx, by, member.Query{Number: number, Born: born})
	if err != nil {
		return nil, err
	}
	for _, m := range found {
		orders, err := order.OfMember(ctx, tx, by, string(m.ID))
		if err != nil {
			return nil, err
		}
		for i := range orders {
			all = append(all, Target{Order: &orders[i]})
		}
		drafts, err := request.OfMember(ctx, tx, by, string(m.ID))
		if err != nil {
			return nil, err
		}
		for i := range drafts {
			all = append(all, Target{Request: &drafts[i]})
		}
	}
	return all, nil
}

// A Made is the document of some pages, in the store.
type Made struct {
	Pages []int
	Turns []int // as the document was made
	Ref   blob.Ref
	Text  string // of its first pages, as far as it can be read
}

// Place puts pages on an order or a request, as one document. Answers are the
// requests for information that it answers, by their ids: they count as
// answered from when the fax came. Who may: those who put faxes on orders and
// see this one. The error is a Conflict if something else became of a page
// meanwhile; if the same person has put the same pages there already, that was
// it, and kept is false: the document isn't needed.
func Place(ctx context.Context, tx *db.Tx, by account.Actor, faxID string, m Made, number, kind string, answers []string) (kept bool, err error) {
	x, pages, file, err := Get(ctx, tx, by, faxID)
	if err != nil {
		return false, err
	}
	chosen, err := Chosen(pages, m.Pages)
	if err != nil {
		return false, err
	}
	t, err := Find(ctx, tx, by, number)
	if err != nil {
		return false, err
	}
	if !slices.ContainsFunc(chosen, func(p Page) bool { return p.State != Put || p.Number != t.Number() || p.ChangedBy != by.ID }) {
		return false, nil // it was sent twice
	}
	if err := free(chosen, m.Turns); err != nil {
		return false, err
	}
	in, orderID, err := t.folder(ctx, tx)
	if err != nil {
		return false, err
	}
	u, err := attachment.Put(ctx, tx, by, in, orderID, attachment.Document{Name: nameOf(x, m.Pages), Kind: kind, Text: m.Text, Ref: m.Ref, MediaType: inspect.PDF.Media(), Pages: len(m.Pages), Scan: file.Scan,
		Came: attachment.Came{Channel: "fax", From: x.From, At: &x.ReceivedAt}})
	if err != nil {
		return false, err
	}
	for _, p := range chosen {
		before := p
		p.State, p.Reason, p.Number, p.OrderID, p.RequestID, p.UploadID = Put, "", t.Number(), orderID, in.RequestID, u.ID
		if err := p.save(ctx, tx, x.ID, by, before); err != nil {
			return false, err
		}
		if p.Incident != "" && in.MemberID != "" {
			if err := privacy.Concern(ctx, tx, by, p.Incident, in.MemberID); err != nil {
				return false, err
			}
		}
	}
	if err := t.answer(ctx, tx, by, x, answers); err != nil {
		return false, err
	}
	if err := settle(ctx, tx, x.ID); err != nil {
		return false, err
	}
	return true, record(ctx, tx, by, "fax.put", x.ID, "pages "+Ranges(m.Pages)+" on "+t.Number())
}

// free refuses pages about which something was done already, or that were
// turned since the document was made.
func free(chosen []Page, turns []int) error {
	for i, p := range chosen {
		switch {
		case p.State == Put:
			return fault.New(fault.Conflict, "%s put page %s on order %s meanwhile. Look at the fax again.", p.Changer, strconv.Itoa(p.N), order.Spaced(p.Number))
		case p.State == Aside:
			return fault.New(fault.Conflict, "%s set page %s aside meanwhile. Look at the fax again.", p.Changer, strconv.Itoa(p.N))
		case i < len(turns) && turns[i] != p.Turn:
			return fault.New(fault.Conflict, "Page %s was turned meanwhile. Look at the fax again.", strconv.Itoa(p.N))
		}
	}
	return nil
}

func (t Target) folder(ctx context.Context, tx *db.Tx) (attachment.Folder, string, error) {
	if t.Order == nil {
		in, err := request.Folder(ctx, tx, *t.Request)
		return in, "", err
	}
	if t.Order.Status == order.Withdrawn {
		return attachment.Folder{}, "", fault.New(fault.Conflict, "This order was withdrawn. It takes no more files.")
	}
	in, err := request.FolderOf(ctx, tx, *t.Order)
	return in, string(t.Order.ID), err
}

// answer takes what came as the answer to requests for information.
func (t Target) answer(ctx context.Context, tx *db.Tx, by account.Actor, x Fax, answers []string) error {
	if t.Order == nil || len(answers) == 0 {
		return nil
	}
	waiting, err := message.Waiting(ctx, tx, by, t.Order.ID)
	if err != nil {
		return err
	}
	for _, id := range answers {
		i := slices.IndexFunc(waiting, func(w message.Thread) bool { return w.ID == id })
		if i < 0 {
			return fault.New(fault.Conflict, "This request for information was answered or closed meanwhile. Look at the order again.")
		}
		o, err := order.ByID(ctx, tx, by, t.Order.ID)
		if err != nil {
			return err
		}
		if _, err := message.AnswerByFax(ctx, tx, by, waiting[i], o, "It came by fax. See the files of the order.", x.ReceivedAt); err != nil {
			return err
		}
	}
	return nil
}

// nameOf is what the document is called: nothing of whom it is about.
func nameOf(x Fax, pages []int) string {
	zone, err := civil.Zone(civil.DefaultZone)
	if err != nil {
		return "Fax.pdf"
	}
	return "Fax of " + civil.DateIn(x.ReceivedAt, zone).String() + ", pages " + Ranges(pages) + ".pdf"
}

// Ranges writes ascending numbers as people do: "1-3, 7".
func Ranges(pages []int) string {
	var all []string
	for i := 0; i < len(pages); {
		last := i
		for last+1 < len(pages) && pages[last+1] == pages[last]+1 {
			last++
		}
		one := strconv.Itoa(pages[i])
		if last > i {
			one += "-" + strconv.Itoa(pages[last])
		}
		all = append(all, one)
		i = last + 1
	}
	return strings.Join(all, ", ")
}
