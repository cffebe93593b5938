package config

import (
	"cmp"
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

type health = plan.Plan

var planBounds = []bound[health]{
	text(Field{Key: "name", Label: "Name", Section: "What it is"}, func(p *health) *string { return &p.Name }),
	text(Field{Key: "code", Label: "Code", Section: "What it is", Hint: "2 to 20 small letters, digits, hyphens and underscores. Imports know the plan by it; it can’t change later", Fixed: true}, func(p *health) *string { return &p.Code }),
	text(Field{Key: "payer_id", Label: "Payer ID", Section: "What it is", Optional: true}, func(p *health) *string { return &p.PayerID }),
	{Field: Field{Key: "time_zone", Label: "Time zone", Section: "When it does business", Hint: "Business days and due times are counted in it", Input: Choose, Choices: zoneChoices()},
		get: func(p *health) string { return p.TimeZone }, set: func(p *health, s string) error { p.TimeZone = s; return nil }},
	minute(Field{Key: "opens", Label: "Business begins", Section: "When it does business", Hint: "Like 08:00, in the plan’s zone"}, func(p *health) *int { return &p.Opens }),
	minute(Field{Key: "closes", Label: "Business ends", Section: "When it does business", Hint: "24:00 for the end of the day"}, func(p *health) *int { return &p.Closes }),
	text(Field{Key: "phone", Label: "Phone", Section: "How to reach it", Hint: "Offices read it"}, func(p *health) *string { return &p.Phone }),
	text(Field{Key: "hours", Label: "Hours of the phone", Section: "How to reach it", Hint: "As offices read them, with the zone", Optional: true}, func(p *health) *string { return &p.Hours }),
	text(Field{Key: "appeal_address", Label: "Where appeals go by mail", Section: "How to reach it", Input: Lines, Optional: true}, func(p *health) *string { return &p.AppealAddress }),
	text(Field{Key: "appeal_fax", Label: "Where appeals go by fax", Section: "How to reach it", Optional: true}, func(p *health) *string { return &p.AppealFax }),
	text(Field{Key: "address", Label: "Address of its letterhead", Section: "How its letters look", Input: Lines, Optional: true}, func(p *health) *string { return &p.Address }),
	{Field: Field{Key: "color", Label: "Color of its brand", Section: "How its letters look", Hint: "Of a line on its letters, like #1A56A8. Its name is in the same color, darker where that is hard to read", Input: Color, Optional: true, None: "None"},
		get: func(p *health) string { return string(p.Color) }, set: func(p *health, s string) error { p.Color = plan.Color(s).Tidy(); return nil }},
	text(Field{Key: "logo", Label: "Logo", Section: "How its letters look", Input: Picture, Optional: true}, func(p *health) *string { return &p.Logo }),
	text(Field{Key: "eligibility", Label: "Address of its own FHIR system", Section: "Whom it covers", Hint: "Asked whether it covers a patient. Empty: its list of members is all there is", Optional: true}, func(p *health) *string { return &p.Eligibility }),
	text(Field{Key: "member_ids", Label: "How its member IDs look", Hint: "A pattern a line: # for a digit, @ for a letter, * for either, like HBR#########. Who enters a patient by hand is told when the number doesn’t fit", Section: "Whom it covers", Input: Lines, Optional: true, None: "Any"}, func(p *health) *string { return (*string)(&p.MemberIDs) }),
	text(Field{Key: "member_id_examples", Label: "Test IDs", Hint: "Made-up ones, a line each. All have to fit", Section: "Whom it covers", Input: Lines, Optional: true}, func(p *health) *string { return &p.MemberIDExamples }),
	check(Field{Key: "allow_unmatched", Label: "Offices may send requests for patients whom no list has", Section: "Whom it covers"}, func(p *health) *bool { return &p.Unmatched }),
}

func zoneChoices() (all []Choice) {
	for _, z := range civil.Zones {
		all = append(all, Choice{z.Name, z.Label.String()})
	}
	return all
}

var planKind = kind{
	name:   "plan",
	fields: fieldsOf(planBounds),
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		p, err := plan.Get(ctx, tx, plan.ID(id))
		if err != nil {
			return nil, err
		}
		return docOf(planBounds, p), nil
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		p, err := planWith(ctx, tx, id, d)
		if err != nil {
			return nil, err
		}
		f := fault.Fields{}
		checkName(f, p.Name)
		checkCode(f, p.Code)
		f.Check(p.Phone != "", "phone", "Enter at least one phone number")
		all, err := plan.All(ctx, tx)
		for _, other := range all {
			f.Check(other.Code != p.Code || string(other.ID) == id, "code", words.Say("This code is already used by %s", other.Name))
		}
		if _, missing := plan.Logo(ctx, tx, p.Logo); fault.Is(missing, fault.NotFound) {
			f.Check(false, "logo", "Choose the logo’s file again")
		} else if missing != nil {
			return nil, missing
		}
		return docOf(planBounds, p), cmp.Or(err, joined(f, p.Check()))
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		p, err := planWith(ctx, tx, id, d)
		if err == nil {
			_, err = plan.Save(ctx, tx, by, p)
		}
		return err
	},
	reads: func(d Doc) []string {
		all := []string{"Call " + d["name"] + " at " + d["phone"] + "."}
		if d["hours"] != "" {
			all = append(all, d["hours"]+".")
		}
		for _, f := range planBounds {
			if f.Key == "opens" {
				all = append(all, "Notice before a call is counted from "+f.Words(d["opens"])+" to "+f.Words(d["closes"])+", "+zoneWords(d["time_zone"])+" time.")
			}
		}
		if d["appeal_address"] != "" || d["appeal_fax"] != "" {
			all = append(all, "Appeals go to "+cmp.Or(d["appeal_fax"], d["appeal_address"])+".")
		}
		if d["allow_unmatched"] == "yes" {
			all = append(all, "You can send a request for a patient who isn’t in the plan’s list.")
		}
		return all
	},
}

func zoneWords(name string) string {
	if z, ok := civil.ChoiceFor(name); ok {
		return z.Label.String()
	}
	return name
}

// planWith is a plan as a document says.
func planWith(ctx context.Context, tx *db.Tx, id string, d Doc) (health, error) {
	p, err := plan.Get(ctx, tx, plan.ID(id))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return p, err
	}
	f := fault.Fields{}
	f.Check(p.ID == "" || p.Code == d["code"], "code", "The code can’t change any more")
	fill(planBounds, &p, d, f)
	p.ID = plan.ID(id)
	return p, f.Err()
}
