package retention_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/attachment"
	"parley/internal/domain/hold"
	"parley/internal/domain/order"
	"parley/internal/domain/retention"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A row is one of a table, with what some of its columns hold: O is the order's
// id, P what the ids of its things begin with. What must be filled and isn't
// said is filled with something.
type row struct {
	table string
	holds map[string]string
}

// belongings are a row of every table that keeps something of an order, those
// that others name first.
var belongings = []row{
	{"order_diagnosis", map[string]string{"order_id": "O", "wording": "'Goingcanary P'"}},
	{"order_reference", map[string]string{"order_id": "O"}},
	{"order_source", map[string]string{"order_id": "O", "blob_key": "'P_source'"}},
	{"order_gap", map[string]string{"order_id": "O", "kind": "'missing'"}},
	{"clock", map[string]string{"order_id": "O", "standing": "'met'"}},
	{"clock_event", map[string]string{"order_id": "O", "kind": "'asked'"}},
	{"legal_hold", map[string]string{"id": "'P_hold'", "order_id": "O", "ended_at": "NOW"}},
	{"attachment", map[string]string{"id": "'P_att'", "order_id": "O", "blob_key": "'P_file'"}},
	{"request", map[string]string{"id": "'P_req'", "number": "'P_9'", "order_id": "O", "organization_id": "OFFICE", "sent_at": "NOW", "content": "'Goingcanary P'"}},
	{"request_kept", map[string]string{"request_id": "'P_req'"}},
	{"request_working", map[string]string{"request_id": "'P_req'"}},
	{"guideline_response", map[string]string{"id": "'P_res'", "request_id": "'P_req'", "guideline_id": "(select min(id) from guideline)", "answers": "'Goingcanary P'"}},
	{"guideline_answer", map[string]string{"response_id": "'P_res'"}},
	{"upload", map[string]string{"id": "'P_upl'", "request_id": "'P_req'", "order_id": "O", "blob_key": "'P_file'"}},
	{"upload_part", map[string]string{"upload_id": "'P_upl'", "blob_key": "'P_part'"}},
	{"fax", map[string]string{"id": "'P_fax'", "upload_id": "'P_faxupl'", "sha256": "'P'", "came": "'hand'", "status": "'done'"}},
	{"upload", map[string]string{"id": "'P_faxupl'", "request_id": "'P_fax'", "blob_key": "'P_faxed'"}},
	{"fax_page", map[string]string{"fax_id": "'P_fax'", "state": "'put'", "order_id": "O", "request_id": "'P_req'", "upload_id": "'P_upl'"}},
	{"fax_presence", map[string]string{"fax_id": "'P_fax'"}},
	{"proposal", map[string]string{"order_id": "O", "person_id": "WHO", "decision": "'Goingcanary P'"}},
	{"denial_intent", map[string]string{"id": "'P_int'", "order_id": "O", "person_id": "WHO"}},
	{"case_opening", map[string]string{"id": "'P_ope'", "order_id": "O", "person_id": "WHO"}},
	{"case_snooze", map[string]string{"order_id": "O", "person_id": "WHO"}},
	{"case_claim", map[string]string{"order_id": "O", "person_id": "WHO"}},
	{"case_presence", map[string]string{"order_id": "O", "person_id": "WHO"}},
	{"criteria_tally", map[string]string{"order_id": "O"}},
	{"criterion_mark", map[string]string{"order_id": "O", "person_id": "WHO", "says": "'met'"}},
	{"quality_sample", map[string]string{"id": "'P_qty'", "order_id": "O", "determination_id": "DET", "program_id": "(select program_id from orders where id = O)", "decider_id": "WHO"}},
	{"quality_item", map[string]string{"sample_id": "'P_qty'", "says": "'yes'"}},
	{"letter", map[string]string{"id": "'P_let'", "order_id": "O", "determination_id": "DET", "file_key": "'P_letter'", "cause": "'P'", "body": "'Goingcanary P'"}},
	{"letter_delivery", map[string]string{"id": "'P_del'", "letter_id": "'P_let'"}},
	{"message_thread", map[string]string{"id": "'P_thr'", "number": "'P_8'", "order_id": "O", "organization_id": "OFFICE", "kind": "'request'", "status": "'closed'", "turn": "''"}},
	{"message_item", map[string]string{"thread_id": "'P_thr'", "kind": "'text'"}},
	{"message_entry", map[string]string{"thread_id": "'P_thr'", "side": "'office'", "text": "'Goingcanary P'"}},
	{"message_seen", map[string]string{"thread_id": "'P_thr'"}},
	{"message_snooze", map[string]string{"thread_id": "'P_thr'"}},
	{"appeal", map[string]string{"id": "'P_app'", "number": "'P_7'", "order_id": "O", "determination_id": "DET", "status": "'upheld'", "closed_at": "NOW"}},
	{"call_alert", map[string]string{"call_id": "CALL", "person_id": "WHO", "mode": "'offer'"}},
	{"call_attempt", map[string]string{"call_id": "CALL", "result": "'answered'"}},
	{"call_day", map[string]string{"call_id": "CALL"}},
	{"call_statement", map[string]string{"call_id": "CALL"}},
	{"call_undo", map[string]string{"call_id": "CALL", "state": "'final'"}},
	{"call_window", map[string]string{"call_id": "CALL"}},
	{"cover", map[string]string{"id": "'P_cov'", "reviewer_id": "WHO"}},
	{"cover_call", map[string]string{"cover_id": "'P_cov'", "call_id": "CALL", "state": "'left'", "planned": "'nobody'"}},
	{"speaker_link", map[string]string{"id": "'P_lnk'", "call_id": "CALL", "token_hash": "'P_t'"}},
	{"speaker_visit", map[string]string{"link_id": "'P_lnk'", "token_hash": "'P_v'"}},
	{"call_draft", map[string]string{"id": "'P_dra'", "order_id": "O", "call_id": "CALL"}},
	{"scheduler_note", map[string]string{"id": "'P_not'", "order_id": "O", "text": "'Goingcanary P'"}},
	{"survey", map[string]string{"id": "'P_srv'", "subject_id": "CALL", "about": "'call'", "person_id": "WHO", "month": "'P'", "program_id": "(select program_id from orders where id = O)", "plan_id": "(select plan_id from orders where id = O)"}},
	{"survey_answer", map[string]string{"survey_id": "'P_srv'"}},
	{"mail", map[string]string{"id": "'P_mai'", "key": "'P'", "object_id": "'P_thr'", "state": "'sent'", "body": "'Goingcanary P'"}},
	{"coverage", map[string]string{"id": "'cov_P'", "member_id": "(select member_id from orders where id = O)", "plan_id": "(select plan_id from orders where id = O)"}},
	{"eligibility", map[string]string{"id": "'P_eli'", "number": "'P_6'", "member_id": "(select member_id from orders where id = O)", "coverage_id": "'cov_P'"}},
}

