package guideline

import (
	"net/url"
	"slices"
)

// each reads the extensions of an element. One that is not known is a mistake.
func (r *questionnaireReader) each(o *object, known map[string]func(*object)) {
	for _, e := range o.children("extension") {
		url := e.need("url")
		read, ok := known[url]
		if !ok {
			e.fail("url", "the extension %q is not supported", url)
			continue
		}
		read(e)
		e.end()
	}
}

func (r *questionnaireReader) extensions(o *object, i *Item) {
	bound := func(p **Value) func(*object) {
		return func(e *object) {
			v, kind := r.answer(e, "value")
			if !i.Type.takes(kind) {
				e.fail("", "has no value of the question's type")
			}
			*p = &v
		}
	}
	r.each(o, map[string]func(*object){
		sdc + "enableWhenExpression":          func(e *object) { i.source.enable = r.expression(e) },
		sdc + "initialExpression":             func(e *object) { i.source.initial = r.expression(e) },
		sdc + "calculatedExpression":          func(e *object) { i.source.calculated = r.expression(e) },
		sdc + "answerOptionsToggleExpression": func(e *object) { i.toggles = append(i.toggles, r.toggle(e)) },
		core + "questionnaire-unit":           func(e *object) { i.Units = append([]Unit{r.unit(e)}, i.Units...) },
		core + "questionnaire-unitOption":     func(e *object) { i.Units = append(i.Units, r.unit(e)) },
		core + "minValue":                     bound(&i.Min),
		core + "maxValue":                     bound(&i.Max),
		sdc + "minQuantity":                   bound(&i.Min),
		sdc + "maxQuantity":                   bound(&i.Max),
		core + "questionnaire-minOccurs":      func(e *object) { i.MinOccurs = e.whole("valueInteger") },
		core + "questionnaire-maxOccurs":      func(e *object) { i.MaxOccurs = e.whole("valueInteger") },
		core + "questionnaire-itemControl":    func(e *object) { i.Control = r.control(e) },
		core + "questionnaire-supportLink":    func(e *object) { i.SupportLink = link(e, "valueUri") },
		core + "questionnaire-hidden":         func(e *object) { i.Hidden = e.flag("valueBoolean") },
		core + "entryFormat":                  func(e *object) { i.EntryFormat = e.need("valueString") },
		extNotDocumented:                      func(e *object) { i.NotDocumented = e.flag("valueBoolean") },
		extPhrase:                             func(e *object) { i.Phrase = e.need("valueString") },
		extReason:                             func(e *object) { i.Reason = e.need("valueString") },
	})
}

// link is an address that a page may link to.
func link(o *object, key string) string {
	s := o.need(key)
	if u, err := url.Parse(s); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		o.fail(key, "must be an address that begins with https://")
		return ""
	}
	return s
}

func (r *questionnaireReader) expression(e *object) string {
	x := e.child("valueExpression")
	if x == nil {
		e.fail("valueExpression", "is missing")
		return ""
	}
	if l := x.need("language"); l != Language {
		x.fail("language", "%q is not supported, only %q", l, Language)
	}
	x.known("description", "name")
	text := x.need("expression")
	x.end()
	return text
}

func (r *questionnaireReader) toggle(e *object) (t toggle) {
	for _, part := range e.children("extension") {
		switch part.need("url") {
		case "option":
			v, kind := r.answer(part, "value")
			if !Choice.takes(kind) {
				part.fail("", "is no option")
			}
			t.codes = append(t.codes, v.Text)
		case "expression":
			t.text = r.expression(part)
		default:
			part.fail("url", "is not supported")
		}
		part.end()
	}
	if len(t.codes) == 0 || t.text == "" {
		e.fail("", "needs options and an expression")
	}
	return t
}

func (r *questionnaireReader) unit(e *object) Unit {
	c := e.child("valueCoding")
	if c == nil {
		e.fail("valueCoding", "is missing")
		return Unit{}
	}
	c.known("system")
	u := Unit{Code: c.need("code"), Display: c.text("display")}
	c.end()
	return u.filled()
}

var controls = []string{"radio-button", "check-box", "drop-down", "autocomplete", "page", "help", "text-box"}

func (r *questionnaireReader) control(e *object) (found string) {
	concept := e.child("valueCodeableConcept")
	if concept == nil {
		e.fail("valueCodeableConcept", "is missing")
		return ""
	}
	for _, c := range concept.children("coding") {
		c.known("display", "version")
		if system := c.text("system"); system != "" && system != itemControlSystem {
			c.fail("system", "%q is not supported", system)
		}
		if found = c.need("code"); !slices.Contains(controls, found) {
			c.fail("code", "the control %q is not supported", found)
		}
		c.end()
	}
	concept.known("text")
	concept.end()
	return found
}
