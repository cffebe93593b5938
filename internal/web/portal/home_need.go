package portal

import (
	"parley/internal/domain/civil"
	"parley/internal/domain/home"
	"parley/internal/domain/order"
)

// needWords say what to do, beginning with a verb.
func needWords(n home.Need) string {
	about := ""
	if n.Order != "" {
		about = " order ending " + order.Ending(n.Order)
	}
	draft := " request ending " + order.Ending(n.Number)
	switch n.Kind {
	case home.Answer:
		if about == "" {
			return "Answer the message ending " + order.Ending(n.Number)
		}
		return "Answer the message about" + about
	case home.Inform:
		return "Send what is missing for" + about
	case home.Finish:
		return "Finish and send" + draft
	case home.Replace:
		if n.Protected {
			return "Enter the password of a file in" + draft
		}
		return "Replace a file that can’t be used in" + draft
	case home.Clinical:
		return "Answer the clinical questions of" + draft
	case home.Join:
		return "Peer-to-peer call today about" + about
	}
	return "Request a peer-to-peer call about" + about
}

// needPath is where it is done.
func needPath(n home.Need) string {
	switch n.Kind {
	case home.Answer:
		return "/messages/" + n.Number
	case home.Finish:
		return "/requests/" + n.Number
	case home.Replace:
		return "/requests/" + n.Number + "/files"
	case home.Clinical:
		return "/requests/" + n.Number + "/clinical"
	case home.Join:
		return "/p2p/" + n.Number
	case home.Call:
		return "/orders/" + n.Number + "/p2p"
	}
	return "/orders/" + n.Number
}

// needBy ends the sentence with a time where there is one.
func (h homeData) needBy(n home.Need) string {
	switch {
	case n.By == nil:
		return ""
	case n.Kind == home.Join:
		return ", " + civil.Span(*n.By, n.Ends, h.loc)
	case n.Kind == home.Inform:
		return ", decision due " + civil.NearWithin(*n.By, h.loc, h.now)
	case n.By.Before(h.now):
		return ", was due " + civil.NearWithin(*n.By, h.loc, h.now)
	}
	return " by " + civil.Deadline(*n.By, h.loc, h.now)
}

// needAbout are the details under the sentence.
func needAbout(n home.Need) string {
	words := n.Title
	for _, more := range []string{n.Patient, n.Who} {
		if more != "" && words != "" {
			words += ", "
		}
		words += more
	}
	return words
}
