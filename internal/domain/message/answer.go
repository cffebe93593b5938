package message

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/notice"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// MostAnswer is how many characters an answer can have.
const MostAnswer = 4000

// Answered announces that an office sent answers. Late: the order was decided
// before. See app/reactions.go.
type Answered struct {
	ThreadID, PersonID string
	Late               bool
	Resumed            bool // the order waited for it
}

// Kind names the event.
func (Answered) Kind() string { return "message.answered" }

// mayAnswer refuses who doesn't answer for the office, and what takes no
// answers any more.
func mayAnswer(by account.Actor, t Thread) error {
	if !by.ActsFor(t.OrganizationID) || !by.Can(account.SendRequests) {
		return fault.New(fault.Denied, "Only the office that sent the order can answer.")
	}
	if t.Kind != Request || t.Status != Open {
		return fault.New(fault.Conflict, "This message is closed.")
	}
	return nil
}

// SaveAnswer keeps what was said to the item n, to be sent later by whomever.
// since is the mark of the answer as it was read: an answer that wasn't touched
// since then stays what others have made of it, so that people can answer
// different items of one page at once. Who may: people of the office who send
// requests. The error is Invalid at "answer_n" and the like, a Conflict if
// somebody else answered it meanwhile.
func SaveAnswer(ctx context.Context, tx *db.Tx, by account.Actor, t Thread, n int, since string, a Answer) (Item, error) {
	if err := mayAnswer(by, t); err != nil {
		return Item{}, err
	}
	at := slices.IndexFunc(t.Items, func(i Item) bool { return i.N == n })
	if at < 0 {
		return Item{}, fault.New(fault.NotFound, "We can't find that item.")
	}
	i := t.Items[at]
	if err := a.check(strconv.Itoa(n)); err != nil {
		return i, err
	}
	switch {
	case i.Answer == a, a.Mark() == since:
		return i, nil
	case i.SentAt != nil:
		return i, fault.New(fault.Conflict, "%s sent the answer to this item already.", i.SentName)
	case i.Answer.Mark() != since && !i.Empty():
		return i, fault.New(fault.Conflict, "%s answered item %s at the same time. Read theirs, then save yours again if it says more.", i.SavedName, n)
	}
	now := tx.Now()
	i.Answer, i.SavedAt, i.SavedBy, i.SavedName = a, &now, string(by.ID), by.Name
	if err := i.save(ctx, tx, t.ID); err != nil {
		return i, err
	}
	tell(tx, t)
	return i, nil
}

// Mark tells an answer from others to the same item.
func (a Answer) Mark() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{a.Text, a.Yes, a.Without, a.WithoutWhy}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

func (a Answer) check(n string) error {
	f := fault.Fields{}
	f.Check(len([]rune(a.Text)) <= MostAnswer, "answer_"+n, "The answer must be 4,000 characters or less")
	f.Check(len([]rune(a.WithoutWhy)) <= 500, "without_why_"+n, "Why you don’t have it must be 500 characters or less")
	f.Check(a.Without == "" || WithoutWords(a.Without) != "", "without_"+n, "Select why you don’t have it")
	f.Check(a.Yes == "" || a.Yes == "yes" || a.Yes == "no", "yes_"+n, "Select yes or no")
	return f.Err()
}

// Complete says what an item's answer lacks to be sent, with the files that
// came for it: the field and a sentence, "" if nothing.
func (i Item) Complete(files []attachment.Upload) (field, problem string) {
	n := strconv.Itoa(i.N)
	mine := FilesOf(files, i.N)
	live := slices.ContainsFunc(mine, attachment.Upload.Live)
	if slices.ContainsFunc(mine, func(u attachment.Upload) bool { return u.Status == attachment.Protected }) {
		return "files_" + n, "A file is password protected. Enter its password or delete it"
	}
	if slices.ContainsFunc(mine, func(u attachment.Upload) bool { return u.Status == attachment.Uploading }) {
		return "files_" + n, "Wait until the file has been uploaded, or delete it"
	}
	if i.Without != "" {
		if strings.TrimSpace(i.WithoutWhy) == "" {
			return "without_why_" + n, "Say in a few words why you don’t have it"
		}
		return "", ""
	}
	switch i.Kind {
	case YesNo:
		if i.Yes == "" {
			return "yes_" + n, "Answer yes or no, or say that you don’t know it"
		}
	default:
		if i.Answer.Text == "" && !live {
			if i.Kind == File {
				return "files_" + n, "Upload a file or write an answer, or say that you don’t have it"
			}
			return "answer_" + n, "Answer this item or say that you don’t have it"
		}
	}
	return "", ""
}

// Begun reports whether anything is there to send for i.
func (i Item) Begun(files []attachment.Upload) bool {
	return !i.Empty() || slices.ContainsFunc(FilesOf(files, i.N), attachment.Upload.Live)
}

// FilesOf are those of a thread's files that came for the item n.
func FilesOf(files []attachment.Upload, n int) (mine []attachment.Upload) {
	for _, u := range files {
		if u.Item == strconv.Itoa(n) {
			mine = append(mine, u)
		}
	}
	return mine
}

