package fax

import (
	"context"
	"slices"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/domain/privacy"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// Report says that pages are another patient's than the one they came for, or
// were put on, and opens an incident. A document that holds such a page leaves
// its order for everybody at once; its other pages wait again. Who may: those
// who put faxes on orders. The error is Invalid at "pages" or "what", a Conflict
// if a page was reported already.
func Report(ctx context.Context, tx *db.Tx, by account.Actor, faxID string, numbers []int, what string) (privacy.Incident, error) {
	x, pages, _, err := Get(ctx, tx, by, faxID)
	if err != nil {
		return privacy.Incident{}, err
	}
	return x.report(ctx, tx, by, pages, numbers, what, privacy.FromFax, x.ID)
}

func (x Fax) report(ctx context.Context, tx *db.Tx, by account.Actor, pages []Page, numbers []int, what, source, reference string) (privacy.Incident, error) {
	chosen, err := Chosen(pages, numbers)
	if err != nil {
		return privacy.Incident{}, err
	}
	if i := slices.IndexFunc(chosen, func(p Page) bool { return p.State == Reported }); i >= 0 {
		return privacy.Incident{}, fault.New(fault.Conflict, "%s reported page %s already. Look at the fax again.", chosen[i].Changer, strconv.Itoa(chosen[i].N))
	}
	i, err := privacy.Open(ctx, tx, by, privacy.New{What: what, Source: source, Reference: reference})
	if err != nil {
		return i, err
	}
	var locked []string
	for _, p := range chosen {
		if p.UploadID == "" || slices.Contains(locked, p.UploadID) {
			continue
		}
		locked = append(locked, p.UploadID)
		if err := takeOut(ctx, tx, by, p); err != nil {
			return i, err
		}
	}
	for _, p := range pages {
		before := p
		switch {
		case slices.Contains(numbers, p.N):
			p.State, p.Incident = Reported, i.ID
		case p.UploadID != "" && slices.Contains(locked, p.UploadID):
			p.State = PageWaiting
		default:
			continue
		}
		p.Reason, p.Number, p.OrderID, p.RequestID, p.UploadID = "", "", "", "", ""
		if err := p.save(ctx, tx, x.ID, by, before); err != nil {
			return i, err
		}
	}
	if err := settle(ctx, tx, x.ID); err != nil {
		return i, err
	}
	return i, record(ctx, tx, by, "fax.reported", x.ID, "pages "+Ranges(numbers)+", incident "+strconv.Itoa(i.Number))
}

// takeOut locks the document away in which a page was put on an order.
func takeOut(ctx context.Context, tx *db.Tx, by account.Actor, p Page) error {
	if err := attachment.LockAway(ctx, tx, by, p.UploadID); err != nil {
		return err
	}
	f, err := attachment.FileOfUpload(ctx, tx, p.UploadID)
	if fault.Is(err, fault.NotFound) { // its request isn't sent
		return nil
	}
	if err != nil {
		return err
	}
	return noteGone(ctx, tx, by, f.OrderID)
}

func noteGone(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	o, err := order.OfEvent(ctx, tx, order.ID(id))
	if err != nil {
		return err
	}
	return order.Note(ctx, tx, by, o, "file", "A file was taken out of this order: it isn't about this patient.", false)
}

// ReportFile says that a file of an order by has read is another patient's: it
// leaves the order for everybody at once, and an incident is opened. If it was
// faxed its pages go back to their fax; else it becomes one, so that it can be
// put where it belongs. The fax is "" if it can't be split into pages. Who may:
// those who put faxes on orders and read clinical files.
func ReportFile(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, fileID, what string) (i privacy.Incident, faxID string, err error) {
	if err := by.Must(account.HandleFaxes); err != nil {
		return i, "", err
	}
	if err := by.Must(account.ReadClinical); err != nil {
		return i, "", err
	}
	f, err := attachment.Get(ctx, tx, by, string(o.ID), o.MemberID, fileID)
	if err != nil {
		return i, "", err
	}
	if f.UploadID != "" {
		from, err := db.All(ctx, tx, db.Value[string], `select distinct fax_id from fax_page where upload_id = $1`, f.UploadID)
		if err != nil {
			return i, "", err
		}
		if len(from) > 0 {
			i, err := reportPut(ctx, tx, by, from[0], f.UploadID, what, o.Number)
			return i, from[0], err
		}
	}
	if i, err = privacy.Open(ctx, tx, by, privacy.New{What: what, Source: privacy.FromFile, Reference: o.Number}); err != nil {
		return i, "", err
	}
	if err := attachment.LockFile(ctx, tx, by, f); err != nil {
		return i, "", err
	}
	if err := noteGone(ctx, tx, by, string(o.ID)); err != nil {
		return i, "", err
	}
	faxID, err = fromFile(ctx, tx, by, f, i.ID)
	return i, faxID, err
}

// reportPut reports all pages of a document.
func reportPut(ctx context.Context, tx *db.Tx, by account.Actor, faxID, uploadID, what, number string) (privacy.Incident, error) {
	x, err := one(ctx, tx, faxID)
	if err != nil {
		return privacy.Incident{}, err
	}
	pages, err := pagesOf(ctx, tx, faxID)
	if err != nil {
		return privacy.Incident{}, err
	}
	var these []int
	for _, p := range pages {
		if p.UploadID == uploadID {
			these = append(these, p.N)
		}
	}
	return x.report(ctx, tx, by, pages, these, what, privacy.FromFile, number)
}

// fromFile makes a fax of a file that was on the wrong order; "" if it is none
// that has pages, or is here already.
func fromFile(ctx context.Context, tx *db.Tx, by account.Actor, f attachment.File, incident string) (string, error) {
	if f.SHA256 == "" || f.Pages == 0 || !Rules.Takes(TypeOf(attachment.Upload{MediaType: f.MediaType})) {
		return "", nil
	}
	x := Fax{ID: db.NewID("fax"), SHA256: f.SHA256, Came: "order", From: f.From, ReceivedAt: f.AddedAt, TakenBy: by.ID, Taker: by.Name, TakenAt: tx.Now(), Status: Waiting, ChangedAt: tx.Now()}
	u, err := attachment.Shelve(ctx, tx, by, x.folder(), f)
	if err != nil {
		return "", err
	}
	x.UploadID = u.ID
	added, err := x.insert(ctx, tx)
	if err != nil || !added {
		return "", err
	}
	if err := addPages(ctx, tx, x.ID, f.Pages, by, Reported, incident); err != nil {
		return "", err
	}
	if err := job.Add(ctx, tx, ReadCodes{x.ID}); err != nil { // which also tells which pages can be shown
		return "", err
	}
	return x.ID, record(ctx, tx, by, "fax.taken", x.ID, x.Came)
}
