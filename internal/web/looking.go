package web

import (
	"net/http"
	"strings"

	"parley/internal/fault"
)

// looking keeps an administrator who sees what somebody else sees from changing
// anything, and from what is nobody else's: account pages and private
// addresses. A page that is only read can't write whatever it tries: its
// transaction reads. Ending it and signing out remain.
func looking(r *Request) error {
	if r.By.Viewed == nil || r.Pattern == "POST /view/end" || r.Pattern == "POST /sign-out" {
		return nil
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return fault.New(fault.Denied, "You see what %s sees, and can’t change anything. End it first: the button is on top of the page.", r.By.Name)
	}
	for _, own := range []string{"GET /account", "GET /calendar-feed", "GET /help/newsletter", "GET /help/survey"} {
		if strings.HasPrefix(r.Pattern, own) {
			return fault.New(fault.Denied, "This page belongs to %s alone. It isn’t shown to anybody else.", r.By.Name)
		}
	}
	return nil
}
