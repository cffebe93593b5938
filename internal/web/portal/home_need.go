package portal

import (
	"parley/internal/domain/civil"
	"parley/internal/domain/home"
	"parley/internal/domain/order"
	"parley/internal/words"
)

// needWords say what to do, beginning with a verb.
func needWords(n home.Need) words.Text {
	var about words.Text
	if n.Order != "" {
		about = " " + words.Say("order ending %s", order.Ending(n.Order))
	}
	draft := " " + words.Say("request ending %s", order.Ending(n.Number))
	switch n.Kind {
	case home.Answer:
		if about == "" {
			return words.Say("Answer the message ending %s", order.Ending(n.Number))
		}
		return words.Say("Answer the message about%s", about)
	case home.Inform:
		return words.Say("Send what is missing for%s", about)
	case home.Finish:
		return words.Say("Finish and send%s", draft)
	case home.Replace:
		if n.Protected {
			return words.Say("Enter the password of a file in%s", draft)
		}
		return words.Say("Replace a file that can’t be used in%s", draft)
	case home.Clinical:
		return words.Say("Answer the clinical questions of%s", draft)
	case home.Sign:
		if n.Who != "" {
			return words.Say("%s needs to sign%s", n.Who, draft)
		}
		return words.Say("Sign%s", draft)
	case home.Join:
		return words.Say("Peer-to-peer call today about%s", about)
	}
	return words.Say("Request a peer-to-peer call about%s", about)
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
	case home.Sign:
		return "/requests/" + n.Number + "/review"
	case home.Join:
		return "/p2p/" + n.Number
	case home.Call:
		return "/orders/" + n.Number + "/p2p"
	}
	return "/orders/" + n.Number
}

// assignPath is where it is given to a colleague; "" where that makes no sense.
func (h homeData) assignPath(n home.Need) string {
	switch {
	case !h.sends:
		return ""
	case n.Kind == home.Answer:
		return "/messages/" + n.Number + "#assign"
	case n.Kind == home.Inform || n.Kind == home.Call:
		return "/orders/" + n.Number + "/holder?from=home"
	case n.Kind == home.Finish:
		return "/requests/" + n.Number + "/holder?from=home"
	}
	return ""
}

// needBy ends the sentence with a time where there is one.
func (h homeData) needBy(n home.Need) words.Text {
	switch {
	case n.By == nil:
		return ""
	case n.Kind == home.Join:
		return words.Say(", %s", civil.Span(*n.By, n.Ends, h.loc))
	case n.Kind == home.Inform:
		return words.Say(", decision due %s", civil.NearWithin(*n.By, h.loc, h.now))
	case n.By.Before(h.now):
		return words.Say(", was due %s", civil.NearWithin(*n.By, h.loc, h.now))
	}
	return " " + words.As("deadline", "by %s", civil.Deadline(*n.By, h.loc, h.now))
}

// needAbout are the details under the sentence.
func needAbout(n home.Need) string {
	text := n.Title
	if n.Kind == home.Sign { // the sentence says who
		n.Who = ""
	}
	for _, more := range []string{n.Patient, n.Who} {
		if more != "" && text != "" {
			text += ", "
		}
		text += more
	}
	return text
}
