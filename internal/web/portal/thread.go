package portal

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/appeal"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/message"
	"parley/internal/domain/notify"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// threadPage is one conversation, as either side reads it.
type threadPage struct {
	t        message.Thread
	o        order.Order
	plan     plan.Plan
	side     message.Side
	me       account.PersonID
	entries  []message.Entry
	seen     []message.Seen
	sent     []notify.Sent // mails about it
	files    []attachment.Upload
	rules    plan.FileRules
	team     []account.Teammate
	answers  bool       // the reader may answer
	review   bool       // the reader reviews
	more     *time.Time // until when there could be more time
	call     bool       // a peer-to-peer call can be asked for instead
	newInfo  bool       // an answer now is looked at as a reconsideration
	part     bool       // asks whether to send only some
	undo     *attachment.Upload
	asked    string
	theirs   map[int]message.Item // answers of others, where the reader gave one at the same time
	read     map[int]string       // marks of the answers that were read before typing
	typed    map[string]string
	faults   map[string]words.Text
	errors   []ui.FieldError
	previous string
	next     string
	key      string
	loc      *time.Location
	now      time.Time
}

func openThread(ctx context.Context, r *web.Request) (*threadPage, error) {
	p := &threadPage{side: message.SideOf(r.By), me: r.By.ID, key: r.Key(), now: r.Tx.Now(), asked: r.Query("delete"), theirs: map[int]message.Item{}, read: map[int]string{}, typed: map[string]string{}, faults: map[string]words.Text{}}
	var err error
	if p.t, p.o, err = message.Get(ctx, r.Tx, r.By, r.PathValue("thread")); err != nil {
		return nil, err
	}
	p.loc = r.Zone(civil.DefaultZone)
	p.review = r.By.Can(account.ReviewOrders)
	if p.t.PlanID != "" {
		if p.plan, err = plan.Get(ctx, r.Tx, p.t.PlanID); err != nil {
			return nil, err
		}
		p.loc = readerZone(ctx, r, p.o, p.plan)
	}
	if p.entries, err = message.Entries(ctx, r.Tx, r.By, p.t); err != nil {
		return nil, err
	}
	if p.seen, err = message.Readers(ctx, r.Tx, p.t); err != nil {
		return nil, err
	}
	if p.sent, err = notify.About(ctx, r.Tx, p.t.ID); err != nil {
		return nil, err
	}
	if p.t.Kind != message.Request {
		return p, nil
	}
	return p, p.openRequest(ctx, r)
}

// openRequest reads what a request for information has beside its entries.
func (p *threadPage) openRequest(ctx context.Context, r *web.Request) (err error) {
	if p.files, err = message.Files(ctx, r.Tx, p.t); err != nil {
		return err
	}
	in, err := message.Folder(ctx, r.Tx, p.t, p.o)
	if err != nil {
		return err
	}
	p.rules = in.Rules
	p.answers = p.side == message.Office && r.By.ActsFor(p.t.OrganizationID) && r.By.Can(account.SendRequests) && p.t.Status == message.Open && len(p.t.Remaining()) > 0
	if !p.answers {
		return nil
	}
	if p.team, err = account.TeamOf(ctx, r.Tx, p.t.OrganizationID); err != nil {
		return err
	}
	if p.more, err = message.MoreTimeUntil(ctx, r.Tx, p.t, p.o); err != nil {
		return err
	}
	standing, err := peer.Stand(ctx, r.Tx, r.By, p.o)
	if err != nil {
		return err
	}
	p.call = r.By.Can(account.BookCalls) && standing.Bookable()
	if !p.o.Status.Pending() {
		choices, err := appeal.Choices(ctx, r.Tx, p.o)
		if err != nil {
			return err
		}
		for _, c := range choices {
			p.newInfo = p.newInfo || c.Kind == review.Reconsider && c.Why == ""
		}
	}
	p.undo, err = undone(ctx, r, in.RequestID)
	return err
}

func (p *threadPage) path(more string) string { return "/messages/" + p.t.Number + more }

func (p *threadPage) answer() web.Answer {
	return web.Answer{Title: words.Say("Message %s", order.Spaced(p.t.Number)), Body: threadView(p), Errors: p.errors,
		Crumbs: []ui.Link{{Text: "Messages", Href: "/messages"}, {Text: words.Text(p.t.TypeWords())}}}
}

func showThread(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openThread(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.previous, p.next, err = message.Beside(ctx, r.Tx, r.By, p.t); err != nil {
		return web.Answer{}, err
	}
	by, t := r.By, p.t
	return p.answer(), r.Tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error { return message.See(ctx, tx, by, t) })
}

// liveThread is what of a thread others change while it is open.
func liveThread(ctx context.Context, r *web.Request) (web.Live, error) {
	t, _, err := message.Get(ctx, r.Tx, r.By, r.PathValue("thread"))
	if err != nil {
		return web.Live{}, err
	}
	return web.Live{Hears: t.Hears, Picture: func(ctx context.Context, tx *db.Tx) ([]string, error) {
		now, err := message.OfEvent(ctx, tx, t.ID)
		return threadLines(now), err
	}}, nil
}

func threadLines(t message.Thread) []string {
	all := []string{"thread " + strconv.Itoa(t.Version)}
	for _, i := range t.Items {
		all = append(all, "item-"+strconv.Itoa(i.N)+" "+strconv.Itoa(i.Version))
	}
	return all
}

func (p *threadPage) live() ui.LiveView {
	return ui.LiveView{Path: p.path("/live"), Mark: web.Mark(threadLines(p.t)), Kind: "board"}
}

