package web

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/worklist"
)

// AccessFile answers with who has access to what, in one organization or, for
// "", in all: for those who look once in a while whether it still should be so.
func AccessFile(ctx context.Context, r *Request, organizationID string) (Answer, error) {
	all, err := worklist.AccessReview(ctx, r.Tx, r.By, organizationID)
	if err != nil {
		return Answer{}, err
	}
	now := r.Tx.Now()
	file, err := CSV("access-"+now.UTC().Format("20060102")+".csv", accessRows(all, r.By.Name+" <"+r.By.Email+">", now))
	return Answer{File: file}, err
}

func accessRows(all []worklist.Access, by string, now time.Time) [][]string {
	rows := [][]string{{"Organization", "Last name", "First name", "Email", "Account", "Account made (UTC)", "Role", "Location", "Orders they see", "Plans and programs",
		"Last sign-in (UTC)", "Second factor then", "Passkey", "Authenticator app", "Codes by mail allowed", "Signs in through the organization", "Keys of systems", "Exported by", "Exported at (UTC)"}}
	for _, a := range all {
		rows = append(rows, []string{a.Organization, a.Last, a.First, a.Email, either(a.Closed, "closed", "open"), stamp(&a.MadeAt), either(a.Role == "", "none", string(a.Role)), either(a.Location == "" && a.Role != "", "all", a.Location),
			seesWords(a), either(a.Kind == "um" && len(a.Scopes) == 0, "all", strings.Join(a.Scopes, "; ")), stamp(a.LastSignIn), a.LastFactor,
			either(a.Passkey, "yes", "no"), either(a.TOTP, "yes", "no"), either(a.MailedCodes, "yes", "no"), either(a.Elsewhere, "yes", "no"), strconv.Itoa(a.Keys), by, stamp(&now)})
	}
	return rows
}

func seesWords(a worklist.Access) string {
	switch {
	case a.Role == "" || a.Kind == "um":
		return ""
	case a.Limited:
		return "own, until they are known there"
	}
	return a.Sees
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}
