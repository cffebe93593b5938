package app

import (
	"context"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/letter"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// fullSetup has something in every field that a file can't do without, and
// what is easily lost: narrow waves, stopped ones, hours of another zone,
// people and organizations that aren't there yet.
const fullSetup = `{
	"plans": [{"code": "bay", "name": "Bay Health", "payer_id": "B1", "color": "#F2A900", "logo": "iVBORw0KGgoAAAANSUhEUgAAACAAAAAQCAIAAAD4YuoOAAAAI0lEQVR4nGL5tJKBpoCJtsaPWjBqwagFoxaMWkAdAAgAAP//M0IBviBx4nAAAAAASUVORK5CYII=", "member_ids": ["BAY######", "@#####"], "member_id_examples": ["BAY123456", "B12345"], "time_zone": "America/Chicago", "opens": "00:00", "closes": "24:00", "allow_unmatched": true, "address": "1 Bay St\nBay, IL", "federal_holidays": true, "holidays": {"2020-02-03": "Founding day", "last Friday of August": {"name": "Summer day", "name_es": "Día de verano", "applies_to": "calls", "closed": "12:00-24:00"}},
		"lines": [{"code": "medicaid", "name": "Medicaid", "decision_days": 5, "urgent_hours": 48, "call_effect": "discussion", "call_window_days": 14, "call_window_in": "calendar", "rule_packs": ["erisa", "illinois"], "unanswered": "decide"},
			{"code": "commercial", "name": "Commercial", "decision_days": 7, "urgent_hours": 72, "call_effect": "change", "call_window_days": 14, "call_window_in": "business", "calls_per_decision": 1, "peers": "MD,DO", "call_reviewer": "not_decider"}]},
		{"code": "an", "name": "Anchor", "time_zone": "America/New_York"}],
	"programs": [{"code": "imaging", "name": "Imaging <&>", "reminders": "24h,15m", "slot_minutes": 30, "confirm": "instant", "look_ahead_days": 10, "hold_minutes": 10, "notice_minutes": 120, "file_types": ["pdf", "png"], "fax": "(800) 555-0111", "second_signature": true, "by_hand": true, "criteria": "never", "quality_percent": 5, "message_types": ["x"]}],
	"delegations": [{"plan": "bay", "line": "commercial", "program": "imaging", "function": "p2p", "by": "us", "from": "2026-01-01", "to": "2026-12-31"}, {"plan": "bay", "line": "commercial", "function": "um", "by": "plan", "from": "2026-01-01"}, {"plan": "bay", "line": "commercial", "function": "um", "by": "us", "from": "2026-02-01"}],
	"rollouts": [{"feature": "p2p_booking", "plan": "bay", "program": "imaging", "stage": "pilot", "from": "2026-01-01", "state": "IL", "organizations": ["Oak", "Elm Orthopedics"], "stopped_at": "2026-02-01T10:00:00.123456Z", "stopped_why": "Calls were lost.", "fallback": "It is off. Call (800) 555-0100."},
		{"feature": "p2p_booking", "plan": "bay", "program": "imaging", "line": "medicaid", "stage": "announced", "from": "2026-01-01", "to": "2026-03-31", "notice": "It comes."},
		{"feature": "messages", "plan": "bay", "program": "imaging", "stage": "ending", "from": "2026-01-01", "to": "2026-09-30", "was_to": "2026-06-30"}],
	"procedures": [{"program": "imaging", "plan": "bay", "line": "commercial", "system": "CPT", "code": "72148", "from": "2026-01-01", "to": "2027-01-01", "needed": true, "wording": "MRI", "also": "spine", "sides": true, "most_units": 3, "unit": "visits"}, {"program": "imaging", "system": "HCPCS", "code": "A9999", "from": "2026-01-01", "wording": "Other"}],
	"match_rules": [{"state": "TX", "line": "commercial", "code": "tx_match", "from": "2026-01-01", "needs_tier": 1, "citation": "28 TAC", "sentence": "Texas asks.", "statement": "Yes."},
		{"state": "OH", "code": "consent", "from": "2026-01-01", "to": "2026-12-31", "citation": "R.C. 3923.041", "sentence": "Ohio asks.", "statement": "The member consents.", "off": true}],
	"organizations": [{"name": "Oak", "kind": "site", "tin": "12-3456789", "phone": "(800) 555-0101"}, {"name": "Elm Orthopedics", "kind": "office", "npi": "1234567893", "sees": "all", "mailed_codes": true, "own_keys": true}],
	"cutovers": [{"plan": "bay", "line": "medicaid", "day": "2026-06-01", "old_name": "CareOld", "old_url": "https://old.example"}, {"plan": "bay", "day": "2026-05-01", "old_name": "CareOld"}],
	"tests": [{"about": "rule", "state": "TX", "line": "commercial", "code": "tx_match", "from": "2026-01-01", "given": {"line": "commercial", "day": "2026-02-03", "reviewer": "2"}, "expected": "stated", "why": "The law."},
		{"about": "calendar", "plan": "bay", "given": {"day": "2026-02-03", "counts": "calls"}, "expected": "open"}, {"about": "program", "program": "imaging", "given": {"type": "docx", "mb": "1", "pages": "1"}, "expected": "refused", "why": "Agreed."},
		{"about": "line", "plan": "bay", "line": "commercial", "given": {"received": "2026-11-24T10:00", "kind": "urgent", "state": ""}, "expected": "2026-11-27T10:00"}, {"about": "delegation", "plan": "bay", "given": {"line": "commercial", "function": "um", "program": "imaging", "day": "2026-02-01"}, "expected": "us"}, {"about": "plan", "plan": "bay", "given": {"at": "2026-11-26T10:00"}, "expected": "closed"}],
	"help": [{"kind": "question", "name": "Why?", "text": "Because.\n\nSo.", "plans": ["bay", "an"], "topic": "order", "place": 3}, {"kind": "contact", "name": "Intake", "phone": "(800) 555-0150", "programs": ["imaging"], "time_zone": "America/Denver", "opens": "08:00", "closes": "24:00", "hidden": true}, {"kind": "resource", "name": "Rules", "href": "https://www.cms.gov/"}],
	"letter_templates": [{"id": "bay-withdrawn", "version": "2026.4", "kind": "withdrawn", "audience": "provider", "language": "en", "plan": "bay", "line": "medicaid", "state": "IL", "from": "2026-02-01", "off": true, "text": ["# Withdrawn", "", "  {{.Order}} was taken back. "]},
		{"id": "withdrawn-provider-en", "version": "2026.9", "kind": "withdrawn", "audience": "provider", "language": "en", "from": "2099-01-01", "text": ["# Gone", "", "{{.Order}} was taken back."]}],
	"words": [{"says": "Denied", "en": "Not approved", "es": "No aprobada"}, {"says": "May", "context": "short month", "es": "my"}],
	"service": {"name": "Cedar Health", "former": [{"name": "Cedar Portal", "last_day": "2027-03-31"}]},
	"reviewers": [{"email": "kim.sato@um.example", "first_name": "Kim", "last_name": "Sato", "credential": "MD", "npi": "1234567893", "specialty": "Radiology", "time_zone": "America/Chicago", "physician": true, "daily_calls": 6, "weekly_calls": 20, "gap_minutes": 10, "weight": 2, "programs": ["imaging"],
		"plans": ["bay"], "lines": ["medicaid", "commercial"], "languages": ["Spanish", "Polish"], "licenses": [{"state": "WI", "number": "2", "expires": "2030-01-01"}, {"state": "TX", "number": "M1", "expires": "2030-01-01"}],
		"hours": [{"day": "Monday", "from": "13:00", "to": "16:00", "first_day": "2026-01-05"}, {"day": "Monday", "from": "09:00", "to": "12:00", "first_day": "2026-01-05", "last_day": "2026-06-01", "time_zone": "America/Denver"}]},
		{"email": "al@um.example", "first_name": "Al", "last_name": "Ng", "inactive": true, "specialty": "Radiology", "time_zone": "America/Chicago"}]
}`

func exported(t *testing.T, d *db.DB) (text string) {
	t.Helper()
	if err := d.Update(context.Background(), func(tx *db.Tx) error {
		b, err := Export(context.Background(), tx, account.Program())
		text = string(b)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return text
}

// What is exported, imported into an empty database, is exported again to the
// byte, also from one database to the other; imported where it came from it
// changes nothing.
func TestAnExportComesBackToTheByte(t *testing.T) {
	apply := func(d *db.DB, text string) {
		t.Helper()
		s, err := ReadSetup([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := (&App{DB: d}).Configure(context.Background(), s); err != nil {
			t.Fatal(err)
		}
	}
	first := dbtest.SQLite(t)
	apply(first, fullSetup)
	text := exported(t, first)
	for _, part := range []string{"Imaging <&>", "America/Denver", "2026-02-01T10:00:00.123456Z", "Calls were lost.", "CareOld", "Because.", "No aprobada", "short month", "Cedar Portal", "2027-03-31", "America/Denver", "https://www.cms.gov/", `"hidden": true`, "4th Thursday of November", "Día de Acción de Gracias", `"2020-02-03": "Founding day"`, `"closed": "12:00-24:00"`, `"criteria": "never"`, `"inactive": true`, `"off": true`, "  {{.Order}} was taken back.", "2099-01-01", "Ohio asks.", `"about": "rule"`} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is lost", part)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		apply(d, text)
		if again := exported(t, d); again != text {
			t.Errorf("other bytes: %s", again)
		}
		before := len(auditRows(t, d))
		apply(d, text)
		for _, e := range auditRows(t, d)[:len(auditRows(t, d))-before] {
			if !strings.HasPrefix(e.Action, "hours.") { // a file's hours replace those there are
				t.Errorf("a second import left %s", e.Action)
			}
		}
		if again := exported(t, d); again != text {
			t.Error("other bytes after a second import")
		}
	})
}

func TestWhoMayExport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := Export(ctx, tx, account.Actor{ID: "per_o", Seats: []account.Seat{{Role: account.OrgAdmin}}})
			return err
		})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("an office: %v", err)
		}
		err = d.Update(ctx, func(tx *db.Tx) error {
			for range 2 {
				if _, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "office", Name: "Elm"}); err != nil {
					return err
				}
			}
			_, err := Export(ctx, tx, account.Program())
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "can't tell them apart") {
			t.Errorf("two of one name: %v", err)
		}
	})
}