// children are the columns by which a table belongs to an order, or to
// something of it.
var children = []string{"order_id", "call_id", "thread_id", "letter_id", "determination_id", "sample_id", "response_id", "upload_id", "link_id", "survey_id", "subject_id", "request_id"}

// both is each for tests that say in which database something is wrong.
func both(t *testing.T, f func(t *testing.T, w *scene.World)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		f(t, scene.New(t, d, 1))
	})
}

// columns are those of a table that must be filled, with something to fill them.
func columns(t *testing.T, lite *db.DB, table string) map[string]string {
	t.Helper()
	need := map[string]string{}
	err := lite.View(context.Background(), func(tx *db.Tx) error {
		_, err := db.All(context.Background(), tx, func(r db.Row) (string, error) {
			var name, kind string
			err := r.Scan(&name, &kind)
			switch {
			case kind == "timestamptz":
				need[name] = "NOW"
			case kind == "text":
				need[name] = "'x'"
			case kind == "boolean":
				need[name] = "false"
			default:
				need[name] = "1"
			}
			return name, err
		}, `select name, lower(type) from pragma_table_info($1) where ("notnull" = 1 or pk > 0) and dflt_value is null`, table)
		return err
	})
	if err != nil || len(need) == 0 {
		t.Fatal(table, err)
	}
	return need
}

