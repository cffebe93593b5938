package web

import (
	"net/url"
	"strings"
)

// topics say which topic of the help center an office's page is about: of the
// addresses that begin a route's the first that fits counts.
var topics = []struct{ begins, topic string }{
	{"/{$}", "home"},
	{"/orders/{order}/p2p", "call"},
	{"/orders/{order}", "order"},
	{"/orders", "orders"},
	{"/old-orders", "order"},
	{"/appeals", "order"},
	{"/p2p/{call}", "calls"},
	{"/p2p", "call"},
	{"/calendar-feed", "call"},
	{"/requests", "request"},
	{"/drafts", "request"},
	{"/eligibility", "request"},
	{"/check", "request"},
	{"/assist", "request"},
	{"/messages", "messages"},
	{"/organization", "organization"},
	{"/account", "you"},
	{"/welcome", "account"},
}

// helpHref leads to help with the page that r asks for, and names what it is
// about, so that help knows whose contacts to show; "" where there is none.
func helpHref(r *Request) string {
	_, path, _ := strings.Cut(r.Pattern, " ")
	for _, t := range topics {
		if path != t.begins && !strings.HasPrefix(path, t.begins+"/") {
			continue
		}
		about := url.Values{}
		for _, name := range []string{"order", "call", "request"} {
			if number := r.PathValue(name); number != "" {
				about.Set(name, number)
			}
		}
		if len(about) == 0 {
			return "/help/here/" + t.topic
		}
		return "/help/here/" + t.topic + "?" + about.Encode()
	}
	return ""
}
