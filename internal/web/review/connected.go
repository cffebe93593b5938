package review

import (
	"context"
	"strconv"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/web"
)

// connect has a calendar elsewhere say when the reader is busy.
func connect(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCalendar(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if _, err := peer.Connect(ctx, r.Tx, r.Settings.Box, r.By, strings.TrimSpace(r.Value("address"))); err != nil {
		return p.failed(err, "address") // what was typed is a secret, and isn't shown again
	}
	return web.Answer{SeeOther: "/review/calendar?saved=connected#connected"}, nil
}

func disconnect(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/review/calendar?saved=disconnected#connected"}, peer.Disconnect(ctx, r.Tx, r.By, r.PathValue("calendar"))
}

func fetchNow(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/review/calendar#connected"}, peer.FetchNow(ctx, r.Tx, r.By, r.PathValue("calendar"))
}

// connectedWords say what came of a calendar the last time it was read.
func (p *calendarPage) connectedWords(c peer.Connected) string {
	if c.ReadAt == nil {
		if c.Failed == "" {
			return "It is being read for the first time. Open this page again in a minute."
		}
		return "It couldn’t be read yet."
	}
	words := "Last read " + civil.When(*c.ReadAt, p.loc, p.now).String() + ": " + countWords(c.Blocks, "busy time", "busy times") + "."
	if c.Unread > 0 {
		words += " " + countWords(c.Unread, "entry", "entries") + " couldn’t be read in full. Add time off for what is missing."
	}
	return words
}

func countWords(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
