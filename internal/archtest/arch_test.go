// Package archtest holds the house to its rules. Each failure says what to do
// instead.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shelves says which shelf may import which. What is not here is forbidden.
var shelves = map[string][]string{
	"words":  {},
	"fault":  {"words"},
	"infra":  {"words", "fault", "infra"},
	"domain": {"words", "fault", "infra", "domain"},
	"web":    {"words", "fault", "infra", "domain", "web"},
	"api":    {"words", "fault", "infra", "domain", "api"},
	"app":    {"words", "fault", "infra", "domain", "web", "api"},
	"cli":    {"app", "words", "fault", "infra", "domain", "web"},
}

// forTests are shelves that no program file may import.
var forTests = []string{"browser", "scene", "archtest", "e2e", "bench"}

// concepts of the domain, in order: each may import only those before it.
// audit stands before account, since coming in is audited too.
var concepts = []string{"civil", "audit", "account", "wording", "provider", "plan", "notice", "help", "training", "newsletter", "member", "code", "guideline", "attachment", "deadline",
	"order", "hold", "privacy", "legacy", "request", "review", "letter", "message", "fax", "peer", "appeal", "survey", "notify", "worklist", "home", "retention", "merge", "config", "report"}

// rooms of web that know nothing of each other.
var rooms = []string{"access", "portal", "review", "admin", "help"}

// owners says which package alone may write to a table.
var owners = map[string]string{
	"revision": "infra/db", "job": "infra/job", "lease": "infra/job", "audit": "domain/audit", "audit_mark": "domain/audit", "announcement": "domain/notice", "maintenance": "domain/notice", "help_entry": "domain/help", "problem_report": "domain/help", "training": "domain/training", "newsletter_subscription": "domain/newsletter", "newsletter_issue": "domain/newsletter", "feedback_member": "domain/newsletter", "survey": "domain/survey", "legal_hold": "domain/hold", "retention_setting": "domain/retention", "survey_answer": "domain/survey", "survey_setting": "domain/survey", "training_place": "domain/training",
	"organization": "domain/account", "organization_alias": "domain/account", "merge_request": "domain/merge", "person": "domain/account", "recovery_code": "domain/account", "session": "domain/account", "viewing": "domain/account", "trusted_device": "domain/account", "assist": "domain/account", "invitation": "domain/account", "factor_reset": "domain/account", "password_reset": "domain/account", "mailed_code": "domain/account", "passkey": "domain/account", "registration": "domain/account", "registration_draft": "domain/account", "factor_wave": "domain/account", "join_request": "domain/account", "passkey_challenge": "domain/account", "sso": "domain/account", "sso_domain": "domain/account", "sso_identity": "domain/account", "sso_visit": "domain/account", "sso_proof": "domain/account",
	"throttle": "domain/account", "saved_form": "domain/account", "form_key": "domain/account", "membership": "domain/account", "api_key": "domain/account", "access_review": "domain/account", "access_review_line": "domain/account", "staff_scope": "domain/account", "saved_view": "domain/account", "preference": "domain/account",
	"wording": "domain/wording", "service_name": "domain/wording",
	"location": "domain/provider", "number_check": "domain/provider", "favorite_site": "domain/provider", "practitioner": "domain/provider", "practitioner_location": "domain/provider", "stated_practitioner": "domain/provider", "listing": "domain/provider",
	"plan": "domain/plan", "plan_line": "domain/plan", "plan_logo": "domain/plan", "plan_holiday": "domain/plan", "program": "domain/plan", "delegation": "domain/plan", "rollout": "domain/plan", "procedure": "domain/plan", "cutover": "domain/plan", "network": "domain/plan",
	"member": "domain/member", "coverage": "domain/member", "code": "domain/code", "guideline": "domain/guideline", "guideline_use": "domain/guideline", "guideline_response": "domain/guideline", "guideline_answer": "domain/guideline", "attachment": "domain/attachment", "upload": "domain/attachment", "upload_part": "domain/attachment", "eligibility": "domain/member",
	"clock": "domain/deadline", "clock_event": "domain/deadline", "rule_pack": "domain/deadline",
	"config_version": "domain/config", "config_case": "domain/config", "legacy_order": "domain/legacy",
	"orders": "domain/order", "order_count": "domain/order", "order_service": "domain/order", "order_diagnosis": "domain/order", "order_reference": "domain/order", "order_event": "domain/order", "order_source": "domain/order", "order_gap": "domain/order",
	"reviewer": "domain/review", "reviewer_license": "domain/review", "reviewer_program": "domain/review", "reviewer_plan": "domain/review", "reviewer_line": "domain/review", "reviewer_language": "domain/review", "determination": "domain/review", "determination_line": "domain/review", "proposal": "domain/review", "determination_record": "domain/review", "case_opening": "domain/review", "case_snooze": "domain/review", "quality_sample": "domain/review", "quality_item": "domain/review", "queue_view": "domain/review", "denial_intent": "domain/review", "case_claim": "domain/review", "case_presence": "domain/review", "review_conflict": "domain/review", "criteria_tally": "domain/review", "criterion_mark": "domain/review", "approval_pause": "domain/review",
	"request": "domain/request", "request_kept": "domain/request", "request_working": "domain/request", "need_receipt": "domain/request", "office_contact": "domain/request",
	"message_thread": "domain/message", "message_item": "domain/message", "message_entry": "domain/message", "message_seen": "domain/message", "message_snooze": "domain/message", "message_template": "domain/message",
	"fax": "domain/fax", "fax_page": "domain/fax", "fax_presence": "domain/fax", "fax_left": "domain/fax",
	"privacy_incident": "domain/privacy", "privacy_member": "domain/privacy", "privacy_notice": "domain/privacy", "disclosure": "domain/privacy",
	"appeal": "domain/appeal", "letter": "domain/letter", "letter_delivery": "domain/letter", "letter_template": "domain/letter", "mail": "domain/notify",
	"weekly_hours": "domain/peer", "time_off": "domain/peer", "connected_calendar": "domain/peer", "connected_busy": "domain/peer", "call": "domain/peer", "call_order": "domain/peer", "claim": "domain/peer", "reviewer_day": "domain/peer", "reviewer_week": "domain/peer", "reviewer_busy": "domain/peer", "match_rule": "domain/peer", "call_statement": "domain/peer", "call_event": "domain/peer", "call_attempt": "domain/peer", "call_day": "domain/peer", "call_draft": "domain/peer", "call_undo": "domain/peer", "call_feed": "domain/peer", "speaker_link": "domain/peer", "speaker_visit": "domain/peer", "usual_times": "domain/peer", "place_feed": "domain/peer", "call_alert": "domain/peer", "call_window": "domain/peer", "scheduler_note": "domain/peer", "cover": "domain/peer", "cover_call": "domain/peer",
}

