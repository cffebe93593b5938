package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/fault"
)

// Hidden fields that belong to the form, not to what is in it: keyField has a
// form sent twice do nothing twice; SavedField names what was kept of it while
// the session was locked, to be forgotten once it has done its work.
const (
	keyField   = "_key"
	SavedField = "_saved"
)

// NewKey is a fresh idempotency key for a form that is about to be shown.
func NewKey() string { return rand.Text() }

// Key is the key of the form being answered, so that a form shown again with
// its faults stays the same form; a fresh one for a page that was asked for.
func (r *Request) Key() string {
	if k := r.PostForm.Get(keyField); k != "" && len(k) <= 64 {
		return k
	}
	return NewKey()
}

type form struct {
	key, saved string
	values     url.Values
	hash       string
}

func readForm(w http.ResponseWriter, r *http.Request) (form, error) {
	if r.Method != http.MethodPost {
		return form{values: url.Values{}}, nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return form{}, err
	}
	f := form{values: url.Values{}}
	for name, all := range r.PostForm {
		switch name {
		case keyField:
			f.key = all[0]
			continue
		case SavedField:
			f.saved = all[0]
			continue
		}
		for _, v := range all {
			f.values.Add(name, clean(v))
		}
	}
	sum := sha256.Sum256([]byte(r.URL.Path + "\n" + f.values.Encode()))
	f.hash = hex.EncodeToString(sum[:])
	return f, nil
}

// clean takes out what no person types and PostgreSQL refuses: NUL and bytes
// that are not UTF-8. Line ends become those of Unix.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.ReplaceAll(s, "\x00", "")
}

// once runs page for a key the person has not used, and answers a key they
// have as it was answered the first time.
func once(ctx context.Context, r *Request, f form, page Page) (Answer, error) {
	if len(f.key) > 64 {
		return Answer{}, fault.New(fault.Invalid, "This form's key is too long. Open the page again.")
	}
	first, before, err := account.ClaimKey(ctx, r.Tx, r.By, f.key, f.hash)
	if err != nil || !first {
		return Answer{SeeOther: before}, err
	}
	ans, err := page(ctx, r)
	switch {
	case err == nil && ans.SeeOther != "":
		return ans, account.SettleKey(ctx, r.Tx, r.By, f.key, ans.SeeOther)
	case err == nil || ans.Keep: // it commits, but the form can be sent again
		return ans, errors.Join(err, account.ReleaseKey(ctx, r.Tx, r.By, f.key))
	}
	return ans, err
}

// keepForm seals what was posted into a locked session, to be sent again when
// its owner is back.
func keepForm(ctx context.Context, r *Request, owner account.Actor, f form) error {
	values := url.Values{}
	for k, v := range f.values {
		if !strings.Contains(k, "password") && k != "code" && k != "recovery_code" {
			values[k] = v
		}
	}
	if f.key != "" {
		values.Set(keyField, f.key)
	}
	return account.KeepForm(ctx, r.Tx, r.Settings.Box, owner, r.URL.Path, values.Encode())
}

// returnTo is where to come back to after sign-in, escaped for a query.
func returnTo(r *http.Request) string {
	if r.URL.Path == "/" {
		return "/"
	}
	return url.QueryEscape(r.URL.RequestURI())
}

// SafeReturn is to, if it is an address of ours, else "/". A sign-in page that
// sends people anywhere is a gift to whoever forges mails (ASVS 3.7.2). The pages
// of signing in are none to come back to.
func SafeReturn(to string) string {
	if to = ours(to); strings.HasPrefix(to, "/sign-") {
		return "/"
	}
	return to
}

// ours is to, if it is an address of ours, else "/".
func ours(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") ||
		strings.HasPrefix(u.Path, "//") || strings.ContainsAny(to+u.Path, "\\\r\n\t") {
		return "/"
	}
	return to
}
