package order

import (
	"context"
	"errors"
	"strings"
	"unicode"

	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const columns = `id, number, status, organization_id, location_id, practitioner_id, site_id, site_name,
	member_id, coverage_id, member_number, plan_id, line, program_id, urgency, channel, title, service_from, service_to, valid_from, valid_to, auth_number,
	contact_name, contact_phone, contact_extension, contact_fax, contact_email, received_at, due_at, decided_at, denial_kind, appeal_at, note,
	created_by, changed_at, version, source_key, patient_first, patient_last, birth_date, caller, eligibility_id, contact_notices, practitioner_address, unmatched`

// Columns is what Scan reads, for lists that select from orders themselves.
const Columns = columns

func scan(r db.Row) (o Order, err error) {
	return o, r.Scan((*string)(&o.ID), &o.Number, (*string)(&o.Status), &o.OrganizationID, &o.LocationID, &o.PractitionerID, &o.SiteID, &o.SiteName,
		&o.MemberID, &o.CoverageID, &o.MemberNumber, (*string)(&o.PlanID), &o.Line, (*string)(&o.ProgramID), (*string)(&o.Urgency), &o.Channel, &o.Title,
		&o.ServiceFrom, &o.ServiceTo, &o.ValidFrom, &o.ValidTo, &o.AuthNumber,
		&o.Contact.Name, &o.Contact.Phone, &o.Contact.Extension, &o.Contact.Fax, &o.Contact.Email, &o.ReceivedAt, &o.DueAt, &o.DecidedAt, &o.DenialKind, &o.AppealAt, &o.Note,
		&o.CreatedBy, &o.ChangedAt, &o.Version, &o.Source, &o.Patient.First, &o.Patient.Last, &o.Patient.Born, &o.Caller, &o.EligibilityID, &o.Contact.Notices, &o.PractitionerAddress, &o.Unmatched)
}

// Scan reads one order's row, without its services, diagnoses and references.
func Scan(r db.Row) (Order, error) { return scan(r) }

// Fold is a name as it is compared: letters and digits of any script, lower
// case, single spaces.
func Fold(name string) string {
	var b strings.Builder
	space := false
	for _, r := range strings.ToLower(name) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		case r == '\'' || r == '’' || r == '.':
		default:
			space = true
		}
	}
	return b.String()
}

// NumberKey is a member's or reference number as it is compared: letters and
// digits, upper case.
func NumberKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

// sortDue puts what is due first first, then what needs nothing, the latest
// decided first: seconds that rise in that order.
func sortDue(o Order) int64 {
	if o.DueAt != nil && o.Status.Pending() {
		return o.DueAt.Unix()
	}
	const after = 1 << 40 // later than any due time
	last := o.ReceivedAt
	if o.DecidedAt != nil {
		last = *o.DecidedAt
	}
	return after - last.Unix()
}

const attempts = 5 // to find a number nobody has; one in 900 million is taken per order

func insert(ctx context.Context, tx *db.Tx, o *Order) error {
	given := o.Number != ""
	for range attempts {
		if !given {
			o.Number = NewNumber()
		}
		n, err := insertRow(ctx, tx, *o)
		if err != nil {
			return err
		}
		if n == 1 {
			return errors.Join(insertParts(ctx, tx, *o), count(ctx, tx, kindOf(*o, o.Status), 1))
		}
		if given || o.Source != "" {
			break
		}
	}
	return fault.New(fault.Conflict, "This order is here already.")
}

func insertRow(ctx context.Context, tx *db.Tx, o Order) (int64, error) {
	values := o.values()
	return tx.Exec(ctx, `insert into orders (`+columns+`, member_key, last_key, first_key, sort_due) values `+marks(1, len(values))+` on conflict do nothing`, values...)
}

