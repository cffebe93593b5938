package guideline

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/words"
)

// A Form is a questionnaire as an office sees it, given facts and answers:
// one question or one closely related group a page. Who prefers all on one
// page shows the pages as its sections.
type Form struct {
	Guideline string // "Lumbar spine MRI 2026.1"
	Pages     []Page // those with something to ask now, in order
}

// A Page is one page of questions.
type Page struct {
	Key      string // its address within the form: a link id
	N        int    // from 1
	Title    string // of a group; "" for a single question
	Items    []Field
	Answered bool // every question that must be answered is
	Seconds  int  // to read it
}

// A Field is one question on a page, or text to read.
type Field struct {
	LinkID   string
	Name     string // of the form field; its companions are Name + ".unknown" (or UnknownCode), ".other", ".unit", ".time"
	Prefix   string
	Label    string
	Hint     string
	Control  Control
	Section  bool // a heading inside a page
	Options  []OptionField
	Units    []Unit // more than one: people choose; one: it stands beside the number
	Unit     string // chosen
	Value    string // as it stands in the field
	Time     string // of a date with a time: "14:30"
	Open     bool   // whether people can give an answer that isn't offered
	Other    string // that answer
	Most     int    // characters; 0: not a text
	Required bool
	ReadOnly bool

	NotDocumented bool // whether people can say that they don't know
	Unknown       bool // whether they did
	Tag           words.Text
	At            time.Time // of the answer, for "From your record, Nov 2"
	Echo          string    // the answer in words: "6 weeks", "Not documented"; "" if there is none
	Why           []Why
	SupportLink   string
	Error         words.Text
}

// A Control is how a field is drawn.
type Control string

// Controls. TwoColumns are radios in two columns where there is room.
const (
	Note       Control = "note" // text to read
	Radios     Control = "radios"
	TwoColumns Control = "two columns"
	Combobox   Control = "combobox"
	Boxes      Control = "boxes"
	YesNo      Control = "yes or no"
	Number     Control = "number"
	Line       Control = "line"
	Area       Control = "area"
	Day        Control = "day"
	DayTime    Control = "day and time"
	FileName   Control = "file"
)

// An OptionField is one radio or box.
type OptionField struct {
	Code, Label string
	Exclusive   bool
	Selected    bool
}

// A Why says why something is asked: the criterion that rests on it.
type Why struct {
	Guideline string // "Lumbar spine MRI 2026.1"
	Section   string
	Sentence  string
	Source    string // "Title. Publisher, 2021"
	URL       string
}

// Reading speed of adults in silence, in words a minute: the mean for
// nonfiction in English (Brysbaert, Journal of Memory and Language 109, 2019).
const wordsPerMinute = 238

// MostSeconds is how long a page may take to read.
const MostSeconds = 40

// Form draws the questions as they stand.
func (v *Version) Form(f Facts, a Answers) Form {
	st := v.state(f, a)
	form := Form{Guideline: v.Name()}
	var notes []Field // text before a question goes on the question's page
	for _, top := range v.Questionnaire.Items {
		if !st.enabled[top] {
			continue
		}
		p := Page{Key: top.LinkID, Answered: true}
		if top.Type == Group {
			p.Title = top.Text
		}
		v.fill(&p, top, st, f.zone(), true)
		if !slices.ContainsFunc(p.Items, func(i Field) bool { return i.Control != Note }) {
			notes = append(notes, p.Items...)
			continue
		}
		p.Items, notes = append(notes, p.Items...), nil
		p.N = len(form.Pages) + 1
		p.Seconds = p.seconds()
		form.Pages = append(form.Pages, p)
	}
	return form
}

// Page finds a page by its key.
func (f Form) Page(key string) (Page, bool) {
	i := slices.IndexFunc(f.Pages, func(p Page) bool { return p.Key == key })
	if i < 0 {
		return Page{}, false
	}
	return f.Pages[i], true
}

