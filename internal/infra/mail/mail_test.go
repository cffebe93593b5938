package mail

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

func invitation() Message {
	return Message{
		ID: "ntf_0192.office", At: time.Date(2026, 11, 21, 15, 4, 5, 0, time.UTC),
		To:       Address{"Jane Doe, MD", "jane.doe@office.example"},
		Subject:  "Peer-to-peer call – Tue, Nov 24, 9:30 AM CT",
		Text:     "Your call is confirmed.\n\nSign in to see it.\n",
		HTML:     "<p>Your call is confirmed.</p>",
		Calendar: &Calendar{Method: "REQUEST", Body: []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")},
	}
}

// unfit are messages that no server may see.
var unfit = map[string]func(*Message){
	"a header in the subject":      func(m *Message) { m.Subject = "Hello\r\nBcc: everyone@x.example" },
	"a bare line feed in it":       func(m *Message) { m.Subject = "Hello\nBcc: everyone@x.example" },
	"no subject":                   func(m *Message) { m.Subject = "" },
	"no text":                      func(m *Message) { m.Text = "" },
	"a header in the name":         func(m *Message) { m.To.Name = "Jane\r\nBcc: everyone@x.example" },
	"a header in the address":      func(m *Message) { m.To.Email = "jane@office.example\r\nBcc: everyone@x.example" },
	"a command in the address":     func(m *Message) { m.To.Email = "jane@office.example>\r\nRCPT TO:<everyone@x.example" },
	"two addresses":                func(m *Message) { m.To.Email = "a@x.example, b@x.example" },
	"a name within the address":    func(m *Message) { m.To.Email = "Jane <jane@office.example>" },
	"no address":                   func(m *Message) { m.To.Email = "" },
	"an address without a domain":  func(m *Message) { m.To.Email = "jane" },
	"no ID":                        func(m *Message) { m.ID = "" },
	"an ID that ends its brackets": func(m *Message) { m.ID = "x>\r\nBcc: everyone@x.example" },
	"a header in the method":       func(m *Message) { m.Calendar.Method = "REQUEST\r\nBcc: everyone@x.example" },
	"a parameter in the method":    func(m *Message) { m.Calendar.Method = "REQUEST; name=x" },
}

func TestUnfitMessagesAreRefusedForGood(t *testing.T) {
	server := start(t, script{})
	var box Box
	for name, spoil := range unfit {
		m := invitation()
		spoil(&m)
		for _, sender := range []Sender{&box, server.sender()} {
			if err := sender.Send(context.Background(), m); err == nil || Temporary(err) {
				t.Errorf("%s: %T answers %v", name, sender, err)
			}
		}
	}
	if len(box.All()) != 0 || len(server.received()) != 0 {
		t.Error("an unfit message was sent")
	}
}

func TestTemporaryOfNothing(t *testing.T) {
	if Temporary(nil) {
		t.Error("no error is no reason to try again")
	}
}

func TestBoxKeepsOneOfEach(t *testing.T) {
	var box Box
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			m := invitation()
			m.ID = fmt.Sprintf("ntf_%d", i%100)
			if err := box.Send(context.Background(), m); err != nil {
				t.Error(err)
			}
			box.All()
		})
	}
	wg.Wait()
	if got := len(box.All()); got != 100 {
		t.Errorf("%d messages, want 100", got)
	}
}

func TestAttachments(t *testing.T) {
	m := invitation()
	files := m.Attachments()
	if len(files) != 1 || files[0].Name != "invite.ics" || files[0].Type != "text/calendar; charset=UTF-8; method=REQUEST" ||
		!strings.HasPrefix(string(files[0].Content), "BEGIN:VCALENDAR") {
		t.Errorf("%+v", files)
	}
	m.Calendar = nil
	if m.Attachments() != nil {
		t.Error("a message without an invitation has a file")
	}
}
