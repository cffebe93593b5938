package notify

import (
	"strconv"

	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/ical"
)

// Feed is a person's calls as a calendar that their program reads again and
// again. It names no patient, nobody else and no number.
func (d *Desk) Feed(calls []peer.Listed) []byte {
	var events []ical.Event
	for _, c := range calls {
		about := "order ending " + order.Ending(c.OrderNumber)
		if c.More > 0 {
			about = strconv.Itoa(c.More+1) + " orders"
		}
		events = append(events, ical.Event{
			UID: "feed-" + string(c.ID) + "@parley", Sequence: c.Sequence, Start: c.StartsAt, End: c.EndsAt, Stamp: c.ChangedAt,
			Summary:     "Peer-to-peer call (" + about + ")",
			Description: "Reference " + c.Reference() + ". Sign in to see or change the call: " + d.URL + "/p2p/" + c.Number,
			URL:         d.URL + "/p2p/" + c.Number,
		})
	}
	return ical.Feed(d.Name+" calls", events)
}
