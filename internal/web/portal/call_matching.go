package portal

import (
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/peer"
	"parley/internal/web/ui"
)

// matchingWords say what the order asked for, and how many fit.
func (p *oneCall) matchingWords() string {
	m := p.matching
	words := "No specialty was asked for"
	if m.Specialty != "" {
		words = "Specialty asked for: " + m.Specialty
	}
	if m.State != "" {
		words += ". Office in " + m.State
	}
	if m.Rule != "" {
		words += ". A match is asked for by " + m.Rule
	}
	fit := strconv.Itoa(m.Fit) + " reviewers fit"
	if m.Fit == 1 {
		fit = "1 reviewer fits"
	}
	return words + ". " + fit + " the order; " + strconv.Itoa(m.Free) + " of them free at this time."
}

// tierWords are how well a reviewer matches, as staff read it.
func (p *oneCall) tierWords(tier int) string {
	switch {
	case tier == peer.TierTrained:
		return "Trained for the program"
	case p.matching.Specialty == "" && tier == peer.TierLicensed:
		return "Licensed in " + p.matching.State
	case p.matching.Specialty == "":
		return "No specialty asked for"
	case tier == peer.TierLicensed && p.matching.State != "":
		return "Same specialty, " + p.matching.State + " license"
	}
	return "Same specialty"
}

// candidates are those who were free, as they were ranked.
func (p *oneCall) candidates() ui.TableView {
	t := ui.TableView{Caption: "Reviewers who were free, the first choice on top", Compact: true,
		Columns: []ui.Column{{Header: "Reviewer"}, {Header: "Match"}, {Header: "Had the call"}, {Header: "Programs"}, {Header: "Calls, 30 days and ahead"}, {Header: "Due at call"}, {Header: "Beside a call"}}}
	for _, c := range p.matching.Candidates {
		name := c.Name
		if c.Won {
			name += " (chosen)"
		}
		cells := []string{name, p.tierWords(c.Tier), yes(c.Had), strconv.Itoa(c.Programs), strconv.Itoa(c.Calls), strconv.Itoa(c.Due), yes(c.Packed)}
		row := ui.Row{}
		for _, text := range cells {
			row.Cells = append(row.Cells, ui.Text(text))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func yes(b bool) string {
	if b {
		return "Yes"
	}
	return "No"
}

// whyPath asks about this call's own time.
func (p *oneCall) whyPath() templ.SafeURL {
	q := url.Values{"order": {p.o.Number}, "reviewer": {string(p.c.ReviewerID)}, "at": {p.c.StartsAt.Format(time.RFC3339)}}
	return templ.SafeURL("/board/why?" + q.Encode())
}

// lowerWords say how many times open with the statement.
func (p *timePage) lowerWords() string {
	if p.offer.Lower == 1 {
		return "1 time with another reviewer is open if the physician agrees."
	}
	return thousands(p.offer.Lower) + " times with other reviewers are open if the physician agrees."
}