func (b row) plant(t *testing.T, w *scene.World, lite *db.DB, names *strings.Replacer) {
	t.Helper()
	values := columns(t, lite, b.table)
	maps.Copy(values, b.holds)
	var into, of []string
	var args []any
	for _, c := range slices.Sorted(maps.Keys(values)) {
		v := names.Replace(values[c])
		if v == "NOW" {
			args = append(args, dbtest.Clock)
			v = fmt.Sprintf("$%d", len(args))
		}
		into, of = append(into, c), append(of, v)
	}
	if err := w.Try(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into `+b.table+` (`+strings.Join(into, ", ")+`) values (`+strings.Join(of, ", ")+`) on conflict do nothing`, args...)
		return err
	}); err != nil {
		t.Fatalf("%s: %v", b.table, err)
	}
}

// full makes an order with something in every table, and says what its things'
// ids hold.
func full(t *testing.T, w *scene.World, lite *db.DB, store blob.Store, prefix string) (o order.Order, ids []string, contents map[string]string) {
	t.Helper()
	contents = map[string]string{}
	for _, name := range []string{"source", "file", "part", "letter", "fax"} {
		ref, err := store.Put(context.Background(), strings.NewReader("Goingcanary "+prefix))
		if err != nil {
			t.Fatal(err)
		}
		contents[name] = ref.Key
	}
	o = w.Denied()
	slots := w.Slots(w.Maria, o, nil)
	c, err := w.Book(w.Maria, o, slots[0])
	if err != nil {
		t.Fatal(err)
	}
	var det string
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if _, err := tx.Exec(ctx, `update orders set patient_last = $1, eligibility_id = $2 where id = $3`, "Goingcanary "+prefix, prefix+"_eli", string(o.ID)); err != nil {
			return err
		}
		det, err = db.One(ctx, tx, db.Value[string], `select id from determination where order_id = $1`, string(o.ID))
		return err
	})
	names := strings.NewReplacer("'P_source'", "'"+contents["source"]+"'", "'P_file'", "'"+contents["file"]+"'", "'P_part'", "'"+contents["part"]+"'", "'P_letter'", "'"+contents["letter"]+"'", "'P_faxed'", "'"+contents["fax"]+"'", "CALL", "'"+string(c.ID)+"'", "DET", "'"+det+"'", "OFFICE", "'"+w.Office.ID+"'", "WHO", "'"+string(w.Reviewers[0].ID)+"'", "NOW", "NOW", "Goingcanary P", "Goingcanary "+prefix,
		"'cov_P'", "'cov_"+prefix+"'", "'P'", "'"+prefix+"'", "'P_", "'"+prefix+"_", "= O)", "= '"+string(o.ID)+"')", "O", "'"+string(o.ID)+"'")
	for _, b := range belongings {
		b.plant(t, w, lite, names)
	}
	return o, []string{string(o.ID), string(c.ID), det, prefix + "_", "Goingcanary " + prefix}, contents
}

// holding counts the rows of each table that hold any of some texts.
func holding(t *testing.T, w *scene.World, texts []string) map[string]int {
	t.Helper()
	found := map[string]int{}
	var tables map[string][]string
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		tables, err = dbtest.Tables(ctx, tx)
		return err
	})
	for table, columns := range tables {
		var either []string
		var args []any
		for i := range texts {
			args = append(args, texts[i])
			for _, c := range columns {
				either = append(either, fmt.Sprintf("cast(%s as text) like '%%' || $%d || '%%'", c, i+1))
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from `+table+` where `+strings.Join(either, " or "), args...)
			if n > 0 {
				found[table] = n
			}
			return err
		})
	}
	return found
}

// discard does what the jobs do that forget contents.
func discard(t *testing.T, w *scene.World, store blob.Store) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := db.All(ctx, tx, db.Value[string], `select args from job where kind = 'file.discard'`)
		for _, text := range all {
			var d attachment.Discard
			if err := json.Unmarshal([]byte(text), &d); err != nil {
				return err
			}
			if err := (&attachment.Inspector{Files: store}).Discard(ctx, d); err != nil {
				return err
			}
		}
		return err
	})
}

func opens(store blob.Store, key string) bool {
	f, err := store.Open(context.Background(), key)
	if err == nil {
		_ = f.Close()
	}
	return err == nil
}

