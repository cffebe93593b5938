package request

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/guideline"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// FilesPart is the page of what is enclosed. It is asked for where something
// is wanted, and open to whoever wants to enclose something.
const FilesPart Part = "files"

// Files is what an office said about the files that are asked for and that it
// doesn't have.
type Files struct {
	Without map[string]string // item of the checklist to why there is no file
}

// MostWithout is how many letters the reason can have.
const MostWithout = 500

// A Wanted is one row of the checklist of files, with what was enclosed for
// it.
type Wanted struct {
	guideline.FileAsked
	Files   []attachment.Upload
	Without string // why there is none, as the office said; "" if it didn't
}

// missing reports whether something must still be said about w.
func (w Wanted) missing() bool {
	return w.Required && w.Without == "" && !slices.ContainsFunc(w.Files, attachment.Upload.Live)
}

// Folder is where r's files are kept, with what its program takes.
func Folder(ctx context.Context, tx *db.Tx, r Request) (attachment.Folder, error) {
	p, err := plan.GetProgram(ctx, tx, r.Order.ProgramID)
	return attachment.Folder{RequestID: string(r.ID), OrganizationID: r.OrganizationID, MemberID: r.Patient.MemberID, Rules: p.Files}, err
}

// FolderOf is where the files go that come after an order was sent: beside
// those of the request that it began as. The caller has read the order.
func FolderOf(ctx context.Context, tx *db.Tx, o order.Order) (attachment.Folder, error) {
	p, err := plan.GetProgram(ctx, tx, o.ProgramID)
	if err != nil {
		return attachment.Folder{}, err
	}
	in := attachment.Folder{RequestID: string(o.ID), OrganizationID: o.OrganizationID, MemberID: o.MemberID, Rules: p.Files}
	r, err := ofOrder(ctx, tx, o.ID)
	if fault.Is(err, fault.NotFound) { // it came another way
		return in, nil
	}
	in.RequestID = string(r.ID)
	return in, err
}

// Enclosed are r's files and what is asked for: each file stands with the item
// it was sent for, and the others are in rest.
func Enclosed(ctx context.Context, tx *db.Tx, by account.Actor, r Request) (wanted []Wanted, rest []attachment.Upload, err error) {
	if wanted, err = checklist(ctx, tx, by, r); err != nil {
		return nil, nil, err
	}
	all, err := attachment.Uploads(ctx, tx, string(r.ID))
	if err != nil {
		return nil, nil, err
	}
	for _, u := range all {
		if i := slices.IndexFunc(wanted, func(w Wanted) bool { return w.ID == u.Item }); i >= 0 {
			wanted[i].Files = append(wanted[i].Files, u)
			continue
		}
		rest = append(rest, u)
	}
	return wanted, rest, nil
}

