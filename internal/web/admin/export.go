package admin

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/web"
)

// mostExported is how many entries one export holds.
const mostExported = 50000

// exportAudit sends what the filters find, with the name of who asked for it,
// in a ZIP archive beside its Ed25519 signature and the key that verifies it.
func (p Pages) exportAudit(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ReadAudit); err != nil {
		return web.Answer{}, err
	}
	found := newAuditPage(r)
	q, err := found.query(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	q.Size = mostExported
	all, next, err := audit.Find(ctx, r.Tx, q)
	if err != nil {
		return web.Answer{}, err
	}
	x := export{By: r.By.Name, Email: r.By.Email, At: r.Tx.Now(), Filters: found.filters().Encode(), Whole: next == "", Entries: all}
	name, text, err := "audit.csv", []byte(nil), error(nil)
	if r.Query("as") == "json" {
		name = "audit.json"
		text, err = json.MarshalIndent(x, "", " ")
	} else {
		text, err = x.csv()
	}
	if err != nil {
		return web.Answer{}, err
	}
	body, err := p.signed(name, text)
	if err != nil {
		return web.Answer{}, err
	}
	e := r.By.Audit("audit.exported", "audit", "")
	e.Detail = strconv.Itoa(len(all)) + " entries as " + name
	return web.Answer{File: &web.File{Name: "audit-" + x.At.Format("20060102-150405") + ".zip", Type: "application/zip", Body: body}}, audit.Record(ctx, r.Tx, e)
}

// An export is what leaves, and who took it.
type export struct {
	By      string        `json:"requested_by"`
	Email   string        `json:"requested_by_email"`
	At      time.Time     `json:"at"`
	Filters string        `json:"filters"`
	Whole   bool          `json:"complete"` // nothing that the filters find was left out
	Entries []audit.Entry `json:"entries"`
}

// csv has who asked for it in each row: rows are cut out and passed on.
func (x export) csv() ([]byte, error) {
	rows := [][]string{{"Time (UTC)", "Person", "Name", "Action", "Object", "Object ID", "Member", "Detail", "Request", "Entry", "Exported by", "Exported at (UTC)"}}
	by, at := x.By+" <"+x.Email+">", x.At.Format(time.RFC3339)
	for _, e := range x.Entries {
		rows = append(rows, []string{e.At.Format(time.RFC3339Nano), e.ActorID, e.ActorName, e.Action, e.Kind, e.ObjectID, e.MemberID, e.Detail, e.RequestID, e.ID, by, at})
	}
	file, err := web.CSV("audit.csv", rows)
	return file.Body, err
}

const howToVerify = `The signature shows that this file came from the installation whose key is
public-key.pem and was not changed since. Compare the key with the one that the
installation's operator names, then run:

  openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in NAME -sigfile NAME.sig
`

// signed packs a file with its signature.
func (p Pages) signed(name string, text []byte) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range []struct {
		name string
		text []byte
	}{
		{name, text}, {name + ".sig", p.Keys.Sign(text)}, {"public-key.pem", p.Keys.PublicKey()}, {"README.txt", []byte(strings.ReplaceAll(howToVerify, "NAME", name))},
	} {
		to, err := w.Create(f.name)
		if err != nil {
			return nil, err
		}
		if _, err := to.Write(f.text); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}
