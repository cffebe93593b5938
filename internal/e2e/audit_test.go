package e2e

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"io"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// An auditor finds who did what, reads an order's story, and sees when
// somebody has been at the rows.
func TestTheAuditIsReadAndVerified(t *testing.T) {
	h := still(t, 2)
	o := h.world.Denied()
	h.at(review.UndoFor)
	h.drain(t)
	tab := browser.New(t)
	h.desk(t, tab, h.world.Maria).visit("/orders/" + o.Number)
	h.drain(t)
	lee := h.desk(t, tab, h.person(t, "Lee", account.Auditor))
	lee.visit("/admin/audit")
	lee.says("order.read", "Maria Chen", "Chain verified")
	lee.silent(canaries...)
	lee.look("audit")
	lee.tab.Type("#who", "maria chen")
	lee.tab.Type("#order", o.Number)
	lee.tab.Click("Apply filters")
	lee.says("order.read", "Explain this order")
	lee.silent("order.created")
	lee.look("audit-found")
	lee.tab.Click("Explain this order")
	lee.says("What happened to order", "Determination: Denied", "The decision's clock", "Letter")
	lee.silent(canaries...)
	lee.look("audit-story")
	lee.visit("/admin/audit?order=12")
	lee.says("An order number has 10 digits")
	lee.look("audit-wrong")
	lee.visit("/admin/audit?who=nobody+at+all")
	lee.says("No events match.")

	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update audit set actor_name = 'Somebody' where n = 2`)
		return err
	})
	lee.visit("/admin/audit")
	lee.tab.Click("Verify the chain now")
	h.drain(t)
	lee.visit("/admin/audit")
	lee.says("The audit was tampered with", "Entry 2 (")
	lee.look("audit-broken")
	omar := h.desk(t, tab, h.person(t, "Omar", account.Admin))
	omar.visit("/admin/index")
	omar.says("Running the service", "Who did what")
	omar.look("admin-index")
	omar.visit("/admin/audit?order=" + o.Number)
	omar.silent("Explain this order")
}

// What is exported can be verified by anybody who has the key, and says who
// took it.
func TestAnExportOfTheAuditIsSigned(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		o := h.world.Denied()
		lee := h.as(t, h.person(t, "Lee", account.Auditor), "authenticator")
		for _, as := range []string{"csv", "json"} {
			a := lee.get("/admin/audit/export?as=" + as + "&order=" + o.Number)
			z, err := zip.NewReader(strings.NewReader(a.body), int64(len(a.body)))
			if err != nil {
				t.Fatal(err)
			}
			files := map[string][]byte{}
			for _, f := range z.File {
				r, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				if files[f.Name], err = io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
			}
			text := files["audit."+as]
			block, _ := pem.Decode(files["public-key.pem"])
			key, err := x509.ParsePKIXPublicKey(block.Bytes)
			if err != nil || !ed25519.Verify(key.(ed25519.PublicKey), text, files["audit."+as+".sig"]) {
				t.Errorf("%s: the signature doesn't hold: %v", as, err)
			}
			if ed25519.Verify(key.(ed25519.PublicKey), append(bytes.Clone(text), ' '), files["audit."+as+".sig"]) {
				t.Errorf("%s: the signature holds for another text", as)
			}
			for _, words := range []string{"Lee Person", "order.created"} {
				if !bytes.Contains(text, []byte(words)) {
					t.Errorf("%s doesn't hold %q", as, words)
				}
			}
		}
	})
}
