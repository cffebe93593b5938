package fhir

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/feed/feedtest"
)

func TestARequestBecomesAnOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		files := dir(t)
		addCodes(t, d)
		body := fixture(t, "testdata/request.json")
		res := take(t, d, files, body)
		if res.Unchanged || res.Updated || !order.ValidNumber(res.Number) {
			t.Fatalf("%+v", res)
		}
		o, gaps := get(t, d, res.OrderID)
		checkOrder(t, o)
		checkWorld(t, d, o)
		checkFile(t, d, files, o)
		checkSource(t, d, files, o, body)
		var texts []string
		for _, g := range gaps {
			texts = append(texts, g.Kind+" "+g.Path)
		}
		want := []string{
			"missing Organization/office.identifier", "missing Coverage.type", "unmapped Claim.extension[1]", "unmapped Patient.name[1]", "unmapped Encounter.status",
			"missing Claim.item", "missing Claim.insurer", "missing Claim.insurer",
		}
		if !slices.Equal(texts, want) || res.Gaps != len(want) {
			t.Errorf("%d gaps: %q", res.Gaps, texts)
		}
		if again := take(t, d, files, bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n\t"))); !again.Unchanged || again.OrderID != o.ID {
			t.Errorf("the same, laid out otherwise: %+v", again)
		}
		if n := stored(t, files); n != 2 {
			t.Errorf("%d files stored", n)
		}
	})
}

func checkOrder(t *testing.T, o order.Order) {
	t.Helper()
	if o.Status != order.New || o.Urgency != order.Urgent || o.Channel != "fhir" || o.Title != "Direct skilled nursing" || o.Line != "commercial" || o.MemberNumber != "XQH-55" {
		t.Errorf("%+v", o)
	}
	if o.Patient.Name() != "Rosa Testley" || o.Patient.Born.String() != "1986-04-28" || o.Note != "Back pain since June." || o.SiteName != "Willow East" || o.Contact.Phone != "217-555-0109" {
		t.Errorf("%+v", o)
	}
	if o.ServiceFrom.String() != "2026-12-01" || o.ServiceTo.String() != "2026-12-09" || o.DueAt == nil || o.DueAt.Sub(o.ReceivedAt).Hours() != 72 {
		t.Errorf("%v to %v, due %v", o.ServiceFrom, o.ServiceTo, o.DueAt)
	}
	if len(o.Services) != 2 || len(o.Diagnoses) != 1 {
		t.Fatalf("%+v %+v", o.Services, o.Diagnoses)
	}
	one, two := o.Services[0], o.Services[1]
	if one.System != "HCPCS" || one.Code != "G0299" || one.Units != 4 || one.Unit != "visits" || one.Place != "11" || one.From.String() != "2026-12-01" || one.Status != order.New {
		t.Errorf("%+v", one)
	}
	if two.System != "CPT" || two.Wording != "Imaging of the lower back" || two.Units != 1 || two.To.String() != "2026-12-09" {
		t.Errorf("%+v", two)
	}
	if dx := o.Diagnoses[0]; dx.Code != "M54.50" || dx.Wording != "Low back pain, unspecified" || dx.Recorded.String() != "2026-11-10" {
		t.Errorf("%+v", dx)
	}
	for _, want := range []order.Reference{{Kind: "submitter transaction", Value: "S-1"}, {Kind: order.Trace, Value: "T-1001"}, {Kind: "line trace number", Value: "L-1"}, {Kind: "authorization number", Value: "AU-7"}, {Kind: "patient number", Value: "900"}} {
		if !slices.Contains(o.References, want) {
			t.Errorf("no reference %+v in %+v", want, o.References)
		}
	}
}

