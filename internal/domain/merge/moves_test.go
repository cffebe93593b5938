package merge_test

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/merge"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/secret"
	"parley/internal/scene"
)

// A seed is a row that names an organization in a column. Its SQL is ” where
// the world has one. FROM is the record that goes, INTO the other, ORDER an
// order of FROM and WHO one of its people.
type seed struct{ column, sql string }

var seeds = []seed{
	{"access_review.organization_id", `insert into access_review (id, organization_id, begun_at, begun_name) values ('acr', FROM, $1, 'M')`},
	{"announcement.organizations", `insert into announcement (id, level, title, organizations, starts_at, ends_at, created_at, created_by) values ('ann', 'info', 'T', INTO || ',' || FROM, $1, $1, $1, WHO)`},
	{"api_key.organization_id", `insert into api_key (id, person_id, name, token_hash, made_at, expires_at, organization_id) values ('key', WHO, 'EHR', 'h', $1, $1, FROM)`},
	{"appeal.organization_id", `insert into appeal (id, number, order_id, determination_id, kind, behalf, reason, filed_at, filed_by, filed_name, organization_id, status) select 'app', '77', ORDER, min(id), 'appeal', 'provider', 'r', $1, WHO, 'M', FROM, 'closed' from determination where order_id = ORDER`},
	{"assist.organization_id", `insert into assist (id, session_id, person_id, person_name, organization_id, channel, caller, received_at, began_at) values ('ast', 'ses', WHO, 'M', FROM, 'phone', 'C', $1, $1)`},
	{"call.organization_id", `update call set organization_id = FROM where order_id = ORDER`},
	{"a coverage", `insert into coverage (id, member_id, plan_id, line, number, number_key) select 'cov', member_id, plan_id, line, '1', '1' from orders where id = ORDER`},
	{"eligibility.organization_id", `insert into eligibility (id, number, organization_id, person_id, person_name, asked_at, member_id, coverage_id, service_on, state, source, covered, as_of) select 'eli', '78', FROM, WHO, 'M', $1, c.member_id, c.id, '2026-11-23', 'answered', 'list', false, $1 from coverage c join orders o on o.member_id = c.member_id where o.id = ORDER`},
	{"job.args", `insert into job (id, kind, args, state, run_at, added_at) values ('job_1', 'account.left', '{"OrganizationID":"' || FROM || '"}', 'ready', $1, $1)`},
	{"factor_reset.organization_id", `insert into factor_reset (person_id, organization_id, asked_by, asked_name, asked_at) values (WHO, FROM, 'x', 'X', $1)`},
	{"factor_wave.organization_id", `insert into factor_wave (id, organization_id, ends_at, made_at, made_by, made_name) values ('wav', FROM, $1, $1, WHO, 'M')`},
	{"favorite_site.organization_id", `insert into favorite_site (organization_id, site_id, added_at, added_by) values (FROM, INTO, $1, WHO)`},
	{"favorite_site.site_id", `insert into favorite_site (organization_id, site_id, added_at, added_by) values (INTO, FROM, $1, WHO)`},
	{"guideline_response.organization_id", `insert into guideline_response (id, request_id, guideline_id, guideline, organization_id, member_id, plan_id, program_id, answers, version, started_at, changed_at, changed_by, changer) select 'gr', 'req', min(id), 'g', FROM, 'm', 'p', 'p', '{}', 1, $1, $1, WHO, 'M' from guideline`},
	{"invitation.organization_id", `insert into invitation (id, organization_id, email, post, made_at, sent_at, expires_at, invited_by, invited_name) values ('inv', FROM, 'new@a.example', '{}', $1, $1, $1, WHO, 'M')`},
	{"join_request.organization_id", `insert into join_request (id, person_id, organization_id, role, tin_right, asked_at) values ('joi', WHO, FROM, 'office staff', false, $1)`},
	{"legacy_order.organization_id", `insert into legacy_order (id, number, number_key, plan_id, organization_id, member_number, member_key, first_name, last_name, first_key, last_key, birth_date, service, status, requested_on, imported_at) select 'leg', '1', '1', plan_id, FROM, '1', '1', 'A', 'B', 'a', 'b', '1980-01-01', 's', 'approved', '2026-01-01', $1 from orders where id = ORDER`},
	{"legacy_order.site_id", `update legacy_order set site_id = FROM`},
	{"location.organization_id", ""},
	{"membership.organization_id", ""},
	{"merge_request.organization_id", `insert into merge_request (organization_id, into_organization_id, reason, narrow, asked_by, asked_name, asked_at) values (FROM, INTO, 'r', false, WHO, 'M', $1)`},
	{"message_thread.organization_id", `insert into message_thread (id, number, organization_id, kind, subject, status, turn, created_at, created_by, created_name, last_at) values ('thr', '79', FROM, 'question', 'S', 'open', 'office', $1, WHO, 'M', $1)`},
	{"need_receipt.organization_id", `insert into need_receipt (id, number, organization_id, person_id, person_name, at, plan_id, line, code, service_on, answer, sentence) values ('rcp', '80', FROM, WHO, 'M', $1, 'p', 'l', 'c', '2026-11-23', 'needed', 's')`},
	{"office_contact.organization_id", `insert into office_contact (organization_id, person_id, name, phone, extension, fax, email, notices, changed_at) values (FROM, WHO, 'M', '', '', '', '', '', $1)`},
	{"order_count.organization_id", ""},
	{"orders.organization_id", ""},
	{"orders.site_id", `update orders set site_id = FROM where id = ORDER`},
	{"organization_alias.organization_id", `insert into organization_alias (id, organization_id, kind, name, merged_at, merged_by, merged_name, reason) values ('org_older', FROM, 'office', 'Older', $1, WHO, 'M', 'r')`},
	{"request.organization_id", `insert into request (id, number, organization_id, content, version, created_by, created_name, created_at, changed_by, changed_name, changed_at, expires_at) values ('req', '81', FROM, '{"SiteID":"' || FROM || '"}', 1, WHO, 'M', $1, WHO, 'M', $1, $1)`},
	{"review_conflict.organization_id", `insert into review_conflict (person_id, organization_id, why, declared_at) values (WHO, FROM, 'w', $1)`},
	{"rollout.organizations", `update rollout set organizations = FROM || ',' || INTO`},
	{"scheduler_note.organization_id", `insert into scheduler_note (id, order_id, organization_id, text, phone, person_id, person_name, at) values ('not', ORDER, FROM, 't', '', WHO, 'M', $1)`},
	{"sso.organization_id", ""},
	{"sso_domain.organization_id", ""},
	{"sso_identity.organization_id", `insert into sso_identity (organization_id, subject, person_id, linked_at) values (FROM, 'sub', WHO, $1)`},
	{"sso_proof.organization_id", `insert into sso_proof (organization_id, domain, word, asked_at, asked_name) values (FROM, 'd.example', 'w', $1, 'M')`},
	{"session.through_organization_id", `insert into session (id, person_id, created_at, seen_at, expires_at, through_organization_id) values ('ses', WHO, $1, $1, $1, FROM)`},
	{"sso_visit.organization_id", `insert into sso_visit (state_hash, organization_id, browser_hash, nonce_hash, see_other, expires_at) values ('s', FROM, 'b', 'n', '/', $1)`},
	{"upload.organization_id", `insert into upload (id, request_id, organization_id, member_id, name, mark, size, received, most_pages, status, added_by, added_name, added_at, changed_at) values ('upl', 'req', FROM, 'm', 'n', 'k', 1, 1, 1, 'accepted', WHO, 'M', $1, $1)`},
	{"usual_times.organization_id", `insert into usual_times (organization_id, practitioner_id, days, from_minute, to_minute, time_zone, saved_by, saved_name, saved_at) select FROM, practitioner_id, '1', 480, 540, 'America/Chicago', WHO, 'M', $1 from orders where id = ORDER`},
	{"merge_request.into_organization_id", `insert into merge_request (organization_id, into_organization_id, reason, narrow, asked_by, asked_name, asked_at) values (INTO, FROM, 'r', false, WHO, 'M', $1)`},
	{"message_snooze.organization_id", `insert into message_snooze (thread_id, organization_id, until, name) values ('thr', FROM, $1, 'M')`},
}

