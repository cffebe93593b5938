package guideline

import "testing"

// A page is drawn and the meter moved after each answer, so both must be
// quick beside the 25 ms that a page may take.
func BenchmarkFormAndMeter(b *testing.B) {
	all, err := Library()
	if err != nil {
		b.Fatal(err)
	}
	for _, v := range all {
		b.Run(v.ID, func(b *testing.B) {
			c := v.Cases[0]
			for b.Loop() {
				v.Form(c.Facts, c.Answers)
				v.Evaluate(c.Facts, c.Answers).Meter(v)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	all, err := Library()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Read(all[2].text); err != nil {
			b.Fatal(err)
		}
	}
}
