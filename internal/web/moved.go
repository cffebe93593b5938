package web

import (
	"context"
	"net/http"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/fault"
)

// moved is where a page is now whose address names a record of an organization
// that became part of another; "" where it isn't. Only who belongs there learns
// it.
func moved(ctx context.Context, r *Request) (string, error) {
	id := r.PathValue("organization")
	if id == "" || r.Method != http.MethodGet {
		return "", nil
	}
	o, err := account.GetOrganization(ctx, r.Tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && (o.ID == id || !r.By.ActsFor(o.ID) && !r.By.Can(account.ManageProgram)) {
		return "", nil
	}
	return strings.Replace(r.URL.Path, "/"+id, "/"+o.ID, 1), err
}