// SendAnswers sends all answers that are begun, with all of their files, or
// none. The first has the review go on and its clock with it; what is left can
// follow until the thread closes. An answer after the decision is new
// information (see package appeal). may is that the person confirmed that they
// may share it. Who may: people of the office who send requests. The error is
// Invalid by fields; "items" if nothing was begun.
func SendAnswers(ctx context.Context, tx *db.Tx, by account.Actor, t Thread, o order.Order, may bool) (Thread, error) {
	if err := mayAnswer(by, t); err != nil {
		return t, err
	}
	if err := notice.Must(ctx, tx, by, notice.Messages); err != nil {
		return t, err
	}
	files, err := Files(ctx, tx, t)
	if err != nil {
		return t, err
	}
	now, sent := t.Remaining(), []int{}
	f := fault.Fields{}
	f.Check(may, "may", "Check the box to confirm you may share this information")
	for _, i := range now {
		if !i.Begun(files) {
			continue
		}
		if field, problem := i.Complete(files); problem != "" {
			f.Check(false, field, words.AsIs(problem))
		}
		sent = append(sent, i.N)
	}
	f.Check(len(sent) > 0, "items", "Answer at least one item")
	if err := f.Err(); err != nil {
		return t, err
	}
	if err := t.markSent(ctx, tx, by, sent); err != nil {
		return t, err
	}
	enclosed := func(u attachment.Upload) bool {
		return slices.ContainsFunc(sent, func(n int) bool { return u.Item == strconv.Itoa(n) })
	}
	if _, _, err := attachment.EncloseSome(ctx, tx, by, t.folder(), string(o.ID), enclosed); err != nil {
		return t, err
	}
	return t.answered(ctx, tx, by, o, len(sent), tx.Now(), "The office answered what was asked for. In review again.")
}

// markSent ends the drafts of some items.
func (t *Thread) markSent(ctx context.Context, tx *db.Tx, by account.Actor, sent []int) error {
	now := tx.Now()
	for at := range t.Items {
		i := &t.Items[at]
		if !slices.Contains(sent, i.N) {
			continue
		}
		i.SentAt, i.SentBy, i.SentName = &now, string(by.ID), by.Name
		if i.SavedAt == nil {
			i.SavedAt, i.SavedBy, i.SavedName = &now, string(by.ID), by.Name
		}
		if err := i.save(ctx, tx, t.ID); err != nil {
			return err
		}
	}
	return nil
}

// answered says in thread, order and clock that answers came, and when.
func (t Thread) answered(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, n int, at time.Time, resumed words.Text) (Thread, error) {
	e := Answered{ThreadID: t.ID, PersonID: string(by.ID), Late: late(o)}
	var err error
	if o, e.Resumed, err = order.InformationCameAt(ctx, tx, by, o, at, resumed); err != nil {
		return t, err
	}
	if !e.Resumed && !e.Late {
		if err := order.Note(ctx, tx, by, o, "message", "The office sent more of what was asked for.", false); err != nil {
			return t, err
		}
	}
	if t.AnsweredAt == nil {
		t.AnsweredAt, t.DueThen = &at, o.DueAt
	}
	t.Turn = Office
	if len(t.Remaining()) == 0 || e.Late {
		t.Turn = ""
	}
	if err := t.say(ctx, tx, by, "answered", counted(n)+" of "+strconv.Itoa(len(t.Items))+" answered.", false); err != nil {
		return t, err
	}
	if err := t.save(ctx, tx); err != nil {
		return t, err
	}
	if err := t.record(ctx, tx, by, o, "message.answered"); err != nil {
		return t, err
	}
	return t, job.Add(ctx, tx, e)
}

func counted(n int) string {
	if n == 1 {
		return "1 item"
	}
	return strconv.Itoa(n) + " items"
}

// MoreTime gives an office more time to answer, once, where its program lets
// it: half of what lies between the end of the wait and the decision. When the
// clock runs again doesn't change. Who may: people of the office who send
// requests. The error is a Conflict where there is none.
func MoreTime(ctx context.Context, tx *db.Tx, by account.Actor, t Thread, o order.Order) (Thread, error) {
	if err := mayAnswer(by, t); err != nil {
		return t, err
	}
	until, err := MoreTimeUntil(ctx, tx, t, o)
	if err != nil {
		return t, err
	}
	if until == nil {
		return t, fault.New(fault.Conflict, "There is no more time for this. Send what you have, or say what you don’t have.")
	}
	t.ReplyBy, t.MoreTime = until, true
	if err := t.say(ctx, tx, by, "time", "More time was asked for, and given.", false); err != nil {
		return t, err
	}
	if err := t.save(ctx, tx); err != nil {
		return t, err
	}
	if err := t.record(ctx, tx, by, o, "message.time_given"); err != nil {
		return t, err
	}
	return t, job.AddAll(ctx, tx, t.reminders(tx.Now()))
}

// MoreTimeUntil is until when an office could have time, nil if it can't have
// more than it has.
func MoreTimeUntil(ctx context.Context, tx *db.Tx, t Thread, o order.Order) (*time.Time, error) {
	p, err := programOf(ctx, tx, o)
	if err != nil || !p.Reviewing.MoreTime || t.MoreTime || t.ExpiredAt != nil || t.Turn != Office || t.Kind != Request || t.ReplyBy == nil || o.DueAt == nil {
		return nil, err
	}
	left := o.DueAt.Sub(*t.ReplyBy)
	if left < 2*time.Hour {
		return nil, nil
	}
	until := t.ReplyBy.Add(left / 2).Truncate(time.Minute)
	return &until, nil
}
