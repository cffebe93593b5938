package help

import "parley/internal/words"

// A Topic is something people do, with the part of a guide that tells how.
type Topic struct {
	Key            string
	Name           words.Text
	Guide, Section string // file of the guide without its ending, and the heading's id in it
}

// Topics are all of them, in the order people read them.
var Topics = []Topic{
	{"account", "Create an account", "office", "create-an-account"},
	{"sign-in", "Sign in", "office", "sign-in"},
	{"home", "Home", "office", "home"},
	{"request", "Start a request", "office", "start-a-request"},
	{"orders", "Find an order", "office", "find-an-order"},
	{"order", "Read an order", "office", "read-an-order"},
	{"messages", "Answer a message", "office", "answer-a-message"},
	{"call", "Book a peer-to-peer call", "office", "book-a-peer-to-peer-call"},
	{"calls", "Move or cancel a call", "office", "move-or-cancel-a-call"},
	{"day", "On the day, and after", "office", "on-the-day-and-after"},
	{"organization", "Set up your organization", "office", "set-up-your-organization"},
	{"you", "Your account", "office", "your-account"},
}

// TopicOf is the topic with a key, and one without a key for none.
func TopicOf(key string) Topic {
	for _, t := range Topics {
		if t.Key == key {
			return t
		}
	}
	return Topic{}
}
