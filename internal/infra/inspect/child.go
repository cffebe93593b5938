package inspect

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// Child is the process: it reads what is asked and a file from standard
// input, and writes its report, and the file that was asked for, to standard
// output. It returns the exit status. Call it first of all in main, if the
// first argument is [Command].
func Child() int {
	debug.SetMemoryLimit(mostMemory * 3 / 4)
	if err := limit(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := serve(os.Stdin, os.Stdout); err != nil {
		return 1 // what went wrong may quote the file, so nothing of it is said
	}
	return 0
}

// largest is the largest file that is read: what a program can set as its
// limit, and a little.
const largest = 256 << 20

func serve(in io.Reader, out io.Writer) error {
	r := bufio.NewReader(in)
	line, err := readLine(r)
	if err != nil {
		return err
	}
	var ask Ask
	if err := json.Unmarshal(line, &ask); err != nil {
		return err
	}
	file, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err != nil {
		return err
	}
	if len(file) > largest {
		return errors.New("inspect: the file is too large")
	}
	report, made := do(ask, file)
	if line, err = json.Marshal(report); err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	if _, err := w.Write(append(line, '\n')); err != nil {
		return err
	}
	if report.Verdict == Fine {
		if _, err := w.Write(made); err != nil {
			return err
		}
	}
	return w.Flush()
}

// do does what is asked. made is the file that it makes, if any.
func do(ask Ask, file []byte) (report Report, made []byte) {
	defer func() {
		if recover() != nil { // a reader that gives up on a file says the file is broken
			report, made = damaged(broken), nil
		}
	}()
	switch {
	case ask.Do == Look && ask.Type == PDF:
		return lookAtPDF(file, ask.Password), nil
	case ask.Do == Open && ask.Type == PDF:
		return openPDF(file, ask.Password)
	case ask.Do == Select && ask.Type == PDF:
		return selectPages(file, ask.Pages)
	case ask.Do == Turn && ask.Type == PDF:
		return turnPages(file, ask.Pages, ask.Turn)
	case ask.Do == Look && ask.Type == DOCX:
		return lookAtDOCX(file), nil
	case ask.Do == Look && (ask.Type == JPG || ask.Type == PNG):
		return lookAtPicture(file), nil
	case ask.Do == Look && ask.Type == TIFF:
		return lookAtTIFF(file), nil
	case ask.Do == Show:
		return showPage(ask, file)
	case ask.Do == Split:
		return split(ask, file)
	case ask.Do == Codes:
		return codes(ask, file)
	}
	return refused("We can’t take this type of file"), nil
}

func refused(why string) Report { return Report{Verdict: Refused, Why: why} }

func damaged(why string) Report { return Report{Verdict: Damaged, Why: why} }
