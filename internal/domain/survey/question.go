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
	{"recommend", "Would you recommend working with us to a colleague?", []Option{{"5", "Definitely"}, {"4", "Probably"}, {"3", "Not sure"}, {"2", "Probably not"}, {"1", "Definitely not"}}},
	{"effort", "How much work was it for you?", []Option{{"5", "Very little"}, {"4", "Little"}, {"3", "As expected"}, {"2", "A lot"}, {"1", "Far too much"}}},
	{"reason", "What was it mainly about?", []Option{{"status", "How an order stands"}, {"information", "Sending or adding information"}, {"decision", "A decision and its reasons"}, {"rules", "What needs authorization, or the rules"}, {"technical", "Using this site"}, {"other", "Something else"}}},
	{"settled", "Was it resolved this time?", []Option{{"yes", "Yes"}, {"partly", "In part"}, {"no", "No"}}},
	{"contacts", "How often did you have to get in touch about it?", []Option{{"once", "Once"}, {"twice", "Twice"}, {"more", "More than twice"}}},
	{"satisfied", "Overall, how satisfied are you?", []Option{{"5", "Very satisfied"}, {"4", "Satisfied"}, {"3", "Neither satisfied nor dissatisfied"}, {"2", "Dissatisfied"}, {"1", "Very dissatisfied"}}},
}

// has reports whether a value is one of q's.
func (q Question) has(value string) bool {
	return slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == value })
}
