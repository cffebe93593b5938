package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
)

// A system of an office, such as its record system, comes in by a key in place
// of a password and a second factor. What it does it does as the person the key
// was made for, and the audit names the system beside them. Operators make keys
// for anybody of an office, best for a person that stands for the system; an
// administrator of an office makes them for themselves, where operators let the
// organization.

const (
	keyPrefix   = "parley_" // by which people and scanners tell what was leaked
	longestKey  = 366       // days
	longestName = 60
	mostKeys    = 20        // that hold, of an organization's own
	keyUseEvery = time.Hour // how exact the last use is
)

// A Key is one that was made; the key itself is nowhere.
type Key struct {
	ID             string
	PersonID       PersonID
	Person         string // their name
	OrganizationID string // whose administrator made it; "" for one that operators made
	Organization   string // its name, or that of where the person works
	Name           string // of the system
	MadeName       string // who made it; "" for the shell
	MadeAt         time.Time
	ExpiresAt      time.Time
	EndedAt        *time.Time
	UsedAt         *time.Time // within the hour; nil for never
}

// Holds reports whether a system comes in by k.
func (k Key) Holds(now time.Time) bool { return k.EndedAt == nil && now.Before(k.ExpiresAt) }

// MakeKey makes a key for a person, which holds so many days, and returns it:
// it is nowhere else. Staff get none, since they see everybody's members. Who
// may: administrators, and the program for the shell.
func MakeKey(ctx context.Context, tx *db.Tx, by Actor, id PersonID, name string, days int) (key string, err error) {
	if err := by.mustManage(); err != nil {
		return "", err
	}
	if name, err = checkKey(name, days); err != nil {
		return "", err
	}
	whose, err := Act(ctx, tx, id)
	if err != nil {
		return "", err
	}
	if !whose.On(Portal) || whose.IsStaff() {
		return "", fault.New(fault.Denied, "Keys are for systems of offices. Make one for a person who works at an office and nowhere else.")
	}
	return insertKey(ctx, tx, by, id, "", name, days)
}

// MakeOwnKey makes a key by which a system of an organization comes in as by,
// for that organization alone, and returns it: it is nowhere else. Who may: its
// administrators, where operators let it; else the error is a Closed fault.
func MakeOwnKey(ctx context.Context, tx *db.Tx, by Actor, organization, name string, days int) (key string, err error) {
	if err := by.MustAdminister(organization); err != nil {
		return "", err
	}
	o, err := GetOrganization(ctx, tx, organization)
	if err != nil {
		return "", err
	}
	if !o.OwnKeys || by.IsStaff() {
		return "", fault.New(fault.Closed, "This organization doesn't make keys for its systems itself. Call the support line.")
	}
	if name, err = checkKey(name, days); err != nil {
		return "", err
	}
	n, err := db.Count(ctx, tx, `select count(*) from api_key where organization_id = $1 and ended_at is null and expires_at > $2`, organization, tx.Now())
	if err == nil && n >= mostKeys {
		err = fault.Fields{"name": "There are 20 keys already. End one that isn't needed"}.Err()
	}
	if err != nil {
		return "", err
	}
	return insertKey(ctx, tx, by, by.ID, organization, name, days)
}

func checkKey(name string, days int) (string, error) {
	name = strings.TrimSpace(name)
	f := fault.Fields{}
	f.Check(name != "", "name", "Say which system the key is for")
	f.Check(len([]rune(name)) <= longestName, "name", "The name must be 60 characters or less")
	f.Check(days >= 1 && days <= longestKey, "days", "A key holds 1 to 366 days")
	return name, f.Err()
}

