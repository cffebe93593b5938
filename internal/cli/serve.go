package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/internal/app"
	"parley/internal/domain/account"
	"parley/internal/infra/mail"
	"parley/internal/infra/scan"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// storage is where a command finds the database and the files.
type storage struct {
	Database string `help:"sqlite:PATH, or postgres://USER:PASSWORD@HOST/NAME." default:"sqlite:parley.db" env:"PARLEY_DATABASE"`
	Data     string `help:"Folder of files and of the key that seals secrets. Back it up with the database." default:"parley-data" env:"PARLEY_DATA" type:"path"`
}

type serveCmd struct {
	storage
	Addr      string `help:"Where readers are answered." default:"127.0.0.1:8080" env:"PARLEY_ADDR"`
	AdminAddr string `help:"Where operators read /metrics and /readyz; empty for nowhere. Keep it from readers." default:"127.0.0.1:8081" env:"PARLEY_ADMIN_ADDR"`
	URL       string `help:"The address in readers' browsers, as it stands in mails. With https, cookies are Secure and browsers are told to come no other way." default:"http://127.0.0.1:8080" env:"PARLEY_URL"`
	Name      string `help:"Name of the service, on pages and in mails, while none is set under Administration, Words and languages." default:"Parley" env:"PARLEY_NAME"`
	Forwarded bool   `help:"A proxy of yours stands in front and sets X-Forwarded-For." env:"PARLEY_FORWARDED"`
	Migrate   bool   `help:"Bring the schema up before serving." default:"true" negatable:"" env:"PARLEY_MIGRATE"`
	Workers   int    `help:"How many jobs run at once." default:"4" env:"PARLEY_WORKERS"`

	Leave time.Duration `help:"How long requests are answered on after the program was told to stop, while /readyz says that it isn't ready: as long as the proxy in front takes to notice." default:"1s" env:"PARLEY_LEAVE"`

	Idle     time.Duration `help:"An unused session locks after this." default:"15m" env:"PARLEY_SESSION_IDLE"`
	Absolute time.Duration `help:"A session ends after this, whatever its use." default:"12h" env:"PARLEY_SESSION_ABSOLUTE"`
	Warn     time.Duration `help:"People are asked this long before a session locks." default:"2m" env:"PARLEY_SESSION_WARN"`

	SupportPhone string `help:"Support line on the sign-in page." env:"PARLEY_SUPPORT_PHONE"`
	SupportEmail string `help:"Address that gets a mail when somebody reports a problem." env:"PARLEY_SUPPORT_EMAIL"`
	SupportHours string `help:"When the support line is answered." env:"PARLEY_SUPPORT_HOURS"`
	Maintenance  string `help:"Notice of maintenance on every page, such as: Sending is paused on Sunday, Nov 29, 12:30 to 1:00 PM CT." env:"PARLEY_MAINTENANCE"`

	EligibilityKeys string `help:"File with the bearer tokens of plans' own eligibility systems: a JSON object of plan code to token." env:"PARLEY_ELIGIBILITY_KEYS" type:"path"`

	scanSettings
	faxSettings
	mailSettings
}

// planKeys are what plans' own systems are opened with.
func (c *serveCmd) planKeys() (keys map[string]string, err error) {
	if c.EligibilityKeys == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.EligibilityKeys)
	if err != nil {
		return nil, fmt.Errorf("the file with plans' keys: %w", err)
	}
	if json.Unmarshal(text, &keys) != nil { // the error would quote a key
		return nil, errUsage{errors.New("the file with plans' keys must be a JSON object of plan code to token")}
	}
	return keys, nil
}

type scanSettings struct {
	Scan string `help:"ClamAV's clamd, which scans every file for viruses: tcp://HOST:3310 or unix:///PATH. While it does not answer no file is accepted. Empty: files are not scanned, and staff read so." env:"PARLEY_SCAN"`
}

// scanner is what is set; nil if nothing is.
func (c scanSettings) scanner() (scan.Scanner, error) {
	if c.Scan == "" {
		return nil, nil
	}
	s, err := scan.Open(c.Scan)
	if err != nil {
		return nil, errUsage{err}
	}
	return s, nil
}

type faxSettings struct {
	FaxFolder string `help:"Folder into which a fax server writes what arrives, as PDF, TIFF, JPG or PNG. Files are taken from there and moved to its subfolder taken. Empty: staff upload faxes by hand." env:"PARLEY_FAX_FOLDER" type:"path"`
}

