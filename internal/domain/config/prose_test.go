package config

import (
	"strings"
	"testing"
)

// Two who change different lines of a text both keep theirs; of the same lines
// one's own stay, and it is told.
func TestTwoChangeOneText(t *testing.T) {
	base := "# Title\n\nDear you,\n\nOne.\nTwo.\n\nBye."
	for name, c := range map[string]struct {
		mine, theirs, want string
		clash              bool
	}{
		"nothing":         {base, base, base, false},
		"theirs alone":    {base, "# Title\n\nDear me,", "# Title\n\nDear me,", false},
		"mine alone":      {"Other.", base, "Other.", false},
		"different lines": {strings.Replace(base, "you", "me", 1), strings.Replace(base, "Bye.", "Good bye.\nP.S.", 1), "# Title\n\nDear me,\n\nOne.\nTwo.\n\nGood bye.\nP.S.", false},
		"one takes out":   {strings.Replace(base, "One.\n", "", 1), strings.Replace(base, "Bye.", "Good bye.", 1), "# Title\n\nDear you,\n\nTwo.\n\nGood bye.", false},
		"the same":        {strings.Replace(base, "you", "me", 1), strings.Replace(base, "you", "me", 1), strings.Replace(base, "you", "me", 1), false},
		"the same lines":  {strings.Replace(base, "you", "me", 1), strings.Replace(base, "you", "us", 1), strings.Replace(base, "you", "me", 1), true},
	} {
		if got, clash := mergeProse(base, c.mine, c.theirs); got != c.want || clash != c.clash {
			t.Errorf("%s: %v\n%s", name, clash, got)
		}
	}
	f := Field{Key: "text", Label: "Text", Prose: true}
	if got := f.prose(base, strings.NewReplacer("you", "me", "Bye.", "").Replace(base)); len(got) != 2 || got[0].Is != "Dear me," || got[1] != (Change{"text", "Text", "Bye.", "Nothing"}) {
		t.Errorf("%+v", got)
	}
	long := strings.Repeat("x\n", 3000)
	if got := f.prose(long, long+"y"); len(got) != 1 {
		t.Errorf("%d changes", len(got))
	}
	if _, clash := mergeProse(long, long+"y", long+"z"); !clash {
		t.Error("nothing told of a text too long to compare")
	}
}
