package guideline

import "slices"

// Options stand in the item itself, or in a value set that the questionnaire
// contains.

func (r *questionnaireReader) valueSet(o *object) {
	if o.need("resourceType") != "ValueSet" {
		o.fail("resourceType", "must be ValueSet")
		return
	}
	o.known("status", "name", "title", "url", "version", "experimental", "description", "meta", "publisher", "date")
	id := o.need("id")
	var all []Option
	if compose := o.child("compose"); compose != nil {
		for _, include := range compose.children("include") {
			all = append(all, r.concepts(include, "concept", include.need("system"))...)
			include.end()
		}
		compose.end()
	}
	if expansion := o.child("expansion"); expansion != nil {
		expansion.known("timestamp", "identifier", "total", "offset", "parameter")
		all = r.concepts(expansion, "contains", "")
		expansion.end()
	}
	o.end()
	if len(all) == 0 || len(all) > mostOptions {
		o.fail("", "must list 1 to %d codes", mostOptions)
	}
	r.valueSets["#"+id] = all
}

func (r *questionnaireReader) concepts(o *object, key, system string) (all []Option) {
	for _, c := range o.children(key) {
		op := Option{Code: c.need("code"), System: system, Display: c.need("display")}
		if s := c.text("system"); s != "" {
			op.System = s
		}
		c.end()
		all = append(all, op)
	}
	return all
}

func (r *questionnaireReader) choices(o *object, i *Item) {
	if set := o.text("answerValueSet"); set != "" {
		found, ok := r.valueSets[set]
		if !ok {
			o.fail("answerValueSet", "%q is not contained in the questionnaire", set)
		}
		i.Options = slices.Clone(found)
	}
	for _, c := range o.children("answerOption") {
		i.Options = append(i.Options, r.option(c))
	}
	for _, op := range i.Options {
		if op.initial {
			i.preset = append(i.preset, Value{Text: op.Code})
		}
	}
}

func (r *questionnaireReader) option(o *object) (op Option) {
	op.initial = o.flag("initialSelected")
	if c := o.child("valueCoding"); c != nil {
		op.Code, op.System, op.Display = c.need("code"), c.text("system"), c.need("display")
		c.known("version")
		c.end()
	} else {
		op.Code = o.need("valueString")
		op.Display = op.Code
	}
	r.each(o, map[string]func(*object){core + "questionnaire-optionExclusive": func(e *object) { op.Exclusive = e.flag("valueBoolean") }})
	o.end()
	return op
}