// Next is the key of the page after one, and "" after the last.
func (f Form) Next(key string) string {
	i := slices.IndexFunc(f.Pages, func(p Page) bool { return p.Key == key })
	if i < 0 || i+1 >= len(f.Pages) {
		return ""
	}
	return f.Pages[i+1].Key
}

// Open is the key of the first page on which something must still be
// answered, and "" if none.
func (f Form) Open() string {
	for _, p := range f.Pages {
		if !p.Answered {
			return p.Key
		}
	}
	return ""
}

// fill adds what is enabled and not hidden, from the top down.
func (v *Version) fill(p *Page, i *Item, st state, zone *time.Location, top bool) {
	if !st.enabled[i] || i.Hidden {
		return
	}
	if i.Type != Group {
		field := v.field(i, st, zone)
		p.Items = append(p.Items, field)
		if i.Type.asks() && i.Required && !i.ReadOnly && field.Value == "" && !field.Unknown && !field.chosen() {
			p.Answered = false
		}
		return
	}
	if !top && i.Text != "" {
		p.Items = append(p.Items, Field{LinkID: i.LinkID, Label: i.Text, Control: Note, Section: true})
	}
	for _, c := range i.Items {
		v.fill(p, c, st, zone, false)
	}
}

func (f Field) chosen() bool {
	return f.Other != "" || slices.ContainsFunc(f.Options, func(o OptionField) bool { return o.Selected })
}

// FieldName is the name of a question's form field.
func FieldName(linkID string) string { return "q." + linkID }

func (v *Version) field(i *Item, st state, zone *time.Location) Field {
	a := st.answers[i.LinkID]
	f := Field{LinkID: i.LinkID, Name: FieldName(i.LinkID), Prefix: i.Prefix, Label: i.Text, Control: i.control(), Open: i.Type == OpenChoice, Units: i.Units, Required: i.Required,
		ReadOnly: i.ReadOnly, NotDocumented: i.NotDocumented, Unknown: a.NotDocumented, Tag: a.Origin.Tag(), At: a.At, SupportLink: i.SupportLink, Why: v.why(i)}
	f.Hint = strings.TrimSpace(i.Hint + " " + i.EntryFormat)
	if f.Control == Line || f.Control == Area {
		f.Most = i.limit()
	}
	if len(i.Units) > 0 {
		f.Unit = i.Units[0].Code
	}
	for _, o := range i.Options {
		if st.env != nil && !i.offers(o.Code, st.env) { // nothing known at all: everything that could be read
			continue
		}
		f.Options = append(f.Options, OptionField{Code: o.Code, Label: o.Display, Exclusive: o.Exclusive})
	}
	if i.Type == Boolean {
		f.Options = []OptionField{{Code: "yes", Label: "Yes"}, {Code: "no", Label: "No"}}
	}
	f.Echo = i.Say(a, zone)
	if a.given() {
		f.put(i, a, zone)
	}
	return f
}

// put has an answer stand in the field.
func (f *Field) put(i *Item, a Answer, zone *time.Location) {
	v := a.Values[0]
	switch {
	case i.Type == Boolean:
		f.choose(map[bool]string{true: "yes", false: "no"}[v.Yes])
	case i.Type.chooses():
		for _, v := range a.Values {
			if v.Open {
				f.Other = v.Text
			} else {
				f.choose(v.Text)
			}
		}
	case i.Type.number():
		f.Value = numberText(v.Number)
	case i.Type == Date:
		f.Value = usDate(v.Day)
	case i.Type == DateTime:
		f.Value, f.Time = usDate(civil.DateIn(v.At, zone)), v.At.In(zone).Format("15:04")
	default:
		f.Value = v.Text
	}
}

func (f *Field) choose(code string) {
	for n := range f.Options {
		if f.Options[n].Code == code {
			f.Options[n].Selected = true
			f.Value = code
		}
	}
}

