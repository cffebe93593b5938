package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/member"
	"parley/internal/infra/db"
)

// A counted desk counts what a person does: screens, clicks, and values typed,
// of which a date is one.
type counted struct {
	*desk
	screens        map[string]bool
	clicks, values int
}

func (c *counted) click(what string) {
	c.Helper()
	c.tab.Click(what)
	c.clicks++
	c.screens[c.tab.URL()] = true
}

func (c *counted) value(selector, text string) {
	c.Helper()
	c.tab.Type(selector, text)
	c.values++
}

func (c *counted) day(name, month, day, year string) {
	c.Helper()
	c.date(name, month, day, year)
	c.values++
}

// From Home to the clinical questions, for an office that has sent a request
// before: no more than the best portals take, four screens, nine clicks and
// five typed values.
func TestTheFastPath(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		single, err := member.Save(ctx, tx, account.Program(), member.Member{First: "Otis", Last: "Canarywell", Born: h.world.Member.Born, Sex: "male", Line: "2 Sample Street", City: "Exampleville"})
		if err != nil {
			return err
		}
		_, err = member.Cover(ctx, tx, account.Program(), member.Coverage{MemberID: single.ID, PlanID: h.world.Plan.ID, Line: h.world.Line.Code, Number: "HBR777888999", From: h.world.Member.Born})
		return err
	})
	maria := h.as(t, h.world.Maria, "authenticator")
	if got := maria.post(asked(t, maria)+"/review", url.Values{"attested": {"yes"}}); got.status != 303 {
		t.Fatalf("the request before: %d", got.status)
	}

	h.world.Publish("lumbar-mri")
	c := &counted{desk: h.desk(t, browser.New(t), h.world.Maria), screens: map[string]bool{}}
	c.visit("/")
	c.click("Start a request")
	c.day("service", "12", "1", "2026")
	c.value("#number", "HBR777888999")
	c.day("born", "4", "28", "1986")
	c.click("Continue")
	c.click("Yes, this is the patient")
	c.value("#service", "72148")
	c.value("#diagnosis", "M54.50")
	c.click("label[for=urgency]")
	c.click("Continue")
	c.click("Continue")
	if !strings.Contains(c.tab.URL(), "/clinical/lumbar-mri/") {
		t.Fatalf("the path led to %s", c.tab.URL())
	}
	delete(c.screens, c.tab.URL()) // the first question
	if len(c.screens) > 4 || c.clicks > 9 || c.values > 5 {
		t.Errorf("%d screens, %d clicks, %d typed values", len(c.screens), c.clicks, c.values)
	}
	t.Logf("%d screens, %d clicks, %d typed values", len(c.screens), c.clicks, c.values)
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}