// After its time nothing of an order is left in any table but the audit, whose
// chain still holds, nor in the file store; one that is held, and one with which
// something happened since, keep everything.
func TestOrdersGoWithEverything(t *testing.T) {
	both(t, func(t *testing.T, w *scene.World) {
		lite := dbtest.SQLite(t)
		w.Publish("lumbar-mri")
		store := blob.Dir{Path: t.TempDir()}
		goes, of, contents := full(t, w, lite, store, "goes")
		held, ofHeld, contentsHeld := full(t, w, lite, store, "held")
		_, ofLively, _ := full(t, w, lite, store, "live")
		w.Do(func(ctx context.Context, tx *db.Tx) error { // a file that another order has too, and nothing left to do
			if _, err := tx.Exec(ctx, `update attachment set blob_key = $1 where order_id = $2`, contents["file"], string(held.ID)); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `update job set state = 'done'`)
			return err
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return hold.Place(ctx, tx, admin, held.Number, "Subpoena 12")
		})
		var tables map[string][]string
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			tables, err = dbtest.Tables(ctx, tx)
			return err
		})
		before := holding(t, w, of)
		for table, columns := range tables {
			if !slices.Contains([]string{"audit", "config_version", "config_case"}, table) && slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(children, c) }) && before[table] == 0 {
				t.Errorf("%s keeps something of an order: put a row of it into belongings, and have its package remove it", table)
			}
		}
		wasHeld, wasLively := holding(t, w, ofHeld), holding(t, w, ofLively)
		counted := count(t, w, `select sum(n) from order_count`)
		if err := set(w, "orders", 3653); err != nil {
			t.Fatal(err)
		}
		years := func(n int) {
			w.DB.Now = func() time.Time { return dbtest.Clock.Add(time.Duration(n) * 365 * 24 * time.Hour) }
		}
		preview := func() (n int) {
			w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = retention.Preview(ctx, tx, admin, "orders", 3653)
				return err
			})
			return n
		}
		years(9)
		run(w, "orders")
		if n := preview(); n != 0 || len(holding(t, w, of)) != len(before) {
			t.Errorf("after 9 years %d would go", n)
		}
		years(11)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update message_thread set last_at = $1 where id = 'live_thr'`, tx.Now())
			return err
		})
		if n := preview(); n != 1 {
			t.Errorf("after 11 years %d would go, want 1", n)
		}
		run(w, "orders", "orders")
		after := holding(t, w, of)
		delete(after, "audit")
		delete(after, "cover") // the cover of an absence goes on without the call
		delete(after, "coverage")
		if len(after) > 0 {
			t.Errorf("left: %v", after)
		}
		discard(t, w, store)
		for name, key := range contents {
			if kept := opens(store, key); kept != (name == "file") {
				t.Errorf("content %s is kept: %v", name, kept)
			}
		}
		for name, key := range contentsHeld {
			if !opens(store, key) {
				t.Errorf("content %s of the held one is gone", name)
			}
		}
		now := holding(t, w, ofHeld)
		now["audit"], wasHeld["audit"] = 0, 0
		if !maps.Equal(now, wasHeld) {
			t.Errorf("of the held one %v is left of %v", now, wasHeld)
		}
		if now := holding(t, w, ofLively); !maps.Equal(now, wasLively) {
			t.Errorf("of the lively one %v is left of %v", now, wasLively)
		}
		if n := count(t, w, `select sum(n) from order_count`); n != counted-1 {
			t.Errorf("%d are counted, want %d", n, counted-1)
		}
		if n := count(t, w, `select count(*) from audit where action = 'retention.removed' and object_id = 'orders'`); n != 1 {
			t.Errorf("%d removals audited", n)
		}
		if n := count(t, w, `select count(*) from audit where kind = 'order' and object_id = $1`, string(goes.ID)); n == 0 {
			t.Error("the audit forgot the order")
		}
	})
}

// A call goes with all its orders: one that stays keeps the others it shares a
// call with.
func TestOrdersThatShareACallGoTogether(t *testing.T) {
	both(t, func(t *testing.T, w *scene.World) {
		a := w.Denied()
		c, err := w.Book(w.Maria, a, w.Slots(w.Maria, a, nil)[0])
		if err != nil {
			t.Fatal(err)
		}
		b := w.Denied()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into call_order (call_id, order_id, active) values ($1, $2, $3)`, string(c.ID), string(b.ID), false)
			return err
		})
		w.Do(func(ctx context.Context, tx *db.Tx) error { return hold.Place(ctx, tx, admin, b.Number, "Subpoena 12") })
		if err := set(w, "orders", 3653); err != nil {
			t.Fatal(err)
		}
		w.DB.Now = func() time.Time { return dbtest.Clock.Add(11 * 365 * 24 * time.Hour) }
		run(w, "orders")
		if n := count(t, w, `select count(*) from orders where id in ($1, $2)`, string(a.ID), string(b.ID)); n != 2 {
			t.Errorf("%d are left of a call with a held order", n)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := hold.All(ctx, tx, admin)
			if err != nil {
				return err
			}
			return hold.Release(ctx, tx, admin, all[0].ID, "It ended")
		})
		run(w, "orders")
		if n := count(t, w, `select count(*) from orders where id in ($1, $2)`, string(a.ID), string(b.ID)); n != 0 {
			t.Errorf("%d are left", n)
		}
		if n := count(t, w, `select count(*) from call`); n != 0 {
			t.Errorf("%d calls are left", n)
		}
	})
}
