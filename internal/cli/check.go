package cli

import (
	"errors"
	"fmt"

	"parley/internal/app"
	"parley/internal/domain/audit"
	"parley/internal/infra/mail"
)

type checkCmd struct {
	storage
	scanSettings
	Audit     bool   `help:"Also verify the chain of the audit, and name the first entry that is not what was written."`
	AuditHead string `help:"An end of the chain that was noted before, as this command prints it: the chain must still hold it. Implies --audit." placeholder:"N:HASH"`
}

// Run looks at everything and fails if anything is not in order.
func (c *checkCmd) Run(s *streams) error {
	scanner, err := c.scanner()
	if err != nil {
		return err
	}
	a, err := app.Open(s.ctx, app.Config{Database: c.Database, Data: c.Data, Log: s.log, Sender: &mail.Box{}, Scanner: scanner})
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // the process ends
	bad := 0
	findings := a.Check(s.ctx)
	if c.Audit || c.AuditHead != "" {
		var kept audit.Head
		if c.AuditHead != "" {
			if kept, err = audit.ParseHead(c.AuditHead); err != nil {
				return err
			}
		}
		findings = append(findings, a.CheckAudit(s.ctx, kept))
	}
	for _, f := range findings {
		switch {
		case f.Do == "" && f.Note == "":
			fmt.Fprintf(s.out, "ok    %s\n", f.What)
			continue
		case f.Do == "":
			fmt.Fprintf(s.out, "note  %s: %s\n", f.What, f.Note)
			continue
		}
		bad++
		fmt.Fprintf(s.out, "FIX   %s: %s\n", f.What, f.Do)
	}
	switch bad {
	case 0:
		return nil
	case 1:
		return errors.New("1 thing needs attention")
	}
	return fmt.Errorf("%d things need attention", bad)
}
