package attachment

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/notice"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// A Folder is the request whose files they are, with what its program takes.
// Whoever makes one has made sure that the reader works on the request.
type Folder struct {
	RequestID, OrganizationID, MemberID string
	Rules                               plan.FileRules
}

// A Status says how far an upload is.
type Status string

// Statuses. All but the first two are ends; of those only Protected can be
// left again, by the password.
const (
	Uploading Status = "uploading"
	Checking  Status = "checking"
	Accepted  Status = "accepted"
	Protected Status = "protected"
	Virus     Status = "virus"
	Refused   Status = "refused"
	Damaged   Status = "damaged"
	TooLarge  Status = "too large"
	Again     Status = "again"       // the same content is there already
	Locked    Status = "locked away" // it is another patient's: nobody finds it among the files
)

// A Scan is what the virus scanner said of a file. What was never asked, since
// there is no scanner or the file came another way, is NotScanned.
type Scan string

// What a scanner says.
const (
	NotScanned Scan = ""
	Clean      Scan = "clean"
	Found      Scan = "found"
)

// An Upload is a file on its way from an office into an order.
type Upload struct {
	ID, RequestID, OrganizationID, MemberID string
	OrderID                                 string // "" until the request is sent
	Name                                    string
	Mark                                    string // by which a browser knows the file again: its name, size and time
	Size, Received                          int64  // bytes
	MostPages                               int    // that are taken
	MediaType, SHA256, BlobKey              string // "" until all has come
	Pages                                   int    // 0: not known, or it has none
	PagesOf                                 int    // how many it had before some were chosen; 0: all are kept
	Kind                                    string // one of Kinds
	Item                                    string // for which item of the checklist it is; "" for none
	Status                                  Status
	Why                                     string // it was not taken; "" else
	Warning                                 string // something to check before it is sent; "" if nothing
	Scan                                    Scan
	AddedBy                                 account.PersonID
	AddedName                               string
	AddedAt, ChangedAt                      time.Time
	DeletedAt                               *time.Time
	Came
}

// Kinds are what a file can be. It is kept by its key.
var Kinds = []words.Text{"Office note", "Imaging report", "Lab", "Therapy notes", "Letter", "Other"}

// A New is a file that somebody is about to send.
type New struct {
	Name, Mark string
	Size       int64
	Kind, Item string
}

// Begin makes room for a file. A file that the same browser has begun to send
// is the same upload, however often it begins. Who may: those who send
// requests. What can't be taken is an Invalid fault at the field "files".
func Begin(ctx context.Context, tx *db.Tx, by account.Actor, in Folder, n New) (Upload, error) {
	if err := by.Must(account.SendRequests); err != nil {
		return Upload{}, err
	}
	if err := notice.Must(ctx, tx, by, notice.Uploads); err != nil {
		return Upload{}, err
	}
	n.Name = inspect.Name(n.Name)
	all, err := Uploads(ctx, tx, in.RequestID)
	if err != nil {
		return Upload{}, err
	}
	if i := slices.IndexFunc(all, n.is); i >= 0 {
		return all[i], nil
	}
	if err := n.check(in.Rules, all); err != nil {
		return Upload{}, err
	}
	u := Upload{ID: db.NewID("upl"), RequestID: in.RequestID, OrganizationID: in.OrganizationID, MemberID: in.MemberID, Name: n.Name, Mark: n.Mark, Size: n.Size,
		MostPages: in.Rules.Pages, Kind: n.kind(), Item: n.Item, Status: Uploading, AddedBy: by.ID, AddedName: by.Name, AddedAt: tx.Now(), ChangedAt: tx.Now()}
	if err := insertUpload(ctx, tx, u); err != nil {
		return u, err
	}
	return u, u.record(ctx, tx, by, "file.begun")
}

// is reports whether u is n on its way.
func (n New) is(u Upload) bool {
	return n.Mark != "" && u.Status == Uploading && u.Mark == n.Mark && u.Name == n.Name && u.Size == n.Size
}

func (n New) kind() string {
	if slices.Contains(Kinds, words.Text(n.Kind)) {
		return n.Kind
	}
	return "Other"
}

// check says what speaks against n before a byte of it has come.
func (n New) check(rules plan.FileRules, all []Upload) error {
	f := fault.Fields{}
	f.Check(rules.Takes(inspect.ByName(n.Name)), "files", words.Say("%s: The file must be a %s", n.Name, words.Text(rules.TypeWords())))
	f.Check(n.Size > 0, "files", words.Say("%s: The file is empty", n.Name))
	f.Check(n.Size <= rules.Bytes(), "files", words.Say("%s: The file must be smaller than %s MB", n.Name, strconv.Itoa(rules.MB)))
	f.Check(countLive(all) < rules.Most, "files", words.Say("You can upload up to %s files", strconv.Itoa(rules.Most)))
	return f.Err()
}