func insertKey(ctx context.Context, tx *db.Tx, by Actor, id PersonID, organization, name string, days int) (key string, err error) {
	token, _ := secret.Token()
	key = keyPrefix + token
	maker := by.Name
	if by.IsProgram() {
		maker = ""
	}
	_, err = tx.Exec(ctx, `insert into api_key (id, person_id, name, token_hash, made_at, expires_at, organization_id, made_by, made_name) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		db.NewID("key"), string(id), name, secret.HashToken(key), tx.Now(), tx.Now().Add(time.Duration(days)*24*time.Hour), orNull(organization), string(by.ID), maker)
	if err != nil {
		return "", err
	}
	return key, record(ctx, tx, by, "key.made", id, name)
}

const keySelect = `select k.id, k.person_id, p.first_name || ' ' || p.last_name, coalesce(k.organization_id, ''),
	coalesce((select o.name from organization o where o.id = k.organization_id),
		(select min(o.name) from membership m join organization o on o.id = m.organization_id where m.person_id = k.person_id), ''),
	k.name, k.made_name, k.made_at, k.expires_at, k.ended_at, k.used_at
	from api_key k join person p on p.id = k.person_id `

func scanKey(r db.Row) (k Key, err error) {
	return k, r.Scan(&k.ID, (*string)(&k.PersonID), &k.Person, &k.OrganizationID, &k.Organization, &k.Name, &k.MadeName, &k.MadeAt, &k.ExpiresAt, &k.EndedAt, &k.UsedAt)
}

// ByKey is who comes with a key, and the key. It has no ID for any that doesn't
// hold: one that never was, has ended or expired, whose person is shut out,
// became staff or left its organization, or that operators don't let the
// organization have any more.
func ByKey(ctx context.Context, tx *db.Tx, key string) (by Actor, k Key, err error) {
	all, err := db.All(ctx, tx, scanKey, keySelect+`where k.token_hash = $1 and k.ended_at is null and k.expires_at > $2
		and (k.organization_id is null or exists (select 1 from organization o where o.id = k.organization_id and o.own_keys))`, secret.HashToken(key), tx.Now())
	if err != nil || len(all) == 0 {
		return by, k, err
	}
	k = all[0]
	by, err = Act(ctx, tx, k.PersonID)
	if fault.Is(err, fault.NotFound) {
		return Actor{}, Key{}, nil
	}
	if k.OrganizationID != "" {
		by.Seats = slices.DeleteFunc(by.Seats, func(s Seat) bool { return s.OrganizationID != k.OrganizationID })
	}
	if err != nil || !by.On(Portal) || by.IsStaff() {
		return Actor{}, Key{}, err
	}
	by.Verified, by.System = true, k.Name
	return by, k, nil
}

// KeyWasUsed notes that a system came in by a key, once an hour.
func KeyWasUsed(ctx context.Context, tx *db.Tx, k Key) error {
	_, err := tx.Exec(ctx, `update api_key set used_at = $1 where id = $2 and (used_at is null or used_at < $3)`, tx.Now(), k.ID, tx.Now().Add(-keyUseEvery))
	return err
}

// Unnoted reports whether nobody has noted within the hour that k is used.
func (k Key) Unnoted(now time.Time) bool {
	return k.UsedAt == nil || k.UsedAt.Before(now.Add(-keyUseEvery))
}

// KeysOf are the keys of an organization that hold or held within 90 days: its
// own, and those that operators made for its people. The latest first. Who may:
// its administrators, and operators.
func KeysOf(ctx context.Context, tx *db.Tx, by Actor, organization string) ([]Key, error) {
	if err := by.MustAdminister(organization); err != nil && !by.Can(ManageProgram) {
		return nil, err
	}
	return db.All(ctx, tx, scanKey, keySelect+`where (k.organization_id = $1 or k.organization_id is null and exists (select 1 from membership m where m.person_id = k.person_id and m.organization_id = $1))
		and coalesce(k.ended_at, k.expires_at) > $2 order by k.made_at desc, k.id`, organization, tx.Now().Add(-90*24*time.Hour))
}

// Keys are all keys that hold, by organization and system. Who may:
// administrators.
func Keys(ctx context.Context, tx *db.Tx, by Actor) ([]Key, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanKey, keySelect+`where k.ended_at is null and k.expires_at > $1 order by 5, k.name, k.id`, tx.Now())
}

// EndKey ends a key at once. One that ended already is no fault. Who may:
// administrators, and those of the organization that has it among its keys.
func EndKey(ctx context.Context, tx *db.Tx, by Actor, id string) error {
	k, err := db.One(ctx, tx, scanKey, keySelect+`where k.id = $1`, id)
	if err != nil {
		return err
	}
	if !by.Can(ManageProgram) {
		among := []Seat{{OrganizationID: k.OrganizationID}}
		if k.OrganizationID == "" {
			if among, err = Seats(ctx, tx, k.PersonID); err != nil {
				return err
			}
		}
		if !slices.ContainsFunc(among, func(s Seat) bool { return by.MustAdminister(s.OrganizationID) == nil }) {
			return fault.New(fault.NotFound, "We can't find that key.")
		}
	}
	n, err := tx.Exec(ctx, `update api_key set ended_at = $1 where id = $2 and ended_at is null`, tx.Now(), id)
	if err != nil || n == 0 {
		return err
	}
	return record(ctx, tx, by, "key.ended", k.PersonID, k.Name)
}

// EndKeys ends all keys of a person at once and says how many there were. Who
// may: as for MakeKey.
func EndKeys(ctx context.Context, tx *db.Tx, by Actor, id PersonID) (n int64, err error) {
	if err := by.mustManage(); err != nil {
		return 0, err
	}
	n, err = tx.Exec(ctx, `update api_key set ended_at = $1 where person_id = $2 and ended_at is null and expires_at > $1`, tx.Now(), string(id))
	if err != nil || n == 0 {
		return n, err
	}
	return n, record(ctx, tx, by, "key.ended", id, "")
}

// LetKeys says whether an organization makes keys for its systems itself. Once
// it doesn't, those that it made don't hold. Who may: administrators.
func LetKeys(ctx context.Context, tx *db.Tx, by Actor, organization string, let bool) error {
	if err := by.Must(ManageProgram); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update organization set own_keys = $1 where id = $2 and own_keys <> $1 and kind <> 'um'`, let, organization)
	if err != nil || n == 0 {
		return err
	}
	e := by.Audit("organization.keys_let", "organization", organization)
	if !let {
		e.Action = "organization.keys_stopped"
	}
	return audit.Record(ctx, tx, e)
}
