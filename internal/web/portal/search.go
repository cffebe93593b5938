package portal

import (
	"context"
	"net/url"
	"slices"

	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/infra/secret"
	"parley/internal/web"
)

// searchFields are what a search form sends.
var searchFields = []string{"q", "order_id", "member_id", "first_name", "last_name", "born_month", "born_day", "born_year"}

const longestSearch = 200 // characters of one field; no name or number is longer

func sealSearch(ctx context.Context, r *web.Request) (web.Answer, error) {
	said := url.Values{}
	for _, name := range searchFields {
		v := []rune(r.Value(name))
		if len(v) > longestSearch {
			return tooLong(ctx, r, name)
		}
		if len(v) > 0 {
			said.Set(name, string(v))
		}
	}
	if len(said) == 0 {
		return web.Answer{SeeOther: "/orders"}, nil
	}
	if t := worklist.Understand(said.Get("q")); t.Kind == worklist.OrderNumber && len(said) == 1 {
		return web.Answer{SeeOther: "/orders?q=" + t.Number}, nil
	}
	sealed, err := web.Seal(r.Settings.Box, orderSearch, said.Encode())
	return web.Answer{SeeOther: "/orders?s=" + sealed}, err
}

const orderSearch = "order search"

// tooLong shows the list's page with what is wrong; what was typed is cut to
// what the field takes, which no real search is longer than.
func tooLong(ctx context.Context, r *web.Request, field string) (web.Answer, error) {
	r.URL.RawQuery = ""
	p := newOrdersPage(r)
	p.text = cutTo(r.Value("q"), longestSearch)
	p.exact = exactOf(r.Form)
	err := fault.Fields{field: "Use 200 characters or less"}.Err()
	return p.answer(err), err
}

func cutTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// openSearch is what a list's address looks for: sealed in s, or in the open
// as scripts write it. A seal that does not open looks for nothing.
func openSearch(box *secret.Box, v url.Values) url.Values {
	said := url.Values{}
	for _, name := range searchFields {
		if v.Get(name) != "" {
			said.Set(name, v.Get(name))
		}
	}
	inside, err := url.ParseQuery(web.Unseal(box, orderSearch, v.Get("s")))
	if err != nil {
		return said
	}
	for name, all := range inside {
		if slices.Contains(searchFields, name) {
			said[name] = all
		}
	}
	return said
}

func exactOf(said url.Values) exactForm {
	return exactForm{OrderID: cutTo(said.Get("order_id"), longestSearch), MemberID: cutTo(said.Get("member_id"), longestSearch),
		First: cutTo(said.Get("first_name"), longestSearch), Last: cutTo(said.Get("last_name"), longestSearch),
		Month: cutTo(said.Get("born_month"), 20), Day: cutTo(said.Get("born_day"), 4), Year: cutTo(said.Get("born_year"), 6)}
}
