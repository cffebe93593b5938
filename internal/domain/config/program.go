package config

import (
	"cmp"
	"context"
	"regexp"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

type program = plan.Program

var programBounds = []bound[program]{
	text(Field{Key: "name", Label: "Name", Section: "What it is"}, func(p *program) *string { return &p.Name }),
	text(Field{Key: "code", Label: "Code", Section: "What it is", Hint: "2 to 20 small letters, digits, hyphens and underscores. It can’t change later", Fixed: true}, func(p *program) *string { return &p.Code }),
	text(Field{Key: "description", Label: "Short description", Section: "What it is", Hint: "Offices read it", Optional: true}, func(p *program) *string { return &p.Description }),
	text(Field{Key: "specialty", Label: "Specialty of the physicians who order", Section: "What it is", Optional: true}, func(p *program) *string { return &p.Specialty }),

	check(Field{Key: "by_hand", Label: "A person decides every request, also what meets the criteria", Section: "Requests"}, func(p *program) *bool { return &p.Intake.ByHand }),
	text(Field{Key: "criteria", Label: "Offices see which criteria their answers meet", Section: "Requests", Input: Choose, Choices: []Choice{{"always", "While they answer"}, {"after_sending", "After sending"}, {"never", "Never"}}},
		func(p *program) *string { return (*string)(&p.Intake.Criteria) }),
	check(Field{Key: "signature", Label: "The ordering practitioner signs before a request is sent", Section: "Requests"}, func(p *program) *bool { return &p.Intake.Signature }),
	check(Field{Key: "one_at_a_time", Label: "One person at a time works on a page of a request", Section: "Requests"}, func(p *program) *bool { return &p.Intake.OneAtATime }),
	number(Field{Key: "file_mb", Label: "Largest file", Unit: "MB", Section: "Requests"}, func(p *program) *int { return &p.Files.MB }),
	number(Field{Key: "most_files", Label: "Most files with a request", Section: "Requests"}, func(p *program) *int { return &p.Files.Most }),
	number(Field{Key: "most_pages", Label: "Most pages in a file", Section: "Requests"}, func(p *program) *int { return &p.Files.Pages }),
	{Field: Field{Key: "file_types", None: "All", Label: "Types of file", Hint: "Of pdf, docx, jpg, png and tiff, with commas. Empty for all", Input: Line, Optional: true, Section: "Requests"},
		get: func(p *program) string { return strings.Join(p.Files.Chosen(), ",") },
		set: func(p *program, s string) error {
			var types []string
			for t := range strings.SplitSeq(s, ",") {
				if t = strings.TrimSpace(t); t != "" {
					types = append(types, t)
				}
			}
			p.Files = plan.NewFileRules(p.Files.MB, p.Files.Most, p.Files.Pages, types)
			return nil
		}},
	text(Field{Key: "fax", Label: "Fax number for pages with their cover sheet", Section: "Requests", Optional: true}, func(p *program) *string { return &p.Fax }),

	choice(Field{Key: "slot_minutes", Label: "Length of a call", Section: "Peer-to-peer calls", Choices: []Choice{{"15", "15 minutes"}, {"30", "30 minutes"}, {"60", "60 minutes"}}}, func(p *program) *int { return &p.SlotMinutes }),
	text(Field{Key: "confirm", Label: "A call is confirmed", Section: "Peer-to-peer calls", Input: Choose, Choices: []Choice{{"instant", "At once"}, {"staff", "By our staff"}}}, func(p *program) *string { return &p.Confirm }),
	number(Field{Key: "look_ahead_days", Label: "Times are offered for the next", Unit: "business days", Section: "Peer-to-peer calls"}, func(p *program) *int { return &p.LookAheadDays }),
	number(Field{Key: "hold_minutes", Label: "A chosen time is held for", Unit: "minutes", Section: "Peer-to-peer calls"}, func(p *program) *int { return &p.HoldMinutes }),
	number(Field{Key: "notice_minutes", Label: "Notice before a call", Unit: "minutes of business time", Section: "Peer-to-peer calls"}, func(p *program) *int { return &p.NoticeMinutes }),
	number(Field{Key: "urgent_notice_minutes", None: "The same", Label: "Notice for urgent orders", Unit: "minutes", Hint: "0 for the same", Section: "Peer-to-peer calls"}, func(p *program) *int { return &p.UrgentNotice }),
	number(Field{Key: "most_orders", Label: "Most orders in a call", Section: "Peer-to-peer calls"}, func(p *program) *int { return &p.MostOrders }),
	number(Field{Key: "attempts_needed", Label: "Attempts before an office counts as not reached", Section: "Peer-to-peer calls"}, func(p *program) *int { return &p.AttemptsNeeded }),
	number(Field{Key: "attempts_apart", Label: "Between attempts", Unit: "minutes", Section: "Peer-to-peer calls"}, func(p *program) *int { return &p.AttemptsApart }),
	text(Field{Key: "reminders", Label: "Reminders before a call", None: reminderChoices[0].Words, Section: "Peer-to-peer calls", Input: Choose, Choices: reminderChoices}, func(p *program) *string { return &p.Reminders }),
	text(Field{Key: "call_from", Label: "Number we call from", Section: "Peer-to-peer calls", Optional: true}, func(p *program) *string { return &p.CallFrom }),
	text(Field{Key: "distribution", Label: "Email address that hears of every call", Section: "Peer-to-peer calls", Optional: true}, func(p *program) *string { return &p.Distribution }),

	check(Field{Key: "second_signature", Label: "A second physician signs each first denial", Section: "Review"}, func(p *program) *bool { return &p.SecondSignature }),
	check(Field{Key: "ask_reason", Label: "Who opens a case that isn’t theirs says why", Section: "Review"}, func(p *program) *bool { return &p.Reviewing.AskReason }),
	number(Field{Key: "quality_percent", Label: "Decisions that are read again", Unit: "percent", Section: "Review"}, func(p *program) *int { return &p.Reviewing.QualityPercent }),
	check(Field{Key: "more_time", Label: "An office can have more time to answer, once, without asking", Section: "Review"}, func(p *program) *bool { return &p.Reviewing.MoreTime }),
}

var reminderChoices = []Choice{{"", "24 hours, 1 hour and 15 minutes before"}, {"24h,1h", "24 hours and 1 hour before"}, {"24h,15m", "24 hours and 15 minutes before"}, {"1h,15m", "1 hour and 15 minutes before"},
	{"24h", "24 hours before"}, {"1h", "1 hour before"}, {"15m", "15 minutes before"}, {plan.NoReminders, "None"}}

var programKind = kind{
	name:   "program",
	fields: fieldsOf(programBounds),
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		p, err := plan.GetProgram(ctx, tx, plan.ProgramID(id))
		if err != nil {
			return nil, err
		}
		return docOf(programBounds, p), nil
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		p, err := programWith(ctx, tx, id, d)
		if err != nil {
			return nil, err
		}
		f := fault.Fields{}
		checkName(f, p.Name)
		checkCode(f, p.Code)
		f.Check(len([]rune(p.Description)) <= 120, "description", "The description must be 120 characters or less")
		f.Check(p.LookAheadDays >= 1 && p.LookAheadDays <= 60, "look_ahead_days", "Look-ahead must be between 1 and 60 business days")
		f.Check(p.HoldMinutes >= 1 && p.HoldMinutes <= 30, "hold_minutes", "A time can be held for 1 to 30 minutes")
		all, err := plan.Programs(ctx, tx)
		for _, other := range all {
			f.Check(other.Code != p.Code || string(other.ID) == id, "code", words.Say("This code is already used by %s", other.Name))
		}
		return docOf(programBounds, p), cmp.Or(err, joined(f, p.Check()))
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		p, err := programWith(ctx, tx, id, d)
		if err == nil {
			_, err = plan.SaveProgram(ctx, tx, by, p)
		}
		return err
	},
	reads: func(d Doc) []string {
		all := []string{d["description"] + ".", "Calls last " + d["slot_minutes"] + " minutes; times are offered for the next " + d["look_ahead_days"] + " business days, with " + d["notice_minutes"] + " minutes’ notice.",
			map[string]string{"instant": "A call is confirmed at once.", "staff": "Our staff confirm each call."}[d["confirm"]],
			"With a request you can send up to " + d["most_files"] + " files of up to " + d["file_mb"] + " MB each.",
			map[string]string{"always": "You see which criteria your answers meet while you answer.", "after_sending": "You see which criteria your answers meet after sending.", "never": "Criteria are not shown."}[d["criteria"]]}
		if d["description"] == "" {
			all = all[1:]
		}
		if d["signature"] == "yes" {
			all = append(all, "The ordering practitioner signs before a request is sent.")
		}
		if d["fax"] != "" {
			all = append(all, "Pages can be faxed with their cover sheet to "+d["fax"]+".")
		}
		return all
	},
}

// programWith is a program as a document says; what no field names stays.
func programWith(ctx context.Context, tx *db.Tx, id string, d Doc) (program, error) {
	p, err := plan.GetProgram(ctx, tx, plan.ProgramID(id))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return p, err
	}
	f := fault.Fields{}
	f.Check(p.ID == "" || p.Code == d["code"], "code", "The code can’t change any more")
	fill(programBounds, &p, d, f)
	p.ID = plan.ProgramID(id)
	return p, f.Err()
}

var codes = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{1,19}$`)

func checkCode(f fault.Fields, code string) {
	f.Check(codes.MatchString(code), "code", "A code has 2 to 20 small letters, digits, hyphens and underscores")
}

func checkName(f fault.Fields, name string) {
	f.Check(name != "", "name", "Enter a name")
	f.Check(len([]rune(name)) <= 60, "name", "The name must be 60 characters or less")
}

// joined adds to f what another check found.
func joined(f fault.Fields, err error) error {
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	if err != nil {
		for field, words := range fault.Of(err).Fields {
			f.Check(false, field, words)
		}
	}
	return f.Err()
}