// values are an order's columns, in their order, and the keys it is found by.
func (o Order) values() []any {
	return []any{
		string(o.ID), o.Number, string(o.Status), o.OrganizationID, orNull(o.LocationID), orNull(o.PractitionerID), orNull(o.SiteID), o.SiteName,
		o.MemberID, orNull(o.CoverageID), o.MemberNumber, string(o.PlanID), o.Line, string(o.ProgramID), string(o.Urgency), o.Channel, o.Title,
		o.ServiceFrom, o.ServiceTo, o.ValidFrom, o.ValidTo, o.AuthNumber,
		o.Contact.Name, o.Contact.Phone, o.Contact.Extension, o.Contact.Fax, o.Contact.Email, o.ReceivedAt, o.DueAt, o.DecidedAt, o.DenialKind, o.AppealAt, o.Note,
		o.CreatedBy, o.ChangedAt, o.Version, orNull(o.Source), o.Patient.First, o.Patient.Last, o.Patient.Born, o.Caller, o.EligibilityID, o.Contact.Notices, o.PractitionerAddress, o.Unmatched,
		NumberKey(o.MemberNumber), Fold(o.Patient.Last), Fold(o.Patient.First), sortDue(o),
	}
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func insertParts(ctx context.Context, tx *db.Tx, o Order) error {
	for _, s := range o.Services {
		if s.Status == "" {
			s.Status = o.Status
		}
		if err := insertService(ctx, tx, o.ID, s); err != nil {
			return err
		}
	}
	for _, d := range o.Diagnoses {
		if _, err := tx.Exec(ctx, `insert into order_diagnosis (order_id, rank, code, wording, recorded_on) values ($1, $2, $3, $4, $5)`,
			string(o.ID), d.Rank, d.Code, d.Wording, d.Recorded); err != nil {
			return err
		}
	}
	for _, r := range o.References {
		if err := insertReference(ctx, tx, o.ID, r); err != nil {
			return err
		}
	}
	return nil
}

func insertService(ctx context.Context, tx *db.Tx, id ID, s Service) error {
	_, err := tx.Exec(ctx, `
		insert into order_service (order_id, line, system, code, modifiers, wording, laterality, units, unit, place, from_day, to_day, status, approved_units, approved_from, approved_to)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		string(id), s.Line, s.System, s.Code, s.Modifiers, s.Wording, s.Laterality, s.Units, s.Unit, s.Place, s.From, s.To, string(s.Status), s.Approved, s.ApprovedFrom, s.ApprovedTo)
	return err
}

func insertReference(ctx context.Context, tx *db.Tx, id ID, r Reference) error {
	_, err := tx.Exec(ctx, `insert into order_reference (order_id, kind, value, value_key) values ($1, $2, $3, $4) on conflict do nothing`,
		string(id), r.Kind, r.Value, NumberKey(r.Value))
	return err
}

// update saves what a step in an order's life can change, if the version is
// still the one that was read. from is the status it had.
func update(ctx context.Context, tx *db.Tx, o *Order, from Status) error {
	err := db.Changed(tx.Exec(ctx, `
		update orders set status = $1, valid_from = $2, valid_to = $3, auth_number = $4, due_at = $5, decided_at = $6, denial_kind = $7,
			appeal_at = $8, changed_at = $9, sort_due = $10, site_id = $11, site_name = $12, urgency = $13, version = version + 1
		where id = $14 and version = $15`,
		string(o.Status), o.ValidFrom, o.ValidTo, o.AuthNumber, o.DueAt, o.DecidedAt, o.DenialKind,
		o.AppealAt, o.ChangedAt, sortDue(*o), orNull(o.SiteID), o.SiteName, string(o.Urgency), string(o.ID), o.Version))
	if err != nil {
		return err
	}
	o.Version++
	return recount(ctx, tx, *o, from)
}

func load(ctx context.Context, tx *db.Tx, o *Order) (err error) {
	if o.Services, err = services(ctx, tx, o.ID); err != nil {
		return err
	}
	return loadReasons(ctx, tx, o)
}

// loadReasons reads the diagnoses, the primary first, and the references, by
// kind, of an order in one go.
func loadReasons(ctx context.Context, tx *db.Tx, o *Order) error {
	type row struct {
		diagnosis bool
		Diagnosis
	}
	all, err := db.All(ctx, tx, func(r db.Row) (d row, err error) {
		return d, r.Scan(&d.Rank, &d.Code, &d.Wording, &d.Recorded, &d.diagnosis)
	}, `
		select rank, code, wording, recorded_on, true from order_diagnosis where order_id = $1
		union all select 0, kind, value, null, false from order_reference where order_id = $1 order by 1, 2, 3`, string(o.ID))
	o.Diagnoses, o.References = nil, nil
	for _, r := range all {
		if r.diagnosis {
			o.Diagnoses = append(o.Diagnoses, r.Diagnosis)
		} else {
			o.References = append(o.References, Reference{r.Code, r.Wording})
		}
	}
	return err
}

const serviceColumns = `line, system, code, modifiers, wording, laterality, units, unit, place, from_day, to_day, status, approved_units, approved_from, approved_to`

func (s *Service) places() []any {
	return []any{&s.Line, &s.System, &s.Code, &s.Modifiers, &s.Wording, &s.Laterality, &s.Units, &s.Unit, &s.Place, &s.From, &s.To,
		(*string)(&s.Status), &s.Approved, &s.ApprovedFrom, &s.ApprovedTo}
}

func services(ctx context.Context, tx *db.Tx, id ID) ([]Service, error) {
	return db.All(ctx, tx, func(r db.Row) (s Service, err error) { return s, r.Scan(s.places()...) },
		`select `+serviceColumns+` from order_service where order_id = $1 order by line`, string(id))
}

// loadServices reads the services of all the orders at once.
func loadServices(ctx context.Context, tx *db.Tx, all []Order) error {
	at, ids := map[ID]int{}, make([]ID, len(all))
	for i, o := range all {
		at[o.ID], ids[i] = i, o.ID
	}
	type of struct {
		id ID
		Service
	}
	list, args := db.In(1, ids)
	rows, err := db.All(ctx, tx, func(r db.Row) (s of, err error) { return s, r.Scan(append([]any{(*string)(&s.id)}, s.places()...)...) },
		`select order_id, `+serviceColumns+` from order_service where order_id in `+list+` order by order_id, line`, args...)
	for _, s := range rows {
		o := &all[at[s.id]]
		o.Services = append(o.Services, s.Service)
	}
	return err
}

func record(ctx context.Context, tx *db.Tx, e audit.Entry) error { return audit.Record(ctx, tx, e) }
