// Package code is about the code sets in which diagnoses and services are
// named: ICD-10-CM for diagnoses and HCPCS Level II for supplies and services.
// Both are published by the government once or more a year and are in the
// public domain; of licensed sets we keep no wording.
package code

import (
	"context"
	"strings"
	"unicode"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Systems of codes.
const (
	ICD10CM       = "ICD-10-CM"
	HCPCS         = "HCPCS"
	CPT           = "CPT" // its words are licensed: we hold none
	HCPCSModifier = "HCPCS modifier"
)

// A Code is one code of a system, with the publisher's words for it.
type Code struct {
	System, Code string // the code as published: upper case, without a dot
	Billable     bool   // may stand on a request; a heading or an ended code may not
	Short, Long  string
	Position     int    // in the publisher's order, so that headings precede what they head
	Edition      string // which publication it was last found in
}

// Dotted is the code as people write it: an ICD-10-CM code has a dot after its
// third character.
func (c Code) Dotted() string {
	if c.System != ICD10CM || len(c.Code) <= 3 {
		return c.Code
	}
	return c.Code[:3] + "." + c.Code[3:]
}

// Plain is a code as it is stored, from how anyone may write it: with or
// without dot, in any case.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// Lookup returns a code, written with or without its dot, or a NotFound fault.
func Lookup(ctx context.Context, tx *db.Tx, system, code string) (Code, error) {
	c, err := lookup(ctx, tx, system, Plain(code))
	if fault.Is(err, fault.NotFound) {
		return c, fault.New(fault.NotFound, "There is no %s code %s.", system, Plain(code))
	}
	return c, err
}

// Listed reports whether any code of a system has been imported.
func Listed(ctx context.Context, tx *db.Tx, system string) (bool, error) {
	return db.Remember(ctx, tx, topic, "listed "+system, func() (bool, error) {
		return db.Exists(ctx, tx, `select 1 from code where system = $1`, system)
	})
}

// Save stores codes, over those of the same system and code, and reports how
// many were new or different. No code may stand in the list twice. Who may:
// imports.
func Save(ctx context.Context, tx *db.Tx, by account.Actor, codes []Code) (changed int, err error) {
	if err := by.Must(account.ImportData); err != nil {
		return 0, err
	}
	if changed, err = save(ctx, tx, codes); err != nil || changed == 0 {
		return changed, err
	}
	if err := db.Revise(ctx, tx, topic); err != nil {
		return changed, err
	}
	return changed, audit.Record(ctx, tx, by.Audit("codes.imported", "code", codes[0].System))
}

// Retire marks what a complete import of an edition did not bring as no
// longer fit for a request, and reports how many codes that were.
func Retire(ctx context.Context, tx *db.Tx, by account.Actor, system, edition string) (int, error) {
	if err := by.Must(account.ImportData); err != nil {
		return 0, err
	}
	n, err := retire(ctx, tx, system, edition)
	if err != nil || n == 0 {
		return n, err
	}
	if err := db.Revise(ctx, tx, topic); err != nil {
		return n, err
	}
	return n, audit.Record(ctx, tx, by.Audit("codes.retired", "code", system))
}
