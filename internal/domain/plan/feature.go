package plan

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// Features that can be rolled out, by their ids in table rollout.
const (
	CallsFeature    = "p2p_booking"
	RequestsFeature = "requests"
	MessagesFeature = "messages"
	FilesFeature    = "late_files"
	CheckFeature    = "check"
	SystemsFeature  = "systems"
)

// A Feature is something that offices have, or not yet.
type Feature struct {
	ID    string
	Words string // go on after "you can"
	ES    string // the same after "puede"
	// Usual is there for every office as long as no wave brings it to some. A
	// feature that isn't is there only where a wave brings it.
	Usual bool
	Off   string // the usual sentence while it is turned off
	OffES string
}

// Features are all that can be rolled out, in the order people read them.
var Features = []Feature{
	{ID: CallsFeature, Words: "book peer-to-peer calls online", ES: "reservar en línea llamadas entre médicos",
		Off: "Booking online is turned off for the moment. Your calls stay booked.", OffES: "Por el momento no se puede reservar en línea. Sus llamadas reservadas se mantienen."},
	{ID: RequestsFeature, Words: "send requests for authorization online", ES: "enviar en línea solicitudes de autorización", Usual: true,
		Off: "Sending requests online is turned off for the moment. Your drafts are kept.", OffES: "Por el momento no se pueden enviar solicitudes en línea. Sus borradores se conservan."},
	{ID: MessagesFeature, Words: "write to us about an order online", ES: "escribirnos en línea sobre una solicitud", Usual: true,
		Off: "Writing to us online is turned off for the moment. You can still answer what we asked.", OffES: "Por el momento no se nos puede escribir en línea. Todavía puede responder a lo que preguntamos."},
	{ID: FilesFeature, Words: "add files to an order that was sent", ES: "agregar archivos a una solicitud enviada", Usual: true,
		Off: "Adding files online is turned off for the moment. You can still send files that we asked for.", OffES: "Por el momento no se pueden agregar archivos en línea. Todavía puede enviar los archivos que pedimos."},
	{ID: CheckFeature, Words: "check online whether authorization is needed", ES: "consultar en línea si se necesita autorización", Usual: true,
		Off: "Checking online whether authorization is needed is turned off for the moment.", OffES: "Por el momento no se puede consultar en línea si se necesita autorización."},
	{ID: SystemsFeature, Words: "work from your own systems by FHIR", ES: "trabajar desde sus propios sistemas por FHIR", Usual: true,
		Off: "The way in for your own systems is turned off for the moment. You can do the same on our pages.", OffES: "Por el momento no se puede entrar desde sus propios sistemas. Puede hacer lo mismo en nuestras páginas."},
}

// FeatureOf is the feature with an id; one without words if there is none.
func FeatureOf(id string) Feature {
	if i := slices.IndexFunc(Features, func(f Feature) bool { return f.ID == id }); i >= 0 {
		return Features[i]
	}
	return Feature{ID: id}
}

// A Place is where an office would use a feature: for which plan, line of
// business and program, and from which of its locations.
type Place struct {
	PlanID         ID
	Line           string
	ProgramID      ProgramID
	OrganizationID string
	LocationID     string
}

// Must returns a Closed fault where an office doesn't have a feature today,
// with the words it reads instead. Verbs ask it. Staff, staff who act for an
// office and the program itself have every feature: they are whom an office
// turns to that doesn't.
func Must(ctx context.Context, tx *db.Tx, by account.Actor, feature string, at Place) error {
	said, err := Instead(ctx, tx, by, feature, at)
	if err != nil || said == "" {
		return err
	}
	return fault.New(fault.Closed, "%s", said)
}

// Instead is what an office reads in the place of a feature that it doesn't
// have today, with a phone number; "" where it has it.
func Instead(ctx context.Context, tx *db.Tx, by account.Actor, feature string, at Place) (words.Text, error) {
	s, err := standingAt(ctx, tx, by, feature, at)
	if err != nil || s.now.Stage.Open() {
		return "", err
	}
	now := s.now
	if now.From.IsZero() {
		now = wordsFor(s.rollouts[rolloutKey{feature, at.ProgramID, at.PlanID}], s.of, s.today)
	}
	health := s.plans[at.PlanID]
	phone := s.lines[lineKey{at.PlanID, at.Line}].Phone
	if phone == "" {
		phone = health.Phone
	}
	now.Feature = feature
	return now.Instead(health, s.programs[at.ProgramID], s.next, phone).Words(), nil
}

