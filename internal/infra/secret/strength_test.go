package secret

import (
	"strings"
	"testing"

	"parley/internal/fault"
)

func TestCheckPassword(t *testing.T) {
	const (
		missing = "Enter a password"
		short   = "Password must be 12 characters or more"
		long    = "Password must be 128 characters or fewer"
		common  = "This password is on a list of common passwords. Choose another"
		known   = "This password is built from your name, email address or organization. Choose another"
	)
	context := []string{"jane.doe@harborfm.example", "Jane Doe, MD", "Harbor Family Medicine"}
	for _, c := range []struct{ password, want string }{
		{"", missing},
		{"elevenchars", short},
		{"cafe\u0301 noir x", short}, // twelve code points, eleven characters
		{"twelve chars", ""},
		{"ünïcödé wörds ñ", ""},
		{"測驗密碼足夠長嗎我想是的", ""},
		{"🩺🧪🏥📠🩻💊🧬🔬🩹🛏🚑🧻", ""},
		{strings.Repeat("measure twice ", 9), ""}, // 126
		{"x " + strings.Repeat("measure twice ", 9), ""},
		{"xy " + strings.Repeat("measure twice ", 9), long},
		{"no rule wants a digit", ""},
		{"    spaces count    ", ""},

		{"123456789012", common},
		{"987654321098", common},
		{"abcdefghijklmn", common},
		{"aaaaaaaaaaaaaaaa", common},
		{"administrator", common},
		{"ADMINISTRATOR", common},
		{"Administrator1!", common},
		{"passwordpassword", common},
		{"Password2026!", common},
		{"P@ssw0rd2026!", common},
		{"!!dragon2026!", common},
		{"qwertyuiop123", common},
		{"1qaz2wsx3edc", common},
		{"abcabcabcabcabc", common},
		{"x7qk x7qk x7qk x7qk ", ""},

		{"JaneDoe2026!", known},
		{"J@ne-D0e-2026", known},
		{"harbor is best", known},
		{"jane.doe.jane", known},
		{"Harbor!Family!12", known},
		{"harborfamilymedicine and more besides", known},
		{"the harbor lights were out", ""}, // a word of it in a sentence is no harm
		{"my family and other animals", ""},
	} {
		err := CheckPassword(c.password, context...)
		if got := fault.Of(err).Text; err != nil && got.String() != c.want || err == nil && c.want != "" {
			t.Errorf("%q: %v, want %q", c.password, err, c.want)
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: not a fault of the form: %v", c.password, err)
		}
	}
	if err := CheckPassword("JaneDoe and a horse", "", "@", "-", "a b"); err != nil {
		t.Errorf("empty context refuses: %v", err)
	}
}

func TestCommonList(t *testing.T) {
	if n := len(listed()); n < 100_000 {
		t.Errorf("only %d passwords", n)
	}
	for _, word := range []string{"123456", "password", "qwerty", "letmein", "iloveyou", "qazwsxedcrfv"} {
		if !isListed(word) {
			t.Errorf("%q is not listed", word)
		}
	}
	for _, word := range []string{"", "zebra fax umbrella", "kX9#mQ2$vL7!"} {
		if isListed(word) {
			t.Errorf("%q is listed", word)
		}
	}
}

// The memory the list keeps for good is a megabyte, not the ten of its words.
func BenchmarkCommon(b *testing.B) {
	listed()
	b.ReportAllocs()
	for b.Loop() {
		Common("zebra fax umbrella")
	}
}
