package plan

import (
	"fmt"
	"testing"
)

// A share is about as large as it says, the same each time, and grows by those
// it didn't reach before.
func TestAShareOfOrganizationsGrows(t *testing.T) {
	wave := func(feature string, percent int) Rollout {
		return Rollout{Feature: feature, PlanID: "pln_1", ProgramID: "prg_1", Percent: percent, Stage: On}
	}
	reached := map[int]int{}
	others := 0
	for i := range 2000 {
		id := fmt.Sprintf("org_%d", i)
		before := false
		for _, percent := range []int{10, 20, 50, 100} {
			now := wave(MessagesFeature, percent).Reaches(id)
			if before && !now {
				t.Fatalf("%s was reached by less than %d percent, but not by them", id, percent)
			}
			if now {
				reached[percent]++
			}
			before = now
		}
		if wave(MessagesFeature, 10).Reaches(id) != wave(CheckFeature, 10).Reaches(id) {
			others++
		}
	}
	for percent, want := range map[int]int{10: 200, 20: 400, 50: 1000, 100: 2000} {
		if got := reached[percent]; got < want*8/10 || got > want*12/10 {
			t.Errorf("%d percent reach %d of 2000", percent, got)
		}
	}
	if others < 200 {
		t.Errorf("the same organizations are first with each feature: only %d differ", others)
	}
	if wave(MessagesFeature, 99).Reaches("") {
		t.Error("a share reaches nobody in particular")
	}
}
