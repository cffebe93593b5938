package worklist_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/internal/domain/account"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/provider"
	"parley/internal/domain/request"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/scene"
)

// An office where rights are given and taken at random, and a naive model of
// who may read which of its orders and questions.
type rights struct {
	*scene.World
	t         *testing.T
	d         *db.DB
	admin     account.Actor
	people    []account.Actor
	locations []provider.Location
	orders    []written
	questions []asked
	drafts    []begun
	sees      string
	posts     map[account.PersonID]account.Post
}

// written is an order, who entered it and whose it is now.
type written struct {
	order.Order
	entered, by account.PersonID
}

// asked is a question about no order.
type asked struct {
	message.Thread
	by account.PersonID
}

// begun is a draft, who began it and whose it is now.
type begun struct {
	number, place string
	began, by     account.PersonID
}

// begin has everybody be office staff again, with what they entered.
func (r *rights) begin(t *rapid.T) {
	r.sees = "all"
	err := r.d.Update(context.Background(), func(tx *db.Tx) error {
		ctx := context.Background()
		if _, err := tx.Exec(ctx, `update person set disabled_at = null`); err != nil {
			return err
		}
		for _, p := range r.people {
			r.posts[p.ID] = account.Post{Roles: []account.Role{account.OfficeStaff}}
			if _, err := tx.Exec(ctx, `delete from membership where person_id = $1`, string(p.ID)); err != nil {
				return err
			}
			if err := account.AddSeat(ctx, tx, account.Program(), p.ID, account.Seat{OrganizationID: r.Office.ID, Role: account.OfficeStaff}); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `update orders set held_by = ''`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update message_thread set assigned_to = '', assigned_name = ''`); err != nil {
			return err
		}
		for i, one := range r.drafts {
			r.drafts[i].by = one.began
			if _, err := tx.Exec(ctx, `update request set created_by = $1 where number = $2`, string(one.began), one.number); err != nil {
				return err
			}
		}
		return account.SetSees(ctx, tx, r.admin, r.Office.ID, r.sees)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.orders {
		r.orders[i].by = r.orders[i].entered
	}
	for i := range r.questions {
		r.questions[i].by = r.questions[i].CreatedBy
	}
}

func newRights(t *testing.T, d *db.DB) *rights {
	r := &rights{World: scene.New(t, d, 0), t: t, d: d, sees: "all", posts: map[account.PersonID]account.Post{}}
	r.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if r.admin, err = r.Person(ctx, tx, "Dana", "Cole", r.Office.ID, account.OrgAdmin); err != nil {
			return err
		}
		south, err := provider.SaveLocation(ctx, tx, account.Program(), provider.Location{OrganizationID: r.Office.ID, Name: "South", State: "TX", TimeZone: "America/Chicago"})
		r.locations = []provider.Location{r.North, south}
		return err
	})
	staff := account.Post{Roles: []account.Role{account.OfficeStaff}}
	r.people, r.posts[r.Maria.ID] = []account.Actor{r.Maria}, staff
	for i := range 3 {
		r.Do(func(ctx context.Context, tx *db.Tx) error {
			a, err := r.Person(ctx, tx, "Person", fmt.Sprintf("Number%d", i), r.Office.ID, account.OfficeStaff)
			r.people, r.posts[a.ID] = append(r.people, a), staff
			return err
		})
	}
	for i := range 12 {
		r.write(r.people[i%len(r.people)], r.locations[i/2%2])
	}
	for i := range 4 {
		r.ask(r.people[i], r.locations[i%2])
		r.draft(r.people[i], []string{"", r.North.ID}[i%2])
	}
	return r
}

func (r *rights) write(by account.Actor, at provider.Location) {
	o := r.Order()
	r.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update orders set created_by = $1, location_id = $2, practitioner_id = null where id = $3`, string(by.ID), at.ID, string(o.ID))
		return err
	})
	o.LocationID, o.PractitionerID = at.ID, ""
	if len(r.orders)%3 == 0 {
		r.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update orders set practitioner_id = $1 where id = $2`, r.Doctor.ID, string(o.ID))
			return err
		})
		o.PractitionerID = r.Doctor.ID
	}
	r.orders = append(r.orders, written{o, by.ID, by.ID})
}

func (r *rights) ask(by account.Actor, at provider.Location) {
	r.Do(func(ctx context.Context, tx *db.Tx) error {
		q, err := message.Begin(ctx, tx, by, order.Order{LocationID: at.ID}, message.Start{Topic: message.Topics[0].ID, Text: "When?"})
		r.questions = append(r.questions, asked{q, by.ID})
		return err
	})
}

func (r *rights) draft(by account.Actor, place string) {
	r.Do(func(ctx context.Context, tx *db.Tx) error {
		q, err := request.Begin(ctx, tx, by)
		if err != nil {
			return err
		}
		r.drafts = append(r.drafts, begun{q.Number, place, by.ID, by.ID})
		_, err = tx.Exec(ctx, `update request set location_id = $1 where number = $2`, place, q.Number)
		return err
	})
}

// mayGoOn is the model of drafts: as with orders, but where people see by
// location, one without a place yet is its author's alone, and everybody's own
// is theirs wherever it is. Who can't send requests has none.
func (r *rights) mayGoOn(by account.Actor, d begun) bool {
	p, here := r.posts[by.ID]
	if !here || !by.Can(account.SendRequests) {
		return false
	}
	if r.sees == "location" && len(p.Locations) > 0 && (d.place == "" || d.by == by.ID) {
		return d.by == by.ID
	}
	return r.may(by.ID, d.by, d.place, "")
}

// compareDrafts has somebody open every draft, and list them.
func (r *rights) compareDrafts(ctx context.Context, tx *db.Tx, t *rapid.T, by account.Actor) error {
	var want, listed []string
	for _, d := range r.drafts {
		_, err := request.Get(ctx, tx, by, d.number)
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Denied) {
			return err
		}
		if got, may := err == nil, r.mayGoOn(by, d); got != may {
			t.Errorf("%s opens a draft: %t, want %t, sees %s, %+v, %+v", by.Name, got, may, r.sees, r.posts[by.ID], d)
		}
		if r.mayGoOn(by, d) {
			want = append(want, d.number)
		}
	}
	if !by.Can(account.SendRequests) {
		return nil
	}
	all, err := request.Drafts(ctx, tx, by, false)
	for _, d := range all {
		listed = append(listed, d.Number)
	}
	slices.Sort(want)
	slices.Sort(listed)
	if err == nil && !slices.Equal(listed, want) {
		t.Errorf("%s has drafts %v in the list, want %v: sees %s, %+v", by.Name, listed, want, r.sees, r.posts[by.ID])
	}
	return err
}

// may is the model: what somebody reads of a thing with this author, place and
// practitioner.
func (r *rights) may(who account.PersonID, by account.PersonID, place, practitioner string) bool {
	p, here := r.posts[who]
	switch {
	case !here:
		return false
	case r.sees == "own":
		return by == who || practitioner != "" && practitioner == p.PractitionerID
	case r.sees == "location" && len(p.Locations) > 0:
		return place == "" || slices.Contains(p.Locations, place)
	}
	return true
}

// compare has everybody read everything, one by one and in lists.
func (r *rights) compare(t *rapid.T) {
	for _, who := range append(slices.Clone(r.people), r.Stranger) {
		var by account.Actor
		var orders, want, questions, wantQuestions []string
		err := r.d.Update(context.Background(), func(tx *db.Tx) (err error) {
			orders, want, questions, wantQuestions = nil, nil, nil, nil
			ctx := context.Background()
			by, err = account.Act(ctx, tx, who.ID)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			by.Verified = true
			for _, o := range r.orders {
				_, err := order.Get(ctx, tx, by, o.Number)
				if err != nil && !fault.Is(err, fault.NotFound) {
					return err
				}
				if got, may := err == nil, r.may(who.ID, o.by, o.LocationID, o.PractitionerID); got != may {
					t.Errorf("%s reads %s: %t, want %t, sees %s, %+v", who.Name, o.Number, got, may, r.sees, r.posts[who.ID])
				}
				if r.may(who.ID, o.by, o.LocationID, o.PractitionerID) {
					want = append(want, o.Number)
				}
			}
			for _, q := range r.questions {
				_, _, err := message.Get(ctx, tx, by, q.Number)
				if err != nil && !fault.Is(err, fault.NotFound) {
					return err
				}
				if got, may := err == nil, r.may(who.ID, q.by, q.LocationID, ""); got != may {
					t.Errorf("%s reads the question of %s: %t, want %t", who.Name, q.CreatedName, got, may)
				}
				if r.may(who.ID, q.by, q.LocationID, "") {
					wantQuestions = append(wantQuestions, q.Number)
				}
			}
			if err := r.compareDrafts(ctx, tx, t, by); err != nil {
				return err
			}
			if !by.Can(account.ReadOrders) {
				return nil
			}
			page, err := worklist.List(ctx, tx, by, worklist.Query{Size: 100})
			if err != nil {
				return err
			}
			for _, l := range page.Lines {
				orders = append(orders, l.Number)
			}
			threads, err := message.List(ctx, tx, by, message.Query{View: message.All})
			for _, l := range threads.Threads {
				questions = append(questions, l.Number)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, all := range [][]string{orders, want, questions, wantQuestions} {
			slices.Sort(all)
		}
		if !slices.Equal(orders, want) {
			t.Errorf("%s has %d orders in the list, want %d: sees %s, %+v", who.Name, len(orders), len(want), r.sees, r.posts[who.ID])
		}
		if !slices.Equal(questions, wantQuestions) {
			t.Errorf("%s has %d questions in the list, want %d: sees %s, %+v", who.Name, len(questions), len(wantQuestions), r.sees, r.posts[who.ID])
		}
	}
}

// change grants or revokes something.
func (r *rights) change(t *rapid.T) {
	here := func() (all []account.Actor) {
		for _, p := range r.people {
			if _, ok := r.posts[p.ID]; ok {
				all = append(all, p)
			}
		}
		return all
	}()
	who := rapid.SampledFrom(here).Draw(t, "who")
	what := rapid.SampledFrom([]string{"sees", "post", "post", "leave"}).Draw(t, "what")
	if what == "leave" && len(here) < 3 {
		what = "post"
	}
	err := r.d.Update(context.Background(), func(tx *db.Tx) error {
		ctx := context.Background()
		switch what {
		case "sees":
			r.sees = rapid.SampledFrom(account.Sights).Draw(t, "sees")
			return account.SetSees(ctx, tx, r.admin, r.Office.ID, r.sees)
		case "post":
			p := account.Post{Roles: []account.Role{account.OfficeStaff}}
			if rapid.Bool().Draw(t, "clinician") {
				p.Roles, p.PractitionerID = []account.Role{account.Clinician}, rapid.SampledFrom([]string{"", r.Doctor.ID}).Draw(t, "practitioner")
			}
			for _, l := range r.locations {
				if rapid.Bool().Draw(t, l.Name) {
					p.Locations = append(p.Locations, l.ID)
				}
			}
			r.posts[who.ID] = p
			return provider.SetPost(ctx, tx, r.admin, r.Office.ID, who.ID, p)
		}
		to := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(here), func(a account.Actor) bool { return a.ID == who.ID })).Draw(t, "to")
		delete(r.posts, who.ID)
		for i := range r.orders {
			if r.orders[i].by == who.ID {
				r.orders[i].by = to.ID
			}
		}
		for i := range r.drafts {
			if r.drafts[i].by == who.ID {
				r.drafts[i].by = to.ID
			}
		}
		for i := range r.questions {
			if r.questions[i].by == who.ID {
				r.questions[i].by = to.ID
			}
		}
		return account.Leave(ctx, tx, r.admin, r.Office.ID, who.ID, to.ID)
	})
	if err != nil {
		t.Fatal(err)
	}
	runner := job.NewRunner(r.d, nil)
	job.React(runner, request.FollowLeft, order.FollowLeft, message.FollowLeft)
	job.React(runner, func(context.Context, *db.Tx, message.Said) error { return nil })
	if _, err := runner.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Whatever is given and taken, each person reads exactly what the naive model
// says, one by one and in lists; a stranger reads nothing.
func TestPeopleReadWhatTheirOrganizationDecides(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRights(t, d)
		rapid.Check(t, func(rt *rapid.T) {
			r.begin(rt)
			r.compare(rt)
			for range rapid.IntRange(1, 6).Draw(rt, "changes") {
				r.change(rt)
				r.compare(rt)
			}
		})
	})
}
