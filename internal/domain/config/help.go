package config

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/help"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

type entry = help.Entry

func codesField(key, label, hint string, at func(*entry) *[]string) bound[entry] {
	return bound[entry]{Field{Key: key, Label: label, Hint: hint, Input: Line, Optional: true, Section: "Whom it is for", None: "All"},
		func(e *entry) string { return strings.Join(*at(e), ",") },
		func(e *entry, s string) error { *at(e) = help.Codes(s); return nil }}
}

var audience = []bound[entry]{
	codesField("plans", "Plans", "Their codes, with commas. Empty for all", func(e *entry) *[]string { return &e.Plans }),
	codesField("programs", "Programs", "Their codes, with commas. Empty for all", func(e *entry) *[]string { return &e.Programs }),
	number(Field{Key: "place", Label: "Place in the list", Hint: "Lower ones first", Section: "Whom it is for"}, func(e *entry) *int { return &e.Place }),
	check(Field{Key: "shown", Label: "Readers see it", Section: "Whom it is for"}, func(e *entry) *bool { return &e.Shown }),
}

var topicField = text(Field{Key: "topic", Label: "Topic", Hint: "It also stands in the help of the pages about it", Section: "What it says", Input: Choose, Choices: topicChoices(), None: "None in particular"},
	func(e *entry) *string { return &e.Topic })

func topicChoices() []Choice {
	all := []Choice{{"", "None in particular"}}
	for _, t := range help.Topics {
		all = append(all, Choice{t.Key, t.Name.String()})
	}
	return all
}

var questionBounds = append([]bound[entry]{
	text(Field{Key: "name", Label: "Question", Section: "What it says"}, func(e *entry) *string { return &e.Name }),
	text(Field{Key: "text", Label: "Answer", Section: "What it says", Input: Lines}, func(e *entry) *string { return &e.Text }),
	topicField,
}, audience...)

var resourceBounds = append([]bound[entry]{
	text(Field{Key: "name", Label: "Title", Section: "What it says"}, func(e *entry) *string { return &e.Name }),
	text(Field{Key: "text", Label: "What it is", Section: "What it says", Input: Lines, Optional: true}, func(e *entry) *string { return &e.Text }),
	text(Field{Key: "href", Label: "Address", Hint: "It begins with https://, or with / for a page of this service", Section: "What it says"}, func(e *entry) *string { return &e.Href }),
	topicField,
}, audience...)

var contactBounds = append([]bound[entry]{
	text(Field{Key: "name", Label: "Who is reached", Section: "What it says"}, func(e *entry) *string { return &e.Name }),
	text(Field{Key: "text", Label: "What for", Section: "What it says", Input: Lines, Optional: true}, func(e *entry) *string { return &e.Text }),
	text(Field{Key: "phone", Label: "Phone", Section: "How to reach them", Optional: true}, func(e *entry) *string { return &e.Phone }),
	text(Field{Key: "fax", Label: "Fax", Section: "How to reach them", Optional: true}, func(e *entry) *string { return &e.Fax }),
	text(Field{Key: "email", Label: "Email", Section: "How to reach them", Optional: true}, func(e *entry) *string { return &e.Email }),
	text(Field{Key: "zone", Label: "Time zone of the hours", Section: "When they are there", Input: Choose, Choices: zoneChoices()}, func(e *entry) *string { return &e.Zone }),
	minute(Field{Key: "opens", Label: "Opens", Hint: "On business days, like 08:00; 00:00 to 00:00 where no hours are kept", Section: "When they are there"}, func(e *entry) *int { return &e.Opens }),
	minute(Field{Key: "closes", Label: "Closes", Hint: "24:00 for the end of the day", Section: "When they are there"}, func(e *entry) *int { return &e.Closes }),
}, audience...)

var (
	questionKind = helpKind(help.Question, questionBounds, func(d Doc) []string { return []string{d["name"], d["text"]} })
	resourceKind = helpKind(help.Resource, resourceBounds, func(d Doc) []string { return []string{d["name"] + ": " + d["href"]} })
	contactKind  = helpKind(help.Contact, contactBounds, func(d Doc) []string {
		all := []string{d["name"] + "."}
		for _, way := range [][2]string{{"phone", "Call "}, {"fax", "Fax "}, {"email", "Write to "}} {
			if d[way[0]] != "" {
				all = append(all, way[1]+d[way[0]]+".")
			}
		}
		return all
	})
)

// helpKind is a kind of entry of the help center as something that is set.
func helpKind(of help.Kind, bounds []bound[entry], reads func(Doc) []string) kind {
	with := func(ctx context.Context, tx *db.Tx, id string, d Doc) (entry, error) {
		e, err := help.Get(ctx, tx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return e, err
		}
		f := fault.Fields{}
		fill(bounds, &e, d, f)
		e.ID, e.Kind = id, of
		return e, f.Err()
	}
	return kind{
		name:   string(of),
		fields: fieldsOf(bounds),
		read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
			e, err := help.Get(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			if e.Kind != of {
				return nil, fault.New(fault.NotFound, "We can't find that.")
			}
			return docOf(bounds, e), nil
		},
		check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
			e, err := with(ctx, tx, id, d)
			if err != nil {
				return nil, err
			}
			return docOf(bounds, e), help.Fits(ctx, tx, e)
		},
		write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
			e, err := with(ctx, tx, id, d)
			if err == nil {
				_, err = help.Save(ctx, tx, by, e)
			}
			return err
		},
		reads: reads,
	}
}
