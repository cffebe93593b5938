package inspect

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// Command is the hidden first argument by which the program looks at a file
// for itself: main, and the main function of tests, call [Child] on it.
const Command = "look-at-a-file"

// A Verdict is what came of looking at a file.
type Verdict string

// Verdicts.
const (
	Fine      Verdict = "fine"
	Protected Verdict = "protected" // a password opens it
	Refused   Verdict = "refused"   // it is not what it should be, or holds what can act
	Damaged   Verdict = "damaged"   // it can't be read
	TooLarge  Verdict = "too large" // more pages or pixels than can be shown
)

// A Report is what was found in a file.
type Report struct {
	Verdict Verdict
	Why     string `json:",omitempty"` // a sentence for its sender; "" if fine
	Pages   int    `json:",omitempty"` // 0: it has none, or says nothing of them
	Text    string `json:",omitempty"` // of its first pages, as far as it can be read
}

// An Ask is what to do with a file.
type Ask struct {
	Do       Do
	Type     Type
	Password string `json:",omitempty"`
	Pages    []int  `json:",omitempty"` // to keep, to turn or to show, from 1, ascending
	Turn     int    `json:",omitempty"` // degrees to the right: 90, 180 or 270
	Turns    []int  `json:",omitempty"` // of Split: for each of Pages, also 0
}

// A Do is one of the things that the process can do.
type Do string

// What can be done. All but Look answer with a file too: the same without its
// password, some of its pages alone, all of them with some turned, one page
// as a PNG, some pages of whatever it is as a PDF, and what the bar codes on
// its pages say.
const (
	Look   Do = "look"
	Open   Do = "open"
	Select Do = "select"
	Turn   Do = "turn"
	Show   Do = "show"
	Split  Do = "split"
	Codes  Do = "codes"
)

// A Reader runs the process.
type Reader struct {
	Program  string        // which program; "" is this one
	Patience time.Duration // for one file; 0 is a minute
	turns    chan struct{}
}

const (
	patience   = time.Minute
	atOnce     = 2       // processes, each of which may take its whole memory
	mostReport = 1 << 20 // bytes
)

// NewReader returns a reader that runs this program.
func NewReader() *Reader { return &Reader{turns: make(chan struct{}, atOnce)} }

// Run has the process do what is asked with the file that r yields, and
// writes the file it answers with, if any, to w. A file on which the process
// fails, or takes too much, is Damaged: it is no error of ours. An error is.
func (p *Reader) Run(ctx context.Context, ask Ask, r io.Reader, w io.Writer) (Report, error) {
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return Report{}, ctx.Err()
	}
	order, err := json.Marshal(ask)
	if err != nil {
		return Report{}, err
	}
	wait := p.Patience
	if wait == 0 {
		wait = patience
	}
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	source := &watched{Reader: r}
	report, err := p.run(limited, io.MultiReader(bytes.NewReader(append(order, '\n')), source), w)
	switch {
	case ctx.Err() != nil:
		return Report{}, ctx.Err()
	case source.err != nil: // the store could not give us the file
		return Report{}, source.err
	case errors.Is(err, errStart):
		return Report{}, err
	case err != nil:
		return Report{Verdict: Damaged, Why: "We couldn’t read it. Save it again, and upload that"}, nil
	}
	return report, nil
}

var errStart = errors.New("inspect: the process doesn't start")

// watched remembers why a reader ended.
type watched struct {
	io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

func (p *Reader) run(ctx context.Context, in io.Reader, w io.Writer) (Report, error) {
	cmd := exec.CommandContext(ctx, p.program(), Command)
	cmd.Env, cmd.Dir = []string{}, "/"
	cmd.Stdin = in
	cmd.WaitDelay = time.Second
	confine(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return Report{}, errors.Join(errStart, err)
	}
	if err := cmd.Start(); err != nil {
		return Report{}, errors.Join(errStart, err)
	}
	report, readErr := answer(bufio.NewReader(out), w)
	if readErr != nil {
		_ = cmd.Process.Kill() // it may still be writing
	}
	if err := cmd.Wait(); err != nil {
		return Report{}, fmt.Errorf("inspect: %w", errors.Join(err, readErr))
	}
	return report, readErr
}

// answer reads the report's line, and then the file if one was asked for.
func answer(out *bufio.Reader, w io.Writer) (report Report, err error) {
	line, err := readLine(out)
	if err != nil {
		return report, err
	}
	if err := json.Unmarshal(line, &report); err != nil {
		return report, err
	}
	if w == nil {
		w = io.Discard
	}
	_, err = io.Copy(w, out)
	return report, err
}

// readLine reads a line that is not too long.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for len(line) < mostReport {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
	return nil, errors.New("inspect: the answer is too long")
}
