package admin

import (
	"context"
	"encoding/base64"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/domain/privacy"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

const disclosuresPath = "/admin/privacy/disclosures"

func registerDisclosures(s *web.Server) {
	s.Handle("GET "+disclosuresPath, web.Privacy, showDisclosures)
	s.Handle("POST "+disclosuresPath, web.Privacy, findDisclosures)
	s.Handle("POST "+disclosuresPath+"/add", web.Privacy, addDisclosure)
	s.Handle("POST "+disclosuresPath+"/csv", web.Privacy, exportDisclosures)
}

// disclosuresPage is the accounting of one member, who is carried from page to
// page sealed and for minutes: no address names them.
type disclosuresPage struct {
	member              member.Member // zero before one is found
	all                 []privacy.Disclosure
	number, first, born string // as typed
	on                  string
	d                   privacy.Disclosure
	faults              map[string]words.Text
	errors              []ui.FieldError
	key                 string
	loc                 *time.Location
	now                 time.Time
}

func openDisclosures(ctx context.Context, r *web.Request) (p *disclosuresPage, err error) {
	p = &disclosuresPage{key: r.Key(), faults: map[string]words.Text{}, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	id := accounted(r)
	if id == "" {
		return p, nil
	}
	p.member, p.all, err = privacy.Accounting(ctx, r.Tx, r.By, id)
	return p, err
}

func accountedContext(r *web.Request) []byte { return []byte("accounting|" + string(r.By.ID)) }

// accounted is whose accounting is open, "" for nobody's.
func accounted(r *web.Request) member.ID {
	sealed, err := base64.RawURLEncoding.DecodeString(r.Brief("accounting"))
	if err != nil || len(sealed) == 0 {
		return ""
	}
	plain, err := r.Settings.Box.Open(sealed, accountedContext(r))
	if err != nil {
		return ""
	}
	return member.ID(plain)
}

func (p *disclosuresPage) answer() web.Answer {
	return web.Answer{Title: "Accounting of disclosures", Body: disclosuresView(p), Errors: p.errors, Crumbs: crumbs("Accounting of disclosures", privacyCrumb)}
}

func showDisclosures(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDisclosures(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

// findDisclosures opens the accounting of a member, by their number and date of
// birth.
func findDisclosures(ctx context.Context, r *web.Request) (web.Answer, error) {
	f := fault.Fields{}
	born := dayTyped(f, "born", typed(r, "born"))
	err := f.Err()
	var m member.Member
	if err == nil {
		m, err = privacy.Find(ctx, r.Tx, r.By, privacy.Who{Number: typed(r, "number"), First: typed(r, "first"), Born: born})
	}
	if err != nil {
		return againDisclosures(ctx, r, err, func(p *disclosuresPage) {
			p.number, p.first, p.born = r.Value("number"), r.Value("first"), r.Value("born")
		})
	}
	sealed, err := r.Settings.Box.Seal([]byte(m.ID), accountedContext(r))
	if err != nil {
		return web.Answer{}, err
	}
	a := web.Answer{SeeOther: disclosuresPath}
	a.Cookies = append(a.Cookies, r.Settings.BriefCookie("accounting", base64.RawURLEncoding.EncodeToString(sealed)))
	return a, nil
}

func againDisclosures(ctx context.Context, r *web.Request, err error, typed func(*disclosuresPage)) (web.Answer, error) {
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p, openErr := openDisclosures(ctx, r)
	if openErr != nil {
		return web.Answer{}, openErr
	}
	typed(p)
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "number", "born", "first", "on", "recipient", "address", "what", "purpose")
	return p.answer(), err
}

func addDisclosure(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := accounted(r)
	if id == "" {
		return web.Answer{}, fault.New(fault.Conflict, "Find the member again: it has been a while.")
	}
	d := privacy.Disclosure{Recipient: typed(r, "recipient"), Address: typed(r, "address"), What: typed(r, "what"), Purpose: typed(r, "purpose")}
	f := fault.Fields{}
	d.On = dayTyped(f, "on", typed(r, "on"))
	err := f.Err()
	if err == nil {
		err = privacy.Disclose(ctx, r.Tx, r.By, id, d)
	}
	if err != nil {
		return againDisclosures(ctx, r, err, func(p *disclosuresPage) { p.d, p.on = d, r.Value("on") })
	}
	return web.Answer{SeeOther: disclosuresPath}, nil
}

func exportDisclosures(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDisclosures(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.member.ID == "" {
		return web.Answer{SeeOther: disclosuresPath}, nil
	}
	rows := [][]string{{"date", "to", "address", "what", "purpose"}}
	for _, d := range p.all {
		rows = append(rows, []string{d.On.String(), d.Recipient, d.Address, d.What, d.Purpose})
	}
	file, err := web.CSV("disclosures.csv", rows)
	return web.Answer{File: file}, err
}
