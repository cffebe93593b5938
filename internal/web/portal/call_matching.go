package portal

import (
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/peer"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// matchingWords say what the order asked for, and how many fit.
func (p *oneCall) matchingWords() words.Text {
	m := p.matching
	text := words.Text("No specialty was asked for")
	if m.Specialty != "" {
		text = words.Say("Specialty asked for: %s", m.Specialty)
	}
	if m.State != "" {
		text += words.Say(". Office in %s", m.State)
	}
	if m.Rule != "" {
		text += words.Say(". A match is asked for by %s", m.Rule)
	}
	fit := words.Say("%s reviewers fit", strconv.Itoa(m.Fit))
	if m.Fit == 1 {
		fit = "1 reviewer fits"
	}
	return words.Say("%s. %s the order; %s of them free at this time.", text, fit, strconv.Itoa(m.Free))
}

// tierWords are how well a reviewer matches, as staff read it.
func (p *oneCall) tierWords(tier int) words.Text {
	switch {
	case tier == peer.TierTrained:
		return "Trained for the program"
	case p.matching.Specialty == "" && tier == peer.TierLicensed:
		return words.Say("Licensed in %s", p.matching.State)
	case p.matching.Specialty == "":
		return "No specialty asked for"
	case tier == peer.TierLicensed && p.matching.State != "":
		return words.Say("Same specialty, %s license", p.matching.State)
	}
	return "Same specialty"
}

// candidates are those who were free, as they were ranked.
func (p *oneCall) candidates() ui.TableView {
	t := ui.TableView{Caption: "Reviewers who were free, the first choice on top", Compact: true,
		Columns: []ui.Column{{Header: "Reviewer"}, {Header: "Match"}, {Header: "Had the call"}, {Header: "Programs"}, {Header: "Calls, 30 days and ahead"}, {Header: "Due at call"}, {Header: "Beside a call"}}}
	for _, c := range p.matching.Candidates {
		name := words.AsIs(c.Name)
		if c.Won {
			name = words.Say("%s (chosen)", name)
		}
		count := func(n int) words.Text { return words.AsIs(strconv.Itoa(n)) }
		cells := []words.Text{name, p.tierWords(c.Tier), yes(c.Had), count(c.Programs), count(c.Calls), count(c.Due), yes(c.Packed)}
		row := ui.Row{}
		for _, text := range cells {
			row.Cells = append(row.Cells, ui.Text(text))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func yes(b bool) words.Text {
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
func (p *timePage) lowerWords() words.Text {
	if p.offer.Lower == 1 {
		return "1 time with another reviewer is open if the physician agrees."
	}
	return words.Say("%s times with other reviewers are open if the physician agrees.", thousands(p.offer.Lower))
}
