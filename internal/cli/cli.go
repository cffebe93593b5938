// Package cli is the program as a command line sees it. Its help is the
// operator's manual.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"parley/internal/app"
	"parley/internal/fault"
	"parley/internal/infra/inspect"
	"parley/internal/infra/mail"
)

// Version and Commit are set when the program is built for a release.
var (
	Version = "development"
	Commit  = ""
)

// commands is everything the program can be told.
type commands struct {
	Demo      demoCmd      `cmd:"" help:"Start a complete demo with made-up data. Nothing leaves this machine."`
	Serve     serveCmd     `cmd:"" help:"Start Parley for real."`
	Migrate   migrateCmd   `cmd:"" help:"Bring the database's schema up to this program."`
	Check     checkCmd     `cmd:"" help:"Say whether everything Parley needs is in order, and what to do if not."`
	Config    configCmd    `cmd:"" help:"What an installation is told about its plans and people."`
	User      userCmd      `cmd:"" help:"Accounts, from the shell."`
	Guideline guidelineCmd `cmd:"" help:"What is asked for a service, and why."`
	Letter    letterCmd    `cmd:"" help:"Templates of letters: list, check, draw and publish them."`
	Deadline  deadlineCmd  `cmd:"" help:"By when a request must be decided, and by which rule."`
	Import    importCmd    `cmd:"" help:"Take in files that others publish or send."`
	Bench     benchCmd     `cmd:"" help:"Measure, one line of JSON a figure."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
}

// A streams is where a command reads and writes.
type streams struct {
	ctx      context.Context
	out, err io.Writer
	log      *slog.Logger
}

// errUsage is a wrong command line: exit status 2.
type errUsage struct{ error }

// Main runs the command line and returns the exit status: 0 for success, 1
// for a failure explained in one sentence, 2 for a wrong command line.
func Main(args []string) int {
	if len(args) > 1 && args[1] == inspect.Command {
		return inspect.Child()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, args[1:], os.Stdout, os.Stderr)
}

// Run is Main for a caller that brings its own streams.
func Run(ctx context.Context, args []string, out, errs io.Writer) (status int) {
	defer func() { // how kong ends after --help
		if p := recover(); p != nil {
			code, ok := p.(exit)
			if !ok {
				panic(p)
			}
			status = int(code)
		}
	}()
	var c commands
	parser, err := kong.New(&c, kong.Name("parley"), kong.Description("Prior authorization, from the order to the peer-to-peer call."),
		kong.Writers(out, errs), kong.Exit(func(code int) { panic(exit(code)) }), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errs, "parley:", err)
		return 2
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(errs, "parley:", err)
		return 2
	}
	if err := unknownSettings(parser.Model, os.Environ()); err != nil {
		fmt.Fprintln(errs, "parley:", err)
		return 2
	}
	s := &streams{ctx: ctx, out: out, err: errs, log: slog.New(slog.NewJSONHandler(errs, nil))}
	return s.status(k.Run(s))
}

type exit int

// status explains a failure and gives its exit status.
func (s *streams) status(err error) int {
	var usage errUsage
	var coded interface{ ExitCode() int }
	switch {
	case err == nil, errors.Is(err, context.Canceled) && s.ctx.Err() != nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintln(s.err, "parley:", err)
		return 2
	case errors.As(err, &coded):
		fmt.Fprintln(s.err, "parley:", err)
		return coded.ExitCode()
	}
	if f := fault.Of(err); f.Kind != fault.Internal {
		err = f // its sentence is meant for people, its cause is not
		f.Err = nil
	}
	fmt.Fprintln(s.err, "parley:", err)
	return 1
}

// open puts the installation together for a command that needs its schema.
func (c storage) open(s *streams) (*app.App, error) {
	a, err := app.Open(s.ctx, app.Config{Database: c.Database, Data: c.Data, Log: s.log, Sender: &mail.Box{}})
	if err != nil {
		return nil, err
	}
	has, needs, err := a.DB.Schema(s.ctx)
	if err == nil && has != needs {
		err = fmt.Errorf("the schema is at version %d and this program needs %d: run `parley migrate`", has, needs)
	}
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// unknownSettings refuses a PARLEY_ variable that no command knows: a typing
// error in a setting must not pass for the default.
func unknownSettings(model *kong.Application, env []string) error {
	known := map[string]bool{}
	var walk func(*kong.Node)
	walk = func(n *kong.Node) {
		for _, f := range n.Flags {
			for _, e := range f.Envs {
				known[e] = true
			}
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(model.Node)
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, "PARLEY_") && !known[name] && !forTests[name] {
			return fmt.Errorf("the setting %s is unknown; `parley serve --help` lists them all", name)
		}
	}
	return nil
}

// forTests are variables that only the project's own tests read.
var forTests = map[string]bool{"PARLEY_PICTURES": true, "PARLEY_DATA_FILES": true}