func checkWorld(t *testing.T, d *db.DB, o order.Order) {
	t.Helper()
	view(t, d, func(tx *db.Tx) error {
		office, err := account.GetOrganization(ctx, tx, o.OrganizationID)
		home, homeErr := provider.GetLocation(ctx, tx, o.LocationID)
		doctor, doctorErr := provider.GetPractitioner(ctx, tx, o.PractitionerID)
		m, memberErr := member.Get(ctx, tx, member.ID(o.MemberID))
		p, planErr := plan.Get(ctx, tx, o.PlanID)
		cover, coverErr := member.Coverages(ctx, tx, m.ID)
		if office.Name != "Willow Spine Clinic" || office.Kind != "office" || office.NPI != "8189991234" || home.City != "Springfield" {
			t.Errorf("%+v %+v", office, home)
		}
		if doctor.Name() != "Ada Sample" || doctor.NPI != "1234567893" || m.Middle != "Maria" || m.Sex != "female" || p.Code != "harbor-health-plan" || p.PayerID != "HBR01" {
			t.Errorf("%+v %+v %+v", doctor, m, p)
		}
		if len(cover) != 1 || cover[0].ID != o.CoverageID || cover[0].From.String() != "2026-01-01" {
			t.Errorf("%+v", cover)
		}
		by, delegated := plan.DoneBy(ctx, tx, p.ID, o.Line, o.ProgramID, plan.PeerToPeer, o.ServiceFrom)
		stage, _, stageErr := plan.StageOf(ctx, tx, plan.CallsFeature, o.ProgramID, p.ID, plan.Office{Line: o.Line}, o.ServiceFrom)
		if by != plan.Us || !stage.Stage.Open() {
			t.Errorf("calls are done by %s, stage %s", by, stage.Stage)
		}
		return errors.Join(err, homeErr, doctorErr, memberErr, planErr, coverErr, delegated, stageErr)
	})
}

func checkFile(t *testing.T, d *db.DB, files blob.Store, o order.Order) {
	t.Helper()
	view(t, d, func(tx *db.Tx) error {
		all, err := attachment.Of(ctx, tx, string(o.ID))
		if err != nil || len(all) != 1 || all[0].Name != "note.txt" || all[0].MediaType != "text/plain" || all[0].Note != "Note of the visit" || all[0].Size != 18 {
			t.Fatalf("%+v %v", all, err)
		}
		if got := content(t, files, all[0].BlobKey); got != "The pain is worse." {
			t.Errorf("%q", got)
		}
		return nil
	})
}

func checkSource(t *testing.T, d *db.DB, files blob.Store, o order.Order, body []byte) {
	t.Helper()
	view(t, d, func(tx *db.Tx) error {
		all, err := order.Sources(ctx, tx, o.ID)
		if err != nil || len(all) != 2 || all[0].Format != bundleFormat || all[0].Name != "test.json" || content(t, files, all[0].BlobKey) != string(body) {
			t.Errorf("%+v %v", all, err)
		}
		events, err := order.Events(ctx, tx, by, o.ID)
		if len(events) != 2 || events[0].Text.String() != "Sent as an electronic request (professional), dated 2026-11-20T08:30:00-06:00." {
			t.Errorf("%+v", events)
		}
		return err
	})
}

func TestAnUpdateChangesTheOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		files := dir(t)
		made := take(t, d, files, fixture(t, "testdata/request.json"))
		res := take(t, d, files, fixture(t, "testdata/update.json"))
		if !res.Updated || res.OrderID != made.OrderID || res.Gaps != 1 {
			t.Fatalf("%+v", res)
		}
		o, gaps := get(t, d, res.OrderID)
		if len(o.Services) != 3 || o.Services[0].Status != order.New || o.Services[1].Status != order.Withdrawn || o.Services[2].Code != "B4185" || o.Services[2].Status != order.New {
			t.Errorf("%+v", o.Services)
		}
		if !slices.ContainsFunc(gaps, func(g order.Gap) bool { return g.Path == "Claim.diagnosis" && g.Value == "M54.50 G89.4" }) {
			t.Errorf("the second diagnosis is lost: %+v", gaps)
		}
		if !slices.Contains(o.References, order.Reference{Kind: order.Trace, Value: "T-1002"}) {
			t.Errorf("%+v", o.References)
		}
		view(t, d, func(tx *db.Tx) error {
			events, err := order.Events(ctx, tx, by, o.ID)
			if len(events) != 3 || events[0].Kind != "amended" || events[0].Text.String() != "The sender changed the request: lines added 1, lines taken back 1." {
				t.Errorf("%+v", events)
			}
			all, fileErr := attachment.Of(ctx, tx, string(o.ID))
			if len(all) != 1 {
				t.Errorf("%d files", len(all))
			}
			return errors.Join(err, fileErr)
		})
		for _, name := range []string{"request", "update"} {
			if again := take(t, d, files, fixture(t, "testdata/"+name+".json")); !again.Unchanged {
				t.Errorf("%s again: %+v", name, again)
			}
		}
	})
}

func TestAnUpdateThatComesFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		files := dir(t)
		res := take(t, d, files, fixture(t, "testdata/update.json"))
		o, gaps := get(t, d, res.OrderID)
		if res.Updated || len(o.Services) != 3 || o.Services[1].Status != order.Withdrawn {
			t.Errorf("%+v %+v", res, o.Services)
		}
		if !slices.ContainsFunc(gaps, func(g order.Gap) bool { return g.Path == "Claim/ask" && strings.Contains(g.Value, "T-1001") }) {
			t.Errorf("the earlier request is lost: %+v", gaps)
		}
		if late := take(t, d, files, fixture(t, "testdata/request.json")); late.OrderID != o.ID {
			t.Errorf("the earlier request made another order: %+v", late)
		}
		if o, _ := get(t, d, res.OrderID); o.Services[1].Status != order.Withdrawn {
			t.Errorf("the earlier request undid the update: %+v", o.Services)
		}
	})
}

func TestADecidedOrderIsNotChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		files := dir(t)
		made := take(t, d, files, fixture(t, "testdata/request.json"))
		o, _ := get(t, d, made.OrderID)
		err := d.Update(ctx, func(tx *db.Tx) error {
			_, err := order.Move(ctx, tx, by, o, order.Withdrawn, "Withdrawn.")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		before := stored(t, files)
		_, err = ImportPAS(ctx, d, files, by, "x", fixture(t, "testdata/update.json"))
		if !fault.Is(err, fault.Conflict) || fault.Of(err).Text.String() != "The order is Withdrawn and can't be changed any more. Send a new one." {
			t.Errorf("got %v", err)
		}
		if n := stored(t, files); n != before {
			t.Errorf("%d files were left behind", n-before)
		}
	})
}