// countLive counts the files that are or may yet be enclosed.
func countLive(all []Upload) (n int) {
	for _, u := range all {
		if u.Live() {
			n++
		}
	}
	return n
}

// Live reports whether u is enclosed or may yet be.
func (u Upload) Live() bool {
	return u.Status == Uploading || u.Status == Checking || u.Status == Accepted || u.Status == Protected
}

// Extend takes the piece of u that begins at a byte and is in the store as
// ref. A piece that begins elsewhere than where the last one ended is a
// Conflict: somebody else sent it first. After the last one the file is
// checked.
func Extend(ctx context.Context, tx *db.Tx, by account.Actor, u Upload, starts int64, ref blob.Ref) (Upload, error) {
	if err := by.Must(account.SendRequests); err != nil {
		return u, err
	}
	if u.Status != Uploading || starts != u.Received || starts+ref.Size > u.Size {
		return u, fault.New(fault.Conflict, "This part of the file doesn’t follow what has come.")
	}
	before := u
	u.Received += ref.Size
	if ref.Size == u.Size { // one piece is the file already
		u.BlobKey, u.SHA256 = ref.Key, ref.SHA256
	} else if err := insertPart(ctx, tx, u, starts, ref); err != nil {
		return u, err
	}
	if u.Received == u.Size {
		u.Status = Checking
		if err := job.Add(ctx, tx, Check{u.ID}); err != nil {
			return u, err
		}
	}
	if err := u.save(ctx, tx, before); err != nil {
		return u, err
	}
	return u, u.record(ctx, tx, by, "file.received")
}

// Take is Begin and Extend of a file that came whole and is in the store as
// ref.
func Take(ctx context.Context, tx *db.Tx, by account.Actor, in Folder, n New, ref blob.Ref) (Upload, error) {
	n.Size = ref.Size
	all, err := Uploads(ctx, tx, in.RequestID)
	if err != nil {
		return Upload{}, err
	}
	if slices.ContainsFunc(all, func(u Upload) bool { return u.Live() && u.SHA256 == ref.SHA256 }) {
		return Upload{}, fault.Fields{"files": words.Say("%s: You’ve already uploaded this file", inspect.Name(n.Name))}.Err()
	}
	u, err := Begin(ctx, tx, by, in, n)
	if err != nil {
		return u, err
	}
	return Extend(ctx, tx, by, u, 0, ref)
}

// Uploads are a request's, the first one first, without those deleted.
func Uploads(ctx context.Context, tx *db.Tx, requestID string) ([]Upload, error) {
	return uploads(ctx, tx, `request_id = $1 and deleted_at is null and status <> 'locked away'`, requestID)
}

// Late are the uploads of an order that are not enclosed: still on their way,
// or not taken after the request was sent.
func Late(ctx context.Context, tx *db.Tx, orderID string) ([]Upload, error) {
	return uploads(ctx, tx, `order_id = $1 and status not in ('accepted', 'locked away') and deleted_at is null`, orderID)
}

