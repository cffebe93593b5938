package account

import (
	"context"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// QuestionsOnOnePage is the preference for all clinical questions on one page,
// "yes" or "no".
const QuestionsOnOnePage = "questions.whole"

// passkeyLater is the preference not to be offered a passkey any more.
const passkeyLater = "passkey.later"

// PutPasskeyAway has by not be offered a passkey any more beside their work;
// under Security they still can add one.
func PutPasskeyAway(ctx context.Context, tx *db.Tx, by Actor) error {
	return SetPreference(ctx, tx, by, passkeyLater, "yes")
}

// Preference is how by likes something, "" if they never said. Nothing about
// a patient is ever kept in one.
func Preference(ctx context.Context, tx *db.Tx, by Actor, name string) (string, error) {
	value, err := db.One(ctx, tx, db.Value[string], `select value from preference where person_id = $1 and name = $2`, string(by.ID), name)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return value, err
}

// SetPreference notes how by likes something from now on.
func SetPreference(ctx context.Context, tx *db.Tx, by Actor, name, value string) error {
	_, err := tx.Exec(ctx, `
		insert into preference (person_id, name, value) values ($1, $2, $3)
		on conflict (person_id, name) do update set value = excluded.value`, string(by.ID), name, value)
	return err
}

// PreferencesLike are how a person likes all whose names begin with prefix, by
// name.
func PreferencesLike(ctx context.Context, tx *db.Tx, id PersonID, prefix string) (map[string]string, error) {
	all := map[string]string{}
	_, err := db.All(ctx, tx, func(r db.Row) (any, error) {
		var name, value string
		err := r.Scan(&name, &value)
		all[name] = value
		return nil, err
	}, `select name, value from preference where person_id = $1 and name >= $2 and name < $3`, string(id), prefix, prefix+"~")
	return all, err
}

// WhoPrefers are the people who like something that way, by id.
func WhoPrefers(ctx context.Context, tx *db.Tx, name, value string) ([]PersonID, error) {
	return db.All(ctx, tx, db.Value[PersonID], `select person_id from preference where name = $1 and value = $2 order by person_id`, name, value)
}

// ForgetPreference has by like nothing particular any more.
func ForgetPreference(ctx context.Context, tx *db.Tx, by Actor, name string) error {
	_, err := tx.Exec(ctx, `delete from preference where person_id = $1 and name = $2`, string(by.ID), name)
	return err
}