var (
	writes = regexp.MustCompile("(?i)[`\"]\\s*(?:insert into|update|delete from)\\s+([a-z_]+)\\b")
	reads  = regexp.MustCompile(`(?i)\b(?:from|join)\s+([a-z_]+)\b`)
	query  = regexp.MustCompile("(?is)`[^`]*\\b(?:select|insert into|update|delete from)\\b[^`]*`")
	clocks = regexp.MustCompile(`\btime\.(Now|Date)\(|\.AddDate\(`)
)

// A file is one Go file of the program.
type file struct {
	path, pkg string
	source    []byte
	imports   []string
}

func (f file) test() bool { return strings.HasSuffix(f.path, "_test.go") }

func files(t *testing.T) []file {
	t.Helper()
	var all []file
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.Contains(path, "node_modules") {
			return err
		}
		f := file{path: path, pkg: filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, "../")))}
		if f.source, err = os.ReadFile(path); err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, f.source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			f.imports = append(f.imports, name)
		}
		all = append(all, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func split(pkg string) (shelf, name string) {
	shelf, rest, _ := strings.Cut(pkg, "/")
	name, _, _ = strings.Cut(rest, "/")
	return shelf, name
}

func TestImports(t *testing.T) {
	for _, f := range files(t) {
		shelf, _ := split(f.pkg)
		if f.test() || slices.Contains(forTests, shelf) {
			continue
		}
		for _, name := range f.imports {
			to, ours := strings.CutPrefix(name, "parley/internal/")
			if ours {
				if why := refuse(f.pkg, to); why != "" {
					t.Errorf("%s: %s may not import %s: %s", f.path, f.pkg, to, why)
				}
			}
			if name == "database/sql" && !strings.HasPrefix(f.pkg, "infra/db") {
				t.Errorf("%s: only infra/db may import database/sql; use its Tx", f.path)
			}
		}
	}
}

func refuse(from, to string) string {
	fromShelf, fromName := split(from)
	toShelf, toName := split(to)
	switch {
	case slices.Contains(forTests, toShelf) || strings.HasSuffix(to, "dbtest"):
		if strings.HasPrefix(from, "infra/db/dbtest") {
			return ""
		}
		return "it is for tests"
	case !slices.Contains(shelves[fromShelf], toShelf):
		return "the house is built cli, app, web and api, domain, infra, fault, downwards only"
	case fromShelf == "domain" && toShelf == "domain" && fromName != toName && rank(toName) >= rank(fromName):
		return "within the domain only concepts further up are known; announce an event and react in app"
	case fromShelf == "web" && toShelf == "web" && slices.Contains(rooms, fromName) && slices.Contains(rooms, toName) && fromName != toName:
		return "access, portal, review, admin and help know nothing of each other; share through web/ui"
	case fromShelf == "cli" && toShelf == "web" && to != "web/ui":
		return "the command line puts nothing together; ask app"
	}
	return ""
}

func rank(name string) int {
	if i := slices.Index(concepts, name); i >= 0 {
		return i
	}
	return len(concepts)
}

func TestEveryConceptHasAPlace(t *testing.T) {
	for _, f := range files(t) {
		if shelf, name := split(f.pkg); shelf == "domain" && !slices.Contains(concepts, name) {
			t.Errorf("%s: give the concept %q its place in the order of the domain", f.path, name)
		}
	}
}

func TestTablesAreWrittenByTheirOwner(t *testing.T) {
	for _, f := range files(t) {
		if f.test() {
			continue
		}
		for _, m := range writes.FindAllSubmatch(f.source, -1) {
			table := string(m[1])
			owner, known := owners[table]
			if !known {
				t.Errorf("%s: say in archtest which package owns table %s", f.path, table)
			} else if f.pkg != owner {
				t.Errorf("%s: table %s is written by %s alone; call its verb", f.path, table, owner)
			}
		}
	}
}

// A package may join tables of the concepts above it. Only worklist and
// report may join any.
func TestTablesAreJoinedFromAbove(t *testing.T) {
	for _, f := range files(t) {
		shelf, name := split(f.pkg)
		if f.test() || shelf != "domain" || name == "worklist" || name == "report" {
			continue
		}
		for _, q := range query.FindAll(f.source, -1) {
			for _, m := range reads.FindAllSubmatch(q, -1) {
				owner, known := owners[string(m[1])]
				if !known {
					continue // an alias, or a function's "from"
				}
				if _, of := split(owner); rank(of) > rank(name) {
					t.Errorf("%s: %s may not read table %s of %s, which stands below it", f.path, f.pkg, m[1], owner)
				}
			}
		}
	}
}

// Time is the transaction's, or a civil date's; the wall clock is read in few
// places, and each says why.
func TestTimeComesFromTheTransaction(t *testing.T) {
	allowed := []string{"domain/civil", "infra/db", "app", "infra/httpd", "infra/mail"}
	for _, f := range files(t) {
		shelf, _ := split(f.pkg)
		if f.test() || slices.Contains(forTests, shelf) || slices.ContainsFunc(allowed, func(p string) bool { return f.pkg == p || strings.HasPrefix(f.pkg, p+"/") }) {
			continue
		}
		if m := clocks.Find(f.source); m != nil {
			t.Errorf("%s: %s: use tx.Now() or package civil", f.path, m)
		}
	}
}

// Names that say nothing are not for packages.
func TestPackagesHaveNames(t *testing.T) {
	empty := []string{"service", "manager", "handler", "helper", "helpers", "util", "utils", "common", "model", "models", "types", "pkg", "base", "misc"}
	for _, f := range files(t) {
		if slices.Contains(empty, filepath.Base(f.pkg)) {
			t.Errorf("%s: name the package after what it is about", f.path)
		}
	}
}

// Files stay readable: 600 lines at most, tables of data and generated pages
// excepted.
func TestFilesAreShort(t *testing.T) {
	for _, f := range files(t) {
		if strings.HasSuffix(f.path, "_templ.go") || strings.Contains(filepath.Base(f.path), "data") {
			continue
		}
		if n := strings.Count(string(f.source), "\n"); n > 600 {
			t.Errorf("%s has %d lines; split it by idea", f.path, n)
		}
	}
}