// What a file says of a letter holds after it is imported, though meanwhile
// other words were published under its version.
func TestASetupBringsALetterBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		set := func(version, text string) {
			t.Helper()
			s, err := ReadSetup([]byte(`{"letter_templates": [{"id": "withdrawn-provider-en", "version": "` + version + `", "kind": "withdrawn", "audience": "provider", "language": "en", "from": "2026-02-01", "text": ["` + text + `"]}]}`))
			if err != nil {
				t.Fatal(err)
			}
			if err := (&App{DB: d}).Configure(ctx, s); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct{ version, text, want string }{
			{"2026.2", "One.", "2026.2"}, {"2026.3", "Two.", "2026.3"}, {"2026.2", "One.", "2026.4"}, {"2026.2", "One.", "2026.4"}, {"2026.4", "Three.", "2026.5"},
		} {
			set(c.version, c.text)
			if err := d.View(ctx, func(tx *db.Tx) error {
				now, err := letter.Current(ctx, tx, "withdrawn-provider-en")
				if err == nil && (now.Version != c.want || now.Source().Text != c.text) {
					t.Errorf("%+v: version %s, %q", c, now.Version, now.Source().Text)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		bad := Setup{Templates: []SetupTemplate{{ID: "x", Version: "1", Kind: "withdrawn", Audience: "provider", Language: "en", Text: []string{"{{.Nobody}}"}}}}
		if err := (&App{DB: d}).Configure(ctx, bad); err == nil || !strings.Contains(err.Error(), "letter template x") {
			t.Errorf("%v", err)
		}
	})
}
