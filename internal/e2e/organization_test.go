package e2e

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
)

var invitationLink = regexp.MustCompile(`/invitation/[A-Za-z0-9_-]+`)

// An administrator sets the organization up without anybody's help: who sees
// what, where it works, who works there and no longer does.
func TestAnAdministratorSetsUpTheOrganization(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			h.world.Lists()
			dana := h.colleague("Dana", "Cole", account.OrgAdmin)
			jess := h.colleague("Jess", "Moreno", account.OfficeStaff)
			q := h.draftOf(t, jess)
			d := h.desk(t, browser.New(t, options...), dana)
			d.visit("/organization")
			d.says("Cedar Orthopedics", "Everybody sees all")
			d.tab.Type("#phone", "555")
			d.tab.Click("Save details")
			d.says("Phone number must be 10 digits")
			d.tab.Type("#phone", "555-555-0147")
			d.tab.Click("Save details")
			d.says("Saved.")
			d.look("organization-" + name)
			d.tab.Click("Own only")
			d.tab.Click("Save who sees what")
			d.says("It counts from now on")

			d.tab.Click("Locations")
			d.tab.Click("Add a location")
			d.tab.Type("#name", "South")
			d.tab.Click("Save location")
			d.says("Enter the street address", "Select a time zone")
			d.look("organization-location-" + name)
			for field, text := range map[string]string{"#line": "20 Sample Street", "#city": "Exampleville", "#state": "TX", "#zip": "00002", "#phone": "555-555-0149", "#fax": "555-555-0148"} {
				d.tab.Type(field, text)
			}
			d.tab.Choose("#tz", "America/Chicago")
			d.tab.Click("Save location")
			d.says("The location is saved", "(555) 555-0148")
			d.look("organization-locations-" + name)
			d.tab.Click("Take out of use South")
			d.says("Not in use")
			d.tab.Click("Use again South")
			d.says("in use again")

			d.tab.Click("People")
			d.says("Jess Moreno", "(you)")
			d.tab.Click("Invite people")
			d.tab.Type("#emails", "sam@cedarortho.example\nkim(at)cedar")
			d.tab.Click("Send invitations")
			d.says("Line 2: Enter an email address")
			d.look("organization-invite-" + name)
			d.tab.Type("#emails", "sam@cedarortho.example, "+h.world.Stranger.Email)
			d.tab.Click("Send invitations")
			d.says("Invitations are on their way", "sam@cedarortho.example")
			d.look("organization-people-" + name)
			h.drain(t)
			for _, m := range h.mail.All() {
				if known := strings.Contains(m.Text, "You have an account here"); known != (m.To.Email == strings.ToLower(h.world.Stranger.Email)) {
					t.Errorf("%s: %s", m.To.Email, m.Text)
				}
			}

			d.visit("/organization")
			d.tab.Click("People")
			d.tab.Click("Jess Moreno")
			d.look("organization-post-" + name)
			d.tab.Click("Deactivate Jess Moreno")
			d.says("They have 1 draft.")
			d.tab.Click("Deactivate")
			d.says("Select a colleague who goes on with it")
			d.look("organization-leave-" + name)
			gone := h.as(t, jess, "authenticator")
			d.tab.Choose("#to", string(h.world.Maria.ID))
			d.tab.Click("Deactivate")
			d.says("They are signed out")
			d.silent("Jess Moreno")
			h.drain(t)
			if a := gone.get("/drafts"); a.status != 303 {
				t.Errorf("Jess reads her drafts: %d", a.status)
			}
			if a := h.as(t, h.world.Maria, "authenticator").get("/requests/" + q); a.status != 200 {
				t.Errorf("Maria opens the draft: %d", a.status)
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// draftOf begins a request as somebody of the office and returns its number.
func (h *house) draftOf(t *testing.T, who account.Actor) string {
	t.Helper()
	path := asked(t, h.as(t, who, "authenticator"))
	return path[strings.LastIndexByte(path, '/')+1:]
}

// Somebody invited makes an account in a browser and goes on to the second
// factor; somebody who has one accepts signed in.
func TestSomebodyInvitedJoins(t *testing.T) {
	h := still(t, 1)
	dana := h.colleague("Dana", "Cole", account.OrgAdmin)
	base := "/organization/" + h.world.Office.ID
	a := h.as(t, dana, "authenticator").post(base+"/people/invite", url.Values{"emails": {"sam@cedarortho.example\n" + h.world.Stranger.Email}, "roles": {string(account.OfficeStaff)}})
	if a.status != 303 {
		t.Fatal(a.status, a.body)
	}
	h.drain(t)
	links := map[string]string{}
	for _, m := range h.mail.All() {
		links[m.To.Email] = invitationLink.FindString(m.Text)
	}
	d := &desk{t, h, browser.New(t)}
	d.visit(links["sam@cedarortho.example"])
	d.says("Join Cedar Orthopedics", "Dana Cole invites sam@cedarortho.example")
	d.tab.Type("#first_name", "Sam")
	d.tab.Type("#password", "short")
	d.tab.Click("Make my account")
	d.says("Enter the last name", "Password must be 12 characters or more")
	d.look("invitation")
	d.tab.Type("#last_name", "Lee")
	d.tab.Type("#password", "a quiet walk before the rain")
	d.tab.Click("Make my account")
	d.says("Set up your authenticator app")
	d.visit(links["sam@cedarortho.example"])
	d.says("This link doesn't work any more")

	link := links[strings.ToLower(h.world.Stranger.Email)]
	if a := (reader{t: t, h: h}).get(link); !strings.Contains(a.body, "Sign in and accept") {
		t.Error(a.body)
	}
	other := h.desk(t, browser.New(t), dana)
	other.visit(link)
	other.says("You are signed in with another address")
	nina := h.desk(t, browser.New(t), h.world.Stranger)
	nina.visit(link)
	nina.tab.Click("Accept the invitation")
	nina.visit("/orders")
	if a := h.as(t, h.world.Stranger, "authenticator").get(link); a.status != 404 {
		t.Errorf("the link again: %d", a.status)
	}
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// What belongs to another organization isn't there for an administrator.
func TestAdministratorsKeepToTheirOrganization(t *testing.T) {
	h := still(t, 1)
	dana := h.colleague("Dana", "Cole", account.OrgAdmin)
	r, other := h.as(t, dana, "authenticator"), "/organization/"+h.world.Other.ID
	mine := "/organization/" + h.world.Office.ID
	stranger := string(h.world.Stranger.ID)
	for _, path := range []string{other, other + "/locations", other + "/people", other + "/people/" + stranger, mine + "/people/" + stranger, mine + "/people/" + stranger + "/leave", mine + "/locations/loc_1"} {
		if a := r.get(path); a.status != 404 {
			t.Errorf("GET %s: %d", path, a.status)
		}
	}
	for path, form := range map[string]url.Values{
		other: {"name": {"Mine"}, "phone": {"5555550147"}}, other + "/sees": {"sees": {"all"}},
		mine + "/people/" + stranger:            {"roles": {string(account.OrgAdmin)}},
		mine + "/people/" + stranger + "/leave": {"to": {string(dana.ID)}},
		other + "/people/invite":                {"emails": {"x@a.example"}, "roles": {string(account.OfficeStaff)}},
	} {
		if a := r.post(path, form); a.status != 404 {
			t.Errorf("POST %s: %d", path, a.status)
		}
	}
	if a := h.as(t, h.world.Maria, "authenticator").get(mine); a.status != 403 {
		t.Errorf("office staff: %d", a.status)
	}
}
