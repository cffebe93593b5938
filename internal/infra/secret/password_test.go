package secret

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func hashed(t testing.TB, password string) string {
	t.Helper()
	hash, err := Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func TestHash(t *testing.T) {
	hash := hashed(t, "correct horse battery")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(hash, "horse") {
		t.Errorf("stored as %s", hash)
	}
	if !Verify(hash, "correct horse battery") || Verify(hash, "correct horse batterz") || Verify(hash, "") {
		t.Error("the wrong passwords match")
	}
	if hash == hashed(t, "correct horse battery") {
		t.Error("two people with one password have one hash")
	}
	if Stale(hash) {
		t.Error("a new hash is stale")
	}
}

func TestAccentsMayBeTypedEitherWay(t *testing.T) {
	composed, decomposed := "caf\u00e9 au lait s'il", "cafe\u0301 au lait s'il"
	if !Verify(hashed(t, composed), decomposed) || !Verify(hashed(t, decomposed), composed) {
		t.Error("a password typed on another keyboard does not match")
	}
}

// A hash made by the reference implementation:
// echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1
const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

func TestOthersHashesMatchAndAreStale(t *testing.T) {
	if !Verify(reference, "password") || Verify(reference, "Password") {
		t.Error("the reference implementation's hash does not verify")
	}
	if !Stale(reference) {
		t.Error("a hash of another cost is not stale")
	}
}

func TestDamagedHashesMatchNothing(t *testing.T) {
	good := hashed(t, "correct horse battery")
	for _, hash := range []string{
		"", "$", "correct horse battery", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=19456", "m=4294967295", 1), strings.Replace(good, "t=2", "t=0", 1), strings.Replace(good, "t=2", "t=4000000000", 1),
		strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, "p=1", "p=999", 1), good[:len(good)-4], good + "$", good[:len(good)-1] + "*",
		good[:strings.LastIndex(good, "$")+1],
	} {
		if Verify(hash, "correct horse battery") {
			t.Errorf("%q matches", hash)
		}
		if !Stale(hash) {
			t.Errorf("%q is not stale", hash)
		}
	}
}

func TestEndlessPasswordsAreNotHashed(t *testing.T) {
	endless := strings.Repeat("x", 10<<20)
	began := time.Now()
	if _, err := Hash(endless); err == nil {
		t.Error("ten megabytes were hashed")
	}
	Decoy(endless)
	if Verify(reference, endless) || time.Since(began) > time.Second {
		t.Error("ten megabytes were compared")
	}
}

// However many sign in at once, only as many hashes are computed as there are
// seats.
func TestHashesAreComputedInTurn(t *testing.T) {
	hash := hashed(t, "correct horse battery")
	for range cap(seats) {
		seats <- struct{}{}
	}
	var wg sync.WaitGroup
	done := make(chan bool, 8)
	for range cap(done) {
		wg.Go(func() { done <- Verify(hash, "correct horse battery") })
	}
	time.Sleep(50 * time.Millisecond)
	if len(done) != 0 {
		t.Error("a hash was computed without a seat")
	}
	for range cap(seats) {
		<-seats
	}
	wg.Wait()
	close(done)
	for ok := range done {
		if !ok {
			t.Error("a password did not match")
		}
	}
}

// The best of many, taken in turn: on a busy machine single times lie.
func TestDecoyTakesAsLong(t *testing.T) {
	hash := hashed(t, "correct horse battery")
	took := func(f func()) time.Duration {
		began := time.Now()
		f()
		return time.Since(began)
	}
	real, decoy := time.Hour, time.Hour
	for i := range 60 {
		real = min(real, took(func() { Verify(hash, "nothing like it") }))
		decoy = min(decoy, took(func() { Decoy("nothing like it") }))
		if i >= 4 && decoy > real/2 && decoy < real*2 {
			return
		}
	}
	t.Errorf("a wrong password takes %v and an unknown address %v", real, decoy)
}

func BenchmarkVerify(b *testing.B) {
	hash := hashed(b, "correct horse battery")
	for b.Loop() {
		Verify(hash, "correct horse battery")
	}
}