type mailSettings struct {
	From         string `help:"Address that mails come from; also the organizer of calendar entries." default:"no-reply@localhost.localdomain" env:"PARLEY_MAIL_FROM" name:"mail-from"`
	MailHost     string `help:"Mail server." default:"localhost" env:"PARLEY_MAIL_HOST"`
	MailPort     int    `help:"Port of the mail server." default:"587" env:"PARLEY_MAIL_PORT"`
	MailTLS      string `help:"How the connection is protected: starttls, tls, offered or none." enum:"starttls,tls,offered,none" default:"starttls" env:"PARLEY_MAIL_TLS"`
	MailUsername string `help:"User name at the mail server; empty for none." env:"PARLEY_MAIL_USERNAME"`
	Faxes        string `help:"Domain of a gateway that faxes what is mailed to NUMBER@DOMAIN: offices can then have notices by fax. Empty: by mail alone." env:"PARLEY_FAX_GATEWAY" name:"fax-gateway"`
	MailPassword string `help:"File that holds the password at the mail server." env:"PARLEY_MAIL_PASSWORD_FILE" name:"mail-password-file" type:"path"`
}

func (m mailSettings) sender(name string) (*mail.SMTP, error) {
	s := &mail.SMTP{Host: m.MailHost, Port: m.MailPort, TLS: mail.TLS(m.MailTLS), Username: m.MailUsername, From: mail.Address{Name: name, Email: m.From}}
	if m.MailPassword != "" {
		text, err := os.ReadFile(m.MailPassword)
		if err != nil {
			return nil, fmt.Errorf("the file with the mail password: %w", err)
		}
		s.Password = strings.TrimSpace(string(text))
	}
	return s, nil
}

func (c *serveCmd) config(s *streams) (app.Config, error) {
	sender, err := c.sender(c.Name)
	if err != nil {
		return app.Config{}, err
	}
	if c.Idle <= 0 || c.Absolute < c.Idle || c.Idle > time.Hour || c.Absolute > 24*time.Hour {
		return app.Config{}, errUsage{errors.New("a session must lock within an hour and end within a day, in this order")}
	}
	scanner, err := c.scanner()
	if err != nil {
		return app.Config{}, err
	}
	keys, err := c.planKeys()
	if err != nil {
		return app.Config{}, err
	}
	notice := ui.SiteAlert{}
	if c.Maintenance != "" {
		notice = ui.SiteAlert{Heading: "Maintenance", Text: words.AsIs(c.Maintenance)}
	}
	return app.Config{
		Database: c.Database, Data: c.Data, URL: c.URL, Name: c.Name, From: sender.From, Sender: sender,
		Limits: account.Limits{Idle: c.Idle, Absolute: c.Absolute}, Warn: c.Warn, Leave: c.Leave, Forwarded: c.Forwarded,
		Support: ui.HelpLine{Phone: c.SupportPhone, Hours: words.AsIs(c.SupportHours)}, SupportEmail: c.SupportEmail, Notice: notice, Version: Version, Workers: c.Workers, Scanner: scanner, PlanKeys: keys, Faxes: c.Faxes, FaxFolder: c.FaxFolder, Log: s.log,
	}, nil
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(s *streams) error {
	config, err := c.config(s)
	if err != nil {
		return err
	}
	a, err := app.Open(s.ctx, config)
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // the process ends
	if c.Migrate {
		if err := a.DB.Migrate(s.ctx); err != nil {
			return err
		}
	}
	return serve(s, a, c.Addr, c.AdminAddr)
}

func serve(s *streams, a *app.App, addr, adminAddr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("can't answer on %s: %w", addr, err)
	}
	var admin net.Listener
	if adminAddr != "" {
		if admin, err = net.Listen("tcp", adminAddr); err != nil {
			return errors.Join(fmt.Errorf("can't answer operators on %s: %w", adminAddr, err), l.Close())
		}
	}
	s.log.Info("serving", "addr", l.Addr().String(), "version", Version)
	return a.Serve(s.ctx, l, admin)
}

type migrateCmd struct{ storage }

// Run brings the schema up.
func (c *migrateCmd) Run(s *streams) error {
	a, err := app.Open(s.ctx, app.Config{Database: c.Database, Data: c.Data, Log: s.log, Sender: &mail.Box{}})
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // the process ends
	if err := a.DB.Migrate(s.ctx); err != nil {
		return err
	}
	has, _, err := a.DB.Schema(s.ctx)
	if err == nil {
		fmt.Fprintf(s.out, "The schema is at version %d.\n", has)
	}
	return err
}

type versionCmd struct{}

// Run prints what this program is.
func (c *versionCmd) Run(s *streams) error {
	for _, line := range app.Build(Version, Commit) {
		fmt.Fprintln(s.out, line)
	}
	return nil
}

// sqlitePath is the file of a SQLite address, "" for another database.
func sqlitePath(database string) string {
	path, ok := strings.CutPrefix(database, "sqlite:")
	if !ok {
		return ""
	}
	return filepath.Clean(path)
}
