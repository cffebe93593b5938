package app

import (
	"context"

	"parley/internal/domain/civil"
	"parley/internal/domain/help"
	"parley/internal/domain/training"
	"parley/internal/infra/db"
)

// demoHelp is what the demo's help center says beside the guides.
var demoHelp = []help.Entry{
	{Kind: help.Question, Name: "How long does a decision take?", Text: "Every order says by when it is decided, and by which rule. Urgent requests are decided in hours, others in days.\n\nIf we ask for something, the page says what that does to the time.", Topic: "order", Place: 1},
	{Kind: help.Question, Name: "What can I do after a denial?", Text: "The order compares the ways: a peer-to-peer call, a reconsideration with new information, and an appeal, each with who can ask and until when.", Topic: "order", Place: 2},
	{Kind: help.Question, Name: "Can a nurse practitioner speak in a call?", Text: "Most plans let a colleague of the ordering practitioner speak. Who may stands beside the names when you book.", Topic: "call", Place: 3},
	{Kind: help.Resource, Name: "Centers for Medicare & Medicaid Services", Text: "The federal agency whose rules many plans follow.", Href: "https://www.cms.gov/", Place: 1},
	{Kind: help.Contact, Name: "Help with this site", Text: "Signing in, files that don’t upload, pages that look wrong.", Phone: "(800) 555-0100", Email: "support@um.example", Zone: "America/Chicago", Opens: 7 * 60, Closes: 19 * 60, Place: 1},
}

// addHelp fills the help center, and plans a training session.
func (s *seeder) addHelp(ctx context.Context, tx *db.Tx) error {
	for _, e := range demoHelp {
		e.Shown = true
		if _, err := help.Save(ctx, tx, s.by, e); err != nil {
			return err
		}
	}
	admin := s.people["omar.diallo@um.example"]
	_, err := training.Save(ctx, tx, admin, training.Session{
		Title: "First steps with requests and calls", About: "How to send a request, follow it and book a peer-to-peer call, with time for questions.",
		StartsAt: civil.Start(s.today.AddDays(9), 11*60, demoZone()), Minutes: 60, Zone: "America/Chicago", Seats: 40,
		Joining: training.Joining{Link: "https://meet.example/first-steps", Phone: "(800) 555-0177", Meeting: "551 900 2348", Password: "welcome"},
	})
	return err
}
