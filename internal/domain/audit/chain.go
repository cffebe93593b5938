package audit

import (
	"context"
	"crypto/hmac"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A Chain ties entries together: each carries a hash of itself and of the hash
// of the one before, so that changing, taking out or moving any of them breaks
// it from there on. The hash needs a key that is not in the database; who can
// write the tables but has no key can't mend the chain either.
//
// Entries are linked a few seconds after they were committed, by one sealer,
// and not in the transactions that write them. Were they, each would have to
// know the last hash, and so wait for every other that writes an entry, until
// that one commits: all work would go through one door. The sealer links what
// it finds committed and not yet linked, oldest first, so the chain's order is
// that in which acts came to hold. What it costs: an entry can be taken out
// unseen in the seconds before it is linked.
type Chain struct{ Keys *secret.Signer }

// sealed is how many entries are linked at once. SQLite has one writer, which
// this must not hold for long.
const sealed = 2000

const (
	headMark    = "head"
	checkedMark = "checked"
)

// Seal links entries that are committed and not linked. Two at a time do no
// harm: the head's row has one wait for the other, and no two entries can have
// one place.
func (c *Chain) Seal(ctx context.Context, tx *db.Tx) error {
	waiting, err := db.Exists(ctx, tx, `select 1 from audit where n is null`)
	if err != nil || !waiting {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into audit_mark (name, n, at) values ($1, 0, $2) on conflict (name) do nothing`, headMark, tx.Now()); err != nil {
		return err
	}
	head, err := db.One(ctx, tx, scanMark, `select `+markColumns+` from audit_mark where name = $1 {{for update}}`, headMark)
	if err != nil {
		return err
	}
	all, err := db.All(ctx, tx, scan, `select `+columns+` from audit where n is null order by at, id limit `+strconv.Itoa(sealed))
	if err != nil {
		return err
	}
	for _, e := range all {
		head.n++
		head.hash = c.link(head.hash, head.n, e)
		if err := tx.Send(ctx, `update audit set n = $1, hash = $2 where id = $3`, head.n, head.hash, e.ID); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `update audit_mark set n = $1, hash = $2, at = $3 where name = $4`, head.n, head.hash, tx.Now(), headMark)
	return err
}

// link is the hash of an entry in its place. Each part is preceded by its
// length, so that no two entries are hashed from the same bytes.
func (c *Chain) link(before string, n int64, e Entry) string {
	var b []byte
	for _, part := range []string{before, strconv.FormatInt(n, 10), e.ID, strconv.FormatInt(e.At.UnixMicro(), 10), e.ActorID, e.ActorName, e.Action, e.Kind, e.ObjectID, e.MemberID, e.RequestID, e.Detail} {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return hex.EncodeToString(c.Keys.MAC("audit chain", b))
}

// A Head is the chain's last link. Kept outside of the database, it shows
// later whether the end of the chain was cut off.
type Head struct {
	N    int64
	Hash string
}

// String is how people keep a head, and ParseHead reads it.
func (h Head) String() string { return strconv.FormatInt(h.N, 10) + ":" + h.Hash }

// ParseHead reads what String wrote.
func ParseHead(text string) (h Head, err error) {
	n, hash, ok := strings.Cut(strings.TrimSpace(text), ":")
	if h.N, err = strconv.ParseInt(n, 10, 64); err != nil || !ok || len(hash) != 64 {
		return h, fmt.Errorf("a kept end of the chain reads like 1204:9f2c…, with 64 digits after the colon, not %q", text)
	}
	h.Hash = hash
	return h, nil
}

// A Verdict is what verifying the chain found.
type Verdict struct {
	Head    Head
	Waiting int    // entries that are not linked yet
	Trouble string // about the first broken entry; "" if all is well
	At      time.Time
}

const page = 5000

// Verify reads the whole chain and says where it first breaks. kept, if not
// zero, is an end that was noted before, which the chain must still hold. It
// takes a transaction for each page, so that it never stands in a writer's way.
func (c *Chain) Verify(ctx context.Context, d *db.DB, kept Head) (v Verdict, err error) {
	for more := true; more && err == nil && v.Trouble == ""; {
		err = d.View(ctx, func(tx *db.Tx) error {
			some, err := db.All(ctx, tx, scanLinked, `select n, hash, `+columns+` from audit where n > $1 order by n limit `+strconv.Itoa(page), v.Head.N)
			if err != nil {
				return err
			}
			more = len(some) == page
			v.At = tx.Now()
			if v.Trouble = c.follow(&v.Head, some, kept); v.Trouble != "" || more {
				return nil
			}
			v.Trouble, v.Waiting, err = end(ctx, tx, v.Head, kept)
			return err
		})
	}
	return v, err
}

// follow goes along some links from head on, and stops at the first that is
// not what it must be.
func (c *Chain) follow(head *Head, some []linked, kept Head) (trouble string) {
	for _, l := range some {
		n := head.N + 1
		switch {
		case l.n != n:
			return fmt.Sprintf("Entry %d is missing.", n)
		case !hmac.Equal([]byte(l.hash), []byte(c.link(head.Hash, n, l.Entry))):
			return fmt.Sprintf("Entry %d (%s, %s) is not what was written there.", n, l.ID, l.Action)
		}
		*head = Head{n, l.hash}
		if kept.N == n && kept.Hash != l.hash {
			return fmt.Sprintf("Entry %d is not the one that was noted as the chain's end.", n)
		}
	}
	return ""
}

// end compares where the links end with where they should.
func end(ctx context.Context, tx *db.Tx, last, kept Head) (trouble string, waiting int, err error) {
	marks, err := db.All(ctx, tx, scanMark, `select `+markColumns+` from audit_mark where name = $1`, headMark)
	if err != nil {
		return "", 0, err
	}
	var head mark
	if len(marks) > 0 {
		head = marks[0]
	}
	switch {
	case head.n != last.N || head.hash != last.Hash:
		return fmt.Sprintf("Entry %d is missing: the chain went to entry %d.", last.N+1, head.n), 0, nil
	case kept.N > last.N:
		return fmt.Sprintf("Entry %d is missing: the chain went to entry %d when its end was noted.", last.N+1, kept.N), 0, nil
	}
	waiting, err = db.Count(ctx, tx, `select count(*) from audit where n is null`)
	return "", waiting, err
}

// Check has the chain verified, once.
type Check struct{}

// Kind names the job.
func (Check) Kind() string { return "audit.check" }

// Checker verifies the chain and keeps what it found for the page.
type Checker struct {
	Chain *Chain
	DB    *db.DB
}

// Check verifies the chain now.
func (c Checker) Check(ctx context.Context, _ Check) error {
	v, err := c.Chain.Verify(ctx, c.DB, Head{})
	if err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into audit_mark (name, n, hash, at, trouble) values ($1, $2, $3, $4, $5)
			on conflict (name) do update set n = excluded.n, hash = excluded.hash, at = excluded.at, trouble = excluded.trouble`,
			checkedMark, v.Head.N, v.Head.Hash, tx.Now(), v.Trouble)
		return err
	})
}

// LastCheck is what was found when the chain was last verified; At is zero if
// it never was.
func LastCheck(ctx context.Context, tx *db.Tx) (v Verdict, err error) {
	all, err := db.All(ctx, tx, scanMark, `select `+markColumns+` from audit_mark where name = $1`, checkedMark)
	if err != nil || len(all) == 0 {
		return v, err
	}
	return Verdict{Head: Head{all[0].n, all[0].hash}, Trouble: all[0].trouble, At: all[0].at}, nil
}

type mark struct {
	n       int64
	hash    string
	at      time.Time
	trouble string
}

const markColumns = `n, hash, at, trouble`

func scanMark(r db.Row) (m mark, err error) { return m, r.Scan(&m.n, &m.hash, &m.at, &m.trouble) }

type linked struct {
	n    int64
	hash string
	Entry
}

func scanLinked(r db.Row) (l linked, err error) {
	e := &l.Entry
	return l, r.Scan(&l.n, &l.hash, &e.ID, &e.At, &e.ActorID, &e.ActorName, &e.Action, &e.Kind, &e.ObjectID, &e.MemberID, &e.RequestID, &e.Detail)
}
