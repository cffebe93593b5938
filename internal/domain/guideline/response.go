package guideline

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
)

// Answers are kept as a FHIR R4 QuestionnaireResponse, so that they can leave
// and come as one. Each answer carries where it came from, in the extension
// that the DTR guide has for it, and who gave it when, in one of ours.

const (
	extOrigin   = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/information-origin"
	extAnswered = "urn:parley:answered"
	extAbsent   = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
)

type responseJSON struct {
	ResourceType  string             `json:"resourceType"`
	Questionnaire string             `json:"questionnaire"`
	Status        string             `json:"status"`
	Item          []responseItemJSON `json:"item,omitempty"`
}

type responseItemJSON struct {
	LinkID string             `json:"linkId"`
	Text   string             `json:"text,omitempty"`
	Answer []json.RawMessage  `json:"answer,omitempty"`
	Item   []responseItemJSON `json:"item,omitempty"`

	Extension []extensionJSON `json:"extension,omitempty"`
}

type extensionJSON struct {
	URL           string          `json:"url"`
	ValueCode     string          `json:"valueCode,omitempty"`
	ValueString   string          `json:"valueString,omitempty"`
	ValueDateTime string          `json:"valueDateTime,omitempty"`
	Extension     []extensionJSON `json:"extension,omitempty"`
}

// ResponseJSON writes answers as a QuestionnaireResponse. done says that the
// office has finished; nothing sets it by itself (DTR). While it has not, every
// answer is kept; what is finished holds the live ones alone ([Version.Live]).
func (v *Version) ResponseJSON(a Answers, done bool) ([]byte, error) {
	r := responseJSON{ResourceType: "QuestionnaireResponse", Questionnaire: v.Questionnaire.URL + "|" + v.Version, Status: "in-progress"}
	if done {
		r.Status = "completed"
	}
	r.Item = v.responseItems(v.Questionnaire.Items, a)
	return json.Marshal(r)
}

func (v *Version) responseItems(items []*Item, a Answers) (all []responseItemJSON) {
	for _, i := range items {
		out := responseItemJSON{LinkID: i.LinkID, Text: i.Text, Item: v.responseItems(i.Items, a)}
		if answer, ok := a[i.LinkID]; ok && i.Type.asks() {
			out.answer(i, answer)
		} else if len(out.Item) == 0 {
			continue
		}
		all = append(all, out)
	}
	return all
}

// answer writes one answer. What says where it came from stands on each of
// its values, and on the item where it was emptied and has none.
func (out *responseItemJSON) answer(i *Item, a Answer) {
	about := []extensionJSON{{URL: extOrigin, Extension: []extensionJSON{{URL: "source", ValueCode: string(a.Origin)}}}}
	if a.By != "" {
		about = append(about, extensionJSON{URL: extAnswered, Extension: []extensionJSON{
			{URL: "by", ValueString: string(a.By)}, {URL: "at", ValueDateTime: a.At.UTC().Format(time.RFC3339Nano)}}})
	}
	if !a.given() && !a.NotDocumented {
		out.Extension = about
		return
	}
	if a.NotDocumented {
		out.Answer = []json.RawMessage{plain(map[string]any{"extension": append(about, extensionJSON{URL: extAbsent, ValueCode: "asked-unknown"})})}
		return
	}
	for _, v := range a.Values {
		key, value := i.fhir(v)
		out.Answer = append(out.Answer, plain(map[string]any{"extension": about, key: value}))
	}
}

// plain is JSON of what always has some.
func plain(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // only texts, finite numbers and lists of them are written
	}
	return text
}

// fhir is a value as value[x].
func (i *Item) fhir(v Value) (key string, value any) {
	n := json.Number(strconv.FormatFloat(v.Number, 'f', -1, 64))
	switch i.Type {
	case Boolean:
		return "valueBoolean", v.Yes
	case Integer:
		return "valueInteger", n
	case Decimal:
		return "valueDecimal", n
	case Quantity:
		return "valueQuantity", map[string]any{"value": n, "unit": i.Units[0].Display, "system": "http://unitsofmeasure.org", "code": i.Units[0].Code}
	case Date:
		return "valueDate", v.Day.String()
	case DateTime:
		return "valueDateTime", v.At.UTC().Format(time.RFC3339Nano)
	case Attachment:
		return "valueAttachment", map[string]any{"title": v.Text}
	}
	if op, ok := i.option(v.Text); ok && !v.Open {
		coding := map[string]any{"code": op.Code, "display": op.Display}
		if op.System != "" {
			coding["system"] = op.System
		}
		return "valueCoding", coding
	}
	return "valueString", v.Text
}

