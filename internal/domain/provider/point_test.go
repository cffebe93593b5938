package provider

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Distances against those of the great-circle tables between airports (to half
// a percent).
func TestMiles(t *testing.T) {
	for name, c := range map[string]struct {
		aLat, aLon, bLat, bLon string
		want                   float64
	}{
		"Houston to Dallas":         {"29.984433", "-95.341442", "32.896828", "-97.037997", 224},
		"New York to Los Angeles":   {"40.639751", "-73.778925", "33.942536", "-118.408075", 2475},
		"across the date line":      {"51.878", "-176.646", "52.712", "174.114", 394},
		"from a place to itself":    {"10", "10", "10", "10", 0},
		"from one pole to the next": {"90", "0", "-90", "0", 12437},
	} {
		a, aErr := ParsePoint(c.aLat, c.aLon)
		b, bErr := ParsePoint(c.bLat, c.bLon)
		if got := a.Miles(b); aErr != nil || bErr != nil || math.Abs(got-c.want) > c.want*0.01 {
			t.Errorf("%s: %.1f miles, want %.1f (%v, %v)", name, got, c.want, aErr, bErr)
		}
	}
	for _, bad := range [][2]string{{"91", "0"}, {"0", "181"}, {"", "0"}, {"NaN", "0"}, {"0", "Inf"}, {"x", "y"}} {
		if p, err := ParsePoint(bad[0], bad[1]); err == nil {
			t.Errorf("%v is taken for %v", bad, p)
		}
	}
}

// There is as far as back, and never farther than half around the earth.
func TestMilesBothWays(t *testing.T) {
	point := rapid.Custom(func(t *rapid.T) Point {
		return Point{rapid.IntRange(-90*million, 90*million).Draw(t, "latitude"), rapid.IntRange(-180*million, 180*million).Draw(t, "longitude")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := point.Draw(t, "a"), point.Draw(t, "b")
		if there, back := a.Miles(b), b.Miles(a); math.Abs(there-back) > 1e-6 || there < 0 || there > FarthestMiles/2*math.Pi {
			t.Fatalf("%f there, %f back", there, back)
		}
	})
}

func TestMilesWords(t *testing.T) {
	for miles, want := range map[float64]string{0: "less than a mile", 0.99: "less than a mile", 3.24: "3.2 miles", 12.6: "13 miles"} {
		if got := MilesWords(miles); got != want {
			t.Errorf("%f: %q", miles, got)
		}
	}
}
