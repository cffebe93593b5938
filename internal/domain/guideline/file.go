package guideline

import (
	"regexp"
	"slices"

	"parley/internal/domain/civil"
)

// Read reads a guideline: one document of JSON that holds everything about
// one version. What is wrong with it comes back as Mistakes, each with its
// place; docs/guidelines.md describes the file.
func Read(text []byte) (*Version, error) {
	d := &document{}
	o := d.open(text, "")
	if o == nil {
		return nil, d.mistakes
	}
	v := &Version{text: slices.Clone(text)}
	v.head(o)
	q, items := readQuestionnaire(o.child("questionnaire"))
	v.Questionnaire = q
	v.index = d.compile(&v.Questionnaire, items)
	for _, f := range o.children("files") {
		v.Files = append(v.Files, v.file(f))
	}
	v.Criteria = readCriterion(o.child("criteria"), v.index, map[string]bool{})
	for _, t := range o.children("approval") {
		v.Terms = append(v.Terms, readTerm(t))
	}
	for _, c := range o.children("cases") {
		v.Cases = append(v.Cases, v.readCase(c))
	}
	v.whole(o)
	o.end()
	if err := d.mistakes.err(); err != nil {
		return nil, err
	}
	v.index.constants = v.findConstants()
	return v, nil
}

var (
	idForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{1,59}$`)
	codeForm = regexp.MustCompile(`^[0-9A-Z]{5}$`) // CPT and HCPCS Level II
)

func (v *Version) head(o *object) {
	v.ID, v.Title, v.Version, v.About = o.need("id"), o.need("title"), o.need("version"), o.need("about")
	if !idForm.MatchString(v.ID) {
		o.fail("id", "must be of lower-case letters, digits and hyphens")
	}
	o.field("from", &v.From, "a date like 2026-01-01")
	o.field("to", &v.To, "a date like 2026-12-31")
	if v.From.IsZero() {
		o.fail("from", "is missing")
	}
	if !v.To.IsZero() && v.To.Before(v.From) {
		o.fail("to", "is before from")
	}
	v.Programs, v.Plans, v.Codes = o.texts("programs"), o.texts("plans"), o.texts("codes")
	for n, c := range v.Codes {
		if !codeForm.MatchString(c) {
			o.fail("codes["+itoa(n)+"]", "%q is not a procedure code", c)
		}
	}
	if len(v.Programs) == 0 || len(v.Codes) == 0 {
		o.fail("codes", "a guideline is for at least one program and one code")
	}
	for _, s := range o.children("sources") {
		v.Sources = append(v.Sources, Source{ID: s.need("id"), Title: s.need("title"), Publisher: s.need("publisher"), Year: s.whole("year"), URL: link(s, "url")})
		if y := v.Sources[len(v.Sources)-1].Year; y < 1900 || y > 2100 {
			s.fail("year", "must be a year")
		}
		s.end()
	}
}

func (v *Version) file(o *object) FileAsked {
	f := FileAsked{ID: o.need("id"), Item: o.need("item"), Why: o.need("why"), Required: o.text("need") == "required"}
	if need := o.text("need"); need != "required" && need != "helpful" {
		o.fail("need", "must be required or helpful")
	}
	if when := o.text("when"); when != "" {
		var err error
		if f.when, err = v.index.scope.condition(when); err != nil {
			o.fail("when", "%v", err)
		}
	}
	o.end()
	return f
}

func readTerm(o *object) Term {
	t := Term{Codes: o.texts("codes"), Units: o.whole("units"), Unit: o.text("unit"), Days: o.whole("days")}
	if t.Units < 1 || t.Days < 1 || t.Days > 3660 {
		o.fail("", "needs units and days, both above 0")
	}
	o.end()
	return t
}

// whole checks what the parts say of each other.
func (v *Version) whole(o *object) {
	if o.child("criteria") == nil {
		o.fail("criteria", "are missing")
	}
	for _, c := range v.Criteria.Rules() {
		if _, ok := v.source(c.Source); !ok {
			o.doc.fail(c.path+".source", "there is no source %q", c.Source)
		}
	}
	for _, c := range v.Codes {
		if _, ok := v.term(c); !ok {
			o.fail("approval", "says nothing of code %s", c)
		}
	}
	seen := map[string]bool{}
	for _, f := range v.Files {
		if seen[f.ID] {
			o.fail("files", "%q stands twice", f.ID)
		}
		seen[f.ID] = true
	}
}

// day is a date in a case.
func day(o *object, key string) (d civil.Date) {
	o.field(key, &d, "a date like 2026-11-24")
	return d
}
