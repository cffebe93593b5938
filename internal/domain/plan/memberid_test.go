package plan

import (
	"testing"

	"parley/internal/fault"
)

// A number fits by its letters and digits, however it is typed.
func TestHowMemberIDsLook(t *testing.T) {
	ids := MemberIDs("HBR###-###-###\n@@*#####")
	for number, want := range map[string]string{"HBR400100200": "HBR###-###-###", "hbr 400 100 200": "HBR###-###-###", "AB912345": "@@*#####", "ABX12345": "@@*#####",
		"HBR40010020": "", "HBR40010020O": "", "1BX12345": "", "": "", "HBR4001002000": ""} {
		if got, ok := ids.Fit(number); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", number, got, ok, want)
		}
	}
	if _, ok := MemberIDs(" \n").Fit("anything"); !ok {
		t.Error("without a pattern a number doesn't fit")
	}
	if got := ids.Words().String(); got != "HBR000-000-000, AAA00000" {
		t.Errorf("words: %q", got)
	}
	for _, c := range []struct{ ids, examples, field, want string }{
		{"HBR#", "HBR1\nHBR2", "", ""}, {"", "", "", ""},
		{"HBR#", "A\nB\nC", "member_id_examples", "Pattern doesn't match any of the 3 test IDs"},
		{"HBR#", "HBR1\nB", "member_id_examples", "Pattern doesn't match 1 of the 2 test IDs"},
		{"HBR#", "B", "member_id_examples", "Pattern doesn't match 1 of the 1 test IDs"},
		{"---", "", "member_ids", "The pattern “---” has nothing in it"},
	} {
		f := fault.Fields{}
		MemberIDs(c.ids).check(f, c.examples)
		if got := f[c.field].String(); got != c.want || len(f) > 1 {
			t.Errorf("%q with %q: %v", c.ids, c.examples, f)
		}
	}
}