var admin = account.Actor{ID: "per_admin", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}

func each(t *testing.T, f func(t *testing.T, w *scene.World, box *secret.Box)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		box, err := secret.OpenBox(filepath.Join(t.TempDir(), "keys.json"))
		if err != nil {
			t.Fatal(err)
		}
		f(t, scene.New(t, d, 1), box)
	})
}

func (s seed) plant(ctx context.Context, tx *db.Tx, w *scene.World, o order.Order) error {
	q := strings.NewReplacer("FROM", "'"+w.Office.ID+"'", "INTO", "'"+w.Other.ID+"'", "ORDER", "'"+string(o.ID)+"'", "WHO", "'"+string(w.Maria.ID)+"'").Replace(s.sql)
	var args []any
	if strings.Contains(q, "$1") {
		args = append(args, tx.Now())
	}
	_, err := tx.Exec(ctx, q, args...)
	return err
}

// names counts the rows of a table that name an id in a column, in whatever it
// is written.
func names(ctx context.Context, tx *db.Tx, table, column, id string) (n int, err error) {
	err = tx.Try(ctx, func() (err error) {
		n, err = db.Count(ctx, tx, `select count(*) from `+table+` where cast(`+column+` as text) like '%' || $1 || '%'`, id)
		return err
	})
	return n, err
}

