package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"parley/internal/app"
	"parley/internal/domain/account"
	"parley/internal/infra/mail"
	"parley/internal/web/ui"
)

type demoCmd struct {
	Addr     string `help:"Where the demo answers." default:"127.0.0.1:8080"`
	Data     string `help:"Folder to keep the demo in; a temporary one, gone at the end, if not given." type:"path"`
	Database string `help:"sqlite:PATH or postgres://…; SQLite in the data folder if not given."`
	JSON     bool   `help:"Print one line of JSON once it answers, for scripts." name:"json"`
}

// Run migrates, makes the demo's world in an empty database, and serves.
func (c *demoCmd) Run(s *streams) error {
	data := c.Data
	if data == "" {
		dir, err := os.MkdirTemp("", "parley-demo")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		data = dir
	}
	database := c.Database
	if database == "" {
		database = "sqlite:" + filepath.Join(data, "parley.db")
	}
	if path := sqlitePath(database); path != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("can't answer on %s: %w", c.Addr, err)
	}
	url := "http://" + l.Addr().String()
	a, err := c.open(s, database, data, url)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer a.Close() //nolint:errcheck // the process ends
	if err := c.announce(s, a, url); err != nil {
		return errors.Join(err, l.Close())
	}
	return a.Serve(s.ctx, l, nil)
}

func (c *demoCmd) open(s *streams, database, data, url string) (*app.App, error) {
	a, err := app.Open(s.ctx, app.Config{
		Database: database, Data: data, URL: url, Name: "Parley", Demo: true, Version: Version, Workers: 2, Log: s.log,
		From: mail.Address{Name: "Parley demo", Email: "no-reply@parley.example"}, Sender: &mail.Box{},
		Limits: account.Limits{Idle: 15 * time.Minute, Absolute: 12 * time.Hour}, Warn: 2 * time.Minute,
		Support: ui.HelpLine{Phone: "(800) 555-0100", Hours: "Monday to Friday, 7 AM to 7 PM CT"},
	})
	if err != nil {
		return nil, err
	}
	if err := a.DB.Migrate(s.ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if err := a.Seed(s.ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// announce prints where to go and as whom. The listener is open already, so
// whoever asks from here on is answered.
func (c *demoCmd) announce(s *streams, a *app.App, url string) error {
	people, err := a.DemoPeople(s.ctx)
	if err != nil {
		return err
	}
	orders, err := a.DemoOrders(s.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(app.DemoWorld{URL: url, People: people, Orders: orders})
	}
	fmt.Fprintf(s.out, "\nParley demo: %s\n\nEverybody's password is  %s\nCodes: add the key to an authenticator app, or let %s/demo/people.json tell a script.\n\n", url, people[0].Password, url)
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ROLE\tPERSON\tEMAIL\tORGANIZATION\tAUTHENTICATOR KEY")
	for _, p := range people {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Role, p.Name(), p.Email, p.Organization, p.TOTPSecret)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\nMail it sends: %s/demo/mail\n", url)
	if len(orders["denied"]) > 0 {
		fmt.Fprintf(s.out, "Try: sign in as %s, open order %s, request a peer-to-peer call.\n\n", people[0].Email, orders["denied"][0])
	}
	return nil
}
