package guideline

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Questionnaire is the questions of a guideline: the part of a FHIR R4
// Questionnaire that we can ask. What else a file has is a mistake that names
// its place. Expressions are in [Language], not in FHIRPath.
type Questionnaire struct {
	URL, Version, Title string
	Items               []*Item
}

// A Type is the kind of an item (http://hl7.org/fhir/item-type).
type Type string

// Types of items.
const (
	Group      Type = "group"
	Display    Type = "display"
	Boolean    Type = "boolean"
	Decimal    Type = "decimal"
	Integer    Type = "integer"
	Date       Type = "date"
	DateTime   Type = "dateTime"
	String     Type = "string"
	Text       Type = "text"
	Choice     Type = "choice"
	OpenChoice Type = "open-choice"
	Quantity   Type = "quantity"
	Attachment Type = "attachment"
)

var types = []Type{Group, Display, Boolean, Decimal, Integer, Date, DateTime, String, Text, Choice, OpenChoice, Quantity, Attachment}

// asks reports whether people answer items of the type.
func (t Type) asks() bool { return t != Group && t != Display }

func (t Type) number() bool { return t == Decimal || t == Integer || t == Quantity }

func (t Type) chooses() bool { return t == Choice || t == OpenChoice }

// An Item is a question, a group of them, or text to read.
type Item struct {
	LinkID, Prefix, Text string
	Type                 Type
	Required, Repeats    bool
	ReadOnly, Hidden     bool
	MaxLength            int // characters; 0: no limit of its own
	MinOccurs, MaxOccurs int // 0: not said
	Options              []Option
	Units                []Unit // the first is the one answers are kept in
	Min, Max             *Value
	EntryFormat, Hint    string
	Control              string // itemControl: "radio-button", "check-box", "drop-down", "autocomplete", "page"
	SupportLink          string
	Items                []*Item

	// NotDocumented lets an office say that it does not know.
	NotDocumented bool
	// Phrase is the question in the middle of a sentence: "how many weeks …".
	Phrase string
	// Reason says why it is asked although no criterion rests on it.
	Reason string

	name       string // by which expressions know it
	path       string
	up         *Item
	conditions []Condition
	anyOf      bool // enableBehavior
	enable     *expression
	initial    *expression
	calculated *expression
	preset     []Value
	toggles    []toggle
	source     expressions
}

type expressions struct{ enable, initial, calculated string }

// An Option is one answer of a choice.
type Option struct {
	Code, System, Display string
	Exclusive             bool // can't be chosen beside others
	initial               bool
}

// A toggle offers some options only while a condition holds (SDC
// answerOptionsToggleExpression). Options in several are offered by any.
type toggle struct {
	codes []string
	text  string
	when  *expression
}

// A Condition is one enableWhen.
type Condition struct {
	Question, Operator string
	Answer             Value
	exists             bool
	kind               string // of the answer: "Boolean", "Coding", …
}

// Extensions that we read. Those of ours begin with urn:parley.
const (
	sdc               = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
	core              = "http://hl7.org/fhir/StructureDefinition/"
	extNotDocumented  = "urn:parley:not-documented"
	extPhrase         = "urn:parley:phrase"
	extReason         = "urn:parley:why-asked"
	itemControlSystem = "http://hl7.org/fhir/questionnaire-item-control"
)

const (
	mostItems   = 500
	mostOptions = 2000
)

// A questionnaireReader reads items and remembers what it has seen.
type questionnaireReader struct {
	doc       *document
	valueSets map[string][]Option
	byID      map[string]*Item
	n         int
}

// readQuestionnaire reads a Questionnaire. Its expressions are compiled
// later, when every name is known.
func readQuestionnaire(o *object) (q Questionnaire, byID map[string]*Item) {
	if o == nil {
		return q, nil
	}
	r := &questionnaireReader{doc: o.doc, valueSets: map[string][]Option{}, byID: map[string]*Item{}}
	if o.need("resourceType") != "Questionnaire" {
		o.fail("resourceType", "must be Questionnaire")
	}
	// Metadata of the resource, which the guideline says for itself.
	o.known("id", "meta", "name", "status", "date", "publisher", "description", "subjectType", "experimental", "language", "text", "identifier", "contact", "copyright")
	q.URL, q.Version, q.Title = o.need("url"), o.text("version"), o.text("title")
	for _, c := range o.children("contained") {
		r.valueSet(c)
	}
	q.Items = r.items(o, nil, 0)
	o.end()
	if len(r.byID) == 0 {
		o.fail("item", "holds no question")
	}
	return q, r.byID
}

