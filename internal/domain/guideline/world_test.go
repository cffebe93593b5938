package guideline

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"parley/internal/domain/civil"
)

// made is a guideline with the items and criteria given as JSON, and nothing
// else that matters.
func made(t testing.TB, items, criteria string) *Version {
	t.Helper()
	v, err := Read([]byte(document1(items, criteria)))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return v
}

func document1(items, criteria string) string {
	if criteria == "" {
		criteria = rule("r", "true")
	}
	return `{"id": "made", "title": "Made up", "version": "1", "about": "A test.", "from": "2026-01-01", "programs": ["msk"], "codes": ["72148"],
		"sources": [{"id": "s", "title": "A source", "publisher": "A publisher", "year": 2020, "url": "https://example.com/"}],
		"questionnaire": {"resourceType": "Questionnaire", "url": "urn:parley:questionnaire:made", "item": [` + items + `]},
		"criteria": ` + criteria + `, "approval": [{"codes": ["72148"], "units": 2, "days": 30}]}`
}

func rule(id, when string, more ...string) string {
	text, _ := json.Marshal(when)
	return `{"id": "` + id + `", "sentence": "S", "section": "1", "source": "s", "evidence": "E", "when": ` + string(text) + strings.Join(more, "") + `}`
}

// q is one question; more are further fields, each after a comma.
func q(id string, typ Type, more ...string) string {
	return `{"linkId": "` + id + `", "type": "` + string(typ) + `", "text": "Question ` + id + `"` + strings.Join(more, "") + `}`
}

const (
	required   = `, "required": true`
	repeats    = `, "repeats": true`
	notDoc     = `{"url": "urn:parley:not-documented", "valueBoolean": true}`
	inWeeks    = `{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit", "valueCoding": {"code": "wk"}}`
	threeCodes = `, "answerOption": [{"valueCoding": {"code": "a", "display": "An A"}}, {"valueCoding": {"code": "b", "display": "A B"}},
		{"valueCoding": {"code": "none", "display": "None"}, "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive", "valueBoolean": true}]}]`
)

func ext(all ...string) string { return `, "extension": [` + strings.Join(all, ", ") + `]` }

func phrase(s string) string { return `{"url": "urn:parley:phrase", "valueString": "` + s + `"}` }

func sdcExpr(name, e string) string {
	text, _ := json.Marshal(e)
	return `{"url": "` + sdc + name + `", "valueExpression": {"language": "text/expr", "expression": ` + string(text) + `}}`
}

// mistakes reads a document that must not be read, and returns what is wrong.
func mistakes(t testing.TB, text string) string {
	t.Helper()
	_, err := Read([]byte(text))
	var m Mistakes
	if !errors.As(err, &m) {
		t.Fatalf("it was read: %v", err)
	}
	return m.Error()
}

func date(s string) civil.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func num(n float64) Answer { return Answer{Values: []Value{{Number: n}}, Origin: Manual} }
func yes(b bool) Answer    { return Answer{Values: []Value{{Yes: b}}, Origin: Manual} }
func codes(all ...string) Answer {
	a := Answer{Origin: Manual}
	for _, c := range all {
		a.Values = append(a.Values, Value{Text: c})
	}
	return a
}
