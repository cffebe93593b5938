package review

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// numbersPage lists the phone numbers of offices that wait for a call in which
// a code is read.
type numbersPage struct {
	all  []provider.Number
	at   string // the location whose code was just drawn
	code string
	key  string
	loc  *time.Location
	now  time.Time
}

func listNumbers(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &numbersPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	if p.all, err = provider.ToCall(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	p.at, p.code = carriedCode(r)
	return web.Answer{Title: "Numbers to confirm", Body: numbersView(p), Crumbs: []ui.Link{{Text: "Letters", Href: "/review/letters"}, {Text: "Numbers to confirm"}}}, nil
}

// readNumber draws a code to be read. It is carried to the page sealed, since
// nothing but its hash is stored.
func readNumber(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("location")
	_, code, err := provider.ReadOut(ctx, r.Tx, r.By, id)
	if err != nil {
		return web.Answer{}, err
	}
	sealed, err := r.Settings.Box.Seal([]byte(id+" "+code), numberContext(r))
	if err != nil {
		return web.Answer{}, err
	}
	a := web.Answer{SeeOther: "/review/numbers"}
	a.Cookies = append(a.Cookies, r.Settings.BriefCookie("number", base64.RawURLEncoding.EncodeToString(sealed)))
	return a, nil
}

func numberContext(r *web.Request) []byte { return []byte("number code|" + string(r.By.ID)) }

func carriedCode(r *web.Request) (location, code string) {
	sealed, err := base64.RawURLEncoding.DecodeString(r.Brief("number"))
	if err != nil || len(sealed) == 0 {
		return "", ""
	}
	plain, err := r.Settings.Box.Open(sealed, numberContext(r))
	if err != nil {
		return "", ""
	}
	location, code, _ = strings.Cut(string(plain), " ")
	return location, code
}