var names = regexp.MustCompile(`[^A-Za-z0-9_]`)

// linkIDForm are link ids that can stand in an address and a form field.
var linkIDForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// nameOf is how expressions call a question: its link id, with an underscore
// for what a name can't have.
func nameOf(linkID string) string {
	name := names.ReplaceAllString(linkID, "_")
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		name = "q_" + name
	}
	return name
}

func (r *questionnaireReader) items(o *object, up *Item, depth int) (all []*Item) {
	for _, c := range o.children("item") {
		if r.n++; r.n > mostItems || depth > 6 {
			c.fail("", "is one too many: at most %d items, nested at most 6 deep", mostItems)
			return all
		}
		all = append(all, r.item(c, up, depth))
	}
	return all
}

func (r *questionnaireReader) item(o *object, up *Item, depth int) *Item {
	i := &Item{LinkID: o.need("linkId"), Prefix: o.text("prefix"), Text: o.text("text"), Type: Type(o.need("type")), path: o.path, up: up}
	i.name = nameOf(i.LinkID)
	if !linkIDForm.MatchString(i.LinkID) {
		o.fail("linkId", "must be of letters, digits, hyphens, dots and underscores, at most 64")
	}
	if r.byID[i.LinkID] != nil {
		o.fail("linkId", "%q stands twice", i.LinkID)
	}
	if !slices.Contains(types, i.Type) {
		o.fail("type", "%q is not supported", string(i.Type))
	}
	i.Required, i.Repeats, i.ReadOnly = o.flag("required"), o.flag("repeats"), o.flag("readOnly")
	i.MaxLength = o.whole("maxLength")
	o.known("definition", "code", "id") // terms of code systems, which people are not asked by
	r.choices(o, i)
	r.enableWhen(o, i)
	i.preset = r.values(o, i, "initial")
	r.extensions(o, i)
	r.nested(o, i, depth)
	o.end()
	r.byID[i.LinkID] = i
	r.consistent(o, i)
	return i
}

// nested reads what is inside: a group holds anything, a question only its
// help text, which SDC puts there as a display with the control "help".
func (r *questionnaireReader) nested(o *object, i *Item, depth int) {
	inside := r.items(o, i, depth+1)
	if !i.Type.asks() {
		i.Items = inside
		return
	}
	for _, c := range inside {
		if c.Type != Display || c.Control != "help" {
			r.doc.fail(c.path, "stands inside a question: put both in a group")
			continue
		}
		i.Hint = strings.TrimSpace(i.Hint + " " + c.Text)
		delete(r.byID, c.LinkID)
	}
}

func (r *questionnaireReader) enableWhen(o *object, i *Item) {
	for _, c := range o.children("enableWhen") {
		w := Condition{Question: c.need("question"), Operator: c.need("operator")}
		if !slices.Contains([]string{"exists", "=", "!=", ">", "<", ">=", "<="}, w.Operator) {
			c.fail("operator", "%q is not supported", w.Operator)
		}
		w.Answer, w.kind = r.answer(c, "answer")
		if w.kind == "" {
			c.fail("", "has no answer to compare with")
		}
		w.exists = w.Answer.Yes
		if w.Operator == "exists" && w.kind != "Boolean" {
			c.fail("operator", "exists takes answerBoolean")
		}
		c.end()
		i.conditions = append(i.conditions, w)
	}
	switch behavior := o.text("enableBehavior"); {
	case behavior == "any":
		i.anyOf = true
	case behavior != "" && behavior != "all":
		o.fail("enableBehavior", "%q is not supported", behavior)
	case behavior == "" && len(i.conditions) > 1:
		o.fail("enableBehavior", "is missing: all or any?") // que-12 of FHIR R4
	}
}

