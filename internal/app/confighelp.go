package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/config"
	"parley/internal/domain/help"
	"parley/internal/infra/db"
)

// A SetupHelp is an entry of the help center. A file knows it by its kind, its
// name and whom it is for.
type SetupHelp struct {
	Kind     string   `json:"kind"` // question, resource or contact
	Name     string   `json:"name"`
	Text     string   `json:"text,omitempty"`
	Href     string   `json:"href,omitempty"`
	Plans    []string `json:"plans,omitempty"` // codes; none for all
	Programs []string `json:"programs,omitempty"`
	Topic    string   `json:"topic,omitempty"`
	Phone    string   `json:"phone,omitempty"`
	Fax      string   `json:"fax,omitempty"`
	Email    string   `json:"email,omitempty"`
	TimeZone string   `json:"time_zone,omitempty"`
	Opens    string   `json:"opens,omitempty"` // like "08:00"; left out with closes: not said
	Closes   string   `json:"closes,omitempty"`
	Hidden   bool     `json:"hidden,omitempty"`
	Place    int      `json:"place,omitempty"`
}

// known names an entry as a file knows it.
func (in SetupHelp) known() string {
	return strings.Join([]string{in.Kind, in.Name, strings.Join(in.Plans, ","), strings.Join(in.Programs, ",")}, "\n")
}

func knownEntry(e help.Entry) string {
	return SetupHelp{Kind: string(e.Kind), Name: e.Name, Plans: e.Plans, Programs: e.Programs}.known()
}

func (x *exporter) addHelp(ctx context.Context, tx *db.Tx) error {
	all, err := help.All(ctx, tx, x.by)
	for _, e := range all {
		out := SetupHelp{Kind: string(e.Kind), Name: e.Name, Text: e.Text, Href: e.Href, Plans: e.Plans, Programs: e.Programs, Topic: e.Topic, Phone: e.Phone, Fax: e.Fax, Email: e.Email, TimeZone: e.Zone, Hidden: !e.Shown, Place: e.Place}
		if e.Closes > 0 {
			out.Opens, out.Closes = wallText(e.Opens), wallText(e.Closes)
		}
		x.Help = append(x.Help, out)
	}
	slices.SortStableFunc(x.Help, func(a, b SetupHelp) int { return strings.Compare(a.known(), b.known()) })
	return err
}

// helpSubjects are the entries that the file names, those that are there.
func (c *configurer) helpSubjects(ctx context.Context, tx *db.Tx) (all []config.Subject, err error) {
	if len(c.Help) == 0 {
		return nil, nil
	}
	there, err := help.All(ctx, tx, c.by)
	for _, in := range c.Help {
		for _, e := range there {
			if knownEntry(e) == in.known() {
				all = append(all, config.Subject{Kind: in.Kind, ID: e.ID})
			}
		}
	}
	return all, err
}

func (c *configurer) setHelp(ctx context.Context, tx *db.Tx) error {
	if len(c.Help) == 0 {
		return nil
	}
	there, err := help.All(ctx, tx, c.by)
	if err != nil {
		return err
	}
	for n, in := range c.Help {
		where := "help, entry " + strconv.Itoa(n+1)
		e := help.Entry{Kind: help.Kind(in.Kind), Name: in.Name, Text: in.Text, Href: in.Href, Plans: in.Plans, Programs: in.Programs, Topic: in.Topic, Phone: in.Phone, Fax: in.Fax, Email: in.Email, Zone: in.TimeZone, Shown: !in.Hidden, Place: in.Place}
		if e.Opens, e.Closes, err = serviceHours(SetupPlan{Opens: in.Opens, Closes: in.Closes}); err != nil {
			return about(where, err)
		}
		for _, old := range there {
			if knownEntry(old) == in.known() {
				e.ID = old.ID
			}
		}
		if _, err := help.Save(ctx, tx, c.by, e); err != nil {
			return about(where, err)
		}
	}
	return nil
}
