package code

import (
	"errors"
	"io"
	"strings"

	"parley/internal/infra/feed"
)

// HCPCSColumns are what a HCPCS file must have: those of CMS's own
// alpha-numeric file ("ANWEB"), whose records it numbers.
var HCPCSColumns = []string{"HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION"}

// Kinds of record in CMS's file: a long description that does not fit goes on
// in the records after it.
const (
	procedureRecord, procedureMore = "3", "4"
	modifierRecord, modifierMore   = "7", "8"
)

// HCPCSReader puts the codes of a HCPCS Level II file together from its rows:
// CMS's own columns, or the same with one row to a code, or a cut of the fixed
// width file in which code, number and kind of record are one field.
type HCPCSReader struct {
	table    *feed.Table
	layout   func(feed.Row) (hcpcsRow, error)
	held     *Code // may go on in the next row
	position int
}

type hcpcsRow struct {
	code, record, long, short string
	ended                     bool
}

// NewHCPCS reads from a table that has one of the layouts; else the fault says
// which of CMS's columns it lacks.
func NewHCPCS(f *feed.File) (*HCPCSReader, error) {
	t, err := feed.NewTable(f)
	if err != nil {
		return nil, err
	}
	h := &HCPCSReader{table: t}
	switch {
	case t.Has("code", "kind", "short_description", "long_description"):
		h.layout = oneRow
	case t.Has("Code", "Description1", "Description2"):
		h.layout = joined
	default:
		h.layout = official
		return h, t.Need(HCPCSColumns...)
	}
	return h, nil
}

// official reads CMS's own columns. A code with an end has ended or will: CMS
// does not say for which day a file was made.
func official(r feed.Row) (hcpcsRow, error) {
	return hcpcsRow{r.Get("HCPC"), r.Get("RECID"), r.Get("LONG DESCRIPTION"), r.Get("SHORT DESCRIPTION"), r.Get("TERM DT") != ""}, nil
}

func oneRow(r feed.Row) (hcpcsRow, error) {
	record := map[string]string{"procedure": procedureRecord, "modifier": modifierRecord}[r.Get("kind")]
	return hcpcsRow{r.Get("code"), record, r.Get("long_description"), r.Get("short_description"), false}, nil
}

// joined reads a cut of the fixed-width file whose later columns were cut at
// wrong places: of the short description only its own 28 characters are kept,
// and whether the code has ended is not in it.
func joined(r feed.Row) (hcpcsRow, error) {
	all := r.Get("Code")
	const tail, short = 6, 28 // five digits of sequence and one of kind
	if len(all) <= tail {
		return hcpcsRow{}, feed.Reject("Code", "is too short")
	}
	at := len(all) - tail
	words := r.Get("Description2")
	return hcpcsRow{strings.TrimSpace(all[:at]), all[len(all)-1:], r.Get("Description1"), strings.TrimSpace(words[:min(short, len(words))]), false}, nil
}

// Next returns the next code, put together from all its rows, or an error as
// of [feed.File.Next]. An ended code is kept, and not billable.
func (h *HCPCSReader) Next() (Code, error) {
	for {
		row, err := h.table.Next()
		if err != nil {
			return h.end(err)
		}
		r, err := h.layout(row)
		if err == nil {
			err = h.check(r)
		}
		if err != nil {
			return Code{}, row.At(err)
		}
		if r.more() {
			h.held.Long += " " + r.long
			continue
		}
		if done := h.begin(r); done != nil {
			return *done, nil
		}
	}
}

func (r hcpcsRow) more() bool { return r.record == procedureMore || r.record == modifierMore }

func (h *HCPCSReader) check(r hcpcsRow) error {
	size := 5
	if r.record == modifierRecord || r.record == modifierMore {
		size = 2
	}
	switch {
	case r.record != procedureRecord && r.record != modifierRecord && !r.more():
		return feed.Reject("RECID", "is none of 3, 4, 7 and 8")
	case len(r.code) != size || !alphanumeric(r.code):
		return feed.Reject("HCPC", "is not %d letters and digits", size)
	case r.more() && (h.held == nil || h.held.Code != r.code):
		return feed.Reject("HCPC", "goes on with a code that does not stand before it")
	case r.more() && len(h.held.Long)+len(r.long) > feed.MaxField:
		return feed.Reject("LONG DESCRIPTION", "is longer than any of CMS's")
	case r.long == "":
		return feed.Reject("LONG DESCRIPTION", "is empty")
	}
	return nil
}

// begin starts a code and returns the one before it, which is whole now.
func (h *HCPCSReader) begin(r hcpcsRow) (done *Code) {
	h.position++
	done = h.held
	h.held = &Code{System: HCPCS, Code: r.code, Billable: !r.ended, Short: r.short, Long: r.long, Position: h.position}
	if r.record == modifierRecord {
		h.held.System = HCPCSModifier
	}
	return done
}

// end hands out the last code when the file ends.
func (h *HCPCSReader) end(err error) (Code, error) {
	if !errors.Is(err, io.EOF) || h.held == nil {
		return Code{}, err
	}
	done := *h.held
	h.held = nil
	return done, nil
}