func replyThread(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openThread(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	text := strings.TrimSpace(r.Value("text"))
	p.typed["text"] = text
	if r.Value("action") == "note" {
		p.t, err = message.Jot(ctx, r.Tx, r.By, p.t, p.o, text)
	} else {
		p.t, err = message.Reply(ctx, r.Tx, r.By, p.t, p.o, text)
	}
	if err != nil {
		return p.again(r, err)
	}
	return web.Answer{SeeOther: p.path("#entry-" + strconv.Itoa(p.t.LastN))}, nil
}

func assignThread(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openThread(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	n, err := strconv.Atoi(r.Value("item"))
	if err != nil {
		n = 0
	}
	if p.t, err = message.Assign(ctx, r.Tx, r.By, p.t, n, account.PersonID(r.Value("to"))); err != nil {
		return p.again(r, err)
	}
	return web.Answer{SeeOther: p.path("")}, nil
}

func moreTime(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openThread(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if _, err = message.MoreTime(ctx, r.Tx, r.By, p.t, p.o); err != nil {
		return p.again(r, err)
	}
	return web.Answer{SeeOther: p.path("")}, nil
}

func closeThread(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openThread(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if _, err = message.Close(ctx, r.Tx, r.By, p.t, p.o); err != nil {
		return p.again(r, err)
	}
	return web.Answer{SeeOther: p.path("")}, nil
}

// threadShelves are those of what is asked for.
var threadShelves = shelving{base: "/messages/{thread}", find: threadShelf, again: threadAgain}

func threadShelf(ctx context.Context, r *web.Request) (shelf, error) {
	t, o, err := message.Get(ctx, r.Tx, r.By, r.PathValue("thread"))
	if err != nil {
		return shelf{}, err
	}
	if t.Kind != message.Request || !r.By.ActsFor(t.OrganizationID) {
		return shelf{}, fault.New(fault.NotFound, "We can't find that message.")
	}
	in, err := message.Folder(ctx, r.Tx, t, o)
	return shelf{in: in, base: "/messages/" + t.Number, page: "/messages/" + t.Number, closed: t.Status != message.Open || len(t.Remaining()) == 0}, err
}

func threadAgain(ctx context.Context, r *web.Request, wrong []ui.FieldError, typed string) (web.Answer, error) {
	p, err := openThread(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.errors = wrong
	for _, w := range wrong {
		p.faults[w.Field], p.typed[w.Field] = words.Join([]words.Text{p.faults[w.Field], w.Text}, ". "), typed
	}
	return p.answer(), nil
}

func (p *threadPage) shelf() shelfView {
	return shelfView{base: p.path(""), page: p.path(""), form: "answers", rules: p.rules, faults: p.faults, typed: p.typed, asked: p.asked, key: p.key, what: func(item string) words.Text { return words.Say("for item %s", item) }, loc: p.loc, now: p.now}
}

// effectWords say what the wait does to the decision, and what follows it.
func (p *threadPage) effectWords() words.Text {
	if !p.o.Status.Pending() {
		if p.o.Status == order.Closed {
			return "The order was closed without a decision, since no answer came in time."
		}
		text := words.Text("The decision was made.")
		if p.o.DecidedAt != nil {
			text = words.Say("The decision was made on %s.", civil.ShortDate(civil.DateIn(*p.o.DecidedAt, p.loc), civil.DateIn(p.now, p.loc)))
		}
		if p.newInfo {
			return words.Say("%s Your answer will be handled as new information (reconsideration).", text)
		}
		return words.Say("%s Your answer will be kept with the order.", text)
	}
	then := words.Text("If we don’t hear from you, we’ll decide with what we have.")
	if p.t.Unanswered == plan.CloseThen {
		then = "If we don’t hear from you, the order will be closed without a decision."
	}
	switch {
	case p.t.ExpiredAt != nil:
		return "The time to reply is over. You can still send your answer while the review goes on."
	case p.t.AnsweredAt != nil:
		return "The review goes on with what you sent. You can send the rest until then."
	case p.t.Effect == deadline.Runs || p.t.Effect == "":
		return words.Say("%s The review clock keeps running.", then)
	}
	return words.Say("%s The review clock stands still until you answer.", then)
}

// sentWords say what sending the answers did.
func (p *threadPage) sentWords() words.Text {
	text := words.Say("Sent %s.", civil.NearWithin(*p.t.AnsweredAt, p.loc, p.now))
	if p.o.Status.Pending() && p.o.DueAt != nil {
		text += " The review clock is running"
		if p.t.Effect != deadline.Runs && p.t.Effect != "" {
			text += " again"
		}
		text += words.Say(": decision by %s.", civil.Deadline(*p.o.DueAt, p.loc, p.now))
	}
	return text
}

// seenBy say who of the other side has read an entry.
func (p *threadPage) seenBy(e message.Entry) words.Text {
	for _, s := range p.seen {
		if s.N >= e.N && s.Side != e.Side && e.Side == p.side {
			who := words.Text("clinical review")
			if s.Side == message.Office {
				who = words.AsIs(s.Name)
			}
			return words.Say("Seen by %s %s", who, civil.NearWithin(s.At, p.loc, p.now))
		}
	}
	return ""
}

// people are the team, each once.
func people(team []account.Teammate) (all []account.Teammate) {
	seen := map[account.PersonID]bool{}
	for _, t := range team {
		if !seen[t.ID] {
			all = append(all, t)
		}
		seen[t.ID] = true
	}
	return all
}