func (r *questionnaireReader) values(o *object, i *Item, key string) []Value {
	all := i.preset
	for _, c := range o.children(key) {
		v, kind := r.answer(c, "value")
		if !i.Type.takes(kind) {
			c.fail("", "has no value of the question's type")
		}
		all = append(all, v)
		c.end()
	}
	return all
}

// valueKinds are the kinds of value[x] that each type takes.
var valueKinds = map[Type][]string{Boolean: {"Boolean"}, Integer: {"Integer"}, Decimal: {"Decimal", "Integer"}, Quantity: {"Quantity"}, Date: {"Date"}, DateTime: {"DateTime"},
	Attachment: {"Attachment"}, Choice: {"Coding", "String"}, OpenChoice: {"Coding", "String"}, String: {"String"}, Text: {"String"}}

func (t Type) takes(kind string) bool { return slices.Contains(valueKinds[t], kind) }

// answer reads value[x] or answer[x], and says which kind it was: "Boolean",
// and "" if there is none.
func (r *questionnaireReader) answer(o *object, prefix string) (v Value, found string) {
	for _, kind := range []string{"Boolean", "Decimal", "Integer", "Date", "DateTime", "String", "Coding", "Quantity", "Attachment"} {
		raw, there := o.raw(prefix + kind)
		if !there {
			continue
		}
		if found != "" {
			o.fail(prefix+kind, "is a second value")
		}
		var err error
		if v, err = readValue(kind, raw); err != nil {
			o.fail(prefix+kind, "%v", err)
		}
		found = kind
	}
	return v, found
}

// consistent checks what the parts of an item say of each other.
func (r *questionnaireReader) consistent(o *object, i *Item) {
	check := func(ok bool, key, text string) {
		if !ok {
			o.fail(key, "%s", text)
		}
	}
	check(i.Type == Group || strings.TrimSpace(i.Text) != "", "text", "is missing")
	check(i.Type != Group || !i.Repeats, "repeats", "a group that repeats is not supported")
	check(!i.Repeats || i.Type.chooses() || i.Type == Group, "repeats", "only a choice can have several answers")
	check(i.Type.chooses() == (len(i.Options) > 0), "answerOption", "belongs to a choice, and a choice needs it")
	check(i.Type != Quantity || len(i.Units) > 0, "extension", "a quantity needs a unit")
	check(len(i.Units) == 0 || i.Type.number(), "extension", "only a number has a unit")
	check(i.Min == nil && i.Max == nil || i.Type.number() || i.Type == Date, "extension", "only a number or a date has a least and a greatest value")
	check(i.Repeats || i.MinOccurs <= 1 && i.MaxOccurs <= 1, "extension", "minOccurs and maxOccurs are for items that repeat")
	check(i.MinOccurs >= 0 && i.MaxOccurs >= 0 && (i.MaxOccurs == 0 || i.MinOccurs <= i.MaxOccurs), "extension", "minOccurs must be at most maxOccurs")
	check(i.MaxLength >= 0, "maxLength", "must not be negative")
	check(i.Type.asks() || !i.Required && len(i.preset) == 0, "required", "only a question can be required or have an initial value")
	check(len(i.preset) <= 1 || i.Repeats, "initial", "has more than one value")
	for _, v := range append(slices.Clone(i.preset), deref(i.Min, i.Max)...) {
		check(v.Unit == "" || len(i.Units) > 0 && v.Unit == i.Units[0].Code, "extension", "must be in the question's own unit")
	}
	seen := map[string]bool{}
	for n, op := range i.Options {
		check(!seen[op.Code], "answerOption["+strconv.Itoa(n)+"]", "the code "+op.Code+" stands twice")
		seen[op.Code] = true
	}
	for _, v := range i.preset {
		if i.Type.asks() {
			check(i.accepts(v) == "", "initial", "the initial value can't be an answer: "+i.accepts(v).String())
		}
	}
}

func deref(all ...*Value) (values []Value) {
	for _, v := range all {
		if v != nil {
			values = append(values, *v)
		}
	}
	return values
}

// number reads a JSON number of a FHIR decimal or integer.
func number(raw json.RawMessage) (float64, error) {
	var n float64
	return n, json.Unmarshal(raw, &n)
}