func TestBundlesThatAreNoRequest(t *testing.T) {
	item := func(n any) map[string]any {
		return map[string]any{"sequence": n, "productOrService": map[string]any{"coding": []any{map[string]any{"code": "G0299"}}}}
	}
	for want, body := range map[string][]byte{
		"The file is not JSON.":                                     []byte(`{"resourceType": "Bundle", "entry": [`),
		"The file is not a FHIR bundle.":                            []byte(`{"resourceType": "Patient"}`),
		"The bundle is no request: its first entry is not a Claim.": []byte(`{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "ClaimResponse"}}]}`),
		"The claim is not for a preauthorization.":                  edit(t, func(_, c map[string]any) { c["use"] = "claim" }),
		"The bundle asks about a request; it is none itself.": edit(t, func(b, _ map[string]any) {
			b["meta"] = map[string]any{"profile": []any{"x/profile-pas-inquiry-request-bundle"}}
		}),
		"The request's patient is not in the bundle.":                    edit(t, func(_, c map[string]any) { delete(c, "patient") }),
		"The request's insurer is not in the bundle.":                    edit(t, func(_, c map[string]any) { c["insurer"] = map[string]any{"reference": "Patient/pat"} }),
		"The organization that sends the request is not in the bundle.":  edit(t, func(_, c map[string]any) { c["provider"] = map[string]any{"reference": "Organization/else"} }),
		"The request asks for no service.":                               edit(t, func(_, c map[string]any) { c["item"] = []any{} }),
		"The request's lines are not numbered from 1 to 999, each once.": edit(t, func(_, c map[string]any) { c["item"] = []any{item(1), item(1)} }),
		"Line 7 of the request has no code.":                             edit(t, func(_, c map[string]any) { c["item"] = []any{map[string]any{"sequence": 7}} }),
	} {
		if _, err := read(body); err == nil || fault.Of(err).Text.String() != want || fault.Of(err).Kind != fault.Invalid {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := read([]byte("not JSON")); !errors.Is(err, ErrNotJSON) {
		t.Errorf("%v is not ErrNotJSON", err)
	}
	d := dbtest.SQLite(t)
	if _, err := ImportPAS(ctx, d, dir(t), by, "x", make([]byte, MaxBundle+1)); err == nil || fault.Of(err).Text.String() != "The bundle is larger than 32 MB." {
		t.Errorf("too large: %v", err)
	}
	if _, err := ImportPAS(ctx, d, dir(t), account.Actor{ID: "per_x"}, "x", nil); !fault.Is(err, fault.Denied) {
		t.Errorf("a stranger: %v", err)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	r, err := read(edit(t, func(b, c map[string]any) {
		delete(c, "careTeam")
		delete(c, "diagnosis")
		c["extension"] = []any{}
		c["supportingInfo"] = []any{map[string]any{"sequence": 1, "category": map[string]any{"coding": []any{map[string]any{"code": "additionalInformation"}}}, "valueReference": map[string]any{"reference": "DocumentReference/gone"}}}
		for _, item := range c["item"].([]any) {
			delete(item.(map[string]any), "servicedDate")
			delete(item.(map[string]any), "servicedPeriod")
		}
		delete(c, "insurance")
	}))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, g := range r.gaps {
		texts = append(texts, g.Text)
	}
	for _, want := range []string{
		"The request doesn't say under which coverage it is made.", "The request doesn't say which practitioner asks, or that practitioner is not in it.",
		"The request gives no diagnosis.", "The request gives no date of service.", "The request refers to a document that is not in it.",
		"Nothing in the request refers to this practitioner's role. It was kept as sent.", "Nothing in the request refers to this coverage. It was kept as sent.",
	} {
		if !slices.Contains(texts, want) {
			t.Errorf("%q is not among %q", want, texts)
		}
	}
}

func TestADocumentThatIsNotEnclosed(t *testing.T) {
	for what, content := range map[string]string{"no attachment": `{}`, "no data": `{"attachment": {"url": "http://office.example/x"}}`, "damaged": `{"attachment": {"data": "%%%"}}`} {
		body := fixture(t, "testdata/request.json")
		from, to := bytes.Index(body, []byte(`"content": [`)), bytes.Index(body, []byte("VGhlIHBhaW4gaXMgd29yc2Uu"))
		end := to + bytes.IndexByte(body[to:], ']')
		body = slices.Concat(body[:from], []byte(`"content": [`+content), body[end:])
		r, err := read(body)
		if err != nil || len(r.files) != 0 || !slices.ContainsFunc(r.gaps, func(g order.Gap) bool {
			return strings.HasPrefix(g.Text, "A document that was announced is not enclosed")
		}) {
			t.Errorf("%s: %v %+v", what, err, r.gaps)
		}
	}
}

// Whatever a bundle says is on the order or in a gap: a text put anywhere in it
// is found again.
func TestNothingIsDropped(t *testing.T) {
	for _, name := range []string{"request", "update"} {
		root, err := parse(fixture(t, "testdata/"+name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		plant(t, root, root)
	}
}

// The request examples of the guide, as published.
func TestThePublishedExamples(t *testing.T) {
	names := []string{"ReferralAuthorization", "HomecareAuthorization", "HomecareAuthorizationUpdate", "MedicalServicesAuthorization", "SurgicalRequest"}
	path := func(name string) string { return feedtest.Real(t, "pas/Bundle-"+name+"BundleExample.json") }
	path(names[0])
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		files := dir(t)
		orders, members := map[order.ID]string{}, map[string]bool{}
		for _, name := range names {
			res := take(t, d, files, fixture(t, path(name)))
			o, gaps := get(t, d, res.OrderID)
			orders[res.OrderID] = name
			members[o.MemberID] = true
			t.Logf("%s: order of %d lines, %d gaps, updated %v", name, len(o.Services), len(gaps), res.Updated)
			for _, g := range gaps {
				t.Logf("   %s %s: %s", g.Kind, g.Path, g.Text)
			}
			if name == "SurgicalRequest" && !slices.ContainsFunc(gaps, func(g order.Gap) bool {
				return g.Text == "The request refers to a practitioner that is not in it." && g.Value == "Practitioner/ReferralPractitionerExample"
			}) {
				t.Error("the practitioner who isn't there is not named")
			}
		}
		if len(orders) != 4 || len(members) != 1 {
			t.Errorf("%d orders, %d members", len(orders), len(members))
		}
		for _, name := range names {
			if res := take(t, d, files, fixture(t, path(name))); !res.Unchanged {
				t.Errorf("%s again: %+v", name, res)
			}
		}
	})
}

func FuzzPAS(f *testing.F) {
	f.Add(fixture(f, "testdata/request.json"))
	f.Add(fixture(f, "testdata/update.json"))
	f.Add([]byte(`{"resourceType":"Bundle","entry":[{"fullUrl":"x","resource":{"resourceType":"Claim","use":"preauthorization"}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := read(body)
		if err != nil {
			if fault.Of(err).Kind != fault.Invalid {
				t.Errorf("a failure without a sentence: %v", err)
			}
			return
		}
		if len(r.services) == 0 || r.patient.last == "" || r.insurer.name == "" || r.requestor.name == "" || r.hash == "" {
			t.Errorf("accepted %+v", r)
		}
	})
}
