package deadline

import (
	"context"
	"encoding/json"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// Latest is the version of a pack that will hold in the end: the one that begins
// last of those that weren't taken back. A NotFound fault means that there is no
// such pack.
func Latest(ctx context.Context, tx *db.Tx, id string) (*Pack, error) {
	all, err := packs(ctx, tx)
	if err != nil {
		return nil, err
	}
	if p := latest(all, id); p != nil {
		return p, nil
	}
	return nil, fault.New(fault.NotFound, "We can't find that.")
}

func latest(all []*Pack, id string) (last *Pack) {
	for _, p := range all {
		if p.ID == id && !p.back && (last == nil || !p.From.Before(last.From)) {
			last = p
		}
	}
	return last
}

// Fits says why a version can't be put live: other words stand under it already,
// or one that comes with the program begins later. The Invalid fault is at
// "text".
func Fits(ctx context.Context, tx *db.Tx, p *Pack) error {
	all, err := packs(ctx, tx)
	if err != nil {
		return err
	}
	f := fault.Fields{}
	for _, other := range all {
		if other.ID != p.ID {
			continue
		}
		f.Check(other.Ref() != p.Ref() || same(other, p), "text", words.Say("Version %s is published with other words. Give yours a new version", p.Version))
		f.Check(other.own || !other.From.After(p.From), "text", words.Say("Version %s, which comes with Parley, holds from %s. Begin on that day or later", other.Version, civil.MediumDate(other.From)))
	}
	return f.Err()
}

func same(a, b *Pack) bool {
	one, err := json.Marshal(a)
	other, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(one) == string(other)
}

// Replaces are the installation's own versions that p takes back when it goes
// live: those that begin on its first day or later.
func Replaces(ctx context.Context, tx *db.Tx, p *Pack) (some []*Pack, err error) {
	all, err := packs(ctx, tx)
	return slices.DeleteFunc(slices.Clone(all), func(other *Pack) bool { return !p.replaces(other) }), err
}

func (p *Pack) replaces(other *Pack) bool {
	return other.own && !other.back && other.ID == p.ID && other.Version != p.Version && !other.From.Before(p.From)
}

// With are packs as they would be with p live.
func With(all []*Pack, p *Pack) []*Pack {
	live := *p
	live.own, live.back = true, false
	rest := slices.DeleteFunc(slices.Clone(all), func(other *Pack) bool { return p.replaces(other) || other.Ref() == p.Ref() })
	return append(rest, &live)
}

// Renew has a version hold from its first day on in the place of every other:
// those that begin then or later are taken back. Orders keep the version that
// they began under. Faults are those of Fits. Who may: administrators and the
// program.
func Renew(ctx context.Context, tx *db.Tx, by account.Actor, p *Pack) error {
	if err := by.Must(account.ManageProgram); err != nil && !by.IsProgram() {
		return err
	}
	if err := Fits(ctx, tx, p); err != nil {
		return err
	}
	gone, err := Replaces(ctx, tx, p)
	if err != nil {
		return err
	}
	for _, other := range gone {
		if _, err := tx.Exec(ctx, `update rule_pack set back_at = $1 where id = $2 and version = $3`, tx.Now(), other.ID, other.Version); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, by.Audit("rule_pack.taken_back", "rule_pack", other.Ref())); err != nil {
			return err
		}
	}
	fresh, err := publish(ctx, tx, p)
	if err != nil {
		return err
	}
	action := "rule_pack.published"
	if !fresh {
		n, err := tx.Exec(ctx, `update rule_pack set back_at = null where id = $1 and version = $2 and back_at is not null`, p.ID, p.Version)
		if err != nil || n == 0 {
			return err
		}
		action = "rule_pack.brought_back"
	}
	return audit.Record(ctx, tx, by.Audit(action, "rule_pack", p.Ref()))
}

// Open counts the running clocks that go by some version of a pack: they keep
// it.
func Open(ctx context.Context, tx *db.Tx, id string) (int, error) {
	return db.Count(ctx, tx, `select count(*) from clock where ended_at is null and ',' || packs like '%,' || $1 || '@%'`, id)
}

// Uncovered are the kinds of request about which none of p's rules is.
func (p *Pack) Uncovered() (none []Kind) {
	for _, k := range Kinds {
		if !slices.ContainsFunc(p.Rules, func(r Rule) bool { return slices.Contains(r.Kinds, k) }) {
			none = append(none, k)
		}
	}
	return none
}
