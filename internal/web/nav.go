package web

import (
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/web/ui"
	"parley/internal/words"
)

func loadZone(name string) (*time.Location, error) { return civil.Zone(name) }

type section struct {
	text  words.Text
	href  string
	shown func(account.Actor) bool
}

// sections are the top of the house, for each kind of reader, left to right.
var sections = []section{
	{"Home", "/", func(a account.Actor) bool { return a.On(account.Portal) }},
	{"Queue", "/review", func(a account.Actor) bool { return a.Can(account.ReviewOrders) }},
	{"Operations", "/ops", func(a account.Actor) bool { return a.Can(account.Supervise) }},
	{"Appeals", "/review/appeals", func(a account.Actor) bool { return a.Can(account.ReviewOrders) || a.Has(account.Appeals) }},
	{"Letters", "/review/letters", func(a account.Actor) bool { return a.Can(account.HandleLetters) }},
	{"Calls today", "/review/calls", func(a account.Actor) bool { return a.Can(account.HoldCalls) }},
	{"Calendar", "/review/calendar", func(a account.Actor) bool { return a.Can(account.HoldCalls) }},
	{"Board", "/board", func(a account.Actor) bool { return a.Can(account.ConfirmCalls) }},
	{"Reviewers", "/board/reviewers", func(a account.Actor) bool { return a.Can(account.ConfirmCalls) || a.Can(account.ManageProgram) }},
	{"Take a request", "/assist", func(a account.Actor) bool { return a.Can(account.ActOnBehalf) }},
	{"Orders", "/orders", func(a account.Actor) bool { return a.Can(account.ReadOrders) }},
	{"Messages", "/messages", func(a account.Actor) bool { return a.Can(account.Correspond) }},
	{"Drafts", "/drafts", func(a account.Actor) bool { return a.Can(account.SendRequests) }},
	{"Peer-to-peer", "/p2p", func(a account.Actor) bool { return a.Can(account.BookCalls) && !a.IsStaff() }},
	{"Organization", "/organization", func(a account.Actor) bool { return a.Can(account.ManageOffice) }},
	{"Providers", "/organization", func(a account.Actor) bool {
		return a.Can(account.SendRequests) && !a.Can(account.ManageOffice) && a.Assists == nil
	}},
	{"Health", "/admin", func(a account.Actor) bool { return a.Can(account.ManageProgram) }},
	{"Audit", "/admin/audit", func(a account.Actor) bool { return a.Can(account.ReadAudit) }},
	{"Administration", "/admin/index", func(a account.Actor) bool { return a.Can(account.ManageProgram) }},
	{"Help", "/help", func(account.Actor) bool { return true }},
}

func nav(r *Request) []ui.NavItem {
	var items []ui.NavItem
	for _, s := range sections {
		if s.shown(r.By) {
			text := s.text
			if s.href == "/messages" && r.Unread > 0 {
				text += " " + words.Say("(%s)", unreadWords(r.Unread))
			}
			items = append(items, ui.NavItem{Text: text, Href: s.href, Current: here(r.URL.Path, s.href)})
		}
	}
	longest := 0
	for i := range items { // /review/calls is not also /review
		if items[i].Current && len(items[i].Href) > longest {
			longest = len(items[i].Href)
		}
	}
	for i := range items {
		items[i].Current = items[i].Current && len(items[i].Href) == longest
	}
	return items
}

// unreadWords is a count that ends somewhere.
func unreadWords(n int) string {
	if n > message.MostCounted {
		return strconv.Itoa(message.MostCounted) + "+"
	}
	return strconv.Itoa(n)
}

func here(path, href string) bool {
	switch href {
	case "/", "/admin":
		return path == href
	case "/admin/index": // which leads to all pages of the administration but the audit
		return strings.HasPrefix(path, "/admin/") && !strings.HasPrefix(path, "/admin/audit")
	}
	return path == href || strings.HasPrefix(path, href+"/")
}

// Home is where a person's work begins.
func Home(a account.Actor) string {
	switch {
	case a.On(account.Portal):
		return "/"
	case a.Can(account.ReviewOrders):
		return "/review"
	case a.Can(account.ConfirmCalls):
		return "/board"
	case a.Can(account.ActOnBehalf):
		return "/assist"
	case a.Can(account.ManageProgram):
		return "/admin"
	case a.Can(account.ReadAudit):
		return "/admin/audit"
	}
	if len(a.Seats) == 0 {
		return "/welcome"
	}
	return "/orders"
}