// TestNothingNamesWhatWasMerged fails when a table has a new column with an
// organization's id that nobody moves: plant a row of it above, and have its
// package's FollowMerged move it.
func TestNothingNamesWhatWasMerged(t *testing.T) {
	each(t, func(t *testing.T, w *scene.World, box *secret.Box) {
		o := w.Denied()
		if _, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[0]); err != nil {
			t.Fatal(err)
		}
		w.Publish("lumbar-mri")
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return account.SaveConnection(ctx, tx, box, admin, account.Connection{OrganizationID: w.Office.ID, Domains: []string{"cedar.example"},
				Issuer: "https://login.cedar.example", ClientID: "c", Secret: "kept", Password: true, Post: account.Post{Roles: []account.Role{account.OfficeStaff}}})
		})
		for _, s := range seeds {
			if s.sql != "" {
				w.Do(func(ctx context.Context, tx *db.Tx) error {
					if err := s.plant(ctx, tx, w, o); err != nil {
						t.Fatalf("%s: %v", s.column, err)
					}
					return nil
				})
			}
		}
		var tables map[string][]string
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			tables, err = dbtest.Tables(ctx, tx)
			return err
		})
		for _, table := range slices.Sorted(maps.Keys(tables)) {
			for _, column := range tables[table] {
				at := table + "." + column
				known := slices.ContainsFunc(seeds, func(s seed) bool { return s.column == at })
				about := strings.HasSuffix(column, "organization_id") || strings.HasSuffix(column, "site_id") || column == "organizations"
				if about && !known {
					t.Errorf("%s holds an organization's id: plant a row of it here", at)
				}
				if !known {
					continue
				}
				w.Do(func(ctx context.Context, tx *db.Tx) error {
					n, err := names(ctx, tx, table, column, w.Office.ID)
					if n == 0 {
						t.Errorf("%s has no row that names it before", at)
					}
					return err
				})
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := merge.Look(ctx, tx, admin, w.Office.ID, w.Other.ID); err != nil {
				return err
			}
			done, err := merge.Do(ctx, tx, box, admin, merge.Wish{From: w.Office.ID, Into: w.Other.ID, Reason: "Twice", Confirm: w.Office.Name})
			if !done {
				t.Error("it is only asked for")
			}
			return err
		})
		for _, table := range slices.Sorted(maps.Keys(tables)) {
			for _, column := range tables[table] {
				if table == "audit" || table+"."+column == "organization_alias.id" {
					continue
				}
				w.Do(func(ctx context.Context, tx *db.Tx) error {
					if n, _ := names(ctx, tx, table, column, w.Office.ID); n > 0 && !(table == "job" && onlyFollow(ctx, tx, w.Office.ID)) {
						t.Errorf("%s.%s still names it %d times", table, column, n)
					}
					return nil
				})
			}
		}
		// what somebody else was writing meanwhile follows
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into order_count (organization_id, location_id, status, plan_id, program_id, n) values ($1, '', 'denied', 'p', 'p', 1)`, w.Office.ID)
			return err
		})
		for range 2 {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				return merge.Follow(ctx, tx, account.Merged{From: w.Office.ID, Into: w.Other.ID, FromName: w.Office.Name, IntoName: w.Other.Name})
			})
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := names(ctx, tx, "order_count", "organization_id", w.Office.ID)
			if n > 0 {
				t.Error("a late row is left")
			}
			c, err2 := account.ConnectionOf(ctx, tx, admin, w.Other.ID)
			if err2 != nil || c == nil {
				t.Fatal(c, err2)
			}
			party, err2 := c.Party(box, "")
			if err2 != nil || party.Secret != "kept" || len(c.Domains) != 1 {
				t.Errorf("%+v %v", party, err2)
			}
			return err
		})
	})
}

// onlyFollow reports whether no work but the merge's own names an id.
func onlyFollow(ctx context.Context, tx *db.Tx, id string) bool {
	n, err := db.Count(ctx, tx, `select count(*) from job where kind <> 'account.merged' and args like '%' || $1 || '%'`, id)
	return err == nil && n == 0
}
