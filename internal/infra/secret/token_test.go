package secret

import (
	"regexp"
	"testing"
)

func TestToken(t *testing.T) {
	form := regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	seen := map[string]bool{}
	for range 1000 {
		plain, hash := Token()
		if !form.MatchString(plain) || len(hash) != 64 || HashToken(plain) != hash || seen[plain] || seen[hash] {
			t.Fatalf("%q, %q", plain, hash)
		}
		seen[plain], seen[hash] = true, true
	}
	if HashToken("a") == HashToken("b") {
		t.Error("two tokens have one hash")
	}
}

func TestCode6(t *testing.T) {
	form := regexp.MustCompile(`^[0-9]{6}$`)
	first := map[byte]int{}
	for range 10000 {
		code := Code6()
		if !form.MatchString(code) {
			t.Fatalf("%q", code)
		}
		first[code[0]]++
	}
	for digit := byte('0'); digit <= '9'; digit++ {
		if n := first[digit]; n < 800 || n > 1200 { // 1000 expected; the odds of this by chance are below 1 in 10^9
			t.Errorf("%d of 10000 codes start with %c", n, digit)
		}
	}
}
