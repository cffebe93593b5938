package guideline

import "testing"

// Every guideline that comes with the program says each thing once, and its
// outline leads from questions to criteria and back.
func TestOutlines(t *testing.T) {
	all, err := Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		about := map[string]bool{}
		for _, s := range v.Tell() {
			if about[s.About] || s.Words == "" {
				t.Errorf("%s says twice, or nothing, of %q", v.ID, s.About)
			}
			about[s.About] = true
		}
		asked, rests := map[string][]string{}, 0
		for _, a := range v.Outline() {
			asked[a.LinkID] = a.Criteria
			rests += len(a.Criteria)
		}
		var walk func(w Weighed)
		walk = func(w Weighed) {
			for _, id := range w.Questions {
				if len(asked[id]) == 0 {
					t.Errorf("%s: %s rests on %s, which says nothing of it", v.ID, w.ID, id)
				}
			}
			for _, one := range w.Of {
				walk(one)
			}
		}
		walk(v.Tree())
		if rests == 0 || len(v.Tested().Failed) > 0 {
			t.Errorf("%s: %d criteria rest on questions; %v", v.ID, rests, v.Tested().Failed)
		}
	}
}