// checklist is what the answers of r call for, each item once, the required
// first.
func checklist(ctx context.Context, tx *db.Tx, by account.Actor, r Request) (all []Wanted, err error) {
	questions, err := Ask(ctx, tx, by, r)
	if err != nil {
		return nil, err
	}
	for _, q := range questions {
		if !q.Current() {
			continue // it is to be looked at again first
		}
		for _, f := range q.Guideline.FilesAsked(q.Facts, q.Response.Answers) {
			if !slices.ContainsFunc(all, func(w Wanted) bool { return w.ID == f.ID }) {
				all = append(all, Wanted{FileAsked: f, Without: r.Files.Without[f.ID]})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Wanted) int {
		if a.Required == b.Required {
			return 0
		} else if a.Required {
			return -1
		}
		return 1
	})
	return all, nil
}

// SayWithout keeps why the office doesn't have what is asked for. reasons are
// by item; an empty one says nothing.
func SayWithout(ctx context.Context, tx *db.Tx, by account.Actor, r Request, since int, reasons map[string]string) (Request, error) {
	f := fault.Fields{}
	said := map[string]string{}
	for item, why := range reasons {
		why = strings.TrimSpace(why)
		f.Check(len([]rune(why)) <= MostWithout, "without_"+item, "Answer must be 500 characters or less")
		if why != "" {
			said[item] = why
		}
	}
	if err := f.Err(); err != nil {
		return r, err
	}
	return Save(ctx, tx, by, r, FilesPart, since, func(c *Content) { c.Files.Without = said })
}

// FilesWanted says what keeps r from being sent as far as its files go; "" if
// nothing does. A file that is still on its way is enough.
func FilesWanted(r Request, wanted []Wanted, rest []attachment.Upload) words.Text {
	all := slices.Clone(rest)
	for _, w := range wanted {
		all = append(all, w.Files...)
	}
	for _, u := range all {
		if u.Status == attachment.Protected {
			return "A file is password protected. Enter its password or delete it"
		}
	}
	for _, w := range wanted {
		if w.missing() {
			return words.Say("Upload “%s”, or say why you don’t have it", w.Item)
		}
	}
	if r.Order.Urgency == order.Urgent && !slices.ContainsFunc(all, attachment.Upload.Live) {
		return "Upload at least one file to ask for an urgent review, or change to standard"
	}
	return ""
}

// filesReady refuses to send what lacks a file, and returns the items of the
// checklist for which one is accepted.
func (r Request) filesReady(ctx context.Context, tx *db.Tx, by account.Actor) ([]string, error) {
	wanted, rest, err := Enclosed(ctx, tx, by, r)
	if err != nil {
		return nil, err
	}
	if why := FilesWanted(r, wanted, rest); why != "" {
		return nil, fault.Fields{"files": why}.Err()
	}
	for _, w := range wanted {
		rest = append(rest, w.Files...)
	}
	return items(rest), nil
}

// items are those of the checklist for which one of some files is accepted.
func items(all []attachment.Upload) (found []string) {
	for _, u := range all {
		if u.Status == attachment.Accepted && u.Item != "" {
			found = append(found, u.Item)
		}
	}
	return found
}

// AsksForFiles reports whether the page of files stands on r's way: something
// is asked for, or the request is urgent, and nobody has been there.
func AsksForFiles(ctx context.Context, tx *db.Tx, by account.Actor, r Request) (bool, error) {
	if r.Begun(FilesPart) {
		return false, nil
	}
	wanted, rest, err := Enclosed(ctx, tx, by, r)
	return err == nil && (len(wanted) > 0 && len(rest) == 0 || FilesWanted(r, wanted, rest) != ""), err
}

// Earlier are files that by's office sent before for the same patient and
// that by could see then, the last first, at most 20.
func Earlier(ctx context.Context, tx *db.Tx, by account.Actor, r Request) ([]attachment.Upload, error) {
	where, args := mine(by, 4)
	ids, err := db.All(ctx, tx, db.Value[string], `
		select u.id from upload u where u.member_id = $1 and u.organization_id = $2 and u.request_id <> $3 and u.status = 'accepted' and u.deleted_at is null
			and u.request_id in (select id from request where `+where+`)
		order by u.added_at desc, u.id limit 20`, append([]any{r.Patient.MemberID, r.OrganizationID, string(r.ID)}, args...)...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return attachment.UploadsByID(ctx, tx, ids)
}

// FileChecked tells the timeline of an order what came of a file that was
// still on its way when the request was sent. One that began to come in the
// very moment of sending, so that neither saw the other, is enclosed first:
// what somebody was told is here may not be lost.
func FileChecked(ctx context.Context, tx *db.Tx, e attachment.Checked) error {
	all, err := attachment.UploadsByID(ctx, tx, []string{e.UploadID})
	if err != nil || len(all) == 0 || all[0].DeletedAt != nil {
		return err
	}
	id := order.ID(all[0].OrderID)
	if id == "" {
		if id, err = enclosed(ctx, tx, all[0]); err != nil || id == "" {
			return err
		}
	}
	o, err := order.OfEvent(ctx, tx, id)
	if err != nil {
		return err
	}
	text := words.Text("A file came after the request and was added.")
	if all[0].Status != attachment.Accepted {
		text = "A file that came with the request was not accepted."
	}
	return order.Note(ctx, tx, account.Program(), o, "file", text, false)
}

// enclosed makes a file part of the order that its request became, and returns
// that; "" if it was not sent, or the file belongs to something else.
func enclosed(ctx context.Context, tx *db.Tx, u attachment.Upload) (order.ID, error) {
	r, err := OfEvent(ctx, tx, u.RequestID)
	if fault.Is(err, fault.NotFound) || err == nil && r.SentAt == nil {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return r.OrderID, attachment.EncloseLate(ctx, tx, u, string(r.OrderID))
}