// UploadOf returns one upload of a request, deleted or not, or a NotFound
// fault.
func UploadOf(ctx context.Context, tx *db.Tx, requestID, id string) (Upload, error) {
	u, err := upload(ctx, tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && (u.RequestID != requestID || u.Status == Locked) {
		return Upload{}, fault.New(fault.NotFound, "We can't find that file.")
	}
	return u, err
}

// UploadsByID returns uploads in the order of their ids, for who may see
// them.
func UploadsByID(ctx context.Context, tx *db.Tx, ids []string) ([]Upload, error) {
	list, args := db.In(1, ids)
	all, err := uploads(ctx, tx, `id in `+list, args...)
	slices.SortFunc(all, func(a, b Upload) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return all, err
}

// Delete takes u out of its request. For an hour it can be put back; a request
// that was sent keeps what it enclosed. Who may: those who send requests.
func Delete(ctx context.Context, tx *db.Tx, by account.Actor, u Upload) error {
	if u.OrderID != "" {
		return fault.New(fault.Conflict, "This file was sent. It can’t be deleted any more.")
	}
	now, before := tx.Now(), u
	u.DeletedAt = &now
	return u.change(ctx, tx, by, before, "file.deleted")
}

// Restore puts a deleted upload back.
func Restore(ctx context.Context, tx *db.Tx, by account.Actor, u Upload) error {
	if u.DeletedAt == nil {
		return nil
	}
	before := u
	u.DeletedAt = nil
	return u.change(ctx, tx, by, before, "file.restored")
}

// Describe says what kind of file u is. A kind that is not one of Kinds is
// Other.
func Describe(ctx context.Context, tx *db.Tx, by account.Actor, u Upload, kind string) error {
	before := u
	u.Kind = New{Kind: kind}.kind()
	if u.Kind == before.Kind {
		return nil
	}
	return u.change(ctx, tx, by, before, "file.described")
}

// Replace keeps another content of u, which is in the store as ref, and
// forgets the one it had: a copy without its password, or some of its pages.
// What it has now is checked again. Of a file that was sent only the password
// can be taken off: nothing else was looked at yet.
func Replace(ctx context.Context, tx *db.Tx, by account.Actor, u Upload, ref blob.Ref, pages int) error {
	if u.OrderID != "" && u.Status != Protected || u.Status != Accepted && u.Status != Protected {
		return fault.New(fault.Conflict, "This file can’t be changed any more.")
	}
	before := u
	if u.Status == Accepted && pages < u.Pages {
		u.PagesOf = max(u.PagesOf, u.Pages)
	}
	u.Status, u.BlobKey, u.SHA256, u.Size, u.Received, u.Pages, u.Warning, u.Why = Checking, ref.Key, ref.SHA256, ref.Size, ref.Size, pages, "", ""
	if err := job.AddAll(ctx, tx, []job.Work{{Args: Discard{before.BlobKey}}, {Args: Check{u.ID}}}); err != nil {
		return err
	}
	return u.change(ctx, tx, by, before, "file.replaced")
}

// change stores u over before, for those who send requests.
func (u Upload) change(ctx context.Context, tx *db.Tx, by account.Actor, before Upload, action string) error {
	if err := by.Must(account.SendRequests); err != nil {
		return err
	}
	if err := u.save(ctx, tx, before); err != nil {
		return err
	}
	return u.record(ctx, tx, by, action)
}

// record never names the file: its name may be a patient's.
func (u Upload) record(ctx context.Context, tx *db.Tx, by account.Actor, action string) error {
	e := by.Audit(action, "upload", u.ID)
	e.MemberID, e.Detail = u.MemberID, string(u.Status)
	return audit.Record(ctx, tx, e)
}

// OfMember says for whom the files of a request are, now that it is known. Only
// the program does so; the request's own audit row says it.
func OfMember(ctx context.Context, tx *db.Tx, by account.Actor, requestID, memberID string) error {
	if !by.IsProgram() {
		return fault.New(fault.Denied, "Only the program moves files to another member.")
	}
	_, err := tx.Exec(ctx, `update upload set member_id = $1 where request_id = $2`, memberID, requestID)
	return err
}

// Enclose has a request that is sent as an order take its files along: those
// accepted at once, the others when they are. It returns how many are enclosed
// and how many are still on their way. Who may: those who send requests.
func Enclose(ctx context.Context, tx *db.Tx, by account.Actor, requestID, orderID string) (enclosed, late int, err error) {
	return EncloseSome(ctx, tx, by, requestID, orderID, func(Upload) bool { return true })
}

// EncloseSome is Enclose for those files that are chosen. What is enclosed
// already stays as it is.
func EncloseSome(ctx context.Context, tx *db.Tx, by account.Actor, requestID, orderID string, chosen func(Upload) bool) (enclosed, late int, err error) {
	if err := by.Must(account.SendRequests); err != nil {
		return 0, 0, err
	}
	all, err := Uploads(ctx, tx, requestID)
	if err != nil {
		return 0, 0, err
	}
	for _, u := range all {
		if !chosen(u) {
			continue
		}
		status, err := u.enclose(ctx, tx, by, orderID)
		if err != nil {
			return 0, 0, err
		}
		switch status {
		case Accepted:
			enclosed++
		case Uploading, Checking:
			late++
		}
	}
	return enclosed, late, nil
}

// EncloseLate makes u a file of an order after its request or answer was sent,
// unless it is one already or was not taken. Only reactions may use it: it asks
// nobody who they are.
func EncloseLate(ctx context.Context, tx *db.Tx, u Upload, orderID string) error {
	_, err := u.enclose(ctx, tx, account.Program(), orderID)
	return err
}

// enclose makes u a file of an order, now or once it was checked, and returns
// its status; "" for one that stays as it is: it is enclosed, or the office has
// seen that it was not taken.
func (u Upload) enclose(ctx context.Context, tx *db.Tx, by account.Actor, orderID string) (Status, error) {
	if !u.Live() || u.OrderID != "" {
		return "", nil
	}
	before := u
	u.OrderID = orderID
	if err := u.save(ctx, tx, before); err != nil || u.Status != Accepted {
		return u.Status, err
	}
	return u.Status, u.attach(ctx, tx, by)
}

// attach makes u a file of its order, in the name of who uploaded it.
func (u Upload) attach(ctx context.Context, tx *db.Tx, by account.Actor) error {
	f := u.file()
	if err := insert(ctx, tx, f); err != nil {
		return err
	}
	return u.record(ctx, tx, by, "file.enclosed")
}

// Masked is a name as it can stand in a mail: the first three letters and the
// last two, with the ending.
func Masked(name string) string {
	stem, ending := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		stem, ending = name[:i], name[i:]
	}
	all := []rune(stem)
	if len(all) < 8 {
		return "XXXXX" + ending
	}
	return string(all[:3]) + "XXXXXXX" + string(all[len(all)-2:]) + ending
}
