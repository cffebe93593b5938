package survey

import "slices"

// About is what a survey is about.
type About string

// What surveys are about.
const (
	Call     About = "call"
	Decision About = "decision"
)

// A Question is one of the six. Its key and the values of its options are
// stored, so they never change; its words may.
type Question struct {
	Key, Words string
	Options    []Option // in order; one is chosen
}

// An Option is one answer.
type Option struct{ Value, Words string }

// Questions are what is asked, in order. None must be answered, but one must.
var Questions = []Question{
	{"recommend", "Would you recommend working with us to a colleague?", []Option{{"5", "Yes, surely"}, {"4", "Rather yes"}, {"3", "Neither yes nor no"}, {"2", "Rather not"}, {"1", "Surely not"}}},
	{"effort", "How much work was it for you?", []Option{{"5", "Very little"}, {"4", "Little"}, {"3", "As expected"}, {"2", "Much"}, {"1", "Far too much"}}},
	{"reason", "What was it mainly about?", []Option{{"status", "How an order stands"}, {"information", "Sending or adding information"}, {"decision", "A decision and its reasons"}, {"rules", "What needs authorization, or the rules"}, {"technical", "Using this site"}, {"other", "Something else"}}},
	{"settled", "Was it settled this time?", []Option{{"yes", "Yes"}, {"partly", "In part"}, {"no", "No"}}},
	{"contacts", "How often did you have to get in touch about it?", []Option{{"once", "Once"}, {"twice", "Twice"}, {"more", "More often"}}},
	{"satisfied", "All in all, how content are you?", []Option{{"5", "Very"}, {"4", "Rather"}, {"3", "Neither nor"}, {"2", "Little"}, {"1", "Not at all"}}},
}

// has reports whether a value is one of q's.
func (q Question) has(value string) bool {
	return slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == value })
}