// EndingFor is what an office reads about a feature that it has and that ends:
// until when, or the wave's own notice; "" where it doesn't end.
func EndingFor(ctx context.Context, tx *db.Tx, by account.Actor, feature string, at Place) (words.Text, error) {
	s, err := standingAt(ctx, tx, by, feature, at)
	if err != nil || s.now.Stage != Ending {
		return "", err
	}
	return s.now.Words(s.plans[at.PlanID], s.programs[at.ProgramID], s.lines[lineKey{at.PlanID, at.Line}].Name, s.today).Words(), nil
}

// A standing is how far a feature is for an office today.
type standing struct {
	*policy
	of    Office
	today civil.Date
	now   Rollout
	next  civil.Date // when it opens, if it isn't
}

// standingAt is how far a feature is where an office would use it. Staff, who
// have every feature, and places that aren't known yet have it by no wave.
func standingAt(ctx context.Context, tx *db.Tx, by account.Actor, feature string, at Place) (s standing, err error) {
	if by.IsStaff() || by.Assists != nil || at.PlanID == "" || at.ProgramID == "" {
		s.now.Stage = On
		return s, nil
	}
	if s.policy, err = policies(ctx, tx); err != nil {
		return s, err
	}
	s.of = Office{Line: at.Line, OrganizationID: at.OrganizationID}
	if byState(s.rollouts[rolloutKey{feature, at.ProgramID, at.PlanID}]) {
		if s.of.State, err = stateOf(ctx, tx, at.LocationID); err != nil {
			return s, err
		}
	}
	s.today = civil.DateIn(tx.Now(), s.plans[at.PlanID].Zone())
	s.now, s.next = s.stage(feature, at.ProgramID, at.PlanID, s.of, s.today)
	return s, nil
}

// wordsFor is the wave whose words hold for an office that none reaches on a
// day: one that brings the feature to others like it, then or later.
func wordsFor(waves []Rollout, of Office, day civil.Date) Rollout {
	for _, r := range waves {
		like := (r.Line == "" || r.Line == of.Line) && (r.State == "" || r.State == of.State)
		if like && r.brings() && r.StoppedAt == nil && r.Fallback+r.Phone != "" && (r.To.IsZero() || !r.To.Before(day)) {
			return r
		}
	}
	return Rollout{}
}

// stateOf is the state of a location, "" where it isn't known.
func stateOf(ctx context.Context, tx *db.Tx, location string) (string, error) {
	if location == "" {
		return "", nil
	}
	l, err := provider.GetLocation(ctx, tx, location)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return l.State, err
}

func byState(waves []Rollout) bool {
	return slices.ContainsFunc(waves, func(r Rollout) bool { return r.State != "" })
}

// stage says how far a feature is rolled out for an office on a day, by which
// wave, and when it opens next. What is usual is on for whom no wave reaches,
// until a wave brings it to some: then only they have it.
func (p *policy) stage(feature string, program ProgramID, id ID, of Office, day civil.Date) (now Rollout, next civil.Date) {
	waves := p.rollouts[rolloutKey{feature, program, id}]
	now, next = phase(waves, of, day)
	switch {
	case now.StoppedAt != nil:
		now.Stage, next = Off, civil.Date{}
	case now.From.IsZero() && FeatureOf(feature).Usual && !slices.ContainsFunc(waves, Rollout.brings):
		now.Stage, next = On, civil.Date{}
	}
	return now, next
}

// brings reports whether r is there to bring its feature to offices, and not
// only to take it from some.
func (r Rollout) brings() bool { return r.Stage != Off }

// BringsFirst reports whether r is the first wave to bring a feature, for its
// plan and program, that everybody has so far: then whom no wave reaches loses
// it.
func BringsFirst(ctx context.Context, tx *db.Tx, r Rollout) (bool, error) {
	p, err := policies(ctx, tx)
	if err != nil || !FeatureOf(r.Feature).Usual || !r.brings() {
		return false, err
	}
	others := slices.DeleteFunc(slices.Clone(p.rollouts[rolloutKey{r.Feature, r.ProgramID, r.PlanID}]), func(o Rollout) bool { return o.ID == r.ID })
	return !slices.ContainsFunc(others, Rollout.brings), nil
}

// AnyWave reports whether any wave is about a feature.
func AnyWave(ctx context.Context, tx *db.Tx, feature string) (bool, error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return false, err
	}
	for k := range p.rollouts {
		if k.feature == feature {
			return true, nil
		}
	}
	return false, nil
}