// ReadResponse reads what ResponseJSON wrote, or what another system sends
// for the same version. An answer that the questionnaire has no place for is
// a mistake with its place.
func (v *Version) ReadResponse(text []byte) (Answers, error) {
	d := &document{}
	o := d.open(text, "")
	if o == nil {
		return nil, d.mistakes
	}
	if o.need("resourceType") != "QuestionnaireResponse" {
		o.fail("resourceType", "must be QuestionnaireResponse")
	}
	if q := o.need("questionnaire"); q != v.Questionnaire.URL+"|"+v.Version {
		o.fail("questionnaire", "must be %s|%s", v.Questionnaire.URL, v.Version)
	}
	if s := o.need("status"); !slices.Contains([]string{"in-progress", "completed", "amended"}, s) {
		o.fail("status", "%q is not supported", s)
	}
	o.known("id", "meta", "subject", "authored", "author", "identifier")
	a := Answers{}
	v.readItems(o, a)
	o.end()
	if err := d.mistakes.err(); err != nil {
		return nil, err
	}
	return a, nil
}

func (v *Version) readItems(o *object, a Answers) {
	for _, c := range o.children("item") {
		i := v.index.items[c.need("linkId")]
		c.known("text", "definition")
		if i == nil {
			c.fail("linkId", "there is no such question")
			continue
		}
		if _, twice := a[i.LinkID]; twice {
			c.fail("linkId", "%q stands twice", i.LinkID)
		}
		if i.Type.asks() {
			v.readAnswer(c, i, a)
		}
		v.readItems(c, a)
		c.end()
	}
}

func (v *Version) readAnswer(o *object, i *Item, a Answers) {
	var answer Answer
	there := o.has("extension")
	answer.about(o)
	for _, c := range o.children("answer") {
		there = true
		if answer.about(c) {
			answer.NotDocumented = true
		} else if value, wrong := i.readFHIR(c); wrong == "" {
			answer.Values = append(answer.Values, value)
		} else {
			c.fail("", "%s", wrong)
		}
		c.end()
	}
	if answer.NotDocumented && (answer.given() || !i.NotDocumented) {
		o.fail("answer", "can't be “not documented”")
	}
	if wrong := i.acceptsMany(answer.Values); wrong != "" {
		o.fail("answer", "%s", wrong)
	}
	if there {
		a[i.LinkID] = answer
	}
}

// readFHIR reads value[x], which must fit the item's type.
func (i *Item) readFHIR(o *object) (v Value, wrong string) {
	r := &questionnaireReader{doc: o.doc}
	v, kind := r.answer(o, "value")
	if !i.Type.takes(kind) {
		return v, "has no value of the question's type"
	}
	if i.Type == OpenChoice && kind == "String" {
		v.Open = !i.listed(v.Text)
	}
	if i.Type == Quantity && v.Unit != "" {
		n, ok := convert(v.Number, Unit{Code: v.Unit}, i.Units[0])
		if !ok {
			return v, "must be in " + i.Units[0].Display
		}
		v.Number = n
	}
	v.Unit = ""
	return v, i.accepts(v).String()
}

// about reads where an answer came from, and reports whether it stands for
// none ("not documented").
func (a *Answer) about(o *object) (absent bool) {
	for _, e := range o.children("extension") {
		switch url := e.need("url"); url {
		case extOrigin:
			a.origin(e)
		case extAnswered:
			a.answered(e)
		case extAbsent:
			absent = e.need("valueCode") != ""
		default:
			e.fail("url", "the extension %q is not supported", url)
		}
		e.end()
	}
	return absent
}

func (a *Answer) origin(o *object) {
	for _, part := range o.children("extension") {
		switch part.need("url") {
		case "source":
			a.Origin = Origin(part.need("valueCode"))
			if !slices.Contains([]Origin{Manual, AutoClient, AutoServer, Override}, a.Origin) {
				part.fail("valueCode", "%q is not an origin", string(a.Origin))
			}
			part.end()
		case "author": // who it was is in our own extension, where it is ours
		default:
			part.fail("url", "is not supported")
		}
	}
}

func (a *Answer) answered(o *object) {
	for _, part := range o.children("extension") {
		switch part.need("url") {
		case "by":
			a.By = account.PersonID(part.need("valueString"))
		case "at":
			part.field("valueDateTime", &a.At, "a time")
			a.At = a.At.UTC()
		default:
			part.fail("url", "is not supported")
		}
		part.end()
	}
}