// usDate is a date as F-DOS has people type it: mm/dd/yyyy.
func usDate(d civil.Date) string { return instant(d).Format("01/02/2006") }

// control picks how a question is drawn: up to seven choices are radios, up
// to fifteen in two columns, more a combobox, whatever the file prefers.
func (i *Item) control() Control {
	switch i.Type {
	case Display, Group:
		return Note
	case Boolean:
		return YesNo
	case Choice, OpenChoice:
		return i.chooser()
	case Date:
		return Day
	case DateTime:
		return DayTime
	case Text:
		return Area
	case String:
		return Line
	case Attachment:
		return FileName
	}
	return Number
}

func (i *Item) chooser() Control {
	switch {
	case i.Repeats:
		return Boxes
	case len(i.Options) > 15:
		return Combobox
	case len(i.Options) > 7:
		return TwoColumns
	}
	return Radios
}

// why lists the criteria that rest on a question: directly or, where none
// does, by way of what is calculated from it or asked because of it.
func (v *Version) why(i *Item) (all []Why) {
	rests := func(uses func(*expression) bool) {
		for _, c := range v.Criteria.Rules() {
			if uses(c.when) {
				s, _ := v.source(c.Source)
				all = append(all, Why{v.Name(), c.Section, c.Sentence, s.Cite(), s.URL})
			}
		}
	}
	rests(func(e *expression) bool { return slices.Contains(e.uses, i.name) })
	if len(all) == 0 && i.Reason != "" {
		return []Why{{Guideline: v.Name(), Sentence: i.Reason}}
	}
	if len(all) == 0 {
		rests(func(e *expression) bool {
			return slices.ContainsFunc(e.uses, func(name string) bool { return v.index.leads(i, v.index.byName[name]) })
		})
	}
	return all
}

// leads reports whether an item depends on another, by any way.
func (x index) leads(from, to *Item) bool {
	return to != nil && slices.ContainsFunc(x.needs(to), func(on *Item) bool { return on == from || x.leads(from, on) })
}

// seconds is how long a page takes to read.
func (p Page) seconds() int {
	words := len(strings.Fields(p.Title))
	for _, f := range p.Items {
		words += len(strings.Fields(f.Prefix)) + len(strings.Fields(f.Label)) + len(strings.Fields(f.Hint))
		for _, o := range f.Options {
			words += len(strings.Fields(o.Label))
		}
		if f.NotDocumented {
			words += len(strings.Fields(NotDocumentedLabel))
		}
	}
	return (words*60 + wordsPerMinute - 1) / wordsPerMinute
}

// NotDocumentedLabel is the answer of who can't answer.
const NotDocumentedLabel = "I don't know, or it is not documented"

// Posted is the form with what was posted for a page in its fields, and what
// is wrong beside them: what a page shows after Take found faults.
func (f Form) Posted(key string, posted url.Values, faults fault.Fields) Form {
	f.Pages = slices.Clone(f.Pages)
	for n := range f.Pages {
		if key != "" && f.Pages[n].Key != key {
			continue
		}
		f.Pages[n].Items = slices.Clone(f.Pages[n].Items)
		for m := range f.Pages[n].Items {
			f.Pages[n].Items[m].posted(posted, faults)
		}
	}
	return f
}

func (f *Field) posted(posted url.Values, faults fault.Fields) {
	if f.Control == Note || f.ReadOnly {
		return
	}
	f.Error = faults[f.Name]
	f.Value, f.Time, f.Other = posted.Get(f.Name), posted.Get(f.Name+".time"), posted.Get(f.Name+".other")
	f.Unknown, _ = sayUnknown(posted, f.Name)
	if unit := posted.Get(f.Name + ".unit"); unit != "" {
		f.Unit = unit
	}
	f.Options = slices.Clone(f.Options)
	for n := range f.Options {
		f.Options[n].Selected = slices.Contains(posted[f.Name], f.Options[n].Code)
	}
}
